// SQL of a user's sessions. Included only inside this feature.
#pragma once

#include <vector>

#include "features/sessions/sessions.hpp"

namespace wapi::sessions::store {

/// Whose sessions, and of when.
struct Owner {
    UserId user;
    Timestamp now;
};

std::vector<Session> list_live(db::Txn& txn, const Owner& owner, std::size_t limit);
/// Ends one; the workspace it was in, or nothing when the user has no such session now.
std::vector<WorkspaceId> end_one(db::Txn& txn, const Owner& owner, std::string_view session_id);
/// Ends all but one (empty: all); the workspace of each.
std::vector<WorkspaceId> end_all(db::Txn& txn, const Owner& owner, std::string_view but);

}  // namespace wapi::sessions::store
