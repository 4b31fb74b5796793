// SQL of users, members and sessions. System scope: a person is found before the workspace is
// known.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/crypto.hpp"
#include "db/txn.hpp"
#include "features/access/access.hpp"
#include "features/accounts/accounts.hpp"

namespace wapi::accounts {

struct StoredUser {
    User user;
    std::string password_hash;
};

struct Session {
    std::string id;
    UserId user_id;
    WorkspaceId workspace;
    std::string refresh_hash;
    Timestamp created_at;
    Timestamp expires_at;
    bool revoked = false;
    Timestamp seen_at = {};  ///< of the last login or refresh
};

/// What authentication needs, in one read.
struct LiveSession {
    UserId user_id;
    WorkspaceId home;       ///< of the session
    WorkspaceId workspace;  ///< asked for, or home
    bool is_member = false;
    std::string role;
    access::Rights rights;  ///< of this moment
};

/// False when the e-mail address is taken.
bool insert_user(db::Txn& txn, const StoredUser& user, Timestamp now);
std::optional<StoredUser> find_user_by_email(db::Txn& txn, std::string_view email);
std::optional<StoredUser> find_user(db::Txn& txn, const UserId& id);
/// Whether that is the user's hash still. It stays so until the transaction ends.
bool holds_password(db::Txn& txn, const UserId& id, std::string_view password_hash);

void insert_member(db::WorkspaceTxn& txn, const UserId& user_id, std::string_view role,
                   Timestamp now);
/// The user's memberships, oldest first.
std::vector<Membership> list_memberships(db::Txn& txn, const UserId& user_id);
/// The user's membership in one workspace.
std::optional<Membership> find_membership(db::WorkspaceTxn& txn, const UserId& user_id);

void insert_session(db::Txn& txn, const Session& session);
/// Locked until the transaction ends, so that one refresh token is used once.
std::optional<Session> lock_session(db::Txn& txn, std::string_view id);
void rotate_session(db::Txn& txn, std::string_view id, const crypto::Digest& refresh_hash,
                    Timestamp expires_at);
void revoke_session(db::Txn& txn, std::string_view id, Timestamp now);
/// Deletes up to `limit` of the user's sessions that have ended. Returns how many.
std::int64_t prune_sessions(db::Txn& txn, const UserId& user_id, Timestamp now, std::size_t limit);
/// The session when it has neither ended nor been revoked, with its user's rights in `workspace`,
/// or in the session's own when that is empty.
std::optional<LiveSession> find_live_session(db::Txn& txn, std::string_view id,
                                             std::string_view workspace, Timestamp now);

}  // namespace wapi::accounts
