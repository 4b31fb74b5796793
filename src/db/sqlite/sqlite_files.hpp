// A thin layer between SQLite and its files (a VFS that passes everything on but writes).
//
// Two things SQLite leaves to the system cost an acknowledgement its time. A commit writes its
// pages to the log one by one, two calls each: here they are gathered and written at once, right
// before the sync that SQLite asks for. A checkpoint leaves megabytes of unwritten pages to its
// sync, and the log's own syncs wait in the same disk queue behind them: here the pages are sent to
// the disk in small pieces while the checkpoint copies. Measured figures: docs/adr/0009.
#pragma once

namespace wapi::db::sqlite {

/// Registers both layers once for the process. Any thread. Errors: Fault `db.down`.
void register_files();

/// For the connection that writes: log pages are written together when they are synced. Only for
/// synchronous=FULL: another connection must not look for frames before the sync.
inline constexpr const char* gathering_files = "wapi-gathering";

/// For the connection that checkpoints: what it writes to the database goes to the disk early.
inline constexpr const char* flushing_files = "wapi-flushing";

}  // namespace wapi::db::sqlite
