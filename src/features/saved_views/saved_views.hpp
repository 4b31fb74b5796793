// Saved views: named filters of the inbox, a member's own or shared by the workspace.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "db/txn.hpp"

namespace wapi::saved_views {

namespace errors {
inline const ErrorKind view_not_found{"view_not_found", 404, RetryClass::never,
                                      "There is no such view for you."};
inline const ErrorKind view_exists{"view_exists", 409, RetryClass::never,
                                   "There is a view of this name already."};
inline const ErrorKind view_shared{"view_shared", 403, RetryClass::never,
                                   "Shared views are written by who may assign conversations."};
inline const ErrorKind views_full{"views_full", 409, RetryClass::never,
                                  "There are as many views as may be."};
}  // namespace errors

inline constexpr std::size_t name_bytes_max = 80;
inline constexpr std::int64_t own_max = 50;
inline constexpr std::int64_t shared_max = 100;

struct View {
    std::string id;
    UserId owner;  ///< empty: shared
    std::string name;
    boost::json::object filter;  ///< as the list of conversations takes it
    Timestamp created_at;
};

/// Of a change: what is left out stays.
struct Draft {
    std::optional<std::string> name = {};
    std::optional<boost::json::object> filter = {};
    bool shared = false;  ///< of a new one
};

/// Whether a view may hold it: `status`, `assignee`, `phoneNumberId`, `tag`, `search` as texts,
/// `unread` as true or false. Errors: invalid_request, with the place below `filter`.
Result<void> check_filter(const boost::json::object& filter);

/// Views are the caller's own and the shared ones; shared ones are written by who may assign
/// conversations, an API key has none of its own.
class Service {
  public:
    Service(db::Db& db, IdGenerator& ids, const Clock& clock) : db_(db), ids_(ids), clock_(clock) {}
    /// All of them, at most own_max + shared_max, by name.
    async::Task<std::vector<View>> list(Context context);
    /// Errors: invalid_request (filter), view_shared, view_exists, views_full.
    async::Task<Result<View>> create(Context context, Draft draft);
    /// Errors: view_not_found, invalid_request, view_shared, view_exists.
    async::Task<Result<View>> change(Context context, std::string id, Draft draft);
    /// Errors: view_not_found, view_shared.
    async::Task<Result<void>> remove(Context context, std::string id);

  private:
    db::Db& db_;
    IdGenerator& ids_;
    const Clock& clock_;
};

}  // namespace wapi::saved_views
