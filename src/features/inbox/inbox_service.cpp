// Acts on conversations: one transaction each, with its audit entry.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "features/access/access.hpp"
#include "features/audit/audit.hpp"
#include "features/contacts/contacts.hpp"
#include "features/inbox/inbox.hpp"

namespace wapi::inbox {
namespace {

boost::json::value id_or_null(const std::optional<UserId>& user) {
    return user ? boost::json::value(user->value) : boost::json::value(nullptr);
}

/// Member and contact stay as they are until the transaction ends, so that neither a restriction
/// nor the contact's tags change between the look and the assignment. Errors: invalid_request.
Result<void> check_assignee(db::WorkspaceTxn& txn, const Conversation& conversation,
                            const UserId& member) {
    if (!access::hold_member(txn, member)) {
        return fail_field(wapi::errors::invalid_request, "assigneeId",
                          "There is no such member in this workspace.");
    }
    contacts::hold_opt_out(txn, conversation.contact);
    if (!may_answer(txn, conversation.id, member)) {
        return fail_field(wapi::errors::invalid_request, "assigneeId",
                          "By their tags and numbers this member does not see the conversation.");
    }
    return {};
}

struct Handover {
    ConversationId conversation;
    std::optional<UserId> from;
    std::optional<UserId> to;
};

void hand_over(db::WorkspaceTxn& txn, const Context& context, const Handover& change,
               Timestamp now) {
    set_assignee(txn, change.conversation, change.to);
    const boost::json::object details{{"from", id_or_null(change.from)},
                                      {"to", id_or_null(change.to)}};
    audit::record(txn, context,
                  {.action = audit::actions::conversation_assigned,
                   .resource_type = "conversation",
                   .resource_id = change.conversation.value,
                   .details = boost::json::serialize(details)},
                  now);
}

Result<Conversation> assign(db::WorkspaceTxn& txn, const Context& context, const ConversationId& id,
                            const std::optional<UserId>& assignee, Timestamp now) {
    Result<Conversation> conversation = get(txn, id, context.restrictions);
    if (!conversation || conversation->assignee == assignee) {
        return conversation;
    }
    if (assignee) {
        if (const Result<void> sound = check_assignee(txn, *conversation, *assignee); !sound) {
            return std::unexpected(sound.error());
        }
    }
    hand_over(txn, context, {.conversation = id, .from = conversation->assignee, .to = assignee},
              now);
    conversation->assignee = assignee;
    return conversation;
}

}  // namespace

void unassign_blind(db::WorkspaceTxn& txn, const Context& context, const ContactId& contact,
                    Timestamp now) {
    for (const Assigned& blind : list_blind(txn, contact)) {
        hand_over(txn, context,
                  {.conversation = blind.conversation, .from = blind.member, .to = std::nullopt},
                  now);
    }
}

async::Task<Result<Conversation>> Service::assign(Context context, ConversationId id,
                                                  std::optional<UserId> assignee) {
    co_return co_await db_.write(
        context.workspace, "inbox.assign",
        [context, id, assignee, now = clock_.now()](db::WorkspaceTxn& txn) {
            return inbox::assign(txn, context, id, assignee, now);
        });
}

}  // namespace wapi::inbox
