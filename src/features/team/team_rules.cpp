#include "features/team/team_rules.hpp"

#include <algorithm>

#include "base/names.hpp"
#include "base/text.hpp"

namespace wapi::team {
namespace {

/// True when a list that means "only these", or "all" when empty, is no wider than another.
bool is_within(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
    return whole.empty() || (!part.empty() && std::ranges::includes(whole, part));
}

/// What the actor may give: their own and what the member has already.
bool may_give(const std::vector<std::string>& own, const std::vector<std::string>& before,
              const std::vector<std::string>& after) {
    if (own.empty() || before.empty() || is_within(after, before)) {
        return true;  // a member who saw all can only see less
    }
    std::vector<std::string> both;
    std::ranges::set_union(own, before, std::back_inserter(both));
    return is_within(after, both);
}

}  // namespace

Result<std::string> check_role_name(std::string_view name) {
    const Result<std::string> trimmed = check_name(name, "name");
    if (!trimmed) {
        return trimmed;
    }
    if (trimmed->size() > role_name_bytes_max) {
        return fail_field(wapi::errors::invalid_request, "name",
                          "A role's name has 1 to 60 bytes.");
    }
    if (std::ranges::find(access::built_in_roles, text::to_lower_ascii(*trimmed)) !=
        access::built_in_roles.end()) {
        return fail_field(errors::role_exists, "name");
    }
    return trimmed;
}

Result<void> decide_role_change(const Actor& actor, Permissions before, Permissions after) {
    const bool within =
        access::contains(actor.permissions, before) && access::contains(actor.permissions, after);
    return within ? Result<void>() : fail(errors::beyond_own_rights);
}

Result<void> decide_touch(const Actor& actor, const Member& target) {
    const bool within = access::contains(actor.permissions, target.permissions) &&
                        (actor.is_owner || target.role != access::owner_role);
    return within ? Result<void>() : fail(errors::beyond_own_rights);
}

Result<void> decide_member_change(const Actor& actor, const Member& before, const Member& after) {
    if (Result<void> may = decide_touch(actor, before); !may) {
        return may;
    }
    if (after.role == access::owner_role &&
        (after.overrides != Overrides{} || after.limits != Limits{})) {
        return fail(errors::owner_unlimited);
    }
    const bool within =
        access::contains(actor.permissions, after.permissions) &&
        access::contains(actor.permissions, after.given & ~before.given) &&
        access::contains(actor.permissions, after.overrides.granted & ~before.overrides.granted) &&
        (actor.is_owner || after.role != access::owner_role) &&
        may_give(actor.limits.tags, before.limits.tags, after.limits.tags) &&
        may_give(actor.limits.phones, before.limits.phones, after.limits.phones);
    return within ? Result<void>() : fail(errors::beyond_own_rights);
}

Result<void> decide_invite(const Actor& actor, const Role& role) {
    const bool within = access::contains(actor.permissions, role.permissions) &&
                        (actor.is_owner || role.id != access::owner_role) &&
                        actor.limits == Limits{};
    return within ? Result<void>() : fail(errors::beyond_own_rights);
}

}  // namespace wapi::team
