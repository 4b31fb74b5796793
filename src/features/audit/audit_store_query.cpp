// SQL of the log's filters. A field that tells entries apart has an index that ends in the order of
// time; the filter that leaves the fewest entries leads, by a statement of its own, and the others
// sift what it leads to.
//
// A statement for all would compare every parameter with '' and so use no index.
#include <utility>

#include "features/access/access.hpp"
#include "features/audit/audit_store.hpp"
#include "features/audit/audit_store_conditions.hpp"

namespace wapi::audit {
namespace {

// $2 to $5: the window. $6: the value of the field that leads. $7 to $13: the other fields. $14,
// $15: the restrictions. What is about a conversation or a message is seen by who sees the
// conversation.
#define WAPI_AUDIT_SEEN                                                                   \
    "AND (CAST($15 AS BIGINT) = 0 OR resource_type NOT IN ('conversation', 'message') "   \
    "OR EXISTS (SELECT 1 FROM conversations AS talk WHERE talk.workspace_id = $1 "        \
    "AND talk.conversation_id = CASE resource_type WHEN 'conversation' THEN resource_id " \
    "ELSE (SELECT m.conversation_id FROM messages AS m WHERE m.workspace_id = $1 "        \
    "AND m.message_id = audit_logs.resource_id) END "                                     \
    "AND " WAPI_SEES_CONVERSATION("talk", "$14", "$15") ")) "
#define WAPI_AUDIT_WINDOW "AND (created_us, seq) < ($2, $3) AND (created_us, seq) >= ($4, $5) "
#define WAPI_AUDIT_LED_BY(condition) \
    "FROM audit_logs WHERE workspace_id = $1 AND " condition " " WAPI_AUDIT_WINDOW
#define WAPI_AUDIT_LED_IN_PIECES(condition)           \
    "FROM " WAPI_AUDIT_PIECES                         \
    " CROSS JOIN audit_logs WHERE workspace_id = $1 " \
    "AND seq / 512 = piece.number AND " condition " " WAPI_AUDIT_WINDOW
#define WAPI_AUDIT_SIFTED                                                \
    "AND ($7 = '' OR action = $7) AND ($8 = '' OR resource_id = $8) "    \
    "AND ($9 = '' OR actor_id = $9) AND ($10 = '' OR actor_kind = $10) " \
    "AND ($11 = '' OR resource_type = $11) AND ($12 = '' OR ip = $12) "  \
    "AND ($13 = '' OR request_id = $13) " WAPI_AUDIT_SEEN
#define WAPI_AUDIT_NEWEST_FIRST "ORDER BY created_us DESC, seq DESC "

// What is asked of the entries that a field leads to.
#define WAPI_AUDIT_LIST(led)                                                                  \
    "SELECT seq, action, actor_kind, actor_id, resource_type, resource_id, details, ip, "     \
    "user_agent, request_id, created_us, hash " led WAPI_AUDIT_SIFTED WAPI_AUDIT_NEWEST_FIRST \
    "LIMIT $16"
#define WAPI_AUDIT_COUNT(led) \
    "SELECT count(*) FROM (SELECT 1 " led WAPI_AUDIT_SIFTED "LIMIT $16) AS matching"
#define WAPI_AUDIT_SCAN_END(led) \
    "SELECT created_us, seq " led WAPI_AUDIT_NEWEST_FIRST "LIMIT 1 OFFSET $7"

// The statements that one field leads, and how SQLite gets to its entries if not as PostgreSQL.
#define WAPI_AUDIT_STATEMENTS(field, led, ...)                                               \
    const db::Sql list_by_##field{{.name = "audit.list_by_" #field,                          \
                                   .text = WAPI_AUDIT_LIST(led),                             \
                                   __VA_OPT__(.sqlite = WAPI_AUDIT_LIST(__VA_ARGS__), )}};   \
    const db::Sql count_by_##field{{.name = "audit.count_by_" #field,                        \
                                    .text = WAPI_AUDIT_COUNT(led),                           \
                                    __VA_OPT__(.sqlite = WAPI_AUDIT_COUNT(__VA_ARGS__), )}}; \
    const db::Sql scan_end_by_##field {                                                      \
        {                                                                                    \
            .name = "audit.scan_end_by_" #field, .text = WAPI_AUDIT_SCAN_END(led),           \
            __VA_OPT__(.sqlite = WAPI_AUDIT_SCAN_END(__VA_ARGS__), )                         \
        }                                                                                    \
    }

// A field that may be empty names its index's condition.
#define WAPI_AUDIT_OF_RESOURCE "resource_id = $6 AND resource_id <> ''"
WAPI_AUDIT_STATEMENTS(request, WAPI_AUDIT_LED_BY("request_id = $6 AND request_id <> ''"));
WAPI_AUDIT_STATEMENTS(resource, WAPI_AUDIT_LED_BY(WAPI_AUDIT_OF_RESOURCE),
                      WAPI_AUDIT_LED_IN_PIECES(WAPI_AUDIT_OF_RESOURCE));
WAPI_AUDIT_STATEMENTS(ip, WAPI_AUDIT_LED_BY("ip = $6 AND ip <> ''"));
WAPI_AUDIT_STATEMENTS(actor, WAPI_AUDIT_LED_BY("actor_id = $6 AND actor_id <> ''"));
WAPI_AUDIT_STATEMENTS(action, WAPI_AUDIT_LED_BY("action = $6"));
WAPI_AUDIT_STATEMENTS(time, WAPI_AUDIT_LED_BY("CAST($6 AS TEXT) = ''"));

/// The statements of a filter, by the field that leaves the fewest entries.
struct Lead {
    std::string Filter::* field;  ///< null: time alone
    const db::Sql& list;
    const db::Sql& count;
    const db::Sql& scan_end;
};

const Lead& lead_of(const Filter& filter) {
    static const Lead leads[] = {
        {&Filter::request_id, list_by_request, count_by_request, scan_end_by_request},
        {&Filter::resource_id, list_by_resource, count_by_resource, scan_end_by_resource},
        {&Filter::ip, list_by_ip, count_by_ip, scan_end_by_ip},
        {&Filter::user_id, list_by_actor, count_by_actor, scan_end_by_actor},
        {&Filter::action, list_by_action, count_by_action, scan_end_by_action},
    };
    static const Lead time{nullptr, list_by_time, count_by_time, scan_end_by_time};
    for (const Lead& lead : leads) {
        if (!(filter.*lead.field).empty()) {
            return lead;
        }
    }
    return time;
}

/// The filter's fields, the one that leads taken out.
struct Led {
    explicit Led(const Filter& filter) : lead(lead_of(filter)), others(filter) {
        if (lead.field != nullptr) {
            value = std::exchange(others.*lead.field, {});
        }
    }
    [[nodiscard]] bool alone() const {
        return others.action.empty() && others.resource_id.empty() && others.user_id.empty() &&
               others.actor_kind.empty() && others.resource_type.empty() && others.ip.empty() &&
               others.request_id.empty() && others.seen.bits() == 0;
    }
    const Lead& lead;
    Filter others;
    std::string value;
};

/// A list or count: what both are given.
db::Rows query(db::WorkspaceTxn& txn, const db::Sql& sql, const Led& led, const Window& window,
               std::int64_t limit) {
    const Filter& others = led.others;
    return txn.query(sql, window.before.time_us, window.before.seq, window.from.time_us,
                     window.from.seq, led.value, others.action, others.resource_id, others.user_id,
                     others.actor_kind, others.resource_type, others.ip, others.request_id,
                     others.seen.member, others.seen.bits(), limit);
}

}  // namespace

StoredEntry read_entry(const db::Row& row) {
    StoredEntry entry;
    entry.seq = row.integer(0);
    entry.action = row.string(1);
    entry.actor_kind = row.string(2);
    entry.actor_id = row.string(3);
    entry.resource_type = row.string(4);
    entry.resource_id = row.string(5);
    entry.details = row.string(6);
    entry.ip = row.string(7);
    entry.user_agent = row.string(8);
    entry.request_id = row.string(9);
    entry.created_at = from_us(row.integer(10));
    entry.hash = std::string(row.bytes(11));
    return entry;
}

bool has_further_filters(const Filter& filter) { return !Led(filter).alone(); }

std::vector<StoredEntry> list_entries(db::WorkspaceTxn& txn, const Filter& filter,
                                      const Window& window, std::size_t limit) {
    const Led led(filter);
    std::vector<StoredEntry> entries;
    for (const db::Row row :
         query(txn, led.lead.list, led, window, static_cast<std::int64_t>(limit))) {
        entries.push_back(read_entry(row));
    }
    return entries;
}

std::int64_t count_entries(db::WorkspaceTxn& txn, const Filter& filter, const Window& window) {
    const Led led(filter);
    return query(txn, led.lead.count, led, window, looked_at_max)[0].integer(0);
}

std::optional<Place> find_scan_end(db::WorkspaceTxn& txn, const Filter& filter,
                                   const Window& window) {
    const Led led(filter);
    const db::Rows rows =
        txn.query(led.lead.scan_end, window.before.time_us, window.before.seq, window.from.time_us,
                  window.from.seq, led.value, looked_at_max - 1);
    if (rows.empty()) {
        return std::nullopt;
    }
    return Place{rows[0].integer(0), rows[0].integer(1)};
}

}  // namespace wapi::audit
