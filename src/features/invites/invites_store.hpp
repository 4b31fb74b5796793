// SQL of invites. Included only inside this feature.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "features/invites/invites.hpp"

namespace wapi::invites::store {

/// An invite as stored.
struct StoredInvite {
    WorkspaceId workspace;
    Invite invite;
    std::string token_hash;  ///< not read back
    UserId inviter;          ///< empty: it was made before this was noted
};
/// Newest first.
std::vector<Invite> list(db::WorkspaceTxn& txn);
std::optional<Invite> find(db::WorkspaceTxn& txn, std::string_view id);
/// The invite whose token has this hash, in whatever workspace that is not suspended. System scope.
std::optional<StoredInvite> find_by_token(db::Txn& txn, std::string_view token_hash);
/// Inserts, or replaces the one to the same address.
void put(db::WorkspaceTxn& txn, const StoredInvite& stored);
/// Who and what a mail is about.
struct Names {
    std::string workspace;
    std::string inviter;
};
Names find_names(db::WorkspaceTxn& txn, const UserId& inviter);
/// False when it was not there any more.
bool remove(db::WorkspaceTxn& txn, std::string_view id);

}  // namespace wapi::invites::store
