// SQL of webhook events. Included only inside this feature.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "features/webhooks/webhooks.hpp"
#include "whatsapp/webhook.hpp"

namespace wapi::webhooks::store {

/// A body as it came, with what is needed to check it again.
struct StoredEvent {
    EventId id;
    Timestamp received_at;
    whatsapp::WebhookPriority priority = whatsapp::WebhookPriority::low;
    std::string signature;
    std::string body;
};

/// Appends the events, and a job for those of each priority.
void insert(db::Txn& txn, std::span<const StoredEvent> events);

/// The raw body; nothing when retention has removed it.
std::optional<std::string> find_body(db::Txn& txn, EventId id);

/// Takes what these customers' updates are applied under, so that several workers do not make the
/// same contact and fail; until the end of the transaction. SQLite has one writer.
void lock_customers(db::Txn& txn, const std::set<std::string_view>& customers);

bool has_event(db::Txn& txn, EventId id);
/// The first `limit` ids in [from, to), in order.
std::vector<EventId> list_events(db::Txn& txn, EventId from, EventId to, std::size_t limit);

/// Removes the dead letter of this update, if there is one: what fails again replaces it.
void remove_item_letter(db::Txn& txn, std::string_view item_ref);

/// Removes up to `limit` events received before `before`. Returns how many.
std::int64_t prune(db::Txn& txn, Timestamp before, std::int64_t limit);

}  // namespace wapi::webhooks::store
