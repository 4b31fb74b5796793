// Names of events and items in jobs, and the figures of the queues.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "features/webhook_events/webhook_events.hpp"

namespace wapi::webhook_events {

std::string render_item_ref(const ItemRef& ref) {
    return boost::json::serialize(
        boost::json::object{{"eventId", ref.event.value}, {"ordinal", ref.ordinal}});
}

std::optional<ItemRef> parse_item_ref(std::string_view payload) {
    boost::system::error_code failed;
    const boost::json::value parsed = boost::json::parse(payload, failed);
    const boost::json::object* object = failed ? nullptr : parsed.if_object();
    const boost::json::value* event = object != nullptr ? object->if_contains("eventId") : nullptr;
    const boost::json::value* ordinal =
        object != nullptr ? object->if_contains("ordinal") : nullptr;
    if (event == nullptr || ordinal == nullptr || !event->is_int64() || !ordinal->is_number()) {
        return std::nullopt;
    }
    return ItemRef{.event = EventId{event->as_int64()},
                   .ordinal = ordinal->to_number<std::uint32_t>()};
}

std::optional<EventId> event_of(const queue::Job& job) {
    if (job.kind == kind_event) {
        return job.id;
    }
    const auto ref = job.kind == kind_item ? parse_item_ref(job.payload) : std::nullopt;
    return ref ? std::optional(ref->event) : std::nullopt;
}

std::string render_event_ids(std::span<const EventId> ids) {
    boost::json::array distances;
    std::int64_t last = 0;
    for (const EventId id : ids) {
        distances.emplace_back(id.value - last);
        last = id.value;
    }
    return boost::json::serialize(distances);
}

std::vector<EventId> parse_event_ids(std::string_view payload) {
    boost::system::error_code failed;
    const boost::json::value parsed = boost::json::parse(payload, failed);
    const boost::json::array* distances = failed ? nullptr : parsed.if_array();
    std::vector<EventId> ids;
    std::int64_t last = 0;
    for (const boost::json::value& distance :
         distances != nullptr ? *distances : boost::json::array{}) {
        if (!distance.is_int64()) {
            return {};
        }
        last += distance.as_int64();
        ids.push_back(EventId{last});
    }
    return ids;
}

QueueStatus read_queue_status(db::Txn& txn, const std::optional<WorkspaceId>& workspace,
                              Timestamp now) {
    QueueStatus status{.webhooks = queue::count(txn, queue_name, workspace, now),
                       .outbox = queue::count(txn, "outbox:*", workspace, now)};
    if (workspace) {
        const queue::Counts shared = queue::count(txn, queue_name, std::nullopt, now);
        status.webhooks.pending = shared.pending;
        status.webhooks.oldest_due = shared.oldest_due;
    }
    return status;
}

boost::json::object render_counts(const queue::Counts& counts, Timestamp now) {
    std::int64_t age_ms = 0;
    if (counts.oldest_due && *counts.oldest_due < now) {
        age_ms = (to_us(now) - to_us(*counts.oldest_due)) / 1000;
    }
    return {{"pending", counts.pending},
            {"delayed", counts.delayed},
            {"dead", counts.dead},
            {"oldestAgeMs", age_ms}};
}

}  // namespace wapi::webhook_events
