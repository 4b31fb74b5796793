// SQL of the counts. Declared in inbox_counts.hpp.
#include <algorithm>

#include "features/access/access.hpp"
#include "features/inbox/inbox.hpp"
#include "features/inbox_counts/inbox_counts.hpp"

namespace wapi::inbox_counts {
namespace {

namespace status = inbox::status;

#define WAPI_NEWEST " ORDER BY last_message_us DESC, conversation_id DESC LIMIT $2"
// Of the newest of a state, and nobody's among them.
const db::Sql count_sql{{
    .name = "inbox_counts.count",
    .text = "SELECT count(*), coalesce(sum(CASE WHEN assignee_id IS NULL THEN 1 ELSE 0 END), 0)"
            " FROM (SELECT assignee_id FROM conversations WHERE workspace_id = $1"
            " AND status = $3" WAPI_NEWEST ") AS talk",
}};
// These may be none of the newest.
const db::Sql count_unread_sql{{
    .name = "inbox_counts.count_unread",
    .text = "SELECT count(*) FROM (SELECT 1 FROM conversations WHERE workspace_id = $1"
            " AND unread_count > 0 AND status = $3 LIMIT $2) AS talk",
}};
// Looked at, seen, unassigned and unread, of the newest of a state.
#define WAPI_TALLY                                                           \
    "SELECT count(*), coalesce(sum(seen), 0),"                               \
    " coalesce(sum(CASE WHEN assignee_id IS NULL THEN seen ELSE 0 END), 0)," \
    " coalesce(sum(CASE WHEN unread_count > 0 THEN seen ELSE 0 END), 0) FROM "
const db::Sql count_of_assignee_sql{{
    .name = "inbox_counts.count_of_assignee",
    .text = WAPI_TALLY
    "(SELECT 1 AS seen, assignee_id, unread_count FROM conversations"
    " WHERE workspace_id = $1 AND assignee_id = $4 AND status = $3" WAPI_NEWEST ") AS talk",
}};
// Whether the caller sees a row is looked up for each, once: not where the sums would repeat it.
#define WAPI_SEEN_OF(condition) \
    WAPI_WITH_OWN_TAGS("$4") ", looked_at AS MATERIALIZED (SELECT"                            \
    " CASE WHEN " WAPI_SEES_OF_MANY("talk", "$4", "$5")                                      \
    " THEN 1 ELSE 0 END AS seen, assignee_id, unread_count FROM (SELECT contact_id,"         \
    " phone_number_id, assignee_id, unread_count FROM conversations WHERE workspace_id = $1" \
    " AND status = $3 AND " condition WAPI_NEWEST ") AS talk) " WAPI_TALLY "looked_at"
const db::Sql count_seen_sql{{.name = "inbox_counts.count_seen", .text = WAPI_SEEN_OF("$1 <> ''")}};
const db::Sql count_seen_of_assignee_sql{{
    .name = "inbox_counts.count_seen_of_assignee",
    .text = WAPI_SEEN_OF("assignee_id = $6"),
}};
#undef WAPI_SEEN_OF
#undef WAPI_TALLY
#undef WAPI_NEWEST

/// Nobody's are looked for among so many; no index holds them alone, as it would change with every
/// message where nobody is assigned.
constexpr std::int64_t nobodys_looked_at_max = 2'500;

struct Tally {
    explicit Tally(const db::Rows& rows)
        : is_exact(rows[0].integer(0) < counted_max),
          seen(rows[0].integer(1)),
          unassigned(rows[0].integer(2)),
          unread(rows[0].integer(3)) {}
    bool is_exact;
    std::int64_t seen;
    std::int64_t unassigned;
    std::int64_t unread;
};

/// Of one member's conversations.
Tally tally_of(db::WorkspaceTxn& txn, std::string_view state, const Restrictions& seen,
               const UserId& assignee) {
    const bool looks_up = seen.by_tag || seen.by_number;
    return Tally(looks_up ? txn.query(count_seen_of_assignee_sql, counted_max, state, seen.member,
                                      seen.bits(), assignee)
                          : txn.query(count_of_assignee_sql, counted_max, state, assignee));
}

/// For who sees a part.
Counts count_seen(db::WorkspaceTxn& txn, const UserId& me, const Restrictions& restrictions) {
    const bool own_only = inbox::sees_own_only(restrictions);
    const auto tally = [&](std::string_view state) {
        return own_only ? tally_of(txn, state, restrictions, me)
                        : Tally(txn.query(count_seen_sql, counted_max, state, restrictions.member,
                                          restrictions.bits()));
    };
    const Tally mine = tally_of(txn, status::open, restrictions, me);
    const Tally open = own_only ? mine : tally(status::open);
    const Tally snoozed = tally(status::snoozed);
    return {.mine = mine.seen,
            .unassigned = open.unassigned,
            .all = open.seen,
            .unread = open.unread,
            .snoozed = snoozed.seen,
            .exact = mine.is_exact && open.is_exact && snoozed.is_exact};
}

Counts count_all(db::WorkspaceTxn& txn, const UserId& me) {
    const db::Rows newest = txn.query(count_sql, nobodys_looked_at_max, status::open);
    Counts counts{.mine = tally_of(txn, status::open, {}, me).seen,
                  .unassigned = std::min(newest[0].integer(1), counted_max),
                  .all = std::min(newest[0].integer(0), counted_max),
                  .unread = txn.query(count_unread_sql, counted_max, status::open)[0].integer(0),
                  .snoozed = txn.query(count_sql, counted_max, status::snoozed)[0].integer(0)};
    counts.exact = std::max({counts.mine, counts.all, counts.snoozed}) < counted_max;
    return counts;
}

}  // namespace

Counts count(db::WorkspaceTxn& txn, const UserId& me, const Restrictions& restrictions) {
    return restrictions.bits() == 0 ? count_all(txn, me) : count_seen(txn, me, restrictions);
}

}  // namespace wapi::inbox_counts
