// A shim as SQLite's own documentation describes it: our file object begins with the method table
// and is followed, in the same memory, by the file object of the system's VFS, which does the work.
#include "db/sqlite/sqlite_files.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "base/error.hpp"

namespace wapi::db::sqlite {
namespace {

constexpr std::size_t gathered_bytes_max = 1 << 20;
constexpr std::size_t write_bytes_max = 64 << 10;  // the system's VFS takes less than 128 KiB
constexpr std::int64_t flush_bytes = 256 << 10;

/// A descriptor of the database file, for sync_file_range alone. Never closed: closing any
/// descriptor of a file drops the locks this process holds on it, SQLite's among them. One for each
/// file, for the life of the process.
int descriptor_for_flushing(const char* path) {
    static std::mutex mutex;
    static std::map<std::pair<dev_t, ino_t>, int> descriptors;
    const std::lock_guard lock(mutex);
    struct stat file{};
    if (path == nullptr || ::stat(path, &file) != 0) {
        return -1;
    }
    const auto [known, added] = descriptors.try_emplace({file.st_dev, file.st_ino}, -1);
    if (added) {
        known->second = ::open(path, O_RDONLY | O_CLOEXEC);
    }
    return known->second;
}

/// What both layers share: the system's file behind ours.
struct File {
    sqlite3_file base;
    sqlite3_file* real;
};

/// The log of the writing connection: bytes that follow each other wait for the next sync.
struct GatheredLog : File {
    std::string bytes;
    sqlite3_int64 start = 0;

    int flush() {
        int code = SQLITE_OK;
        for (std::size_t done = 0; done < bytes.size() && code == SQLITE_OK;) {
            const std::size_t size = std::min(bytes.size() - done, write_bytes_max);
            code = real->pMethods->xWrite(real, bytes.data() + done, static_cast<int>(size),
                                          start + static_cast<sqlite3_int64>(done));
            done += size;
        }
        bytes.clear();  // also when it failed: the commit fails with it
        return code;
    }
    int write(const void* data, int size, sqlite3_int64 offset) {
        const bool follows = offset == start + static_cast<sqlite3_int64>(bytes.size());
        if (!follows || bytes.size() >= gathered_bytes_max) {
            if (const int code = flush(); code != SQLITE_OK) {
                return code;
            }
        }
        if (bytes.empty()) {
            start = offset;
        }
        try {
            bytes.append(static_cast<const char*>(data), static_cast<std::size_t>(size));
        } catch (const std::bad_alloc&) {
            return SQLITE_IOERR_NOMEM;
        }
        return SQLITE_OK;
    }
};

/// The database file of the checkpointing connection.
struct FlushedDatabase : File {
    int descriptor = -1;
    sqlite3_int64 from = 0;
    sqlite3_int64 until = 0;
    std::int64_t written = 0;

    int write(const void* data, int size, sqlite3_int64 offset) {
        const int code = real->pMethods->xWrite(real, data, size, offset);
        from = written == 0 ? offset : std::min(from, offset);
        until = std::max(until, offset + size);
        written += size;
        if (written >= flush_bytes) {
            send();
        }
        return code;
    }
    /// Starts and awaits the writing of what was copied. Only a hint: the checkpoint's own sync is
    /// what makes it durable, so a failure here is found there.
    void send() {
        if (descriptor >= 0) {
            (void)::sync_file_range(
                descriptor, from, until - from,
                SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
        }
        written = 0;
        until = 0;
    }
};

template <class Kind>
Kind& as(sqlite3_file* file) {
    return *static_cast<Kind*>(reinterpret_cast<File*>(file));
}
sqlite3_file* real_of(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real; }

/// Methods that pass everything on.
sqlite3_io_methods passing_methods() {
    sqlite3_io_methods methods{};
    methods.iVersion = 2;  // with shared memory, without memory mapping
    methods.xRead = [](sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
        return real_of(file)->pMethods->xRead(real_of(file), data, size, offset);
    };
    methods.xTruncate = [](sqlite3_file* file, sqlite3_int64 size) {
        return real_of(file)->pMethods->xTruncate(real_of(file), size);
    };
    methods.xSync = [](sqlite3_file* file, int flags) {
        return real_of(file)->pMethods->xSync(real_of(file), flags);
    };
    methods.xFileSize = [](sqlite3_file* file, sqlite3_int64* size) {
        return real_of(file)->pMethods->xFileSize(real_of(file), size);
    };
    methods.xLock = [](sqlite3_file* file, int level) {
        return real_of(file)->pMethods->xLock(real_of(file), level);
    };
    methods.xUnlock = [](sqlite3_file* file, int level) {
        return real_of(file)->pMethods->xUnlock(real_of(file), level);
    };
    methods.xCheckReservedLock = [](sqlite3_file* file, int* held) {
        return real_of(file)->pMethods->xCheckReservedLock(real_of(file), held);
    };
    methods.xFileControl = [](sqlite3_file* file, int what, void* argument) {
        return real_of(file)->pMethods->xFileControl(real_of(file), what, argument);
    };
    methods.xSectorSize = [](sqlite3_file* file) {
        return real_of(file)->pMethods->xSectorSize(real_of(file));
    };
    methods.xDeviceCharacteristics = [](sqlite3_file* file) {
        return real_of(file)->pMethods->xDeviceCharacteristics(real_of(file));
    };
    methods.xShmMap = [](sqlite3_file* file, int page, int size, int extend, void volatile** at) {
        return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, at);
    };
    methods.xShmLock = [](sqlite3_file* file, int offset, int count, int flags) {
        return real_of(file)->pMethods->xShmLock(real_of(file), offset, count, flags);
    };
    methods.xShmBarrier = [](sqlite3_file* file) {
        real_of(file)->pMethods->xShmBarrier(real_of(file));
    };
    methods.xShmUnmap = [](sqlite3_file* file, int remove) {
        return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
    };
    return methods;
}

template <class Kind>
int close_file(sqlite3_file* file) {
    Kind& ours = as<Kind>(file);
    const int code = ours.real->pMethods->xClose(ours.real);
    ours.~Kind();
    return code;
}

const sqlite3_io_methods log_methods = [] {
    sqlite3_io_methods methods = passing_methods();
    methods.xClose = [](sqlite3_file* file) {
        const int flushed = as<GatheredLog>(file).flush();
        const int closed = close_file<GatheredLog>(file);
        return flushed == SQLITE_OK ? closed : flushed;
    };
    methods.xWrite = [](sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
        return as<GatheredLog>(file).write(data, size, offset);
    };
    methods.xRead = [](sqlite3_file* file, void* data, int size, sqlite3_int64 offset) {
        const int flushed = as<GatheredLog>(file).flush();
        return flushed == SQLITE_OK
                   ? real_of(file)->pMethods->xRead(real_of(file), data, size, offset)
                   : flushed;
    };
    methods.xSync = [](sqlite3_file* file, int flags) {
        const int flushed = as<GatheredLog>(file).flush();
        return flushed == SQLITE_OK ? real_of(file)->pMethods->xSync(real_of(file), flags)
                                    : flushed;
    };
    methods.xTruncate = [](sqlite3_file* file, sqlite3_int64 size) {
        const int flushed = as<GatheredLog>(file).flush();
        return flushed == SQLITE_OK ? real_of(file)->pMethods->xTruncate(real_of(file), size)
                                    : flushed;
    };
    methods.xFileSize = [](sqlite3_file* file, sqlite3_int64* size) {
        const int flushed = as<GatheredLog>(file).flush();
        return flushed == SQLITE_OK ? real_of(file)->pMethods->xFileSize(real_of(file), size)
                                    : flushed;
    };
    return methods;
}();

const sqlite3_io_methods database_methods = [] {
    sqlite3_io_methods methods = passing_methods();
    methods.xClose = close_file<FlushedDatabase>;
    methods.xWrite = [](sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
        return as<FlushedDatabase>(file).write(data, size, offset);
    };
    return methods;
}();

sqlite3_vfs& system_vfs(sqlite3_vfs* ours) { return *static_cast<sqlite3_vfs*>(ours->pAppData); }

/// Opens the system's file behind ours, or, for kinds that need no layer, in its place.
template <class Kind, int Layered>
int open_file(sqlite3_vfs* ours, sqlite3_filename path, sqlite3_file* memory, int flags,
              int* flags_out) {
    sqlite3_vfs& system = system_vfs(ours);
    if ((flags & Layered) == 0) {
        return system.xOpen(&system, path, memory, flags, flags_out);
    }
    auto* real = reinterpret_cast<sqlite3_file*>(reinterpret_cast<char*>(memory) + sizeof(Kind));
    memory->pMethods = nullptr;
    const int code = system.xOpen(&system, path, real, flags, flags_out);
    if (real->pMethods == nullptr) {
        return code;
    }
    Kind* file = new (memory) Kind{};
    file->real = real;
    if constexpr (Layered == SQLITE_OPEN_WAL) {
        file->base.pMethods = &log_methods;
    } else {
        file->base.pMethods = &database_methods;
        file->descriptor = descriptor_for_flushing(path);
    }
    return code;
}

template <class Kind, int Layered>
void register_layer(const char* name) {
    static sqlite3_vfs layer = *sqlite3_vfs_find(nullptr);
    layer.pAppData = sqlite3_vfs_find(nullptr);
    layer.zName = name;
    layer.pNext = nullptr;
    layer.szOsFile += static_cast<int>(sizeof(Kind));
    layer.xOpen = open_file<Kind, Layered>;
    if (sqlite3_vfs_register(&layer, 0) != SQLITE_OK) {
        throw Fault("db.down", "SQLite refuses the file layer " + std::string(name));
    }
}

}  // namespace

void register_files() {
    static std::once_flag once;
    std::call_once(once, [] {
        register_layer<GatheredLog, SQLITE_OPEN_WAL>(gathering_files);
        register_layer<FlushedDatabase, SQLITE_OPEN_MAIN_DB>(flushing_files);
    });
}

}  // namespace wapi::db::sqlite
