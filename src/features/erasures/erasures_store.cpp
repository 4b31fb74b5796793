#include "features/erasures/erasures_store.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <tuple>

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
// As many as there may be; the last one stands in the places that are left.
const db::Sql find_many_sql{{
    .name = "erasures.find_many",
    .text = "SELECT identity_hash, erased_us FROM erased_identities WHERE workspace_id = $1"
            " AND identity_hash IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
            " $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32,"
            " $33)",
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

std::vector<Found> find_many(db::WorkspaceTxn& txn, std::span<const crypto::Digest> hashes) {
    std::vector<Found> found;
    while (!hashes.empty()) {
        const auto some = hashes.first(std::min(hashes.size(), find_many_max));
        std::array<db::Bytes, find_many_max> places;
        places.fill(std::as_bytes(std::span(some.back())));
        std::ranges::transform(some, places.begin(), [](const crypto::Digest& hash) {
            return std::as_bytes(std::span(hash));
        });
        const db::Rows rows = std::apply(
            [&txn](const auto&... place) { return txn.query(find_many_sql, place...); }, places);
        for (const db::Row row : rows) {
            Found& one = found.emplace_back();
            const auto bytes = row.bytes(0);
            std::copy_n(bytes.begin(), std::min(bytes.size(), one.hash.size()), one.hash.begin());
            one.erased_at = from_us(row.integer(1));
        }
        hashes = hashes.subspan(some.size());
    }
    return found;
}

void put(db::WorkspaceTxn& txn, std::string_view hash, Timestamp erased_at) {
    txn.execute(put_sql, as_bytes(hash), to_us(erased_at));
}

}  // namespace wapi::erasures::store
