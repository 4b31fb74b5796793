// SQL of webhook events that only the replay and the redaction ask for. Included only inside this
// feature.
#pragma once

#include <vector>

#include "features/webhook_events/webhook_events.hpp"

namespace wapi::webhook_events::store {

bool has_event(db::Txn& txn, EventId id);
/// The first `limit` ids in [from, to), in order.
std::vector<EventId> list_events(db::Txn& txn, EventId from, EventId to, std::size_t limit);

struct EventBody {
    EventId id;
    std::string body;
};
/// The first `limit` events in [from, last], in order.
std::vector<EventBody> list_bodies(db::Txn& txn, EventId from, EventId last, std::size_t limit);
/// The raw body, which nobody else changes until this transaction ends: who redacts another person
/// meanwhile must find it without this one.
std::optional<std::string> lock_body(db::Txn& txn, EventId id);
/// The signature goes too: it was of other bytes.
void replace_body(db::Txn& txn, EventId id, std::string_view body);

}  // namespace wapi::webhook_events::store
