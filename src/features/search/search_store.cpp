// SQLite's index is an FTS5 table, which is told of each insert and delete; PostgreSQL keeps its
// own by itself, so that the statements about the FTS5 table find nothing to do there.
#include "features/search/search_store.hpp"

#include <algorithm>
#include <ranges>
#include <tuple>

#include "db/lists.hpp"

namespace wapi::search {
namespace {

const db::Sql enqueue_sql{{
    .name = "search.enqueue",
    .text = "INSERT INTO search_queue (queued_us, workspace_id, kind, subject_id)"
            " VALUES ($2, $1, $3, $4)"
            " ON CONFLICT (queued_us, workspace_id, kind, subject_id) DO NOTHING",
}};
#define WAPI_KEY "queued_us, workspace_id, kind, subject_id"
const db::Sql find_oldest_sql{{
    .name = "search.find_oldest",
    .text = "SELECT queued_us FROM search_queue WHERE (" WAPI_KEY ") >= ($1, $2, $3, $4)"
            " ORDER BY " WAPI_KEY " LIMIT 1",
    .scope = db::Scope::system,
}};
const db::Sql count_waiting_sql{{
    .name = "search.count_waiting",
    .text = "SELECT count(*) FROM (SELECT 1 FROM search_queue LIMIT $1) AS waiting",
    .scope = db::Scope::system,
}};
// PostgreSQL is given no join, and no number of rows as a parameter: for either it would plan each
// time anew, and read the remains of what was taken to do so.
static_assert(store::take_max == 100);
#define WAPI_FIRST(column)                                  \
    "(SELECT " column " FROM search_queue WHERE (" WAPI_KEY \
    ") >= ($1, $2, $3, $4) ORDER BY " WAPI_KEY " LIMIT 100"
#define WAPI_TAKEN ") RETURNING workspace_id, kind, subject_id, queued_us"
const db::Sql take_sql{{
    .name = "search.take",
    .text = {},
    .scope = db::Scope::system,
    .sqlite = "DELETE FROM search_queue WHERE (" WAPI_KEY ") IN " WAPI_FIRST(WAPI_KEY) WAPI_TAKEN,
    .postgres = "DELETE FROM search_queue WHERE ctid = ANY(ARRAY" WAPI_FIRST(
        "ctid") " FOR UPDATE SKIP LOCKED)" WAPI_TAKEN,
}};
#undef WAPI_FIRST
#undef WAPI_TAKEN
#undef WAPI_KEY

// Each takes a list of ids. An erasure waits for who holds a row, and then finds the document; so
// does a change of a contact: else another node could index what is new before this one what was
// there. SQLite has one writer.
#define WAPI_MESSAGE_TEXTS \
    "SELECT message_id, text FROM messages WHERE workspace_id = $1 AND message_id "
#define WAPI_CONTACT_TEXTS                                           \
    "SELECT contact_id, name, phone, tags, attributes FROM contacts" \
    " WHERE workspace_id = $1 AND contact_id "
const db::Sql hold_messages_sql{{
    .name = "search.hold_messages",
    .text = {},
    .sqlite = WAPI_MESSAGE_TEXTS WAPI_IN_LIST_SQLITE("$2"),
    .postgres = WAPI_MESSAGE_TEXTS WAPI_IN_LIST_POSTGRES("$2") " ORDER BY message_id FOR KEY SHARE",
}};
const db::Sql hold_contacts_sql{{
    .name = "search.hold_contacts",
    .text = {},
    .sqlite = WAPI_CONTACT_TEXTS WAPI_IN_LIST_SQLITE("$2"),
    .postgres = WAPI_CONTACT_TEXTS WAPI_IN_LIST_POSTGRES("$2") " ORDER BY contact_id FOR SHARE",
}};
#undef WAPI_MESSAGE_TEXTS
#undef WAPI_CONTACT_TEXTS
#define WAPI_IDENTITIES(list)                                                  \
    "SELECT contact_id, value FROM contact_identities WHERE workspace_id = $1" \
    " AND kind IN ('phone', 'username') AND contact_id " list " ORDER BY contact_id, kind, value"
const db::Sql identities_sql{{
    .name = "search.list_identities",
    .text = {},
    .sqlite = WAPI_IDENTITIES(WAPI_IN_LIST_SQLITE("$2")),
    .postgres = WAPI_IDENTITIES(WAPI_IN_LIST_POSTGRES("$2")),
}};
#undef WAPI_IDENTITIES
const db::Sql insert_sql{{
    .name = "search.insert",
    .text = "INSERT INTO search_documents (workspace_id, kind, subject_id, words)"
            " VALUES ($1, $2, $3, $4)",
}};
// $3: a list of ids.
#define WAPI_SUBJECTS_SQLITE \
    "workspace_id = $1 AND kind = $2 AND subject_id " WAPI_IN_LIST_SQLITE("$3")
const db::Sql insert_words_sql{{
    .name = "search.insert_words",
    .text = "INSERT INTO search_words (rowid, words) SELECT document_id, words"
            " FROM search_documents WHERE " WAPI_SUBJECTS_SQLITE " ORDER BY document_id",
    .postgres = "SELECT 1 WHERE $1 = '' AND $2 = $3",
}};
const db::Sql remove_words_sql{{
    .name = "search.remove_words",
    .text = "INSERT INTO search_words (search_words, rowid, words)"
            " SELECT 'delete', document_id, words FROM search_documents"
            " WHERE " WAPI_SUBJECTS_SQLITE,
    .postgres = "SELECT 1 WHERE $1 = '' AND $2 = $3",
}};
const db::Sql remove_sql{{
    .name = "search.remove",
    .text = {},
    .sqlite = "DELETE FROM search_documents WHERE " WAPI_SUBJECTS_SQLITE,
    .postgres = "DELETE FROM search_documents WHERE workspace_id = $1 AND kind = $2"
                " AND subject_id " WAPI_IN_LIST_POSTGRES("$3"),
}};
#undef WAPI_SUBJECTS_SQLITE
const db::Sql lock_messages_sql{{
    .name = "search.lock_messages",
    .text = "SELECT 1 FROM messages WHERE workspace_id = $1 AND conversation_id = $2 LIMIT 1",
    .postgres = "SELECT 1 FROM messages WHERE workspace_id = $1 AND conversation_id = $2"
                " ORDER BY message_id FOR UPDATE",
}};
#define WAPI_OF_CONVERSATION                                                      \
    "workspace_id = $1 AND kind = 'message' AND subject_id IN (SELECT message_id" \
    " FROM messages WHERE workspace_id = $1 AND conversation_id = $2)"
const db::Sql forget_words_sql{{
    .name = "search.forget_words",
    .text = "INSERT INTO search_words (search_words, rowid, words)"
            " SELECT 'delete', document_id, words FROM search_documents"
            " WHERE " WAPI_OF_CONVERSATION,
    .postgres = "SELECT 1 WHERE $1 = $2",
}};
const db::Sql forget_sql{{
    .name = "search.forget",
    .text = "DELETE FROM search_documents WHERE " WAPI_OF_CONVERSATION,
}};
#undef WAPI_OF_CONVERSATION
// A negative number begins: everything is to become one segment. The number is of pages to write.
const db::Sql begin_merge_sql{{
    .name = "search.begin_merge",
    .text = "INSERT INTO search_words (search_words, rank) VALUES ('merge', -64)",
    .scope = db::Scope::system,
    .postgres = "SELECT 0",
}};
const db::Sql merge_sql{{
    .name = "search.merge",
    .text = "INSERT INTO search_words (search_words, rank) VALUES ('merge', 64)",
    .scope = db::Scope::system,
    .postgres = "SELECT 0",
}};
constexpr std::int64_t merge_pages = 64;
const db::Sql count_changes_sql{{
    .name = "search.count_changes",
    .text = "SELECT total_changes()",
    .scope = db::Scope::system,
    .postgres = "SELECT CAST(0 AS BIGINT)",
}};

#define WAPI_WITHOUT_DOCUMENT(table, id, kind)                            \
    "SELECT workspace_id, " id                                            \
    ", CASE WHEN EXISTS (SELECT 1 FROM search_documents AS d"             \
    " WHERE d.workspace_id = " table ".workspace_id AND d.kind = '" kind  \
    "'"                                                                   \
    " AND d.subject_id = " table "." id ") THEN 0 ELSE 1 END FROM " table \
    " WHERE (workspace_id, " id ") > ($1, $2) ORDER BY workspace_id, " id " LIMIT $3"
const db::Sql page_of_messages_sql{{
    .name = "search.page_of_messages",
    .text = WAPI_WITHOUT_DOCUMENT("messages", "message_id", "message"),
    .scope = db::Scope::system,
}};
const db::Sql page_of_contacts_sql{{
    .name = "search.page_of_contacts",
    .text = WAPI_WITHOUT_DOCUMENT("contacts", "contact_id", "contact"),
    .scope = db::Scope::system,
}};
#undef WAPI_WITHOUT_DOCUMENT

std::string_view name_of(Kind kind) { return kind == Kind::message ? "message" : "contact"; }

std::map<std::string, std::string> hold_messages(db::WorkspaceTxn& txn, const std::string& list) {
    std::map<std::string, std::string> texts;
    for (const db::Row row : txn.query(hold_messages_sql, list)) {
        texts.emplace(row.string(0), row.text(1));
    }
    return texts;
}

std::map<std::string, std::string> hold_contacts(db::WorkspaceTxn& txn, const std::string& list) {
    std::map<std::string, std::string> texts;
    for (const db::Row row : txn.query(hold_contacts_sql, list)) {
        texts[row.string(0)] = row.string(1) + ' ' + row.string(2) + ' ' + strings_of(row.text(3)) +
                               ' ' + strings_of(row.text(4));
    }
    for (const db::Row row : txn.query(identities_sql, list)) {
        if (const auto found = texts.find(row.string(0)); found != texts.end()) {
            found->second += ' ' + row.string(1);
        }
    }
    return texts;
}

/// What a transaction queues, written just before its commit: PostgreSQL gets all in one go, where
/// a batch of webhooks would wait for each message's answer.
class LateQueue final : public db::CommitHook {
  public:
    void add(store::Waiting waiting) { waiting_.push_back(std::move(waiting)); }
    void run(db::Txn& txn) override {
        constexpr std::size_t per_row = 4;
        std::vector<db::Value> values;
        for (const store::Waiting& one : waiting_) {
            values.insert(values.end(), {one.workspace.value, to_us(one.queued_at),
                                         name_of(one.kind), std::string_view(one.id)});
        }
        txn.execute_many(enqueue_sql, values, per_row);
    }
    [[nodiscard]] std::size_t size() const override { return waiting_.size(); }
    void cut(std::size_t size) override {
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(size), waiting_.end());
    }

  private:
    std::vector<store::Waiting> waiting_;
};

}  // namespace

void enqueue(db::WorkspaceTxn& txn, Kind kind, std::string_view id, Timestamp now) {
    txn.txn().hook<LateQueue>().add(
        {.workspace = txn.workspace(), .kind = kind, .id = std::string(id), .queued_at = now});
}

void enqueue_behind(db::WorkspaceTxn& txn, std::span<const ContactId> contacts, Timestamp now) {
    const Timestamp behind = store::backfill + now.time_since_epoch();
    std::vector<db::Value> values;
    for (const ContactId& contact : contacts) {
        values.push_back(db::detail::to_value(behind));
        values.push_back(db::detail::to_value(name_of(Kind::contact)));
        values.push_back(db::detail::to_value(contact));
    }
    if (!values.empty()) {
        txn.execute_many(enqueue_sql, values, 3);
    }
}

void forget_messages(db::WorkspaceTxn& txn, const ConversationId& conversation) {
    txn.query(lock_messages_sql, conversation);
    txn.query(forget_words_sql, conversation);
    txn.execute(forget_sql, conversation);
    store::write_words(txn.txn());
}

void forget_contact(db::WorkspaceTxn& txn, const ContactId& contact) {
    const store::Document gone{.id = contact.value, .words = {}};
    store::put(txn, Kind::contact, std::span(&gone, 1));
    store::write_words(txn.txn());
}

// A step that changed fewer rows than it may write pages found nothing left to merge. To wait for a
// step without any change, or for a single segment, would be to wait for the end of all indexing:
// each batch of it leaves a new segment.
bool merge_step(db::Txn& txn, bool first) {
    const auto count_changes = [&txn] { return txn.query(count_changes_sql)[0].integer(0); };
    const std::int64_t before = count_changes();
    txn.query(first ? begin_merge_sql : merge_sql);
    return count_changes() - before >= merge_pages;
}

std::size_t count_waiting(db::Txn& txn, std::size_t limit) {
    return static_cast<std::size_t>(
        txn.query(count_waiting_sql, static_cast<std::int64_t>(limit))[0].integer(0));
}

Requeue requeue_step(db::Txn& txn, Requeue from, std::size_t limit) {
    const db::Rows rows =
        txn.query(from.kind == Kind::contact ? page_of_contacts_sql : page_of_messages_sql,
                  from.workspace, from.id, static_cast<std::int64_t>(limit));
    for (const db::Row row : rows) {
        from.workspace = row.string(0);
        from.id = row.string(1);
        if (row.boolean(2)) {
            db::WorkspaceTxn bound(txn, WorkspaceId(from.workspace));
            enqueue(bound, from.kind, from.id, store::backfill);
            ++from.queued;
        }
    }
    if (rows.size() < limit) {
        from.is_end = from.kind == Kind::message;
        from.kind = Kind::message;
        from.workspace.clear();
        from.id.clear();
    }
    return from;
}

namespace store {

std::optional<Timestamp> find_oldest(db::Txn& txn, const QueueKey& from) {
    const db::Rows rows =
        txn.query(find_oldest_sql, from.queued_at, from.workspace, from.kind, from.id);
    return rows.empty() ? std::nullopt : std::optional(from_us(rows[0].integer(0)));
}

QueueKey key_of(const Waiting& one) {
    return {.queued_at = one.queued_at,
            .workspace = one.workspace.value,
            .kind = std::string(name_of(one.kind)),
            .id = one.id};
}

std::vector<Waiting> take(db::Txn& txn, const QueueKey& from) {
    std::vector<Waiting> taken;
    for (const db::Row row :
         txn.query(take_sql, from.queued_at, from.workspace, from.kind, from.id)) {
        taken.push_back({.workspace = row.id<WorkspaceId>(0),
                         .kind = row.text(1) == "message" ? Kind::message : Kind::contact,
                         .id = row.string(2),
                         .queued_at = from_us(row.integer(3))});
    }
    std::ranges::sort(taken, {}, [](const Waiting& one) {
        return std::tuple(one.kind == Kind::message, std::string_view(one.workspace.value),
                          std::string_view(one.id));
    });
    return taken;
}

std::map<std::string, std::string> hold_texts(db::WorkspaceTxn& txn, Kind kind,
                                              std::span<const Waiting> rows) {
    const std::string list = db::render_list(rows | std::views::transform(&Waiting::id));
    return kind == Kind::message ? hold_messages(txn, list) : hold_contacts(txn, list);
}

void put(db::WorkspaceTxn& txn, Kind kind, std::span<const Document> documents) {
    const std::string list = db::render_list(documents | std::views::transform(&Document::id));
    txn.query(remove_words_sql, name_of(kind), list);
    txn.execute(remove_sql, name_of(kind), list);
    std::vector<db::Value> values;
    for (const Document& document : documents) {
        if (!document.words.empty()) {
            values.insert(values.end(), {name_of(kind), std::string_view(document.id),
                                         std::string_view(document.words)});
        }
    }
    if (!values.empty()) {
        constexpr std::size_t per_row = 3;
        txn.execute_many(insert_sql, values, per_row);
        txn.query(insert_words_sql, name_of(kind), list);
    }
}

void write_words(db::Txn& txn) {
    if (txn.engine() == db::Engine::sqlite) {
        txn.savepoint([] {});
    }
}

}  // namespace store
}  // namespace wapi::search
