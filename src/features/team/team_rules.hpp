// Rules of the team: who may give what to whom. No I/O.
//
// Source: product.md section 1.4; issue 3 part 3. A member never gains anything that the actor does
// not have, and who has more than the actor is not the actor's to change.
#pragma once

#include <string>
#include <string_view>

#include "features/team/team.hpp"

namespace wapi::team {

/// Who changes the team.
struct Actor {
    Permissions permissions = 0;
    bool is_owner = false;
    Limits limits;
};

/// Trimmed. Errors: invalid_request with field `name`; role_exists for the name of a built-in role,
/// in whatever case.
Result<std::string> check_role_name(std::string_view name);

/// A role of `before` (0 when it is new) becomes one of `after`. Errors: beyond_own_rights.
Result<void> decide_role_change(const Actor& actor, Permissions before, Permissions after);

/// Whether the actor may change or remove this member at all. Errors: beyond_own_rights.
Result<void> decide_touch(const Actor& actor, const Member& target);

/// Whether the actor may make `after` of `before`. Errors: beyond_own_rights, owner_unlimited.
Result<void> decide_member_change(const Actor& actor, const Member& before, const Member& after);

/// Whether the actor may bring somebody in with this role. Who sees only a part cannot, for whoever
/// comes sees all. Errors: beyond_own_rights.
Result<void> decide_invite(const Actor& actor, const Role& role);

}  // namespace wapi::team
