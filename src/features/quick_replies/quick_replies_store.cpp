#include "features/quick_replies/quick_replies_store.hpp"

namespace wapi::quick_replies::store {
namespace {

#define WAPI_REPLY                                                                         \
    "SELECT reply_id, owner_id, shortcut, text, created_us, updated_us FROM quick_replies" \
    " WHERE workspace_id = $1 AND owner_id IN ('', $2)"
const db::Sql list_sql{{
    .name = "quick_replies.list",
    .text = WAPI_REPLY " AND (shortcut, reply_id) > ($3, $4) ORDER BY shortcut, reply_id LIMIT $5",
}};
const db::Sql find_sql{{.name = "quick_replies.find", .text = WAPI_REPLY " AND reply_id = $3"}};
#undef WAPI_REPLY
// What is written here is written one after another, so that limits and names hold. SQLite has one
// writer.
const db::Sql lock_sql{{
    .name = "quick_replies.lock",
    .text = "SELECT 1 FROM workspaces WHERE workspace_id = $1",
    .postgres = "SELECT 1 FROM workspaces WHERE workspace_id = $1 FOR NO KEY UPDATE",
}};
const db::Sql count_sql{{
    .name = "quick_replies.count",
    .text = "SELECT count(*) FROM quick_replies WHERE workspace_id = $1 AND owner_id = $2",
}};
const db::Sql insert_sql{{
    .name = "quick_replies.insert",
    .text = "INSERT INTO quick_replies (workspace_id, reply_id, owner_id, shortcut, text,"
            " created_us, updated_us) VALUES ($1, $2, $3, $4, $5, $6, $6)"
            " ON CONFLICT (workspace_id, owner_id, shortcut) DO NOTHING",
}};
const db::Sql update_sql{{
    .name = "quick_replies.update",
    .text = "UPDATE quick_replies SET shortcut = $3, text = $4, updated_us = $5"
            " WHERE workspace_id = $1 AND reply_id = $2 AND NOT EXISTS (SELECT 1 FROM"
            " quick_replies AS other WHERE other.workspace_id = $1 AND other.owner_id = $6"
            " AND other.shortcut = $3 AND other.reply_id <> $2)",
}};
const db::Sql delete_sql{{
    .name = "quick_replies.delete",
    .text = "DELETE FROM quick_replies WHERE workspace_id = $1 AND reply_id = $2",
}};
const db::Sql names_sql{{
    .name = "quick_replies.read_names",
    .text = "SELECT workspaces.name, coalesce(users.name, '') FROM workspaces"
            " LEFT JOIN users ON users.user_id = $2 WHERE workspaces.workspace_id = $1",
}};

QuickReply read_reply(const db::Row& row) {
    return {.id = row.string(0),
            .owner = row.id<UserId>(1),
            .shortcut = row.string(2),
            .text = row.string(3),
            .created_at = from_us(row.integer(4)),
            .updated_at = from_us(row.integer(5))};
}

}  // namespace

std::vector<QuickReply> list(db::WorkspaceTxn& txn, const UserId& owner, const Place& after,
                             std::size_t limit) {
    std::vector<QuickReply> replies;
    for (const db::Row row :
         txn.query(list_sql, owner, after.shortcut, after.id, static_cast<std::int64_t>(limit))) {
        replies.push_back(read_reply(row));
    }
    return replies;
}

std::optional<QuickReply> find(db::WorkspaceTxn& txn, const std::string& id, const UserId& owner) {
    const db::Rows rows = txn.query(find_sql, owner, id);
    return rows.empty() ? std::nullopt : std::optional(read_reply(rows[0]));
}

void lock(db::WorkspaceTxn& txn) { txn.query(lock_sql); }

std::int64_t count(db::WorkspaceTxn& txn, const UserId& owner) {
    return txn.query(count_sql, owner)[0].integer(0);
}

bool insert(db::WorkspaceTxn& txn, const QuickReply& reply) {
    return txn.execute(insert_sql, reply.id, reply.owner, reply.shortcut, reply.text,
                       reply.created_at) == 1;
}

bool update(db::WorkspaceTxn& txn, const QuickReply& reply) {
    return txn.execute(update_sql, reply.id, reply.shortcut, reply.text, reply.updated_at,
                       reply.owner) == 1;
}

bool remove(db::WorkspaceTxn& txn, const std::string& id) {
    return txn.execute(delete_sql, id) == 1;
}

void read_names(db::WorkspaceTxn& txn, const UserId& agent, Values& values) {
    const db::Rows rows = txn.query(names_sql, agent);
    if (!rows.empty()) {
        values.workspace_name = rows[0].string(0);
        values.agent_name = rows[0].string(1);
    }
}

}  // namespace wapi::quick_replies::store
