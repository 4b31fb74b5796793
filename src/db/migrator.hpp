// Brings a database to the schema this binary knows: numbered files, each applied once, in order.
//
// db/migrations/NNNN_name.sql serves both engines; NNNN_name.sqlite.sql with NNNN_name.postgres.sql
// only where one text cannot. Each runs in one transaction together with its row in
// `schema_migrations`, so a crash leaves it applied or not, never half. Applied files must not
// change: their checksum is kept. Several nodes may start at once. A schema newer than the binary
// is accepted with a warning, because the previous version keeps running while nodes are replaced
// one by one.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "db/txn.hpp"

namespace wapi::db {

/// A migration file as embedded into the binary.
struct Migration {
    std::string_view file;  ///< `0001_base.sql`
    std::string_view text;  ///< with macros: `@int64_key@`, `@without_rowid@`
};

/// The files of db/migrations, by name.
std::span<const Migration> embedded_migrations();

/// The text as one engine runs it.
std::string expand_macros(std::string_view text, Engine engine);

/// Applies what is missing. Returns how many were applied.
/// Errors: Fault `db.migration` when an applied file has changed, names are not in order, or SQL
/// fails.
std::size_t migrate(Connection& connection, std::span<const Migration> migrations);

}  // namespace wapi::db
