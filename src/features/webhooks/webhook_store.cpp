#include "features/webhooks/webhook_store.hpp"

namespace wapi::webhooks::store {
namespace {

const db::Sql insert_sql{{
    .name = "webhooks.insert",
    .text = "INSERT INTO webhook_events (event_id, received_us, priority, signature, body)"
            " VALUES ($1, $2, $3, $4, $5)",
    .scope = db::Scope::system,
}};
const db::Sql find_body_sql{{
    .name = "webhooks.find_body",
    .text = "SELECT body FROM webhook_events WHERE event_id = $1",
    .scope = db::Scope::system,
}};
const db::Sql find_event_sql{{
    .name = "webhooks.find_event",
    .text = "SELECT priority FROM webhook_events WHERE event_id = $1",
    .scope = db::Scope::system,
}};
const db::Sql list_received_sql{{
    .name = "webhooks.list_received",
    .text = "SELECT event_id, priority FROM webhook_events"
            " WHERE event_id >= $1 AND event_id < $2 ORDER BY event_id LIMIT $3",
    .scope = db::Scope::system,
}};
const db::Sql prune_sql{{
    .name = "webhooks.prune",
    .text = "DELETE FROM webhook_events WHERE event_id IN (SELECT event_id FROM webhook_events"
            " WHERE event_id < $1 ORDER BY event_id LIMIT $2)",
    .scope = db::Scope::system,
}};

db::Bytes as_bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

queue::NewJob job_of(const StoredEvent& event) {
    return {.id = event.id,
            .queue = std::string(queue_name),
            .kind = std::string(kind_event),
            .priority = static_cast<queue::Priority>(event.priority),
            .run_at = event.received_at,
            .workspace = std::nullopt,
            .subject = {},
            .payload = {}};
}

}  // namespace

void insert(db::Txn& txn, std::span<const StoredEvent> events) {
    constexpr std::size_t per_row = 5;
    std::vector<db::Value> values;
    values.reserve(events.size() * per_row);
    std::vector<queue::NewJob> jobs;
    jobs.reserve(events.size());
    for (const StoredEvent& event : events) {
        values.emplace_back(event.id.value);
        values.emplace_back(to_us(event.received_at));
        values.emplace_back(static_cast<std::int64_t>(event.priority));
        values.emplace_back(std::string_view(event.signature));
        values.emplace_back(as_bytes(event.body));
        jobs.push_back(job_of(event));
    }
    txn.execute_many(insert_sql, values, per_row);
    queue::enqueue_many(txn, jobs, events.empty() ? Timestamp{} : events.front().received_at);
}

std::optional<std::string> find_body(db::Txn& txn, EventId id) {
    const db::Rows rows = txn.query(find_body_sql, id.value);
    return rows.empty() ? std::nullopt : std::optional(std::string(rows[0].bytes(0)));
}

std::optional<EventRef> find_event(db::Txn& txn, EventId id) {
    const db::Rows rows = txn.query(find_event_sql, id.value);
    if (rows.empty()) {
        return std::nullopt;
    }
    return EventRef{.id = id,
                    .priority = static_cast<whatsapp::WebhookPriority>(rows[0].integer(0))};
}

std::vector<EventRef> list_received(db::Txn& txn, Timestamp from, Timestamp to, std::size_t limit) {
    std::vector<EventRef> events;
    for (const db::Row row :
         txn.query(list_received_sql, first_event_at(from).value, first_event_at(to).value,
                   static_cast<std::int64_t>(limit))) {
        events.push_back({.id = EventId{row.integer(0)},
                          .priority = static_cast<whatsapp::WebhookPriority>(row.integer(1))});
    }
    return events;
}

std::int64_t prune(db::Txn& txn, Timestamp before, std::size_t limit) {
    return txn.execute(prune_sql, first_event_at(before).value, static_cast<std::int64_t>(limit));
}

}  // namespace wapi::webhooks::store
