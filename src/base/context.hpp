// Who is asking, from where, for which workspace: travels from the dispatcher to the audit log.
#pragma once

#include <string>

#include "base/ids.hpp"

namespace wapi {

enum class ActorKind { user, api_key, system };

/// The person, key or rule that acts. `id` is empty for the system.
struct Actor {
    ActorKind kind = ActorKind::system;
    std::string id;
};

/// One request or job. Copied by value into database functions.
struct Context {
    WorkspaceId workspace;
    Actor actor;
    std::string role;        ///< the member's role, empty for the system
    std::string request_id;  ///< also in logs, answers and audit entries
    std::string ip;
    std::string user_agent;  ///< at most 256 bytes
};

}  // namespace wapi
