// Replaying stored events, names of items in jobs, and the figures of the queues.
//
// A workspace replays only events that name one of its numbers (architecture, invariant 7).
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "features/numbers/numbers.hpp"
#include "features/webhooks/webhook_store.hpp"
#include "features/webhooks/webhooks.hpp"

namespace wapi::webhooks {
namespace {

queue::NewJob replay_job(const store::EventRef& event, Timestamp now) {
    return {.id = event.id,
            .queue = std::string(queue_name),
            .kind = std::string(kind_event),
            .priority = static_cast<queue::Priority>(event.priority),
            .run_at = now,
            .workspace = std::nullopt,
            .subject = {},
            .payload = {}};
}

/// Whether the event's body speaks of one of these numbers: events of others are not theirs to
/// replay.
bool names_a_number(db::Txn& txn, EventId id, std::span<const numbers::Number> own) {
    const auto body = store::find_body(txn, id);
    return body && std::ranges::any_of(own, [&body](const numbers::Number& number) {
               return body->find('"' + number.phone_number_id.value + '"') != std::string::npos;
           });
}

}  // namespace

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

Result<std::int64_t> replay_events(db::WorkspaceTxn& txn, const ReplayRequest& request,
                                   Timestamp now) {
    const std::vector<numbers::Number> own = numbers::list_numbers(txn);
    std::vector<queue::NewJob> jobs;
    for (const EventId id : std::set(request.ids.begin(), request.ids.end())) {
        const auto event = store::find_event(txn.txn(), id);
        if (!event || !names_a_number(txn.txn(), id, own)) {
            return fail_field(wapi::errors::not_found, "ids",
                              "No stored event has the id " + std::to_string(id.value) + ".");
        }
        jobs.push_back(replay_job(*event, now));
    }
    if (request.from && request.to) {
        for (const store::EventRef& event :
             store::list_received(txn.txn(), *request.from, *request.to, replay_events_max)) {
            if (names_a_number(txn.txn(), event.id, own)) {
                jobs.push_back(replay_job(event, now));
            }
        }
    }
    queue::enqueue_many(txn.txn(), jobs, now);
    return static_cast<std::int64_t>(jobs.size());
}

QueueStatus read_queue_status(db::Txn& txn, const std::optional<WorkspaceId>& workspace,
                              Timestamp now) {
    return {.webhooks = queue::count(txn, queue_name, workspace, now),
            .outbox = queue::count(txn, "outbox:*", workspace, now)};
}

}  // namespace wapi::webhooks
