// SQL of acts on contacts. Included only inside this feature.
#pragma once

#include "base/context.hpp"
#include "features/contact_acts/contact_acts.hpp"

namespace wapi::contact_acts::store {

bool has_conversation(db::WorkspaceTxn& txn, const ContactId& id);
/// Whether one of the contacts has a conversation that the restrictions hide.
bool has_unseen_talk(db::WorkspaceTxn& txn, const ContactId& one, const ContactId& other,
                     const Restrictions& restrictions);
/// When a contact wrote last, in conversations that nobody adds to until this transaction ends;
/// epoch when never.
Timestamp lock_last_heard(db::WorkspaceTxn& txn, const ContactId& id);
/// With identities and tags.
void remove(db::WorkspaceTxn& txn, const ContactId& id);

}  // namespace wapi::contact_acts::store
