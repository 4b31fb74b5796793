// Updates about people who were erased: what happened before that is not stored again, however
// late or often it comes (docs/adr/0015). All of it runs in the transaction of the webhook worker.
#pragma once

#include <vector>

#include "base/ids.hpp"
#include "db/txn.hpp"
#include "features/erasures/erasures.hpp"
#include "whatsapp/webhook.hpp"

namespace wapi::erased_updates {

/// Who an update is about, as views of it; more than one when they changed number or BSUID.
std::vector<erasures::Person> people_of(const whatsapp::WebhookContent& content);

/// True for a message, echo or preference that is not newer than the customer's erasure; for a
/// status of a message that is not, or whose customer is no contact any more.
bool is_erased(db::WorkspaceTxn& txn, const erasures::Recogniser& recogniser,
               const whatsapp::WebhookContent& content);

/// Takes an update that is not stored out of the stored event, too; newer ones of the same person
/// stay.
void redact_raw(db::Txn& txn, EventId event, const whatsapp::WebhookItem& item);

/// True for copies of the phone app's chats and address book (fields history and
/// smb_app_state_sync), which hold many people and are kept in the raw event only.
bool is_copy_of_phone(const whatsapp::WebhookItem& item);
/// Takes everybody who was erased out of such a copy, whenever what it holds has happened: nothing
/// else is done with it.
void redact_copy(db::WorkspaceTxn& txn, erasures::Recogniser& recogniser, EventId event,
                 const whatsapp::WebhookItem& item);

}  // namespace wapi::erased_updates
