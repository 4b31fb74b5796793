#include "features/conversation_notes/conversation_notes_store.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace wapi::conversation_notes {
namespace {

const db::Sql insert_sql{{
    .name = "conversation_notes.insert",
    .text = "INSERT INTO conversation_notes (workspace_id, note_id, conversation_id, author_kind,"
            " author_id, text, mentions, created_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
}};
#define WAPI_NOTE                                                                              \
    "SELECT note_id, conversation_id, author_kind, author_id, coalesce(users.name, ''), text," \
    " mentions, conversation_notes.created_us FROM conversation_notes"                         \
    " LEFT JOIN users ON users.user_id = author_id WHERE workspace_id = $1"
const db::Sql find_sql{{.name = "conversation_notes.find", .text = WAPI_NOTE " AND note_id = $2"}};
const db::Sql list_sql{{
    .name = "conversation_notes.list",
    .text = WAPI_NOTE
    " AND conversation_id = $2"
    " AND (conversation_notes.created_us, note_id) < ($3, $4)"
    " ORDER BY conversation_notes.created_us DESC, note_id DESC LIMIT $5",
}};
#undef WAPI_NOTE
const db::Sql move_sql{{
    .name = "conversation_notes.move",
    .text = "UPDATE conversation_notes SET conversation_id = $3"
            " WHERE workspace_id = $1 AND conversation_id = $2",
}};
const db::Sql delete_sql{{
    .name = "conversation_notes.delete",
    .text = "DELETE FROM conversation_notes WHERE workspace_id = $1 AND note_id = $2",
}};

std::string render_mentions(const std::vector<UserId>& mentions) {
    boost::json::array ids;
    for (const UserId& user : mentions) {
        ids.emplace_back(user.value);
    }
    return boost::json::serialize(ids);
}

Note read_note(const db::Row& row) {
    Note note{.id = row.string(0),
              .conversation = row.id<ConversationId>(1),
              .author_kind = row.string(2),
              .author_id = row.string(3),
              .author_name = row.string(4),
              .text = row.string(5),
              .mentions = {},
              .created_at = from_us(row.integer(7))};
    for (const boost::json::value& user : boost::json::parse(row.text(6)).as_array()) {
        note.mentions.emplace_back(std::string_view(user.as_string()));
    }
    return note;
}

}  // namespace

std::vector<Note> list_before(db::WorkspaceTxn& txn, const ConversationId& conversation,
                              const Place& place, std::size_t limit) {
    std::vector<Note> notes;
    for (const db::Row row : txn.query(list_sql, conversation, place.time_us, place.id,
                                       static_cast<std::int64_t>(limit))) {
        notes.push_back(read_note(row));
    }
    return notes;
}

std::optional<Note> find(db::WorkspaceTxn& txn, const std::string& id) {
    const db::Rows rows = txn.query(find_sql, id);
    return rows.empty() ? std::nullopt : std::optional(read_note(rows[0]));
}

void move(db::WorkspaceTxn& txn, const ConversationId& from, const ConversationId& into) {
    txn.execute(move_sql, from, into);
}

namespace store {

void insert(db::WorkspaceTxn& txn, const Note& note) {
    txn.execute(insert_sql, note.id, note.conversation, note.author_kind, note.author_id, note.text,
                render_mentions(note.mentions), note.created_at);
    txn.announce(note_created, note.id);
}

bool remove(db::WorkspaceTxn& txn, const Note& note) {
    const bool removed = txn.execute(delete_sql, note.id) == 1;
    if (removed) {
        txn.announce(note_removed, note.id, note.conversation.value);
    }
    return removed;
}

}  // namespace store
}  // namespace wapi::conversation_notes
