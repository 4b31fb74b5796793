#include "features/webhook_events/webhook_events_store.hpp"

#include <map>

namespace wapi::webhook_events {
namespace {

const db::Sql insert_sql{{
    .name = "webhook_events.insert",
    .text = "INSERT INTO webhook_events (event_id, received_us, priority, signature, body)"
            " VALUES ($1, $2, $3, $4, $5)",
    .scope = db::Scope::system,
}};
const db::Sql find_body_sql{{
    .name = "webhook_events.find_body",
    .text = "SELECT body FROM webhook_events WHERE event_id = $1",
    .scope = db::Scope::system,
}};
const db::Sql lock_body_sql{{
    .name = "webhook_events.lock_body",
    .text = "SELECT body FROM webhook_events WHERE event_id = $1",
    .scope = db::Scope::system,
    .postgres = "SELECT body FROM webhook_events WHERE event_id = $1 FOR UPDATE",
}};
const db::Sql has_event_sql{{
    .name = "webhook_events.has_event",
    .text = "SELECT 1 FROM webhook_events WHERE event_id = $1",
    .scope = db::Scope::system,
}};
const db::Sql list_events_sql{{
    .name = "webhook_events.list_events",
    .text = "SELECT event_id FROM webhook_events"
            " WHERE event_id >= $1 AND event_id < $2 ORDER BY event_id LIMIT $3",
    .scope = db::Scope::system,
}};
const db::Sql list_bodies_sql{{
    .name = "webhook_events.list_bodies",
    .text = "SELECT event_id, body FROM webhook_events"
            " WHERE event_id >= $1 AND event_id <= $2 ORDER BY event_id LIMIT $3",
    .scope = db::Scope::system,
}};
const db::Sql list_lines_sql{{
    .name = "webhook_events.list_lines",
    .text = "SELECT event_id, received_us, priority, CAST(length(body) AS BIGINT)"
            " FROM webhook_events WHERE event_id >= $1 AND event_id < $2"
            " ORDER BY event_id DESC LIMIT $3",
    .scope = db::Scope::system,
}};
const db::Sql replace_body_sql{{
    .name = "webhook_events.replace_body",
    .text = "UPDATE webhook_events SET body = $2, signature = '' WHERE event_id = $1",
    .scope = db::Scope::system,
}};
const db::Sql newest_sql{{
    .name = "webhook_events.newest",
    .text = "SELECT event_id FROM webhook_events ORDER BY event_id DESC LIMIT 1",
    .scope = db::Scope::system,
}};
// The kind stands in the text, so that the partial index of these letters serves.
const db::Sql remove_item_letter_sql{{
    .name = "dead_letters.remove_item",
    .text = "DELETE FROM dead_letters WHERE kind = 'webhook.item' AND payload = $1",
    .scope = db::Scope::system,
}};
const db::Sql prune_sql{{
    .name = "webhook_events.prune",
    .text = "DELETE FROM webhook_events WHERE event_id IN (SELECT event_id FROM webhook_events"
            " WHERE event_id < $1 ORDER BY event_id LIMIT $2)",
    .scope = db::Scope::system,
}};

db::Bytes as_bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

/// Enough to make the job's row cheap, few enough to be processed between two looks at the clock.
constexpr std::size_t events_per_job_max = 64;

queue::NewJob job_of(whatsapp::WebhookPriority priority, std::span<const EventId> ids,
                     Timestamp run_at) {
    return {.id = ids.front(),
            .queue = std::string(queue_name),
            .kind = std::string(ids.size() == 1 ? kind_event : kind_events),
            .priority = static_cast<queue::Priority>(priority),
            .run_at = run_at,
            .workspace = std::nullopt,
            .subject = {},
            .payload = ids.size() == 1 ? std::string() : render_event_ids(ids),
            .items = static_cast<std::int64_t>(ids.size())};
}

/// One job for the events of each priority, or a few.
std::vector<queue::NewJob> jobs_of(std::span<const StoredEvent> events) {
    std::map<whatsapp::WebhookPriority, std::vector<EventId>> by_priority;
    for (const StoredEvent& event : events) {
        by_priority[event.priority].push_back(event.id);
    }
    std::vector<queue::NewJob> jobs;
    for (const auto& [priority, ids] : by_priority) {
        for (std::size_t from = 0; from < ids.size(); from += events_per_job_max) {
            const std::size_t count = std::min(ids.size() - from, events_per_job_max);
            jobs.push_back(
                job_of(priority, std::span(ids).subspan(from, count), events.front().received_at));
        }
    }
    return jobs;
}

}  // namespace

void insert(db::Txn& txn, std::span<const StoredEvent> events) {
    if (events.empty()) {
        return;
    }
    constexpr std::size_t per_row = 5;
    std::vector<db::Value> values;
    values.reserve(events.size() * per_row);
    for (const StoredEvent& event : events) {
        values.emplace_back(event.id.value);
        values.emplace_back(to_us(event.received_at));
        values.emplace_back(static_cast<std::int64_t>(event.priority));
        values.emplace_back(std::string_view(event.signature));
        values.emplace_back(as_bytes(event.body));
    }
    txn.execute_many(insert_sql, values, per_row);
    queue::enqueue_many(txn, jobs_of(events), events.front().received_at);
}

std::optional<std::string> find_body(db::Txn& txn, EventId id) {
    const db::Rows rows = txn.query(find_body_sql, id.value);
    return rows.empty() ? std::nullopt : std::optional(std::string(rows[0].bytes(0)));
}

namespace store {

bool has_event(db::Txn& txn, EventId id) { return !txn.query(has_event_sql, id).empty(); }

std::vector<EventId> list_events(db::Txn& txn, EventId from, EventId to, std::size_t limit) {
    std::vector<EventId> events;
    for (const db::Row row :
         txn.query(list_events_sql, from, to, static_cast<std::int64_t>(limit))) {
        events.push_back(EventId{row.integer(0)});
    }
    return events;
}

std::vector<EventBody> list_bodies(db::Txn& txn, EventId from, EventId last, std::size_t limit) {
    std::vector<EventBody> bodies;
    for (const db::Row row :
         txn.query(list_bodies_sql, from, last, static_cast<std::int64_t>(limit))) {
        bodies.push_back({EventId{row.integer(0)}, std::string(row.bytes(1))});
    }
    return bodies;
}

std::optional<std::string> lock_body(db::Txn& txn, EventId id) {
    const db::Rows rows = txn.query(lock_body_sql, id.value);
    return rows.empty() ? std::nullopt : std::optional(std::string(rows[0].bytes(0)));
}

void replace_body(db::Txn& txn, EventId id, std::string_view body) {
    txn.execute(replace_body_sql, id, std::as_bytes(std::span(body)));
}

}  // namespace store

std::vector<EventLine> list_lines(db::Txn& txn, EventId from, EventId before, std::size_t limit) {
    std::vector<EventLine> lines;
    for (const db::Row row :
         txn.query(list_lines_sql, from, before, static_cast<std::int64_t>(limit))) {
        lines.push_back({.id = EventId{row.integer(0)},
                         .received_at = from_us(row.integer(1)),
                         .priority = static_cast<whatsapp::WebhookPriority>(row.integer(2)),
                         .bytes = row.integer(3)});
    }
    return lines;
}

EventId newest_event(db::Txn& txn) {
    const db::Rows rows = txn.query(newest_sql);
    return rows.empty() ? EventId{} : EventId{rows[0].integer(0)};
}

void remove_item_letter(db::Txn& txn, std::string_view item_ref) {
    txn.execute(remove_item_letter_sql, item_ref);
}

std::int64_t prune_events(db::Txn& txn, Timestamp before, std::int64_t limit) {
    return txn.execute(prune_sql, first_event_at(before), limit);
}

}  // namespace wapi::webhook_events
