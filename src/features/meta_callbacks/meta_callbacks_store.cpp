#include "features/meta_callbacks/meta_callbacks_store.hpp"

namespace wapi::meta_callbacks {
namespace {

const db::Sql note_grant_sql{{
    .name = "meta_callbacks.note_grant",
    .text = "INSERT INTO meta_grants (workspace_id, waba_id, meta_user_id, granted_us)"
            " VALUES ($1, $2, $3, $4) ON CONFLICT (workspace_id, waba_id) DO UPDATE"
            " SET meta_user_id = excluded.meta_user_id, granted_us = excluded.granted_us",
}};
const db::Sql list_grants_sql{{
    .name = "meta_callbacks.list_grants",
    .text = "SELECT workspace_id, waba_id FROM meta_grants WHERE meta_user_id = $1"
            " AND granted_us < $2 ORDER BY workspace_id, waba_id",
    .scope = db::Scope::system,
}};
const db::Sql remove_grant_sql{{
    .name = "meta_callbacks.remove_grant",
    .text = "DELETE FROM meta_grants WHERE workspace_id = $1 AND waba_id = $2"
            " AND meta_user_id = $3 AND granted_us < $4",
}};
const db::Sql insert_request_sql{{
    .name = "meta_callbacks.insert_request",
    .text = "INSERT INTO deletion_requests (confirmation_code, received_us, completed_us,"
            " grants_removed) VALUES ($1, $2, NULL, 0) ON CONFLICT (confirmation_code) DO NOTHING",
    .scope = db::Scope::system,
}};
const db::Sql complete_request_sql{{
    .name = "meta_callbacks.complete_request",
    .text = "UPDATE deletion_requests SET completed_us = $2, grants_removed = $3"
            " WHERE confirmation_code = $1 AND completed_us IS NULL",
    .scope = db::Scope::system,
}};
const db::Sql find_request_sql{{
    .name = "meta_callbacks.find_request",
    .text = "SELECT confirmation_code, received_us, completed_us FROM deletion_requests"
            " WHERE confirmation_code = $1",
    .scope = db::Scope::system,
}};

/// Meta's times are whole seconds: what was granted within the second is meant.
Timestamp end_of(const store::Revocation& revocation) {
    return revocation.issued_at + std::chrono::seconds(1);
}

}  // namespace

void note_grant(db::WorkspaceTxn& txn, const WabaId& waba_id, std::string_view meta_user_id,
                Timestamp now) {
    if (!meta_user_id.empty()) {
        txn.execute(note_grant_sql, waba_id, meta_user_id, now);
    }
}

namespace store {

std::vector<Grant> list_grants(db::Txn& txn, const Revocation& revocation) {
    std::vector<Grant> grants;
    for (const db::Row row :
         txn.query(list_grants_sql, revocation.meta_user_id, end_of(revocation))) {
        grants.push_back({row.id<WorkspaceId>(0), row.id<WabaId>(1)});
    }
    return grants;
}

void remove_grant(db::WorkspaceTxn& txn, const WabaId& waba_id, const Revocation& revocation) {
    txn.execute(remove_grant_sql, waba_id, revocation.meta_user_id, end_of(revocation));
}

void insert_request(db::Txn& txn, const std::string& code, Timestamp now) {
    txn.execute(insert_request_sql, code, now);
}

void complete_request(db::Txn& txn, const std::string& code, std::int64_t grants, Timestamp now) {
    txn.execute(complete_request_sql, code, now, grants);
}

std::optional<DeletionRequest> find_request(db::Txn& txn, const std::string& code) {
    const db::Rows rows = txn.query(find_request_sql, code);
    if (rows.empty()) {
        return std::nullopt;
    }
    const auto completed = rows[0].optional_integer(2);
    return DeletionRequest{
        .code = rows[0].string(0),
        .received_at = from_us(rows[0].integer(1)),
        .completed_at = completed ? std::optional(from_us(*completed)) : std::nullopt};
}

}  // namespace store
}  // namespace wapi::meta_callbacks
