// Notes that a team writes on a conversation for itself, with mentions of members. Customers never
// see them; who sees the conversation sees its notes.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "db/txn.hpp"
#include "features/idempotency/idempotency.hpp"

namespace wapi::conversation_notes {

namespace errors {
inline const ErrorKind note_not_found{"note_not_found", 404, RetryClass::never,
                                      "There is no such note in this workspace."};
inline const ErrorKind note_not_yours{"note_not_yours", 403, RetryClass::never,
                                      "Only who wrote a note may remove it."};
}  // namespace errors

/// Announced (db::Announcement) when a note was written, and when it was removed; the id is the
/// note's. `detail` of one that was removed: the conversation's id.
inline constexpr std::string_view note_created = "note.created";
inline constexpr std::string_view note_removed = "note.removed";

inline constexpr std::size_t text_bytes_max = 8 * 1024;
inline constexpr std::size_t mentions_max = 20;

struct Note {
    std::string id;
    ConversationId conversation;
    std::string author_kind;  ///< `user` or `api_key`
    std::string author_id;
    std::string author_name;  ///< empty when there is no such user any more
    std::string text;
    std::vector<UserId> mentions;
    Timestamp created_at;
};

struct Draft {
    std::string text;
    std::vector<UserId> mentions;
};

struct Page {
    std::vector<Note> notes;  ///< newest first
    std::string next_cursor;
};

/// A place in the order of notes of a conversation: by time, then by id.
struct Place {
    std::int64_t time_us = INT64_MAX;
    std::string id = {};
};
/// Notes before the place, newest first. For who may see the conversation.
std::vector<Note> list_before(db::WorkspaceTxn& txn, const ConversationId& conversation,
                              const Place& place, std::size_t limit);
/// For who may see its conversation.
std::optional<Note> find(db::WorkspaceTxn& txn, const std::string& id);
/// The notes of a conversation that became part of another.
void move(db::WorkspaceTxn& txn, const ConversationId& from, const ConversationId& into);

class Service {
  public:
    Service(db::Db& db, IdGenerator& ids, const Clock& clock) : db_(db), ids_(ids), clock_(clock) {}
    /// `cursor`: the id of the last note of the page before. Errors: conversation_not_found,
    /// invalid_request (cursor).
    async::Task<Result<Page>> list(Context context, ConversationId conversation, std::string cursor,
                                   std::size_t limit);
    /// A repetition of a request with a key is given the note that the first one made. Errors:
    /// conversation_not_found, invalid_request (mentions: no member), idempotency_key_reused,
    /// note_not_found (a repetition: it was removed meanwhile).
    async::Task<Result<Note>> add(Context context, ConversationId conversation, Draft draft,
                                  idempotency::Request request = {});
    /// Errors: note_not_found, note_not_yours.
    async::Task<Result<void>> remove(Context context, std::string id);

  private:
    db::Db& db_;
    IdGenerator& ids_;
    const Clock& clock_;
};

/// The note as the API shows it.
boost::json::object render(const Note& note);

}  // namespace wapi::conversation_notes
