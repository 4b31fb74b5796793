// Lists of contacts: filtered, in pages, for the eyes of who asks.
//
// A filter may be rare among a million contacts: a page is bounded by how many contacts are looked
// at for it, not only by how many it holds.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "async/async.hpp"
#include "base/clock.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "db/db.hpp"
#include "db/txn.hpp"
#include "features/contacts/contacts.hpp"
#include "features/segments/segments.hpp"

namespace wapi::contact_lists {

/// Filters of a list; an empty one does not restrict.
struct Filter {
    std::string phone = {};  ///< any way of writing it
    std::string text = {};   ///< part of a name or phone, case-insensitive
    segments::Conditions conditions = {};
    std::string segment = {};  ///< id; what it says holds as well
    std::string cursor = {};   ///< id of the last contact that was looked at before
    std::size_t limit = 50;
    Restrictions restrictions = {};  ///< of the caller; set by the service
};

/// Filters lead to contacts in the order of their ids, of one tag by an index; so many of these at
/// most are looked at for a page.
inline constexpr std::size_t looked_at_max = 10'000;

/// From a query: phone, q, segment, cursor and what segments::parse_query knows.
/// Errors: invalid_request.
Result<Filter> parse_filter(const std::vector<std::pair<std::string, std::string>>& query);

struct Page {
    /// Newest first. Fewer than asked for, or none, is not the end while there is a next_cursor.
    std::vector<contacts::Contact> contacts;
    std::string next_cursor;
};

/// A page as of `now`. Errors: segment_not_found.
Result<Page> list(db::WorkspaceTxn& txn, Filter filter, Timestamp now);

class Service {
  public:
    Service(db::Db& db, const Clock& clock) : db_(db), clock_(clock) {}
    /// Errors: segment_not_found.
    async::Task<Result<Page>> list(Context context, Filter filter);

  private:
    db::Db& db_;
    const Clock& clock_;
};

}  // namespace wapi::contact_lists
