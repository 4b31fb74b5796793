#include "features/contact_imports/contact_imports_store.hpp"

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <span>
#include <utility>

namespace wapi::contact_imports::store {
namespace {

#define WAPI_IMPORT(sample)                                                                   \
    "SELECT import_id, state, file_name, user_id, starter_id, request_id, delimiter, header," \
    " " sample                                                                                \
    ", guess, mapping, options, bytes, byte, line, rows_total, rows_done, rows_created,"      \
    " rows_updated, rows_skipped, rows_refused, failures, failure, created_us, started_us,"   \
    " ended_us FROM contact_imports WHERE workspace_id = $1"
#define WAPI_SEEN_IMPORT(user) " AND (" user " = '' OR user_id = " user ")"
#define WAPI_ACTIVE "state IN ('queued', 'running')"
// batch_us: when its last batch was, or until when it pauses.
const db::Sql insert_sql{{
    .name = "contact_imports.insert",
    .text = "INSERT INTO contact_imports (workspace_id, import_id, state, file_name, user_id,"
            " starter_id, request_id, delimiter, header, sample, guess, mapping, options, bytes,"
            " byte, line, rows_total, rows_done, rows_created, rows_updated, rows_skipped,"
            " rows_refused, failures, failure, created_us, started_us, batch_us, ended_us)"
            " VALUES ($1, $2, $3, $4, $5, '', '', '', '[]', '[]', '[]', 'null', 'null', 0, 0, 1,"
            " 0, 0, 0, 0, 0, 0, 0, '', $6, NULL, 0, NULL)",
}};
const db::Sql count_open_sql{{
    .name = "contact_imports.count_open",
    .text = "SELECT count(*) FROM contact_imports WHERE workspace_id = $1 AND ended_us IS NULL",
}};
const db::Sql add_chunk_sql{{
    .name = "contact_imports.add_chunk",
    .text = "INSERT INTO contact_import_chunks (workspace_id, import_id, chunk, body)"
            " VALUES ($1, $2, $3, $4)",
}};
const db::Sql read_chunks_sql{{
    .name = "contact_imports.read_chunks",
    .text = "SELECT body FROM contact_import_chunks WHERE workspace_id = $1 AND import_id = $2"
            " AND chunk BETWEEN $3 AND $3 + 1 ORDER BY chunk",
}};
const db::Sql delete_chunks_sql{{
    .name = "contact_imports.delete_chunks",
    .text = "DELETE FROM contact_import_chunks"
            " WHERE workspace_id = $1 AND import_id = $2 AND chunk < $3",
}};
const db::Sql save_file_sql{{
    .name = "contact_imports.save_file",
    .text = "UPDATE contact_imports SET state = 'ready', delimiter = $3, header = $4, sample = $5,"
            " guess = $6, bytes = $7, byte = $8, line = $9, rows_total = $10"
            " WHERE workspace_id = $1 AND import_id = $2 AND state = 'uploading'",
}};
const db::Sql erase_chunks_sql{{
    .name = "contact_imports.erase_chunks",
    .text = "DELETE FROM contact_import_chunks WHERE workspace_id = $1 AND import_id = $2"
            " AND chunk IN (SELECT chunk FROM contact_import_chunks"
            " WHERE workspace_id = $1 AND import_id = $2 LIMIT $3)",
}};
const db::Sql erase_sql{{
    .name = "contact_imports.erase",
    .text = "DELETE FROM contact_imports WHERE workspace_id = $1 AND import_id = $2",
}};
const db::Sql find_sql{{
    .name = "contact_imports.find",
    .text = WAPI_IMPORT("sample") " AND import_id = $2" WAPI_SEEN_IMPORT("$3"),
}};
// SQLite has one writer.
const db::Sql lock_sql{{
    .name = "contact_imports.lock",
    .text = WAPI_IMPORT("sample") " AND import_id = $2" WAPI_SEEN_IMPORT("$3"),
    .postgres = WAPI_IMPORT("sample") " AND import_id = $2" WAPI_SEEN_IMPORT("$3") " FOR UPDATE",
}};
const db::Sql list_sql{{
    .name = "contact_imports.list",
    .text = WAPI_IMPORT("'[]'") WAPI_SEEN_IMPORT("$2") " AND ($3 = '' OR import_id < $3)"
                                                       " ORDER BY import_id DESC LIMIT $4",
}};
#undef WAPI_IMPORT
#undef WAPI_SEEN_IMPORT
const db::Sql save_start_sql{{
    .name = "contact_imports.save_start",
    .text = "UPDATE contact_imports SET state = 'queued', starter_id = $3, request_id = $4,"
            " mapping = $5, options = $6, started_us = $7"
            " WHERE workspace_id = $1 AND import_id = $2",
}};
const db::Sql save_progress_sql{{
    .name = "contact_imports.save_progress",
    .text = "UPDATE contact_imports SET state = $3, byte = $4, line = $5, rows_done = $6,"
            " rows_created = $7, rows_updated = $8, rows_skipped = $9, rows_refused = $10,"
            " failures = $11, failure = $12, ended_us = $13, batch_us = $14,"
            " sample = CASE WHEN CAST($13 AS BIGINT) IS NULL THEN sample ELSE '[]' END"
            " WHERE workspace_id = $1 AND import_id = $2",
}};
const db::Sql add_refused_sql{{
    .name = "contact_imports.add_refused",
    .text = "INSERT INTO contact_import_refused"
            " (workspace_id, import_id, line, reason, cells, phone_end)"
            " VALUES ($1, $2, $3, $4, $5, $6)",
}};
const db::Sql add_refused_phone_sql{{
    .name = "contact_imports.add_refused_phone",
    .text = "INSERT INTO contact_import_refused_phones (workspace_id, import_id, line, phone_end)"
            " VALUES ($1, $2, $3, $4)",
}};
const db::Sql list_refused_sql{{
    .name = "contact_imports.list_refused",
    .text = "SELECT line, reason, cells FROM contact_import_refused"
            " WHERE workspace_id = $1 AND import_id = $2 AND line > $3 ORDER BY line LIMIT $4",
}};
#define WAPI_NEXT                                                                   \
    "SELECT head.workspace_id, head.import_id FROM contact_imports AS head"         \
    " WHERE head." WAPI_ACTIVE                                                      \
    " AND head.batch_us <= $1"                                                      \
    " AND NOT EXISTS (SELECT 1 FROM contact_imports AS ahead"                       \
    " WHERE ahead.workspace_id = head.workspace_id AND ahead." WAPI_ACTIVE          \
    " AND ahead.batch_us <= $1"                                                     \
    " AND (ahead.started_us, ahead.import_id) < (head.started_us, head.import_id))" \
    " ORDER BY head.batch_us LIMIT 1"
const db::Sql lock_next_sql{{
    .name = "contact_imports.lock_next",
    .text = WAPI_NEXT,
    .scope = db::Scope::system,
    .postgres = WAPI_NEXT " FOR UPDATE SKIP LOCKED",
}};
#undef WAPI_NEXT
#undef WAPI_ACTIVE
const db::Sql has_due_sql{{
    .name = "contact_imports.has_due",
    .text = "SELECT 1 FROM contact_imports WHERE state IN ('queued', 'running')"
            " AND batch_us <= $1 LIMIT 1",
    .scope = db::Scope::system,
}};
// By the key, which both engines can delete by.
const db::Sql prune_chunks_sql{{
    .name = "contact_imports.prune_chunks",
    .text = "DELETE FROM contact_import_chunks WHERE (workspace_id, import_id, chunk) IN"
            " (SELECT c.workspace_id, c.import_id, c.chunk FROM contact_imports AS i"
            " JOIN contact_import_chunks AS c ON c.workspace_id = i.workspace_id"
            " AND c.import_id = i.import_id WHERE i.ended_us IS NOT NULL LIMIT $1)",
    .scope = db::Scope::system,
}};
const db::Sql prune_refused_sql{{
    .name = "contact_imports.prune_refused",
    .text = "DELETE FROM contact_import_refused WHERE (workspace_id, import_id, line) IN"
            " (SELECT r.workspace_id, r.import_id, r.line FROM contact_imports AS i"
            " JOIN contact_import_refused AS r ON r.workspace_id = i.workspace_id"
            " AND r.import_id = i.import_id WHERE i.ended_us < $1 LIMIT $2)",
    .scope = db::Scope::system,
}};
const db::Sql prune_refused_phones_sql{{
    .name = "contact_imports.prune_refused_phones",
    .text = "DELETE FROM contact_import_refused_phones"
            " WHERE (workspace_id, import_id, line, phone_end) IN (SELECT workspace_id, import_id,"
            " p.line, phone_end FROM contact_imports JOIN contact_import_refused_phones AS p"
            " USING (workspace_id, import_id) WHERE ended_us < $1 LIMIT $2)",
    .scope = db::Scope::system,
}};
const db::Sql expire_sql{{
    .name = "contact_imports.expire",
    .text = "UPDATE contact_imports SET state = 'cancelled', ended_us = $2, sample = '[]'"
            " WHERE state IN ('uploading', 'ready') AND created_us < $1",
    .scope = db::Scope::system,
}};
const db::Sql prune_imports_sql{{
    .name = "contact_imports.prune_imports",
    .text = "DELETE FROM contact_imports WHERE (workspace_id, import_id) IN"
            " (SELECT workspace_id, import_id FROM contact_imports WHERE ended_us < $1"
            " AND NOT EXISTS (SELECT 1 FROM contact_import_refused AS r"
            " WHERE r.workspace_id = contact_imports.workspace_id"
            " AND r.import_id = contact_imports.import_id)"
            " AND NOT EXISTS (SELECT 1 FROM contact_import_refused_phones AS p"
            " WHERE p.workspace_id = contact_imports.workspace_id"
            " AND p.import_id = contact_imports.import_id) LIMIT $2)",
    .scope = db::Scope::system,
}};

constexpr std::array states{State::uploading, State::ready,     State::queued, State::running,
                            State::done,      State::cancelled, State::failed};

State parse_state(std::string_view name) {
    const auto found = std::ranges::find(states, name, name_of);
    return found == states.end() ? State::failed : *found;
}

boost::json::array read_array(const db::Row& row, std::size_t column) {
    return boost::json::parse(row.text(column)).as_array();
}

std::optional<Timestamp> read_time(const db::Row& row, std::size_t column) {
    const auto us = row.optional_integer(column);
    return us ? std::optional(from_us(*us)) : std::nullopt;
}

Import read_import(const db::Row& row) {
    return {.id = row.string(0),
            .state = parse_state(row.text(1)),
            .file_name = row.string(2),
            .user = row.id<UserId>(3),
            .starter = row.id<UserId>(4),
            .request_id = row.string(5),
            .delimiter = row.string(6),
            .header = read_array(row, 7),
            .sample = read_array(row, 8),
            .guess = read_array(row, 9),
            .mapping = boost::json::parse(row.text(10)),
            .options = boost::json::parse(row.text(11)),
            .bytes = row.integer(12),
            .place = {.byte = row.integer(13), .line = row.integer(14)},
            .counts = {.total = row.integer(15),
                       .done = row.integer(16),
                       .created = row.integer(17),
                       .updated = row.integer(18),
                       .skipped = row.integer(19),
                       .refused = row.integer(20)},
            .failures = row.integer(21),
            .failure = row.string(22),
            .created_at = from_us(row.integer(23)),
            .started_at = read_time(row, 24),
            .ended_at = read_time(row, 25)};
}

std::optional<Import> first(const db::Rows& rows) {
    return rows.empty() ? std::nullopt : std::optional(read_import(rows[0]));
}

db::Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

void insert(db::WorkspaceTxn& txn, const Import& import) {
    txn.execute(insert_sql, import.id, name_of(import.state), import.file_name, import.user,
                import.created_at);
}

std::int64_t count_open(db::WorkspaceTxn& txn) { return txn.query(count_open_sql)[0].integer(0); }

void add_chunk(db::WorkspaceTxn& txn, const std::string& id, std::int64_t chunk,
               std::string_view body) {
    txn.execute(add_chunk_sql, id, chunk, as_bytes(body));
}

std::string read_chunks(db::WorkspaceTxn& txn, const std::string& id, std::int64_t first_chunk) {
    std::string text;
    for (const db::Row row : txn.query(read_chunks_sql, id, first_chunk)) {
        text += row.bytes(0);
    }
    return text;
}

void delete_chunks(db::WorkspaceTxn& txn, const std::string& id, std::int64_t before) {
    txn.execute(delete_chunks_sql, id, before);
}

bool save_file(db::WorkspaceTxn& txn, const Import& import) {
    return txn.execute(save_file_sql, import.id, import.delimiter,
                       boost::json::serialize(import.header), boost::json::serialize(import.sample),
                       boost::json::serialize(import.guess), import.bytes, import.place.byte,
                       import.place.line, import.counts.total) == 1;
}

std::int64_t erase_chunks(db::WorkspaceTxn& txn, const std::string& id, std::int64_t limit) {
    return txn.execute(erase_chunks_sql, id, limit);
}

void erase(db::WorkspaceTxn& txn, const std::string& id) { txn.execute(erase_sql, id); }

std::optional<Import> find(db::WorkspaceTxn& txn, const std::string& id, const Seen& seen) {
    return first(txn.query(find_sql, id, seen.user));
}

std::optional<Import> lock(db::WorkspaceTxn& txn, const std::string& id, const Seen& seen) {
    return first(txn.query(lock_sql, id, seen.user));
}

std::vector<Import> list(db::WorkspaceTxn& txn, const Seen& seen, const std::string& cursor,
                         std::size_t limit) {
    std::vector<Import> imports;
    for (const db::Row row :
         txn.query(list_sql, seen.user, cursor, static_cast<std::int64_t>(limit))) {
        imports.push_back(read_import(row));
    }
    return imports;
}

void save_start(db::WorkspaceTxn& txn, const Import& import) {
    txn.execute(save_start_sql, import.id, import.starter, import.request_id,
                boost::json::serialize(import.mapping), boost::json::serialize(import.options),
                import.started_at);
}

void save_progress(db::WorkspaceTxn& txn, const Import& import, Timestamp next_turn) {
    const Counts& counts = import.counts;
    txn.execute(save_progress_sql, import.id, name_of(import.state), import.place.byte,
                import.place.line, counts.done, counts.created, counts.updated, counts.skipped,
                counts.refused, import.failures, import.failure, import.ended_at, next_turn);
}

void add_refused(db::WorkspaceTxn& txn, const std::string& id,
                 const std::vector<RefusedRow>& rows) {
    using db::detail::to_value;
    std::vector<std::string> cells;
    cells.reserve(rows.size());
    std::vector<db::Value> values;
    std::vector<db::Value> ends;
    for (const RefusedRow& row : rows) {
        cells.push_back(boost::json::serialize(boost::json::value_from(row.cells)));
        values.insert(
            values.end(),
            {to_value(id), to_value(row.line), to_value(row.reason), to_value(cells.back()),
             to_value(row.phone_ends.empty() ? std::string_view("") : *row.phone_ends.begin())});
        for (const std::string& end : row.phone_ends) {
            if (row.phone_ends.size() > 1) {
                ends.insert(ends.end(), {to_value(id), to_value(row.line), to_value(end)});
            }
        }
    }
    if (!values.empty()) {
        txn.execute_many(add_refused_sql, values, 5);
    }
    if (!ends.empty()) {
        txn.execute_many(add_refused_phone_sql, ends, 3);
    }
}

std::vector<RefusedRow> list_refused(db::WorkspaceTxn& txn, const std::string& id,
                                     std::int64_t after_line, std::size_t limit) {
    std::vector<RefusedRow> rows;
    for (const db::Row row :
         txn.query(list_refused_sql, id, after_line, static_cast<std::int64_t>(limit))) {
        rows.push_back({.line = row.integer(0), .reason = row.string(1), .cells = {}});
        for (const boost::json::value& cell : boost::json::parse(row.text(2)).as_array()) {
            rows.back().cells.emplace_back(cell.as_string());
        }
    }
    return rows;
}

bool has_due(db::Txn& txn, Timestamp now) { return !txn.query(has_due_sql, now).empty(); }

std::optional<Turn> lock_next(db::Txn& txn, Timestamp now) {
    const db::Rows rows = txn.query(lock_next_sql, now);
    if (rows.empty()) {
        return std::nullopt;
    }
    return Turn{.workspace = rows[0].id<WorkspaceId>(0), .import = rows[0].string(1)};
}

std::int64_t prune_chunks(db::Txn& txn, std::int64_t limit) {
    return txn.execute(prune_chunks_sql, limit);
}

std::int64_t prune_refused(db::Txn& txn, Timestamp ended_before, std::int64_t limit) {
    return std::max(txn.execute(prune_refused_sql, ended_before, limit),
                    txn.execute(prune_refused_phones_sql, ended_before, limit));
}

std::int64_t expire(db::Txn& txn, Timestamp made_before, Timestamp now) {
    return txn.execute(expire_sql, made_before, now);
}

std::int64_t prune_imports(db::Txn& txn, Timestamp ended_before, std::int64_t limit) {
    return txn.execute(prune_imports_sql, ended_before, limit);
}

}  // namespace wapi::contact_imports::store
