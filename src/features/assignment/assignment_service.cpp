// Assigning what a message opened, in the transaction of the message.
#include <boost/json/serialize.hpp>

#include "features/access/access.hpp"
#include "features/assignment/assignment_store.hpp"
#include "features/audit/audit.hpp"

namespace wapi::assignment {
namespace {

boost::json::value id_or_null(const std::optional<UserId>& user) {
    return user ? boost::json::value(user->value) : boost::json::value(nullptr);
}

void record(db::WorkspaceTxn& txn, const inbox::Conversation& conversation, const UserId& chosen,
            Rule rule, Timestamp now) {
    const boost::json::object details{
        {"from", id_or_null(conversation.assignee)}, {"to", chosen.value}, {"rule", name_of(rule)}};
    audit::record(txn, audit::system_context(txn.workspace(), ""),
                  {.action = audit::actions::conversation_assigned,
                   .resource_type = "conversation",
                   .resource_id = conversation.id.value,
                   .details = boost::json::serialize(details)},
                  now);
}

/// The member stays as they are until the transaction ends, as the contact does; what they may is
/// asked again, since it was read before. Throws Fault `db.conflict`, on which the function runs
/// again, when the member has just left or may answer it no more.
void hold_chosen(db::WorkspaceTxn& txn, const inbox::Conversation& conversation,
                 const UserId& chosen) {
    if (!access::hold_member(txn, chosen) || !store::may_answer(txn, conversation, chosen)) {
        throw Fault("db.conflict", "who was chosen to answer may no more");
    }
}

/// Whoever has it keeps it, if they are to by the rule and may. No choice: it takes no turn.
bool stays(db::WorkspaceTxn& txn, Rule rule, const inbox::Conversation& conversation) {
    return conversation.assignee && prefers_last(rule, conversation) &&
           access::hold_member(txn, *conversation.assignee) &&
           store::may_answer(txn, conversation, *conversation.assignee);
}

}  // namespace

void assign_opened(db::WorkspaceTxn& txn, const inbox::Conversation& conversation, Timestamp now) {
    const Rule rule = rule_of(store::find_settings(txn));
    if (rule == Rule::by_hand || stays(txn, rule, conversation)) {
        return;
    }
    const std::int64_t turn = store::take_turn(txn);
    const auto chosen = choose(rule, store::list_candidates(txn, rule, conversation));
    if (!chosen) {
        return;
    }
    hold_chosen(txn, conversation, *chosen);
    store::note_turn(txn, *chosen, turn);
    if (conversation.assignee != chosen) {
        inbox::set_assignee(
            txn, {.conversation = conversation.id, .from = conversation.assignee, .to = chosen});
        record(txn, conversation, *chosen, rule, now);
    }
}

}  // namespace wapi::assignment
