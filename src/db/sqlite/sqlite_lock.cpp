#include "db/sqlite/sqlite_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <system_error>

#include "base/error.hpp"

namespace wapi::db::sqlite {
namespace {

[[noreturn]] void fail_errno(const std::filesystem::path& path) {
    throw Fault("db.down", fmt::format("cannot lock {}: {}", path.string(),
                                       std::generic_category().message(errno)));
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
