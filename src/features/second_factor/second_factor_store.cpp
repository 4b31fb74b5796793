#include "features/second_factor/second_factor_store.hpp"

namespace wapi::second_factor::store {
namespace {

const db::Sql find_sql{{
    .name = "second_factor.find",
    .text = "SELECT secret_name, enabled_us, last_step FROM second_factors WHERE user_id = $1",
    .scope = db::Scope::system,
}};

const db::Sql count_codes_sql{{
    .name = "second_factor.count_codes",
    .text = "SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1",
    .scope = db::Scope::system,
}};

const db::Sql put_pending_sql{{
    .name = "second_factor.put_pending",
    .text = "INSERT INTO second_factors (user_id, secret_name, created_us, enabled_us, last_step) "
            "VALUES ($1, $2, $3, NULL, 0) ON CONFLICT (user_id) DO UPDATE SET "
            "secret_name = excluded.secret_name, created_us = excluded.created_us "
            "WHERE second_factors.enabled_us IS NULL",
    .scope = db::Scope::system,
}};

const db::Sql turn_on_sql{{
    .name = "second_factor.turn_on",
    .text = "UPDATE second_factors SET enabled_us = $4, last_step = $3 WHERE user_id = $1 "
            "AND secret_name = $2 AND enabled_us IS NULL",
    .scope = db::Scope::system,
}};

const db::Sql use_step_sql{{
    .name = "second_factor.use_step",
    .text = "UPDATE second_factors SET last_step = $3 WHERE user_id = $1 AND secret_name = $2 "
            "AND enabled_us IS NOT NULL AND last_step < $3",
    .scope = db::Scope::system,
}};

const db::Sql insert_code_sql{{
    .name = "second_factor.insert_code",
    .text = "INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2)",
    .scope = db::Scope::system,
}};

const db::Sql delete_code_sql{{
    .name = "second_factor.delete_code",
    .text = "DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = $2",
    .scope = db::Scope::system,
}};

const db::Sql delete_codes_sql{{
    .name = "second_factor.delete_codes",
    .text = "DELETE FROM recovery_codes WHERE user_id = $1",
    .scope = db::Scope::system,
}};

const db::Sql delete_sql{{
    .name = "second_factor.delete",
    .text = "DELETE FROM second_factors WHERE user_id = $1",
    .scope = db::Scope::system,
}};

db::Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

std::optional<Factor> find(db::Txn& txn, const UserId& user) {
    const db::Rows rows = txn.query(find_sql, user);
    if (rows.empty()) {
        return std::nullopt;
    }
    return Factor{.secret_name = rows[0].string(0),
                  .on = !rows[0].is_null(1),
                  .last_step = rows[0].integer(2)};
}

std::int64_t count_recovery_codes(db::Txn& txn, const UserId& user) {
    return txn.query(count_codes_sql, user)[0].integer(0);
}

bool put_pending(db::Txn& txn, const UserId& user, const std::string& secret_name, Timestamp now) {
    return txn.execute(put_pending_sql, user, secret_name, now) > 0;
}

bool turn_on(db::Txn& txn, const Use& use, Timestamp now) {
    return txn.execute(turn_on_sql, use.user, use.secret_name, use.step, now) > 0;
}

bool use_step(db::Txn& txn, const Use& use) {
    return txn.execute(use_step_sql, use.user, use.secret_name, use.step) > 0;
}

void put_recovery_codes(db::Txn& txn, const UserId& user, const std::vector<std::string>& hashes) {
    txn.execute(delete_codes_sql, user);
    for (const std::string& hash : hashes) {
        txn.execute(insert_code_sql, user, as_bytes(hash));
    }
}

bool use_recovery_code(db::Txn& txn, const UserId& user, std::string_view hash) {
    return txn.execute(delete_code_sql, user, as_bytes(hash)) > 0;
}

void remove(db::Txn& txn, const UserId& user) {
    txn.execute(delete_codes_sql, user);
    txn.execute(delete_sql, user);
}

}  // namespace wapi::second_factor::store
