// Acts on conversations: one transaction each, with its audit entry.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/time_text.hpp"
#include "features/access/access.hpp"
#include "features/audit/audit.hpp"
#include "features/contacts/contacts.hpp"
#include "features/inbox/inbox_store.hpp"

namespace wapi::inbox {
namespace {

boost::json::value id_or_null(const std::optional<UserId>& user) {
    return user ? boost::json::value(user->value) : boost::json::value(nullptr);
}

/// An act as it is captured by its transaction.
struct Request {
    Context context;
    ConversationId id;
    Expected expected;
    Timestamp now;
};

void record(db::WorkspaceTxn& txn, const Request& request, std::string_view action,
            const boost::json::object& details) {
    audit::record(txn, request.context,
                  {.action = action,
                   .resource_type = "conversation",
                   .resource_id = request.id.value,
                   .details = boost::json::serialize(details)},
                  request.now);
}

Result<Conversation> lock(db::WorkspaceTxn& txn, const Request& request) {
    return inbox::lock(txn, request.id, request.context.restrictions, request.expected);
}

void hand_over(db::WorkspaceTxn& txn, const Request& request, const std::optional<UserId>& from,
               const std::optional<UserId>& to) {
    set_assignee(txn, {.conversation = request.id, .from = from, .to = to});
    record(txn, request, audit::actions::conversation_assigned,
           {{"from", id_or_null(from)}, {"to", id_or_null(to)}});
}

/// Member and contact stay as they are until the transaction ends, so that neither a restriction
/// nor the contact's tags change between the look and the assignment. Before the conversation is
/// locked: whoever stores a message holds the contact first. Errors: invalid_request.
Result<void> hold_assignee(db::WorkspaceTxn& txn, const Conversation& conversation,
                           const UserId& member) {
    if (!access::hold_member(txn, member)) {
        return fail_field(wapi::errors::invalid_request, "assigneeId",
                          "There is no such member in this workspace.");
    }
    contacts::hold_opt_out(txn, conversation.contact);
    return {};
}

Result<Conversation> assign(db::WorkspaceTxn& txn, const Request& request,
                            const std::optional<UserId>& assignee) {
    Result<Conversation> conversation = get(txn, request.id, request.context.restrictions);
    if (conversation && assignee) {
        if (const Result<void> held = hold_assignee(txn, *conversation, *assignee); !held) {
            return std::unexpected(held.error());
        }
    }
    conversation = lock(txn, request);
    if (!conversation || conversation->assignee == assignee) {
        return conversation;
    }
    if (assignee && !may_answer(txn, request.id, *assignee)) {
        return fail_field(wapi::errors::invalid_request, "assigneeId",
                          "By their tags and numbers this member does not see the conversation.");
    }
    hand_over(txn, request, conversation->assignee, assignee);
    conversation->assignee = assignee;
    return conversation;
}

/// Where a conversation is to stand, and what the audit log calls it.
struct Aim {
    std::string_view status;
    std::string_view action;
    std::optional<Timestamp> snoozed_until = {};
};

Result<Conversation> change_status(db::WorkspaceTxn& txn, const Request& request, const Aim& aim) {
    Result<Conversation> conversation = lock(txn, request);
    if (!conversation ||
        (conversation->status == aim.status && conversation->snoozed_until == aim.snoozed_until)) {
        return conversation;
    }
    store::set_status(txn, request.id, aim.status, aim.snoozed_until);
    boost::json::object details{{"from", conversation->status}};
    if (aim.snoozed_until) {
        details["until"] = render_time(*aim.snoozed_until);
    }
    record(txn, request, aim.action, details);
    conversation->status = aim.status;
    conversation->snoozed_until = aim.snoozed_until;
    return conversation;
}

}  // namespace

void unassign_blind(db::WorkspaceTxn& txn, const Context& context, const ContactId& contact,
                    Timestamp now) {
    for (const Assigned& blind : list_blind(txn, contact)) {
        const Request request{context, blind.conversation, {}, now};
        hand_over(txn, request, blind.member, std::nullopt);
    }
}

UserId acting_member(const Context& context) {
    return UserId(context.actor.kind == ActorKind::user ? context.actor.id
                                                        : context.restrictions.member);
}

async::Task<Result<Conversation>> Service::assign(Context context, ConversationId id,
                                                  std::optional<UserId> assignee,
                                                  Expected expected) {
    const Request request{std::move(context), std::move(id), std::move(expected), clock_.now()};
    co_return co_await db_.write(request.context.workspace, "inbox.assign",
                                 [request, assignee](db::WorkspaceTxn& txn) {
                                     return inbox::assign(txn, request, assignee);
                                 });
}

async::Task<Result<Conversation>> Service::resolve(Context context, ConversationId id,
                                                   Expected expected) {
    const Request request{std::move(context), std::move(id), std::move(expected), clock_.now()};
    co_return co_await db_.write(
        request.context.workspace, "inbox.resolve", [request](db::WorkspaceTxn& txn) {
            return change_status(
                txn, request,
                {.status = status::resolved, .action = audit::actions::conversation_resolved});
        });
}

async::Task<Result<Conversation>> Service::reopen(Context context, ConversationId id,
                                                  Expected expected) {
    const Request request{std::move(context), std::move(id), std::move(expected), clock_.now()};
    co_return co_await db_.write(
        request.context.workspace, "inbox.reopen", [request](db::WorkspaceTxn& txn) {
            return change_status(
                txn, request,
                {.status = status::open, .action = audit::actions::conversation_reopened});
        });
}

async::Task<Result<Conversation>> Service::snooze(Context context, ConversationId id,
                                                  Timestamp until, Expected expected) {
    const Request request{std::move(context), std::move(id), std::move(expected), clock_.now()};
    if (until <= request.now || until > request.now + snooze_max) {
        co_return fail_field(wapi::errors::invalid_request, "until",
                             "A time in the future, at most 366 days ahead.");
    }
    co_return co_await db_.write(
        request.context.workspace, "inbox.snooze", [request, until](db::WorkspaceTxn& txn) {
            return change_status(txn, request,
                                 {.status = status::snoozed,
                                  .action = audit::actions::conversation_snoozed,
                                  .snoozed_until = until});
        });
}

}  // namespace wapi::inbox
