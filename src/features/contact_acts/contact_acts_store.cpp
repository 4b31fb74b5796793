#include "features/contact_acts/contact_acts_store.hpp"

#include <algorithm>

#include "features/access/access.hpp"

namespace wapi::contact_acts::store {
namespace {

const db::Sql has_conversation_sql{{
    .name = "contact_acts.has_conversation",
    .text = "SELECT 1 FROM conversations WHERE workspace_id = $1 AND contact_id = $2 LIMIT 1",
}};
const db::Sql has_unseen_talk_sql{{
    .name = "contact_acts.has_unseen_talk",
    .text = "SELECT 1 FROM conversations AS talk WHERE talk.workspace_id = $1"
            " AND talk.contact_id IN ($2, $3)"
            " AND NOT " WAPI_SEES_CONVERSATION("talk", "$4", "$5") " LIMIT 1",
}};
#define WAPI_LAST_HEARD \
    "SELECT last_inbound_us FROM conversations WHERE workspace_id = $1 AND contact_id = $2"
// A message that is coming in at this moment is waited for, in the order of inbox.list_of_contact.
const db::Sql lock_last_heard_sql{{
    .name = "contact_acts.lock_last_heard",
    .text = WAPI_LAST_HEARD,
    .postgres = WAPI_LAST_HEARD " ORDER BY phone_number_id FOR UPDATE",
}};
#undef WAPI_LAST_HEARD
const db::Sql remove_tags_sql{{
    .name = "contact_acts.remove_tags",
    .text = "DELETE FROM contact_tags WHERE workspace_id = $1 AND contact_id = $2",
}};
const db::Sql remove_identities_sql{{
    .name = "contact_acts.remove_identities",
    .text = "DELETE FROM contact_identities WHERE workspace_id = $1 AND contact_id = $2",
}};
const db::Sql remove_contact_sql{{
    .name = "contact_acts.remove_contact",
    .text = "DELETE FROM contacts WHERE workspace_id = $1 AND contact_id = $2",
}};

}  // namespace

bool has_conversation(db::WorkspaceTxn& txn, const ContactId& id) {
    return !txn.query(has_conversation_sql, id).empty();
}

bool has_unseen_talk(db::WorkspaceTxn& txn, const ContactId& one, const ContactId& other,
                     const Restrictions& restrictions) {
    return restrictions.bits() != 0 &&
           !txn.query(has_unseen_talk_sql, one, other, restrictions.member, restrictions.bits())
                .empty();
}

Timestamp lock_last_heard(db::WorkspaceTxn& txn, const ContactId& id) {
    Timestamp last{};
    for (const db::Row row : txn.query(lock_last_heard_sql, id)) {
        last = std::max(last, from_us(row.integer(0)));
    }
    return last;
}

void remove(db::WorkspaceTxn& txn, const ContactId& id) {
    txn.execute(remove_tags_sql, id);
    txn.execute(remove_identities_sql, id);
    txn.execute(remove_contact_sql, id);
}

}  // namespace wapi::contact_acts::store
