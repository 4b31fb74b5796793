#include "features/erasures/erasures_store.hpp"

#include <span>

namespace wapi::erasures::store {
namespace {

const db::Sql has_any_sql{{
    .name = "erasures.has_any",
    .text = "SELECT 1 FROM erased_identities WHERE workspace_id = $1 LIMIT 1",
}};
const db::Sql find_sql{{
    .name = "erasures.find",
    .text = "SELECT erased_us FROM erased_identities"
            " WHERE workspace_id = $1 AND identity_hash = $2",
}};
const db::Sql put_sql{{
    .name = "erasures.put",
    .text = "INSERT INTO erased_identities (workspace_id, identity_hash, erased_us)"
            " VALUES ($1, $2, $3) ON CONFLICT (workspace_id, identity_hash) DO UPDATE"
            " SET erased_us = excluded.erased_us"
            " WHERE erased_identities.erased_us < excluded.erased_us",
}};

db::Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace

bool has_any(db::WorkspaceTxn& txn) { return !txn.query(has_any_sql).empty(); }

std::optional<Timestamp> find(db::WorkspaceTxn& txn, std::string_view hash) {
    const db::Rows rows = txn.query(find_sql, as_bytes(hash));
    return rows.empty() ? std::nullopt : std::optional(from_us(rows[0].integer(0)));
}

void put(db::WorkspaceTxn& txn, std::string_view hash, Timestamp erased_at) {
    txn.execute(put_sql, as_bytes(hash), to_us(erased_at));
}

}  // namespace wapi::erasures::store
