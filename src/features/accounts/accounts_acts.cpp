#include "features/accounts/accounts_acts.hpp"

#include "features/audit/audit.hpp"

namespace wapi::accounts {

Context user_context(const Origin& origin, const WorkspaceId& workspace, const UserId& user_id) {
    Context context;
    context.workspace = workspace;
    context.actor = {ActorKind::user, user_id.value};
    context.request_id = origin.request_id;
    context.ip = origin.ip;
    context.user_agent = origin.user_agent;
    return context;
}

void record(db::Txn& txn, const Origin& origin, const UserAct& act, Timestamp now) {
    db::WorkspaceTxn bound(txn, act.workspace);
    audit::record(bound,
                  act.by_system ? audit::system_context(act.workspace, origin.request_id)
                                : user_context(origin, act.workspace, act.user_id),
                  {.action = act.action,
                   .resource_type = "user",
                   .resource_id = act.user_id.value,
                   .details = act.details},
                  now);
}

void record_person_act(db::Txn& txn, const Origin& origin, const PersonAct& act, Timestamp now) {
    for (const Membership& membership : list_memberships(txn, act.user)) {
        record(txn, origin,
               {membership.workspace, act.user, act.action, act.details, act.by_system}, now);
    }
}

Timestamp session_end(Timestamp created_at, Timestamp now) {
    return std::min<Timestamp>(now + session_idle_time, created_at + session_time_max);
}

std::optional<User> find_person(db::Txn& txn, std::string_view email) {
    std::optional<StoredUser> stored = find_user_by_email(txn, email);
    return stored ? std::optional(std::move(stored->user)) : std::nullopt;
}

std::optional<User> find_person(db::Txn& txn, const UserId& id) {
    std::optional<StoredUser> stored = find_user(txn, id);
    return stored ? std::optional(std::move(stored->user)) : std::nullopt;
}

}  // namespace wapi::accounts
