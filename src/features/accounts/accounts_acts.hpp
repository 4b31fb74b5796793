// What the parts of the accounts service share: a session before it is stored, and audit entries.
#pragma once

#include <string>
#include <string_view>

#include "features/accounts/accounts.hpp"
#include "features/accounts/accounts_store.hpp"

namespace wapi::accounts {

/// A session before it is stored, with the token that opens it.
struct Service::NewSession {
    Session stored;
    session_tokens::RefreshToken token;
};

Context user_context(const Origin& origin, const WorkspaceId& workspace, const UserId& user_id);

/// Something a user did, or that was done in their name.
struct UserAct {
    WorkspaceId workspace;
    UserId user_id;
    std::string_view action;
    std::string details = "{}";
    bool by_system = false;
};
void record(db::Txn& txn, const Origin& origin, const UserAct& act, Timestamp now);

/// When a session of that age ends if it is not used.
Timestamp session_end(Timestamp created_at, Timestamp now);

}  // namespace wapi::accounts
