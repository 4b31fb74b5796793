#include "db/sqlite/sqlite_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <system_error>
#include <tuple>

#include "base/error.hpp"

namespace wapi::db::sqlite {
namespace {

[[noreturn]] void fail_errno(const std::filesystem::path& path) {
    throw Fault("db.down", fmt::format("cannot lock {}: {}", path.string(),
                                       std::generic_category().message(errno)));
}

/// An operator's command as root must not leave a lock that the server's own user cannot open, as
/// SQLite takes care of its other files. Where it cannot be done, opening says so.
void give_to_owner_of(const std::filesystem::path& database, int file) {
    struct stat owner = {};
    if (::geteuid() == 0 && (::stat(database.c_str(), &owner) == 0 ||
                             ::stat(database.parent_path().c_str(), &owner) == 0)) {
        std::ignore = ::fchown(file, owner.st_uid, owner.st_gid);
    }
}

}  // namespace

DatabaseLock::DatabaseLock(const std::filesystem::path& database, Kind kind) {
    constexpr mode_t owner_only = 0600;
    const std::filesystem::path path =
        std::filesystem::weakly_canonical(database).string() + ".lock";
    file_ = ::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, owner_only);
    if (file_ < 0) {
        fail_errno(path);
    }
    give_to_owner_of(database, file_);
    const bool alone = kind == Kind::alone;
    if (::flock(file_, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0) {
        return;
    }
    const bool held = errno == EWOULDBLOCK;
    ::close(file_);
    if (!held) {
        fail_errno(path);
    }
    throw Fault("backup.in_use", alone ? "the database is in use: stop all servers before restoring"
                                       : "a restore of the database is at work");
}

DatabaseLock::~DatabaseLock() { ::close(file_); }

}  // namespace wapi::db::sqlite
