#include "features/team/team_acts.hpp"

#include <boost/json/serialize.hpp>

#include "features/team/team_store.hpp"

namespace wapi::team {

Result<Actor> begin(db::WorkspaceTxn& txn, const Context& context) {
    lock(txn);
    if (context.actor.kind != ActorKind::user) {
        return Actor{.permissions = context.permissions, .is_owner = false, .limits = {}};
    }
    const std::optional<Member> member = store::find_member(txn, UserId(context.actor.id));
    if (!member || !access::contains(member->permissions, access::bit(Permission::manage_team))) {
        return fail(wapi::errors::forbidden);
    }
    return Actor{.permissions = member->permissions,
                 .is_owner = member->role == access::owner_role,
                 .limits = member->limits};
}

Role built_in_role(db::WorkspaceTxn& txn, std::string_view name) {
    return {.id = std::string(name),
            .name = std::string(name),
            .permissions = *access::find_built_in(name),
            .built_in = true,
            .members = store::count_members(txn, name)};
}

Result<Role> get_role(db::WorkspaceTxn& txn, const std::string& id) {
    if (access::find_built_in(id)) {
        return built_in_role(txn, id);
    }
    std::optional<Role> role = store::find_custom_role(txn, id);
    return role ? Result<Role>(*std::move(role)) : fail(errors::role_not_found);
}

Result<Role> check_invite(db::WorkspaceTxn& txn, const Context& context, const std::string& role) {
    const Result<Actor> actor = begin(txn, context);
    if (!actor) {
        return std::unexpected(actor.error());
    }
    Result<Role> found = get_role(txn, role);
    if (found && !decide_invite(*actor, *found)) {
        return fail(errors::beyond_own_rights);
    }
    return found;
}

void record(db::WorkspaceTxn& txn, const Context& context, const Act& act, Timestamp now) {
    audit::record(txn, context,
                  {.action = act.action,
                   .resource_type = act.resource_type,
                   .resource_id = act.resource_id,
                   .details = json::serialize(act.details)},
                  now);
}

}  // namespace wapi::team
