// Segments: filters of contacts that a workspace has saved under a name, and what a filter says.
//
// A segment is a question, not a list: who is in it is found when it is asked. The store of
// contact_lists turns Conditions into SQL; what a member may see comes on top of it.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"

namespace wapi::segments {

namespace errors {
inline const ErrorKind segment_not_found{"segment_not_found", 404, RetryClass::never,
                                         "There is no such segment in this workspace."};
inline const ErrorKind segment_exists{"segment_exists", 409, RetryClass::never,
                                      "A segment of this name exists already."};
inline const ErrorKind too_many_segments{"too_many_segments", 409, RetryClass::never,
                                         "A workspace has at most 200 segments."};
}  // namespace errors

/// What must hold of a contact; all of it. Nothing set: everybody.
struct Conditions {
    std::vector<std::string> tags = {};                  ///< has each of them
    std::vector<std::string> without_tags = {};          ///< has none of them
    std::map<std::string, std::string> attributes = {};  ///< have this text, number or truth value
    std::optional<std::int64_t> wrote_within_days = {};  ///< the last message in is as new
    std::optional<std::int64_t> silent_for_days = {};    ///< older, or there is none
    bool never_wrote = false;
    std::optional<bool> opted_out = {};
    [[nodiscard]] bool empty() const;
    friend bool operator==(const Conditions&, const Conditions&) = default;
};

inline constexpr std::size_t list_max = 20;  ///< of tags or attributes
inline constexpr std::size_t text_bytes_max = 256;
inline constexpr std::int64_t days_max = 3'650;
inline constexpr std::size_t segments_max = 200;
inline constexpr std::size_t name_bytes_max = 128;

/// `{"tags":[], "withoutTags":[], "attributes":{}, "wroteWithinDays":n, "silentForDays":n,
/// "neverWrote":bool, "optedOut":bool}`, each of them optional.
/// Errors: invalid_request (filter.*).
Result<Conditions> parse(const boost::json::object& filter);
boost::json::object render(const Conditions& conditions);
/// The same from a query: tag and withoutTag (each any number of times), attribute.<name>,
/// wroteWithinDays, silentForDays, neverWrote, optedOut. Other parameters are left alone.
/// Errors: invalid_request.
Result<Conditions> parse_query(const std::vector<std::pair<std::string, std::string>>& query);
/// Both hold; nothing: nobody can fit both.
std::optional<Conditions> join(Conditions one, const Conditions& other);

struct Segment {
    std::string id;
    std::string name;
    Conditions conditions;
    Timestamp created_at;
};

/// Errors: segment_not_found.
Result<Segment> get(db::WorkspaceTxn& txn, const std::string& id);

/// Acts of members; each leaves its audit entry.
class Service {
  public:
    Service(db::Db& db, IdGenerator& ids, const Clock& clock) : db_(db), ids_(ids), clock_(clock) {}
    /// All of them, by name.
    async::Task<std::vector<Segment>> list(Context context);
    /// Errors: segment_not_found.
    async::Task<Result<Segment>> get(Context context, std::string id);
    /// Errors: segment_exists, too_many_segments.
    async::Task<Result<Segment>> create(Context context, std::string name, Conditions conditions);
    /// Replaces both. Errors: segment_not_found, segment_exists.
    async::Task<Result<Segment>> replace(Context context, Segment segment);
    /// Errors: segment_not_found.
    async::Task<Result<Segment>> remove(Context context, std::string id);

  private:
    db::Db& db_;
    IdGenerator& ids_;
    const Clock& clock_;
};

}  // namespace wapi::segments
