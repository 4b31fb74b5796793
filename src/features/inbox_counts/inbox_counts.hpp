// How many conversations stand in each folder of the inbox.
#pragma once

#include "async/async.hpp"
#include "base/context.hpp"
#include "db/db.hpp"
#include "db/txn.hpp"

namespace wapi::inbox_counts {

/// For the sidebar: conversations that the caller may see.
struct Counts {
    std::int64_t mine = 0;        ///< open, assigned to the caller
    std::int64_t unassigned = 0;  ///< open, assigned to nobody
    std::int64_t all = 0;         ///< open
    std::int64_t unread = 0;      ///< open, with a message that nobody has read
    std::int64_t snoozed = 0;
    bool exact = true;  ///< false: of a state there are as many as are looked at, or more
};
/// Of each state the newest so many are looked at, and for who sees all as many unread ones: what
/// counting costs does not grow with an inbox where nobody would read the exact number.
inline constexpr std::int64_t counted_max = 1'000;
/// `me`: whose conversations are `mine`.
Counts count(db::WorkspaceTxn& txn, const UserId& me, const Restrictions& restrictions);

class Service {
  public:
    explicit Service(db::Db& db) : db_(db) {}
    async::Task<Counts> count(Context context);

  private:
    db::Db& db_;
};

}  // namespace wapi::inbox_counts
