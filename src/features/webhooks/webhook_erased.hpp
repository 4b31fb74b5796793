// Updates about people who were erased: what happened before that is not stored again, however
// late or often it comes (docs/adr/0015). Included only inside this feature.
#pragma once

#include "base/ids.hpp"
#include "db/txn.hpp"
#include "features/erasures/erasures.hpp"
#include "whatsapp/webhook.hpp"

namespace wapi::webhooks {

/// True for a message or preference that is not newer than the customer's erasure; for a status of
/// a message that is not, or whose customer is no contact any more.
bool is_erased(db::WorkspaceTxn& txn, const erasures::Recogniser& recogniser,
               const whatsapp::WebhookContent& content);

/// Takes an update that is not stored out of the stored event, too; newer ones of the same person
/// stay.
void redact_raw(db::Txn& txn, EventId event, const whatsapp::WebhookItem& item);

}  // namespace wapi::webhooks
