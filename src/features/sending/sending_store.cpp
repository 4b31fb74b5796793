#include "features/sending/sending_store.hpp"

#include <span>

namespace wapi::sending {
namespace {

const db::Sql find_key_sql{{
    .name = "sending.find_idempotency_key",
    .text = "SELECT request_hash, message_id, answer FROM idempotency_keys"
            " WHERE workspace_id = $1 AND idempotency_key = $2 AND created_us >= $3",
}};
const db::Sql save_key_sql{{
    .name = "sending.save_idempotency_key",
    .text = "INSERT INTO idempotency_keys (workspace_id, idempotency_key, request_hash, message_id,"
            " created_us) VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT (workspace_id, idempotency_key) DO UPDATE SET"
            " request_hash = excluded.request_hash, message_id = excluded.message_id,"
            " created_us = excluded.created_us, answer = ''"
            " WHERE idempotency_keys.created_us < $6",
}};
const db::Sql keep_answer_sql{{
    .name = "sending.keep_answer",
    .text = "UPDATE idempotency_keys SET answer = CASE WHEN answer = '' THEN $4 ELSE answer END"
            " WHERE workspace_id = $1 AND idempotency_key = $2 AND message_id = $3"
            " RETURNING answer",
}};

const db::Sql prune_keys_sql{{
    .name = "sending.prune_idempotency_keys",
    .text = "DELETE FROM idempotency_keys WHERE (workspace_id, idempotency_key) IN"
            " (SELECT workspace_id, idempotency_key FROM idempotency_keys"
            " WHERE created_us < $1 ORDER BY created_us LIMIT $2)",
    .scope = db::Scope::system,
}};

db::Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

namespace store {

std::optional<UsedKey> find_key(db::WorkspaceTxn& txn, std::string_view key, Timestamp not_before) {
    const db::Rows rows = txn.query(find_key_sql, key, to_us(not_before));
    if (rows.empty()) {
        return std::nullopt;
    }
    return UsedKey{.request_hash = std::string(rows[0].bytes(0)),
                   .message = rows[0].id<MessageId>(1),
                   .answer = rows[0].string(2)};
}

void save_key(db::WorkspaceTxn& txn, std::string_view key, std::string_view request_hash,
              const MessageId& message, const KeyTimes& times) {
    if (txn.execute(save_key_sql, key, as_bytes(request_hash), message, to_us(times.now),
                    to_us(times.not_before)) != 1) {
        throw Fault("db.conflict", "the key was used at the same moment");
    }
}

std::string keep_answer(db::WorkspaceTxn& txn, std::string_view key, const MessageId& message,
                        const std::string& answer) {
    const db::Rows rows = txn.query(keep_answer_sql, key, message, answer);
    return rows.empty() ? answer : rows[0].string(0);  // none: the key has run out since
}

}  // namespace store

std::int64_t prune_idempotency_keys(db::Txn& txn, Timestamp before, std::int64_t limit) {
    return txn.execute(prune_keys_sql, before, limit);
}

}  // namespace wapi::sending
