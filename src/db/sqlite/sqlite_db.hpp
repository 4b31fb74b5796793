// SQLite inside the process: one writer thread, a few readers on snapshots, one file in WAL mode.
#pragma once

#include <memory>

#include "db/db.hpp"

namespace wapi::db::sqlite {

/// Opens `sqlite:///path/to/file.db`, creates it when missing, applies migrations.
/// Errors: Fault `db.url`, `db.down`, `db.migration`.
std::unique_ptr<Db> open(boost::asio::io_context& io, const Options& options);

}  // namespace wapi::db::sqlite
