// Who is asking, from where, for which workspace: travels from the dispatcher to the audit log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/ids.hpp"

namespace wapi {

enum class ActorKind { user, api_key, system, platform_operator };

/// The person, key, operator or rule that acts. `id` is empty for the system.
struct Actor {
    ActorKind kind = ActorKind::system;
    std::string id;
};

/// What part of the workspace's customers a member may see. None set: everything, as for the
/// system. The tags and numbers themselves stand in the database, where the stores' statements join
/// them (features/access).
struct Restrictions {
    std::string member;           ///< user id; empty when nothing is restricted
    bool by_tag = false;          ///< only contacts with one of the member's tags
    bool by_number = false;       ///< only what is on one of the member's numbers
    bool assigned_only = false;   ///< only conversations that are assigned to the member
    bool unassigned_too = false;  ///< and those that are assigned to nobody

    /// For the statements' parameter.
    [[nodiscard]] std::int64_t bits() const {
        return (by_tag ? 1 : 0) | (by_number ? 2 : 0) | (assigned_only ? 4 : 0) |
               (unassigned_too ? 8 : 0);
    }
    friend bool operator==(const Restrictions&, const Restrictions&) = default;
};

/// One request or job. Copied by value into database functions.
struct Context {
    WorkspaceId workspace;
    Actor actor;
    std::string role;               ///< the member's role, empty for the system
    std::uint64_t permissions = 0;  ///< what the caller may do: access::Permissions
    Restrictions restrictions;
    bool suspended = false;  ///< the workspace: nobody acts in it
    std::string request_id;  ///< also in logs, answers and audit entries
    std::string ip;
    std::string user_agent;                    ///< at most 256 bytes
    std::string session_id;                    ///< of a person who is logged in
    std::optional<Timestamp> expires_at = {};  ///< when the access token or key does
};

}  // namespace wapi
