// Backups of PostgreSQL by pg_dump and pg_restore.
#pragma once

#include <filesystem>

#include "db/backup.hpp"
#include "db/postgres/postgres_connection.hpp"

namespace wapi::db::postgres {

/// Writes an archive of pg_dump into an empty file. What the manifest says is of the same snapshot.
/// Errors: Fault `backup.no_database`, `backup.failed`, `db.down`.
void copy_snapshot(const std::string& url, const std::filesystem::path& to,
                   BackupManifest& manifest);

/// Puts the archive in the place of the schema `public`, which is moved aside until the restore has
/// succeeded, and comes back when it fails; what a restore that was killed has left aside comes
/// back first. Nobody else may be connected. Errors: Fault `backup.not_empty`, `backup.in_use`,
/// `backup.failed`, `db.down`; `backup.unfinished` when data is still aside.
void restore(const RestoreRequest& request, const BackupManifest& manifest);

/// Before a server takes an empty `public` for a new database, or what was loaded for a restore
/// that came to its end. Errors: Fault `backup.unfinished` when a restore was interrupted.
void refuse_unfinished(PostgresConnection& connection);

}  // namespace wapi::db::postgres
