// The team's acts: the team is locked, the actor's rights are read again, a rule decides, the
// change and its audit entry are stored.
#include <algorithm>

#include "features/api_keys/api_keys.hpp"
#include "features/assignment/assignment.hpp"
#include "features/inbox/inbox.hpp"
#include "features/numbers/numbers.hpp"
#include "features/team/team_acts.hpp"
#include "features/team/team_rules.hpp"
#include "features/team/team_store.hpp"

namespace wapi::team {
namespace {

/// Of an audit entry: how many conversations were taken from the member by it.
constexpr std::string_view unassigned_field = "unassignedConversations";

json::array strings(const std::vector<std::string>& texts) {
    return json::array(texts.begin(), texts.end());
}

/// Errors: role_exists when another role has the name.
Result<void> check_free(db::WorkspaceTxn& txn, const Role& role) {
    const std::vector<Role> all = store::list_custom_roles(txn);
    const bool taken = std::ranges::any_of(
        all, [&](const Role& other) { return other.name == role.name && other.id != role.id; });
    return taken ? fail_field(errors::role_exists, "name") : Result<void>();
}

Result<Role> create_role(db::WorkspaceTxn& txn, const Context& context, Role role, Timestamp now) {
    const Result<Actor> actor = begin(txn, context);
    if (!actor) {
        return std::unexpected(actor.error());
    }
    if (Result<void> may = decide_role_change(*actor, 0, role.permissions); !may) {
        return std::unexpected(may.error());
    }
    if (store::list_custom_roles(txn).size() >= roles_max) {
        return fail(errors::too_many_roles);
    }
    if (Result<void> free = check_free(txn, role); !free) {
        return std::unexpected(free.error());
    }
    store::insert_role(txn, role, now);
    record(
        txn, context,
        {.resource_type = "role",
         .resource_id = role.id,
         .details = {{"created", role.name}, {"permissions", access::names_of(role.permissions)}}},
        now);
    return role;
}

/// The workspace's own role, when the actor may change it. Errors: role_not_found, role_built_in,
/// beyond_own_rights.
Result<Role> get_own_role(db::WorkspaceTxn& txn, const Actor& actor, const std::string& id) {
    Result<Role> role = get_role(txn, id);
    if (role && role->built_in) {
        return fail(errors::role_built_in);
    }
    if (role && !decide_role_change(actor, role->permissions, role->permissions)) {
        return fail(errors::beyond_own_rights);
    }
    return role;
}

/// A role's permissions change those of everybody who has it. Errors: beyond_own_rights.
Result<void> check_holders(db::WorkspaceTxn& txn, const Actor& actor, const std::string& role) {
    constexpr std::size_t page = 200;
    MemberFilter filter{.role = role};
    for (;;) {
        const std::vector<Member> holders = store::list_members(txn, filter, page);
        for (const Member& member : holders) {
            if (Result<void> may = decide_touch(actor, member); !may) {
                return may;
            }
        }
        if (holders.size() < page) {
            return {};
        }
        filter.cursor = holders.back().id.value;
    }
}

Result<Role> change_role(db::WorkspaceTxn& txn, const Context& context, const std::string& id,
                         const RoleDraft& draft, Timestamp now) {
    const Result<Actor> actor = begin(txn, context);
    if (!actor) {
        return std::unexpected(actor.error());
    }
    const Result<Role> before = get_own_role(txn, *actor, id);
    if (!before) {
        return before;
    }
    Role after = *before;
    after.name = draft.name.value_or(before->name);
    after.permissions = draft.permissions.value_or(before->permissions);
    if (Result<void> may = decide_role_change(*actor, before->permissions, after.permissions);
        !may) {
        return std::unexpected(may.error());
    }
    if (after.permissions != before->permissions) {
        if (Result<void> may = check_holders(txn, *actor, id); !may) {
            return std::unexpected(may.error());
        }
    }
    if (Result<void> free = check_free(txn, after); !free) {
        return std::unexpected(free.error());
    }
    store::update_role(txn, after);
    record(txn, context,
           {.resource_type = "role",
            .resource_id = id,
            .details = {{"name", after.name},
                        {"added", access::names_of(after.permissions & ~before->permissions)},
                        {"removed", access::names_of(before->permissions & ~after.permissions)}}},
           now);
    return after;
}

Result<void> remove_role(db::WorkspaceTxn& txn, const Context& context, const std::string& id,
                         Timestamp now) {
    const Result<Actor> actor = begin(txn, context);
    if (!actor) {
        return std::unexpected(actor.error());
    }
    const Result<Role> role = get_own_role(txn, *actor, id);
    if (!role) {
        return std::unexpected(role.error());
    }
    if (role->members > 0 || store::count_invites_to(txn, id) > 0) {
        return fail(errors::role_in_use);
    }
    store::delete_role(txn, id);
    record(txn, context,
           {.resource_type = "role", .resource_id = id, .details = {{"removed", role->name}}}, now);
    return {};
}

/// Errors: invalid_request.
Result<void> check_phones(db::WorkspaceTxn& txn, const std::vector<std::string>& phones) {
    for (const std::string& phone : phones) {
        if (!numbers::find_number(txn, PhoneNumberId(phone))) {
            return fail_field(wapi::errors::invalid_request, "assignedPhones",
                              "Not every one is a phone number id of this workspace.");
        }
    }
    return {};
}

/// The member as the change would make it. Errors: role_not_found.
Result<Member> changed(db::WorkspaceTxn& txn, const Member& before, const MemberChange& change) {
    Member after = before;
    after.role = change.role.value_or(before.role);
    if (after.role == access::owner_role && before.role != access::owner_role) {
        after.overrides = {};
        after.limits = {};
    }
    after.overrides = change.overrides.value_or(after.overrides);
    after.limits = change.limits.value_or(after.limits);
    const Result<Role> role = get_role(txn, after.role);
    if (!role) {
        return std::unexpected(role.error());
    }
    after.role_name = role->name;
    after.given = role->permissions | after.overrides.granted;
    after.permissions = access::decide_permissions({.role = after.role,
                                                    .role_permissions = role->permissions,
                                                    .overrides = after.overrides,
                                                    .is_restricted = after.limits != Limits{}});
    return after;
}

json::object describe(const Member& before, const Member& after) {
    json::object details;
    if (before.role != after.role) {
        details["role"] = {{"from", before.role}, {"to", after.role}};
    }
    if (before.overrides != after.overrides) {
        details["granted"] = access::names_of(after.overrides.granted);
        details["denied"] = access::names_of(after.overrides.denied);
    }
    if (before.limits != after.limits) {
        details["assignedTags"] = strings(after.limits.tags);
        details["assignedPhones"] = strings(after.limits.phones);
    }
    return details;
}

Result<void> keep_an_owner(db::WorkspaceTxn& txn, const Member& member) {
    const bool last =
        member.role == access::owner_role && store::count_members(txn, access::owner_role) <= 1;
    return last ? fail(errors::last_owner) : Result<void>();
}

Result<Member> change_member(db::WorkspaceTxn& txn, const Context& context, const UserId& id,
                             const MemberChange& change, Timestamp now) {
    const Result<Actor> actor = begin(txn, context);
    if (!actor) {
        return std::unexpected(actor.error());
    }
    const std::optional<Member> before = store::find_member(txn, id);
    if (!before) {
        return fail(errors::member_not_found);
    }
    Result<Member> after = changed(txn, *before, change);
    if (!after) {
        return after;
    }
    if (Result<void> may = decide_member_change(*actor, *before, *after); !may) {
        return std::unexpected(may.error());
    }
    if (after->role != before->role) {
        if (Result<void> kept = keep_an_owner(txn, *before); !kept) {
            return std::unexpected(kept.error());
        }
    }
    if (Result<void> known = check_phones(txn, after->limits.phones);
        !known && after->limits.phones != before->limits.phones) {
        return std::unexpected(known.error());
    }
    json::object details = describe(*before, *after);
    if (!details.empty()) {
        store::update_member(txn, *after);
        if (before->limits != after->limits) {
            details[unassigned_field] = assignment::unassign_unseen(txn, id);
        }
        record(txn, context,
               {.resource_type = "user", .resource_id = id.value, .details = std::move(details)},
               now);
    }
    return after;
}

Result<void> remove_member(db::WorkspaceTxn& txn, const Context& context, const UserId& id,
                           Timestamp now) {
    const Result<Actor> actor = begin(txn, context);
    if (!actor) {
        return std::unexpected(actor.error());
    }
    const std::optional<Member> member = store::find_member(txn, id);
    if (!member) {
        return fail(errors::member_not_found);
    }
    if (Result<void> may = decide_touch(*actor, *member); !may) {
        return may;
    }
    if (Result<void> kept = keep_an_owner(txn, *member); !kept) {
        return kept;
    }
    store::delete_member(txn, id);
    api_keys::revoke_all_of(txn, context, id, now);
    const std::int64_t unassigned = assignment::unassign_all(txn, id);
    record(txn, context,
           {.action = audit::actions::team_member_removed,
            .resource_type = "user",
            .resource_id = id.value,
            .details = {{"role", member->role}, {unassigned_field, unassigned}}},
           now);
    return {};
}

}  // namespace

async::Task<Result<std::vector<Role>>> Service::list_roles(Context context) {
    co_return co_await db_.read(context.workspace, "team.list_roles",
                                [](db::WorkspaceTxn& txn) -> Result<std::vector<Role>> {
                                    std::vector<Role> roles;
                                    for (const std::string_view name : access::built_in_roles) {
                                        roles.push_back(built_in_role(txn, name));
                                    }
                                    std::ranges::move(store::list_custom_roles(txn),
                                                      std::back_inserter(roles));
                                    return roles;
                                });
}

async::Task<Result<Role>> Service::create_role(Context context, RoleDraft draft) {
    const Result<std::string> name = check_role_name(draft.name.value_or(""));
    if (!name) {
        co_return std::unexpected(name.error());
    }
    const Role role{.id = ids_.uuid(),
                    .name = *name,
                    .permissions = draft.permissions.value_or(0),
                    .built_in = false,
                    .members = 0};
    co_return co_await db_.write(context.workspace, "team.create_role",
                                 [context, role, now = clock_.now()](db::WorkspaceTxn& txn) {
                                     return team::create_role(txn, context, role, now);
                                 });
}

async::Task<Result<Role>> Service::change_role(Context context, std::string id, RoleDraft draft) {
    if (draft.name) {
        const Result<std::string> name = check_role_name(*draft.name);
        if (!name) {
            co_return std::unexpected(name.error());
        }
        draft.name = *name;
    }
    co_return co_await db_.write(context.workspace, "team.change_role",
                                 [context, id, draft, now = clock_.now()](db::WorkspaceTxn& txn) {
                                     return team::change_role(txn, context, id, draft, now);
                                 });
}

async::Task<Result<void>> Service::remove_role(Context context, std::string id) {
    co_return co_await db_.write(context.workspace, "team.remove_role",
                                 [context, id, now = clock_.now()](db::WorkspaceTxn& txn) {
                                     return team::remove_role(txn, context, id, now);
                                 });
}

async::Task<Result<MemberPage>> Service::list_members(Context context, MemberFilter filter) {
    co_return co_await db_.read(
        context.workspace, "team.list_members",
        [filter](db::WorkspaceTxn& txn) -> Result<MemberPage> {
            MemberPage page{.members = store::list_members(txn, filter, filter.limit + 1),
                            .next_cursor = {}};
            if (page.members.size() > filter.limit) {
                page.members.pop_back();
                page.next_cursor = page.members.back().id.value;
            }
            return page;
        });
}

async::Task<Result<AssigneePage>> Service::list_assignees(Context context, AssigneeFilter filter) {
    co_return co_await db_.read(
        context.workspace, "team.list_assignees",
        [context, filter](db::WorkspaceTxn& txn) -> Result<AssigneePage> {
            if (!filter.conversation.empty()) {
                const auto seen =
                    inbox::get(txn, ConversationId(filter.conversation), context.restrictions);
                if (!seen) {
                    return std::unexpected(seen.error());
                }
            }
            AssigneePage page{.assignees = store::list_assignees(txn, filter, filter.limit + 1),
                              .next_cursor = {}};
            if (page.assignees.size() > filter.limit) {
                page.assignees.pop_back();
                page.next_cursor = page.assignees.back().id.value;
            }
            return page;
        });
}

async::Task<Result<Member>> Service::get_member(Context context, UserId id) {
    co_return co_await db_.read(
        context.workspace, "team.get_member", [id](db::WorkspaceTxn& txn) -> Result<Member> {
            std::optional<Member> member = store::find_member(txn, id);
            return member ? Result<Member>(*std::move(member)) : fail(errors::member_not_found);
        });
}

async::Task<Result<Member>> Service::change_member(Context context, UserId id,
                                                   MemberChange change) {
    co_return co_await db_.write(context.workspace, "team.change_member",
                                 [context, id, change, now = clock_.now()](db::WorkspaceTxn& txn) {
                                     return team::change_member(txn, context, id, change, now);
                                 });
}

async::Task<Result<void>> Service::remove_member(Context context, UserId id) {
    co_return co_await db_.write(context.workspace, "team.remove_member",
                                 [context, id, now = clock_.now()](db::WorkspaceTxn& txn) {
                                     return team::remove_member(txn, context, id, now);
                                 });
}

}  // namespace wapi::team
