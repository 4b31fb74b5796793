// Acts on quick replies: whose they are, one transaction each, with its audit entry.
#include "base/text.hpp"
#include "features/access/access.hpp"
#include "features/audit/audit.hpp"
#include "features/contacts/contacts.hpp"
#include "features/inbox/inbox.hpp"
#include "features/quick_replies/quick_replies_store.hpp"

namespace wapi::quick_replies {
namespace {

bool may(const Context& context, access::Permission permission) {
    return access::contains(context.permissions, access::bit(permission));
}

/// One's own anybody may write, shared ones not everybody.
Result<void> check_writer(const Context& context, const UserId& owner) {
    return owner.empty() && !may(context, access::Permission::assign_conversations)
               ? fail(errors::quick_reply_shared)
               : Result<void>();
}

void record(db::WorkspaceTxn& txn, const Context& context, std::string_view action,
            const QuickReply& reply, Timestamp now) {
    audit::record(txn, context,
                  {.action = action,
                   .resource_type = "quick_reply",
                   .resource_id = reply.id,
                   .details = reply.owner.empty() ? R"({"shared":true})" : R"({"shared":false})"},
                  now);
}

Result<store::Place> parse_cursor(const std::string& cursor) {
    const std::size_t split = cursor.rfind(' ');
    if (!cursor.empty() && split == std::string::npos) {
        return fail_field(wapi::errors::invalid_request, "cursor", "Not a cursor of this list.");
    }
    return cursor.empty() ? store::Place{}
                          : store::Place{cursor.substr(0, split), cursor.substr(split + 1)};
}

/// Those that match, one more than a page holds when there is another page.
std::vector<QuickReply> list_matching(db::WorkspaceTxn& txn, const UserId& owner,
                                      const Filter& filter, store::Place place) {
    constexpr std::size_t searched_at_once = 200;
    const std::size_t wanted = filter.limit + 1;
    const std::size_t step_max = filter.text.empty() ? wanted : searched_at_once;
    std::vector<QuickReply> found;
    std::vector<QuickReply> step;
    do {
        step = store::list(txn, owner, place, step_max);
        for (QuickReply& reply : step) {
            place = {.shortcut = reply.shortcut, .id = reply.id};
            if (found.size() < wanted && matches(reply, filter.text)) {
                found.push_back(std::move(reply));
            }
        }
    } while (step.size() == step_max && found.size() < wanted);
    return found;
}

Result<QuickReply> create(db::WorkspaceTxn& txn, const Context& context, const QuickReply& reply) {
    store::lock(txn);
    if (store::count(txn, reply.owner) >= (reply.owner.empty() ? shared_max : own_max)) {
        return fail(errors::quick_replies_full);
    }
    if (!store::insert(txn, reply)) {
        return fail_field(errors::quick_reply_exists, "shortcut");
    }
    record(txn, context, audit::actions::quick_reply_created, reply, reply.created_at);
    return reply;
}

/// The caller's own or a shared one, if the caller may write it; nobody else writes meanwhile.
Result<QuickReply> find_to_write(db::WorkspaceTxn& txn, const Context& context,
                                 const std::string& id) {
    store::lock(txn);
    std::optional<QuickReply> reply = store::find(txn, id, inbox::acting_member(context));
    if (!reply) {
        return fail(errors::quick_reply_not_found);
    }
    if (const Result<void> writes = check_writer(context, reply->owner); !writes) {
        return std::unexpected(writes.error());
    }
    return *std::move(reply);
}

Result<QuickReply> change(db::WorkspaceTxn& txn, const Context& context, const std::string& id,
                          const Draft& draft, Timestamp now) {
    Result<QuickReply> reply = find_to_write(txn, context, id);
    if (!reply) {
        return reply;
    }
    reply->shortcut = draft.shortcut.value_or(reply->shortcut);
    reply->text = draft.text.value_or(reply->text);
    reply->updated_at = now;
    if (!store::update(txn, *reply)) {
        return fail_field(errors::quick_reply_exists, "shortcut");
    }
    record(txn, context, audit::actions::quick_reply_updated, *reply, now);
    return reply;
}

Result<void> remove(db::WorkspaceTxn& txn, const Context& context, const std::string& id,
                    Timestamp now) {
    const Result<QuickReply> reply = find_to_write(txn, context, id);
    if (!reply) {
        return std::unexpected(reply.error());
    }
    if (!store::remove(txn, id)) {
        return fail(errors::quick_reply_not_found);
    }
    record(txn, context, audit::actions::quick_reply_deleted, *reply, now);
    return {};
}

Result<std::string> render(db::WorkspaceTxn& txn, const Context& context, const std::string& id,
                           const ContactId& contact_id) {
    const UserId agent = inbox::acting_member(context);
    const std::optional<QuickReply> reply = store::find(txn, id, agent);
    if (!reply) {
        return fail(errors::quick_reply_not_found);
    }
    if (names_contact(reply->text) && !may(context, access::Permission::view_contacts)) {
        return fail(wapi::errors::forbidden);
    }
    const Result<contacts::Contact> contact = contacts::get(txn, contact_id, context.restrictions);
    if (!contact) {
        return std::unexpected(contact.error());
    }
    Values values{.contact_name = contact->name,
                  .contact_phone = contact->phone.empty() ? "" : "+" + contact->phone,
                  .contact_attributes = contact->attributes,
                  .agent_name = {},
                  .workspace_name = {}};
    store::read_names(txn, agent, values);
    return fill_in(reply->text, values);
}

/// Shortcut and text as they are stored. Errors: invalid_request.
Result<Draft> checked(Draft draft) {
    if (draft.shortcut) {
        Result<std::string> shortcut = check_shortcut(*draft.shortcut);
        if (!shortcut) {
            return std::unexpected(shortcut.error());
        }
        draft.shortcut = *std::move(shortcut);
    }
    if (draft.text) {
        if (const Result<void> sound = check_text(*draft.text); !sound) {
            return std::unexpected(sound.error());
        }
    }
    return draft;
}

}  // namespace

async::Task<Result<Page>> Service::list(Context context, Filter filter) {
    const Result<store::Place> after = parse_cursor(filter.cursor);
    if (!after) {
        co_return std::unexpected(after.error());
    }
    filter.text = text::nfkc_casefold(filter.text);
    Page page;
    page.replies = co_await db_.read(
        context.workspace, "quick_replies.list",
        [owner = inbox::acting_member(context), filter, place = *after](db::WorkspaceTxn& txn) {
            return list_matching(txn, owner, filter, place);
        });
    if (page.replies.size() > filter.limit) {
        page.replies.pop_back();
        page.next_cursor = page.replies.back().shortcut + " " + page.replies.back().id;
    }
    co_return page;
}

async::Task<Result<QuickReply>> Service::create(Context context, Draft draft) {
    const Result<Draft> sound = checked(std::move(draft));
    if (!sound) {
        co_return std::unexpected(sound.error());
    }
    const UserId owner = sound->shared ? UserId() : inbox::acting_member(context);
    if (const Result<void> writes = check_writer(context, owner); !writes) {
        co_return std::unexpected(writes.error());
    }
    const Timestamp now = clock_.now();
    const QuickReply reply{.id = ids_.uuid(),
                           .owner = owner,
                           .shortcut = sound->shortcut.value_or(""),
                           .text = sound->text.value_or(""),
                           .created_at = now,
                           .updated_at = now};
    co_return co_await db_.write(context.workspace, "quick_replies.create",
                                 [context, reply](db::WorkspaceTxn& txn) {
                                     return quick_replies::create(txn, context, reply);
                                 });
}

async::Task<Result<QuickReply>> Service::change(Context context, std::string id, Draft draft) {
    const Result<Draft> sound = checked(std::move(draft));
    if (!sound) {
        co_return std::unexpected(sound.error());
    }
    co_return co_await db_.write(
        context.workspace, "quick_replies.change",
        [context, id, draft = *sound, now = clock_.now()](db::WorkspaceTxn& txn) {
            return quick_replies::change(txn, context, id, draft, now);
        });
}

async::Task<Result<void>> Service::remove(Context context, std::string id) {
    co_return co_await db_.write(context.workspace, "quick_replies.remove",
                                 [context, id, now = clock_.now()](db::WorkspaceTxn& txn) {
                                     return quick_replies::remove(txn, context, id, now);
                                 });
}

async::Task<Result<std::string>> Service::render(Context context, std::string id,
                                                 ContactId contact) {
    co_return co_await db_.read(context.workspace, "quick_replies.render",
                                [context, id, contact](db::WorkspaceTxn& txn) {
                                    return quick_replies::render(txn, context, id, contact);
                                });
}

}  // namespace wapi::quick_replies
