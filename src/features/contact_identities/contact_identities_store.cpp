// SQL of who has which identity. Rules: contact_identities.hpp.
#include <algorithm>
#include <span>

#include "base/phone.hpp"
#include "features/contact_identities/contact_identities.hpp"

namespace wapi::contact_identities {
namespace {

const db::Sql find_sql{{
    .name = "contact_identities.find",
    .text = "SELECT identity.contact_id FROM contact_identities AS identity"
            " JOIN contacts ON contacts.workspace_id = identity.workspace_id"
            " AND contacts.contact_id = identity.contact_id"
            " WHERE identity.workspace_id = $1 AND identity.kind = $2 AND identity.value = $3",
}};
const db::Sql find_value_sql{{
    .name = "contact_identities.find_value",
    .text = "SELECT value FROM contact_identities"
            " WHERE workspace_id = $1 AND contact_id = $2 AND kind = $3"
            " ORDER BY seen_us DESC, value DESC LIMIT 1",
}};
// A contact that another transaction is merging away gets no identity any more: on PostgreSQL the
// row comes from the contact's, which is waited for and kept. SQLite has one writer.
#define WAPI_IDENTITY_OF_CONTACT                                                      \
    "INSERT INTO contact_identities (workspace_id, kind, value, contact_id, seen_us)" \
    " SELECT contacts.workspace_id, CAST($2 AS TEXT), CAST($3 AS TEXT), contact_id,"  \
    " CAST($5 AS BIGINT) FROM contacts WHERE workspace_id = $1 AND contact_id = $4"   \
    " FOR KEY SHARE"
const db::Sql put_sql{{
    .name = "contact_identities.put",
    .text = "INSERT INTO contact_identities (workspace_id, kind, value, contact_id, seen_us)"
            " VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT (workspace_id, kind, value) DO UPDATE"
            " SET contact_id = excluded.contact_id, seen_us = excluded.seen_us"
            " WHERE contact_identities.seen_us < excluded.seen_us",
    .postgres = WAPI_IDENTITY_OF_CONTACT
    " ON CONFLICT (workspace_id, kind, value) DO UPDATE"
    " SET contact_id = excluded.contact_id, seen_us = excluded.seen_us"
    " WHERE contact_identities.seen_us < excluded.seen_us",
}};
// On PostgreSQL a row that is there is locked, though not changed; who inserts or moves it is
// waited for.
const db::Sql hold_sql{{
    .name = "contact_identities.hold",
    .text = "INSERT INTO contact_identities (workspace_id, kind, value, contact_id, seen_us)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (workspace_id, kind, value) DO NOTHING",
    .postgres = WAPI_IDENTITY_OF_CONTACT
    " ON CONFLICT (workspace_id, kind, value) DO UPDATE"
    " SET seen_us = excluded.seen_us WHERE FALSE",
}};
const db::Sql claim_sql{{
    .name = "contact_identities.claim",
    .text = "INSERT INTO contact_identities (workspace_id, kind, value, contact_id, seen_us)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (workspace_id, kind, value) DO NOTHING",
    .postgres = WAPI_IDENTITY_OF_CONTACT " ON CONFLICT (workspace_id, kind, value) DO NOTHING",
}};
#undef WAPI_IDENTITY_OF_CONTACT
const db::Sql delete_orphan_sql{{
    .name = "contact_identities.delete_orphan",
    .text = "DELETE FROM contact_identities WHERE workspace_id = $1 AND kind = $2 AND value = $3"
            " AND NOT EXISTS (SELECT 1 FROM contacts"
            "   WHERE contacts.workspace_id = contact_identities.workspace_id"
            "   AND contacts.contact_id = contact_identities.contact_id)",
}};

/// Gives the contact an identity that nobody has. Whoever has it in the end, be it by another
/// transaction that is waited for here, is its owner until this transaction changes that or ends.
void hold(db::WorkspaceTxn& txn, const ContactId& id, const Identity& identity, Timestamp seen_at) {
    txn.execute(hold_sql, name_of(identity.kind), identity.value, id, to_us(seen_at));
}

}  // namespace

std::string_view name_of(IdentityKind kind) {
    switch (kind) {
        case IdentityKind::phone: return "phone";
        case IdentityKind::bsuid: return "bsuid";
        case IdentityKind::username: return "username";
    }
    return "phone";
}

std::optional<ContactId> find(db::WorkspaceTxn& txn, IdentityKind kind, std::string_view value) {
    const db::Rows rows = txn.query(find_sql, name_of(kind), value);
    return rows.empty() ? std::nullopt : std::optional(rows[0].id<ContactId>(0));
}

std::optional<std::string> find_value(db::WorkspaceTxn& txn, const ContactId& id,
                                      IdentityKind kind) {
    const db::Rows rows = txn.query(find_value_sql, id, name_of(kind));
    return rows.empty() ? std::nullopt : std::optional(rows[0].string(0));
}

void put(db::WorkspaceTxn& txn, const ContactId& id, const Identity& identity, Timestamp seen_at) {
    txn.execute(put_sql, name_of(identity.kind), identity.value, id, to_us(seen_at));
}

void claim(db::WorkspaceTxn& txn, const ContactId& id, const Identity& identity,
           Timestamp seen_at) {
    const std::string_view kind = name_of(identity.kind);
    const auto claim = [&] {
        return txn.execute(claim_sql, kind, identity.value, id, to_us(seen_at)) == 1;
    };
    if (identity.kind == IdentityKind::phone && has_several_forms(identity.value)) {
        contact_phones::take_turns(txn, std::span(&identity.value, 1));
        if (!contact_phones::find_owners(txn, identity.value).empty()) {
            throw Fault("db.conflict", "another form of this phone has just become a contact");
        }
    }
    // One whose contact is gone is nobody's; else running again finds who was faster.
    if (!claim() && (txn.execute(delete_orphan_sql, kind, identity.value) != 1 || !claim())) {
        throw Fault("db.conflict", "another transaction has just made this contact");
    }
}

std::vector<Owner> find_owners(db::WorkspaceTxn& txn, const Identity& identity) {
    if (identity.kind == IdentityKind::phone) {
        return contact_phones::find_owners(txn, identity.value);
    }
    const auto owner = find(txn, identity.kind, identity.value);
    return owner ? std::vector{Owner{.contact = *owner, .shown = {}}} : std::vector<Owner>{};
}

void pass(db::WorkspaceTxn& txn, const ContactId& id, const Identity& identity,
          const std::vector<Owner>& known, Timestamp seen_at) {
    const bool is_phone = identity.kind == IdentityKind::phone;
    if (is_phone) {
        contact_phones::take_turns(txn, std::span(&identity.value, 1));
    }
    hold(txn, id, identity, seen_at);
    for (const Owner& owner : find_owners(txn, identity)) {
        if (owner.contact != id &&
            std::ranges::find(known, owner.contact, &Owner::contact) == known.end()) {
            throw Fault("db.conflict", "another contact has just been given this identity");
        }
    }
    put(txn, id, identity, seen_at);
    if (is_phone) {
        contact_phones::keep_together(txn, identity.value);
    }
}

}  // namespace wapi::contact_identities
