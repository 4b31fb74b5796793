// SQL of the business numbers. Routing statements run over all workspaces; the rest inside one.
#include "features/numbers/numbers.hpp"

namespace wapi::numbers {
namespace {

const db::Sql find_route_sql{{
    .name = "numbers.find_route",
    .text = "SELECT workspace_id, phone_number_id, waba_id, display_phone, verified_name, "
            "quality_rating, status, status_reason, webhooks_subscribed, registered, "
            "messages_per_second, connected_us FROM phone_numbers WHERE phone_number_id = $1",
    .scope = db::Scope::system,
}};

const db::Sql find_routes_of_waba_sql{{
    .name = "numbers.find_routes_of_waba",
    .text = "SELECT workspace_id, phone_number_id, waba_id, display_phone, verified_name, "
            "quality_rating, status, status_reason, webhooks_subscribed, registered, "
            "messages_per_second, connected_us FROM phone_numbers WHERE waba_id = $1 "
            "ORDER BY workspace_id, connected_us, phone_number_id",
    .scope = db::Scope::system,
}};

const db::Sql find_number_sql{{
    .name = "numbers.find_number",
    .text = "SELECT workspace_id, phone_number_id, waba_id, display_phone, verified_name, "
            "quality_rating, status, status_reason, webhooks_subscribed, registered, "
            "messages_per_second, connected_us FROM phone_numbers "
            "WHERE workspace_id = $1 AND phone_number_id = $2",
}};

const db::Sql default_number_sql{{
    .name = "numbers.default_number",
    .text = "SELECT workspace_id, phone_number_id, waba_id, display_phone, verified_name, "
            "quality_rating, status, status_reason, webhooks_subscribed, registered, "
            "messages_per_second, connected_us FROM phone_numbers WHERE workspace_id = $1 "
            "ORDER BY CASE WHEN status = 'connected' THEN 0 ELSE 1 END, connected_us, "
            "phone_number_id LIMIT 1",
}};

const db::Sql list_numbers_sql{{
    .name = "numbers.list_numbers",
    .text = "SELECT workspace_id, phone_number_id, waba_id, display_phone, verified_name, "
            "quality_rating, status, status_reason, webhooks_subscribed, registered, "
            "messages_per_second, connected_us FROM phone_numbers WHERE workspace_id = $1 "
            "ORDER BY connected_us, phone_number_id",
}};

const db::Sql update_number_sql{{
    .name = "numbers.update_number",
    .text = "UPDATE phone_numbers SET waba_id = $3, display_phone = $4, verified_name = $5, "
            "quality_rating = $6, status = $7, status_reason = $8, webhooks_subscribed = $9, "
            "registered = $10, messages_per_second = $11 "
            "WHERE workspace_id = $1 AND phone_number_id = $2",
}};

// No conflict target: the number may be another workspace's, also by a claim made at this moment.
const db::Sql insert_number_sql{{
    .name = "numbers.insert_number",
    .text =
        "INSERT INTO phone_numbers (workspace_id, phone_number_id, waba_id, display_phone, "
        "verified_name, quality_rating, status, status_reason, webhooks_subscribed, registered, "
        "messages_per_second, connected_us) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING",
}};

const db::Sql remove_pending_sql{{
    .name = "numbers.remove_pending",
    .text = "DELETE FROM phone_numbers WHERE workspace_id = $1 AND phone_number_id = $2 "
            "AND status = 'pending'",
}};

const db::Sql set_status_sql{{
    .name = "numbers.set_status",
    .text = "UPDATE phone_numbers SET status = $3, status_reason = $4 "
            "WHERE workspace_id = $1 AND phone_number_id = $2",
}};

Number read_number(const db::Row& row) {
    Number number;
    number.workspace = row.id<WorkspaceId>(0);
    number.phone_number_id = row.id<PhoneNumberId>(1);
    number.waba_id = row.id<WabaId>(2);
    number.display_phone = row.string(3);
    number.verified_name = row.string(4);
    number.quality_rating = row.string(5);
    number.status = row.string(6);
    number.status_reason = row.string(7);
    number.webhooks_subscribed = row.boolean(8);
    number.registered = row.boolean(9);
    number.messages_per_second = static_cast<int>(row.integer(10));
    number.connected_at = from_us(row.integer(11));
    return number;
}

std::vector<Number> read_all(const db::Rows& rows) {
    std::vector<Number> all;
    all.reserve(rows.size());
    for (const db::Row row : rows) {
        all.push_back(read_number(row));
    }
    return all;
}

std::optional<Number> read_first(const db::Rows& rows) {
    return rows.empty() ? std::nullopt : std::optional(read_number(rows[0]));
}

}  // namespace

std::optional<Number> find_route(db::Txn& txn, const PhoneNumberId& phone_number_id) {
    return read_first(txn.query(find_route_sql, phone_number_id));
}

std::vector<Number> find_routes_of_waba(db::Txn& txn, const WabaId& waba_id) {
    return read_all(txn.query(find_routes_of_waba_sql, waba_id));
}

std::optional<Number> find_number(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id) {
    return read_first(txn.query(find_number_sql, phone_number_id));
}

std::optional<Number> default_number(db::WorkspaceTxn& txn) {
    return read_first(txn.query(default_number_sql));
}

std::vector<Number> list_numbers(db::WorkspaceTxn& txn) {
    return read_all(txn.query(list_numbers_sql));
}

bool save_number(db::WorkspaceTxn& txn, const Number& number) {
    txn.announce(number_changed, number.phone_number_id.value);
    return txn.execute(update_number_sql, number.phone_number_id, number.waba_id,
                       number.display_phone, number.verified_name, number.quality_rating,
                       number.status, number.status_reason, number.webhooks_subscribed,
                       number.registered, number.messages_per_second) > 0 ||
           txn.execute(insert_number_sql, number.phone_number_id, number.waba_id,
                       number.display_phone, number.verified_name, number.quality_rating,
                       number.status, number.status_reason, number.webhooks_subscribed,
                       number.registered, number.messages_per_second,
                       to_us(number.connected_at)) > 0;
}

bool remove_pending(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id) {
    return txn.execute(remove_pending_sql, phone_number_id) > 0;
}

bool set_status(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id,
                std::string_view new_status, std::string_view reason) {
    txn.announce(number_changed, phone_number_id.value);
    return txn.execute(set_status_sql, phone_number_id, new_status, reason) > 0;
}

}  // namespace wapi::numbers
