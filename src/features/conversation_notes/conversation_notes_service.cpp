// Notes read and written: who sees the conversation, one transaction each, with its audit entry.
#include <boost/json/serialize.hpp>

#include "features/access/access.hpp"
#include "features/audit/audit.hpp"
#include "features/conversation_notes/conversation_notes_store.hpp"
#include "features/inbox/inbox.hpp"

namespace wapi::conversation_notes {
namespace {

std::string_view kind_name(ActorKind kind) {
    return kind == ActorKind::api_key ? "api_key" : "user";
}

void record(db::WorkspaceTxn& txn, const Context& context, std::string_view action,
            const Note& note, Timestamp now) {
    const boost::json::object details{{"noteId", note.id}, {"mentions", note.mentions.size()}};
    audit::record(txn, context,
                  {.action = action,
                   .resource_type = "conversation",
                   .resource_id = note.conversation.value,
                   .details = boost::json::serialize(details)},
                  now);
}

Result<Page> list(db::WorkspaceTxn& txn, const Context& context, const ConversationId& conversation,
                  const std::string& cursor, std::size_t limit) {
    if (const auto seen = inbox::get(txn, conversation, context.restrictions); !seen) {
        return std::unexpected(seen.error());
    }
    Place place;
    if (!cursor.empty()) {
        const std::optional<Note> last = conversation_notes::find(txn, cursor);
        if (!last || last->conversation != conversation) {
            return fail_field(wapi::errors::invalid_request, "cursor",
                              "Not a cursor of this list.");
        }
        place = {.time_us = to_us(last->created_at), .id = last->id};
    }
    Page page{.notes = list_before(txn, conversation, place, limit + 1), .next_cursor = {}};
    if (page.notes.size() > limit) {
        page.notes.pop_back();
        page.next_cursor = page.notes.back().id;
    }
    return page;
}

/// The place of the first who is no member; nothing: all are, and stay until the transaction ends.
std::optional<std::size_t> hold_mentioned(db::WorkspaceTxn& txn, const Note& note) {
    for (std::size_t index = 0; index < note.mentions.size(); ++index) {
        if (!access::hold_member(txn, note.mentions[index])) {
            return index;
        }
    }
    return std::nullopt;
}

/// The note that an earlier request with the key has made, for who may see it.
Result<Note> repeat(db::WorkspaceTxn& txn, const Context& context, const idempotency::Used& used) {
    const std::optional<Note> note = conversation_notes::find(txn, used.made);
    if (!note) {
        return fail(errors::note_not_found);
    }
    if (const auto seen = inbox::get(txn, note->conversation, context.restrictions); !seen) {
        return std::unexpected(seen.error());
    }
    return *note;
}

Result<Note> add(db::WorkspaceTxn& txn, const Context& context, const Note& note,
                 const idempotency::Request& request) {
    const auto used = idempotency::find(txn, request, note.created_at);
    if (!used) {
        return std::unexpected(used.error());
    }
    if (*used) {
        return repeat(txn, context, **used);
    }
    // Before the conversation, as whoever removes a member takes them.
    const std::optional<std::size_t> missing = hold_mentioned(txn, note);
    // Held, so that a merge or an erasure under way is waited for and takes the note along.
    if (const auto seen = inbox::lock(txn, note.conversation, context.restrictions, {}); !seen) {
        return std::unexpected(seen.error());
    }
    if (missing) {
        return fail_field(wapi::errors::invalid_request,
                          "mentions[" + std::to_string(*missing) + "]",
                          "There is no such member in this workspace.");
    }
    store::insert(txn, note);
    idempotency::save(txn, request, note.id, note.created_at);
    record(txn, context, audit::actions::conversation_noted, note, note.created_at);
    return *conversation_notes::find(txn, note.id);
}

Result<void> remove(db::WorkspaceTxn& txn, const Context& context, const std::string& id,
                    Timestamp now) {
    const std::optional<Note> note = conversation_notes::find(txn, id);
    if (!note || !inbox::get(txn, note->conversation, context.restrictions)) {
        return fail(errors::note_not_found);
    }
    if (note->author_id != context.actor.id) {
        return fail(errors::note_not_yours);
    }
    if (!store::remove(txn, *note)) {
        return fail(errors::note_not_found);
    }
    record(txn, context, audit::actions::conversation_note_removed, *note, now);
    return {};
}

}  // namespace

async::Task<Result<Page>> Service::list(Context context, ConversationId conversation,
                                        std::string cursor, std::size_t limit) {
    co_return co_await db_.read(context.workspace, "conversation_notes.list",
                                [context, conversation, cursor, limit](db::WorkspaceTxn& txn) {
                                    return conversation_notes::list(txn, context, conversation,
                                                                    cursor, limit);
                                });
}

async::Task<Result<Note>> Service::add(Context context, ConversationId conversation, Draft draft,
                                       idempotency::Request request) {
    const Note note{.id = ids_.uuid(),
                    .conversation = std::move(conversation),
                    .author_kind = std::string(kind_name(context.actor.kind)),
                    .author_id = context.actor.id,
                    .author_name = {},
                    .text = std::move(draft.text),
                    .mentions = std::move(draft.mentions),
                    .created_at = clock_.now()};
    co_return co_await db_.write(context.workspace, "conversation_notes.add",
                                 [context, note, request](db::WorkspaceTxn& txn) {
                                     return conversation_notes::add(txn, context, note, request);
                                 });
}

async::Task<Result<void>> Service::remove(Context context, std::string id) {
    co_return co_await db_.write(context.workspace, "conversation_notes.remove",
                                 [context, id, now = clock_.now()](db::WorkspaceTxn& txn) {
                                     return conversation_notes::remove(txn, context, id, now);
                                 });
}

}  // namespace wapi::conversation_notes
