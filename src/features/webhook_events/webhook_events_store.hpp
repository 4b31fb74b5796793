// SQL of webhook events that only the replay asks for. Included only inside this feature.
#pragma once

#include <vector>

#include "features/webhook_events/webhook_events.hpp"

namespace wapi::webhook_events::store {

bool has_event(db::Txn& txn, EventId id);
/// The first `limit` ids in [from, to), in order.
std::vector<EventId> list_events(db::Txn& txn, EventId from, EventId to, std::size_t limit);

}  // namespace wapi::webhook_events::store
