#include "features/api_keys/api_keys_store.hpp"

#include <span>

namespace wapi::api_keys::store {
namespace {

#define WAPI_KEY_COLUMNS                                                                     \
    "SELECT k.key_id, k.name, k.prefix, k.user_id, k.permissions, k.networks, k.created_us," \
    " k.expires_us, k.last_used_us, k.last_used_ip"
constexpr std::size_t key_columns = 10;

const db::Sql list_sql{{
    .name = "api_keys.list",
    .text = WAPI_KEY_COLUMNS
    " FROM api_keys k WHERE k.workspace_id = $1"
    " ORDER BY k.created_us DESC, k.key_id DESC",
}};
const db::Sql find_sql{{
    .name = "api_keys.find",
    .text = WAPI_KEY_COLUMNS " FROM api_keys k WHERE k.workspace_id = $1 AND k.key_id = $2",
}};
const db::Sql list_of_sql{{
    .name = "api_keys.list_of",
    .text = WAPI_KEY_COLUMNS
    " FROM api_keys k WHERE k.workspace_id = $1 AND k.user_id = $2"
    " ORDER BY k.key_id",
}};
// As the team is locked for its acts. SQLite has one writer.
const db::Sql lock_sql{{
    .name = "api_keys.lock",
    .text = "SELECT 1 FROM workspaces WHERE workspace_id = $1",
    .postgres = "SELECT 1 FROM workspaces WHERE workspace_id = $1 FOR NO KEY UPDATE",
}};
const db::Sql count_sql{{
    .name = "api_keys.count",
    .text = "SELECT COUNT(*) FROM api_keys WHERE workspace_id = $1",
}};
const db::Sql insert_sql{{
    .name = "api_keys.insert",
    .text = "INSERT INTO api_keys (workspace_id, key_id, user_id, name, prefix, secret_hash,"
            " permissions, networks, created_us, expires_us, last_used_us, last_used_ip)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, '')",
}};
const db::Sql update_sql{{
    .name = "api_keys.update",
    .text = "UPDATE api_keys SET name = $3, networks = $4"
            " WHERE workspace_id = $1 AND key_id = $2",
}};
const db::Sql delete_sql{{
    .name = "api_keys.delete",
    .text = "DELETE FROM api_keys WHERE workspace_id = $1 AND key_id = $2",
}};
const db::Sql note_use_sql{{
    .name = "api_keys.note_use",
    .text = "UPDATE api_keys SET last_used_us = $3, last_used_ip = $4"
            " WHERE workspace_id = $1 AND key_id = $2",
}};
// Who left and came back is another member to the keys of before.
#define WAPI_LIVE_KEYS                                                   \
    WAPI_KEY_COLUMNS                                                     \
    ", k.workspace_id, k.secret_hash, " WAPI_RIGHTS_COLUMNS              \
    " FROM api_keys k JOIN members m ON m.workspace_id = k.workspace_id" \
    " AND m.user_id = k.user_id AND m.created_us <= k.created_us" WAPI_RIGHTS_JOINS
const db::Sql find_live_sql{{
    .name = "api_keys.find_live",
    .text = WAPI_LIVE_KEYS " WHERE k.prefix = $1",
    .scope = db::Scope::system,
}};
const db::Sql find_live_by_id_sql{{
    .name = "api_keys.find_live_by_id",
    .text = WAPI_LIVE_KEYS " WHERE k.workspace_id = $1 AND k.key_id = $2",
}};
#undef WAPI_LIVE_KEYS
#undef WAPI_KEY_COLUMNS

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::string join(const std::vector<std::string>& parts) {
    std::string text;
    for (const std::string& part : parts) {
        text += (text.empty() ? "" : " ") + part;
    }
    return text;
}

std::optional<Timestamp> read_time(const db::Row& row, std::size_t column) {
    const std::optional<std::int64_t> us = row.optional_integer(column);
    return us ? std::optional(from_us(*us)) : std::nullopt;
}

Key read_key(const db::Row& row) {
    return {.id = row.string(0),
            .name = row.string(1),
            .prefix = row.string(2),
            .made_by = row.id<UserId>(3),
            .permissions = access::parse_names(row.string(4)),
            .networks = split(row.string(5)),
            .created_at = from_us(row.integer(6)),
            .expires_at = read_time(row, 7),
            .last_used_at = read_time(row, 8),
            .last_used_ip = row.string(9)};
}

std::vector<Key> read_keys(const db::Rows& rows) {
    std::vector<Key> keys;
    for (const db::Row row : rows) {
        keys.push_back(read_key(row));
    }
    return keys;
}

std::optional<LiveKey> read_live(const db::Rows& rows) {
    if (rows.empty()) {
        return std::nullopt;
    }
    const db::Row row = rows[0];
    LiveKey live{.workspace = row.id<WorkspaceId>(key_columns),
                 .key = read_key(row),
                 .secret_hash = std::string(row.bytes(key_columns + 1)),
                 .maker = {}};
    live.maker = access::read_rights(row, key_columns + 2, live.key.made_by);
    return live;
}

}  // namespace

std::vector<Key> list(db::WorkspaceTxn& txn) { return read_keys(txn.query(list_sql)); }

std::optional<Key> find(db::WorkspaceTxn& txn, std::string_view id) {
    const db::Rows rows = txn.query(find_sql, id);
    return rows.empty() ? std::nullopt : std::optional(read_key(rows[0]));
}

std::vector<Key> list_of(db::WorkspaceTxn& txn, const UserId& user) {
    return read_keys(txn.query(list_of_sql, user));
}

void lock(db::WorkspaceTxn& txn) { txn.query(lock_sql); }

std::int64_t count(db::WorkspaceTxn& txn) { return txn.query(count_sql)[0].integer(0); }

void insert(db::WorkspaceTxn& txn, const Key& key, const crypto::Digest& secret_hash) {
    const std::string permissions = access::render_names(key.permissions);
    const std::string networks = join(key.networks);
    const auto expires_us =
        key.expires_at ? std::optional<std::int64_t>(to_us(*key.expires_at)) : std::nullopt;
    txn.execute(insert_sql, key.id, key.made_by, key.name, key.prefix,
                std::as_bytes(std::span(secret_hash)), permissions, networks, to_us(key.created_at),
                expires_us);
}

void update(db::WorkspaceTxn& txn, const Key& key) {
    const std::string networks = join(key.networks);
    txn.execute(update_sql, key.id, key.name, networks);
}

bool remove(db::WorkspaceTxn& txn, std::string_view id) { return txn.execute(delete_sql, id) == 1; }

void note_use(db::WorkspaceTxn& txn, std::string_view id, std::string_view ip, Timestamp now) {
    txn.execute(note_use_sql, id, to_us(now), ip);
}

std::optional<LiveKey> find_live(db::Txn& txn, std::string_view prefix) {
    return read_live(txn.query(find_live_sql, prefix));
}

std::optional<LiveKey> find_live_by_id(db::WorkspaceTxn& txn, std::string_view id) {
    return read_live(txn.query(find_live_by_id_sql, id));
}

}  // namespace wapi::api_keys::store
