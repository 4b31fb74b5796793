// SQL of operators, their sessions, and workspaces as they see them. System scope.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "db/txn.hpp"
#include "features/operators/operators.hpp"

namespace wapi::operators::store {

struct StoredOperator {
    Operator who;
    std::string password_hash;
};
/// False when the e-mail address is taken.
bool insert(db::Txn& txn, const StoredOperator& stored);
std::optional<StoredOperator> find(db::Txn& txn, std::string_view email);
std::vector<Operator> list(db::Txn& txn);
/// With the sessions.
void remove(db::Txn& txn, std::string_view id);

struct Session {
    std::string token_hash;
    std::string operator_id;
    Timestamp created_at;
    Timestamp expires_at;
};
/// Deletes those of the operator that have ended, too.
void insert_session(db::Txn& txn, const Session& session);
/// Whose it is, while it lasts.
std::optional<std::string> find_session(db::Txn& txn, std::string_view token_hash, Timestamp now);
void remove_session(db::Txn& txn, std::string_view token_hash);

std::vector<Tenant> list_tenants(db::Txn& txn, const TenantFilter& filter);
std::optional<Tenant> find_tenant(db::WorkspaceTxn& txn);
/// False when it has that plan already, or there is no such workspace.
bool set_plan(db::WorkspaceTxn& txn, std::string_view plan);
/// nullopt: not suspended. False when it was that already.
bool set_suspended(db::WorkspaceTxn& txn, std::optional<Timestamp> since, std::string_view reason);

}  // namespace wapi::operators::store
