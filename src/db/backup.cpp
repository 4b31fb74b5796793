// What both engines do the same. See backup.hpp.
#include "db/backup.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "db/backup_file.hpp"
#include "db/postgres/postgres_backup.hpp"
#include "db/sqlite/sqlite_backup.hpp"

namespace wapi::db {
namespace {

Engine engine_of(const std::string& url) {
    return url.starts_with("sqlite://") ? Engine::sqlite : Engine::postgres;
}

}  // namespace

BackupManifest blocking_backup(const BackupRequest& request) {
    BackupManifest manifest;
    manifest.program_version = request.program_version;
    manifest.engine = engine_of(request.url);
    manifest.created_at = request.now;
    PartialFile file(request.file);
    if (manifest.engine == Engine::sqlite) {
        sqlite::copy_snapshot(request.url, file.path(), manifest);
    } else {
        postgres::copy_snapshot(request.url, file.path(), manifest);
    }
    append_manifest(file.path(), manifest);
    file.commit();
    return manifest;
}

void blocking_restore(const RestoreRequest& request, const BackupManifest& manifest) {
    if (manifest.engine != engine_of(request.url)) {
        throw Fault(
            "backup.engine",
            fmt::format("the backup is of {}, the database that DATABASE_URL means is of {}",
                        name_of(manifest.engine), name_of(engine_of(request.url))));
    }
    if (manifest.schema > request.schema_max) {
        throw Fault("backup.newer",
                    fmt::format("the backup has schema {}, this program knows up to {}: install"
                                " wApi {} or newer",
                                manifest.schema, request.schema_max, manifest.program_version));
    }
    if (manifest.engine == Engine::sqlite) {
        sqlite::restore(request, manifest);
    } else {
        postgres::restore(request, manifest);
    }
}

}  // namespace wapi::db
