// Listing a user's sessions and ending them; each that is ended leaves `user.logout` in the
// workspace it was in.
#include <boost/json/serialize.hpp>
#include <map>

#include "features/audit/audit.hpp"
#include "features/sessions/sessions_store.hpp"

namespace wapi::sessions {
namespace {

/// Sessions that one act has ended, and why.
struct Ended {
    std::vector<WorkspaceId> workspaces;  ///< of each session
    std::string_view reason;
    UserId user;
};

/// One entry in each workspace, at the end of the transaction, which claims several logs in order.
void record(db::Txn& txn, const Context& context, const Ended& ended, Timestamp now) {
    std::map<WorkspaceId, std::int64_t> counts;
    for (const WorkspaceId& workspace : ended.workspaces) {
        ++counts[workspace];
    }
    for (const auto& [workspace, count] : counts) {
        db::WorkspaceTxn bound(txn, workspace);
        const boost::json::object details{{"reason", ended.reason}, {"sessions", count}};
        audit::record(bound, context,
                      {.action = audit::actions::user_logout,
                       .resource_type = "user",
                       .resource_id = ended.user.value,
                       .details = boost::json::serialize(details)},
                      now);
    }
}

}  // namespace

std::int64_t end_all_of(db::Txn& txn, const Context& context, std::string_view reason,
                        Timestamp now) {
    const std::vector<WorkspaceId> ended =
        store::end_all(txn, {UserId(context.actor.id), now}, context.session_id);
    record(txn, context, {ended, reason, UserId(context.actor.id)}, now);
    return static_cast<std::int64_t>(ended.size());
}

void end_all_by_system(db::Txn& txn, const End& end) {
    const std::vector<WorkspaceId> ended = store::end_all(txn, {end.user, end.at}, "");
    record(txn, audit::system_context(WorkspaceId(platform_workspace), {}),
           {ended, end.reason, end.user}, end.at);
}

async::Task<std::vector<Session>> Service::list(Context context) {
    const store::Owner owner{UserId(context.actor.id), clock_.now()};
    std::vector<Session> sessions = co_await db_.read("sessions.list", [owner](db::Txn& txn) {
        return store::list_live(txn, owner, sessions_shown_max);
    });
    co_return sessions;
}

async::Task<Result<void>> Service::end(Context context, std::string session_id) {
    const store::Owner owner{UserId(context.actor.id), clock_.now()};
    co_return co_await db_.write(
        "sessions.end", [context, owner, session_id](db::Txn& txn) -> Result<void> {
            const std::vector<WorkspaceId> ended = store::end_one(txn, owner, session_id);
            if (ended.empty()) {
                return fail(errors::session_not_found);
            }
            record(txn, context, {ended, "session_ended_by_user", owner.user}, owner.now);
            return {};
        });
}

async::Task<std::int64_t> Service::end_all(Context context, Ending ending) {
    const store::Owner owner{UserId(context.actor.id), clock_.now()};
    const std::string but = ending == Ending::all_others ? context.session_id : std::string();
    co_return co_await db_.write("sessions.end_all", [context, owner, but](db::Txn& txn) {
        const std::vector<WorkspaceId> ended = store::end_all(txn, owner, but);
        record(txn, context, {ended, "logout_all", owner.user}, owner.now);
        return static_cast<std::int64_t>(ended.size());
    });
}

}  // namespace wapi::sessions
