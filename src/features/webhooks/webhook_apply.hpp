// Applying one update of a webhook to the workspace it belongs to. Included only inside this
// feature.
#pragma once

#include "base/ids.hpp"
#include "features/webhooks/webhooks.hpp"
#include "whatsapp/webhook.hpp"

namespace wapi::webhooks {

/// Routes the item by its number and stores its effects in the transaction. Repeatable, in any
/// order. Items without a number of ours (account fields, unknown fields) are kept in the raw event
/// only. Errors: item_invalid (the parser's reason), number_not_routed.
Result<void> apply_item(db::Txn& txn, IdGenerator& ids, const whatsapp::WebhookItem& item,
                        Timestamp now);

}  // namespace wapi::webhooks
