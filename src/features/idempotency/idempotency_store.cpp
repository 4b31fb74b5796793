// SQL of Idempotency-Keys.
#include "features/idempotency/idempotency.hpp"

#include <span>

namespace wapi::idempotency {
namespace {

const db::Sql find_sql{{
    .name = "idempotency.find",
    .text = "SELECT request_hash, message_id, answer FROM idempotency_keys"
            " WHERE workspace_id = $1 AND idempotency_key = $2 AND created_us >= $3",
}};
const db::Sql save_sql{{
    .name = "idempotency.save",
    .text = "INSERT INTO idempotency_keys (workspace_id, idempotency_key, request_hash, message_id,"
            " created_us) VALUES ($1, $2, $3, $4, $5)"
            " ON CONFLICT (workspace_id, idempotency_key) DO UPDATE SET"
            " request_hash = excluded.request_hash, message_id = excluded.message_id,"
            " created_us = excluded.created_us, answer = ''"
            " WHERE idempotency_keys.created_us < $6",
}};
const db::Sql keep_answer_sql{{
    .name = "idempotency.keep_answer",
    .text = "UPDATE idempotency_keys SET answer = CASE WHEN answer = '' THEN $4 ELSE answer END"
            " WHERE workspace_id = $1 AND idempotency_key = $2 AND message_id = $3"
            " RETURNING answer",
}};
const db::Sql prune_sql{{
    .name = "idempotency.prune",
    .text = "DELETE FROM idempotency_keys WHERE (workspace_id, idempotency_key) IN"
            " (SELECT workspace_id, idempotency_key FROM idempotency_keys"
            " WHERE created_us < $1 ORDER BY created_us LIMIT $2)",
    .scope = db::Scope::system,
}};

db::Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

Result<std::optional<Used>> find(db::WorkspaceTxn& txn, const Request& request, Timestamp now) {
    if (request.key.empty()) {
        return std::nullopt;
    }
    const db::Rows rows = txn.query(find_sql, request.key, to_us(now - key_time));
    if (rows.empty()) {
        return std::nullopt;
    }
    if (rows[0].bytes(0) != request.hash) {
        return fail(errors::idempotency_key_reused);
    }
    return Used{.made = rows[0].string(1), .answer = rows[0].string(2)};
}

void save(db::WorkspaceTxn& txn, const Request& request, std::string_view made, Timestamp now) {
    if (request.key.empty()) {
        return;
    }
    if (txn.execute(save_sql, request.key, as_bytes(request.hash), made, to_us(now),
                    to_us(now - key_time)) != 1) {
        throw Fault("db.conflict", "the key was used at the same moment");
    }
}

std::string keep_answer(db::WorkspaceTxn& txn, std::string_view key, std::string_view made,
                        const std::string& answer) {
    const db::Rows rows = txn.query(keep_answer_sql, key, made, answer);
    return rows.empty() ? answer : rows[0].string(0);  // none: the key has run out since
}

std::int64_t prune(db::Txn& txn, Timestamp before, std::int64_t limit) {
    return txn.execute(prune_sql, before, limit);
}

}  // namespace wapi::idempotency
