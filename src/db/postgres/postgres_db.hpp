// PostgreSQL: a pool of threads with a connection each, one transaction for each function.
//
// Writes run at READ COMMITTED, the level at which concurrent updates of one row wait instead of
// failing; functions lock what they read before they change it (SELECT ... FOR UPDATE, or an UPDATE
// first). Reads run at REPEATABLE READ, READ ONLY: one snapshot, as on SQLite.
#pragma once

#include <memory>

#include "db/db.hpp"

namespace wapi::db::postgres {

/// Opens `postgres://user@host:port/name` and applies migrations.
/// Errors: Fault `db.down` when the server does not answer within 5 s, `db.migration`.
std::unique_ptr<Db> open(boost::asio::io_context& io, const Options& options);

}  // namespace wapi::db::postgres
