#include "features/account_links/account_links_store.hpp"

namespace wapi::account_links::store {
namespace {

const db::Sql insert_sql{{
    .name = "account_links.insert",
    .text = "INSERT INTO account_links (token_hash, kind, user_id, email, created_us, expires_us) "
            "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (token_hash) DO NOTHING",
    .scope = db::Scope::system,
}};

const db::Sql was_used_since_sql{{
    .name = "account_links.was_used_since",
    .text = "SELECT COUNT(*) FROM account_links WHERE user_id = $1 AND kind = $2 "
            "AND used_us >= $3",
    .scope = db::Scope::system,
}};

const db::Sql find_open_sql{{
    .name = "account_links.find_open",
    .text = "SELECT user_id, email FROM account_links WHERE token_hash = $1 AND kind = $2 "
            "AND expires_us > $3 AND used_us IS NULL",
    .scope = db::Scope::system,
}};

const db::Sql use_one_sql{{
    .name = "account_links.use_one",
    .text = "UPDATE account_links SET used_us = $3 WHERE token_hash = $1 AND kind = $2 "
            "AND expires_us > $3 AND used_us IS NULL RETURNING user_id",
    .scope = db::Scope::system,
}};

const db::Sql use_all_sql{{
    .name = "account_links.use_all",
    .text = "UPDATE account_links SET used_us = $3 WHERE user_id = $1 AND kind = $2 "
            "AND used_us IS NULL",
    .scope = db::Scope::system,
}};

const db::Sql prune_sql{{
    .name = "account_links.prune",
    .text = "DELETE FROM account_links WHERE token_hash IN (SELECT token_hash FROM account_links "
            "WHERE expires_us < $1 ORDER BY expires_us LIMIT $2)",
    .scope = db::Scope::system,
}};

db::Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

bool insert(db::Txn& txn, const Link& link) {
    return txn.execute(insert_sql, as_bytes(link.token_hash), link.kind, link.user, link.email,
                       link.created_at, link.expires_at) > 0;
}

bool was_used_since(db::Txn& txn, const Link& link) {
    return txn.query(was_used_since_sql, link.user, link.kind, link.created_at)[0].integer(0) > 0;
}

std::optional<accounts::User> find_open(db::Txn& txn, const Shown& shown) {
    const db::Rows rows =
        txn.query(find_open_sql, as_bytes(shown.token_hash), shown.kind, shown.now);
    if (rows.empty()) {
        return std::nullopt;
    }
    return accounts::User{.id = rows[0].id<UserId>(0), .name = {}, .email = rows[0].string(1)};
}

bool use(db::Txn& txn, const Shown& shown) {
    const db::Rows rows = txn.query(use_one_sql, as_bytes(shown.token_hash), shown.kind, shown.now);
    if (rows.empty()) {
        return false;
    }
    use_all(txn, rows[0].id<UserId>(0), shown.kind, shown.now);
    return true;
}

void use_all(db::Txn& txn, const UserId& user, std::string_view kind, Timestamp now) {
    txn.execute(use_all_sql, user, kind, now);
}

void prune(db::Txn& txn, Timestamp before, std::int64_t limit) {
    txn.execute(prune_sql, before, limit);
}

}  // namespace wapi::account_links::store
