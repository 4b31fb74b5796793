// Backups of the whole database into one file, and back, for the command line.
//
// The file is what the engine's own tool makes (a SQLite database, or an archive of pg_dump), then
// a manifest, then a line that finds it: see backup_file.hpp. A backup is one snapshot, taken while
// servers serve; it gets its name only when it is whole and on the disk. Secrets stay sealed in it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "db/sql.hpp"

namespace wapi::db {

/// What a backup says of itself.
struct BackupManifest {
    std::string program_version;
    Engine engine = Engine::sqlite;
    std::int64_t schema = 0;                  ///< number of the newest migration
    std::vector<std::string> master_key_ids;  ///< which master keys open its secrets; never a key
    Timestamp created_at;
    std::uint64_t payload_bytes = 0;
    std::string payload_sha256;  ///< hex
};

/// `sqlite` or `postgres`.
std::string_view name_of(Engine engine);

struct BackupRequest {
    std::string url;  ///< as db::Options::url
    std::filesystem::path file;
    std::string program_version;
    Timestamp now;
};
/// Writes the backup. Errors: Fault `backup.exists`, `backup.no_database`, `backup.failed`,
/// `db.down`; then there is no file of that name.
BackupManifest blocking_backup(const BackupRequest& request);

/// Reads the manifest and compares the whole file with it. Errors: Fault `backup.damaged` for a
/// file that was cut, changed, or is none.
BackupManifest blocking_check_backup(const std::filesystem::path& file);

struct RestoreRequest {
    std::string url;
    std::filesystem::path file;
    bool replace = false;         ///< what is in the database now goes
    bool drop_secrets = false;    ///< and what depends on them, see restore_drop_sql
    bool send_waiting = false;    ///< what waited to be sent is sent, see restore_hold_sql
    std::int64_t schema_max = 0;  ///< the newest migration this program knows
};
/// Puts a checked backup in the place of the database: wholly or not at all. A newer program
/// applies its migrations when it opens it. Errors: Fault `backup.engine`, `backup.newer`,
/// `backup.not_empty`, `backup.in_use`, `backup.unfinished`, `backup.failed`.
void blocking_restore(const RestoreRequest& request, const BackupManifest& manifest);

}  // namespace wapi::db
