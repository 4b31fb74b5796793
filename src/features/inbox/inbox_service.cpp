// Acts on conversations: one transaction each, with its audit entry.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "features/access/access.hpp"
#include "features/audit/audit.hpp"
#include "features/inbox/inbox.hpp"

namespace wapi::inbox {
namespace {

boost::json::value id_or_null(const std::optional<UserId>& user) {
    return user ? boost::json::value(user->value) : boost::json::value(nullptr);
}

Result<Conversation> assign(db::WorkspaceTxn& txn, const Context& context, const ConversationId& id,
                            const std::optional<UserId>& assignee, Timestamp now) {
    Result<Conversation> conversation = get(txn, id, context.restrictions);
    if (!conversation) {
        return conversation;
    }
    if (assignee && !access::is_member(txn, *assignee)) {
        return fail_field(wapi::errors::invalid_request, "assigneeId",
                          "There is no such member in this workspace.");
    }
    if (conversation->assignee == assignee) {
        return conversation;
    }
    set_assignee(txn, id, assignee);
    const boost::json::object details{{"from", id_or_null(conversation->assignee)},
                                      {"to", id_or_null(assignee)}};
    audit::record(txn, context,
                  {.action = audit::actions::conversation_assigned,
                   .resource_type = "conversation",
                   .resource_id = id.value,
                   .details = boost::json::serialize(details)},
                  now);
    conversation->assignee = assignee;
    return conversation;
}

}  // namespace

async::Task<Result<Conversation>> Service::assign(Context context, ConversationId id,
                                                  std::optional<UserId> assignee) {
    co_return co_await db_.write(
        context.workspace, "inbox.assign",
        [context, id, assignee, now = clock_.now()](db::WorkspaceTxn& txn) {
            return inbox::assign(txn, context, id, assignee, now);
        });
}

}  // namespace wapi::inbox
