// Who has a SQLite database open: servers and commands together, or one restore alone.
//
// SQLite itself would let a restore replace the content under a running server, which would go on
// with what it remembers of before. The lock is a file beside the database, held as long as the
// object lives and freed by the system when the process dies. The database file itself is no place
// for it: closing a second descriptor of it drops SQLite's own locks.
#pragma once

#include <filesystem>

namespace wapi::db::sqlite {

class DatabaseLock {
  public:
    enum class Kind { shared, alone };
    /// Locks `NAME.lock`, made with mode 0600 where it is missing; a link to the database leads to
    /// the same one. Errors: Fault `backup.in_use` when somebody else holds what does not go
    /// together with it, `db.down` when the file cannot be made.
    DatabaseLock(const std::filesystem::path& database, Kind kind);
    ~DatabaseLock();
    DatabaseLock(const DatabaseLock&) = delete;
    DatabaseLock& operator=(const DatabaseLock&) = delete;

  private:
    int file_ = -1;
};

}  // namespace wapi::db::sqlite
