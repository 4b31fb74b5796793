// Backups of SQLite by its own online backup: a snapshot while others write.
#pragma once

#include <filesystem>

#include "db/backup.hpp"

namespace wapi::db::sqlite {

/// Copies the database of the URL into an empty file. Errors: Fault `backup.no_database`,
/// `backup.failed`, `db.down`.
void copy_snapshot(const std::string& url, const std::filesystem::path& to,
                   BackupManifest& manifest);

/// Puts the payload in the place of the database: by its name where there is none, else in one
/// transaction of the database that is there, which nobody else has open. A file that cannot be
/// read as a database gets another name, `NAME.damaged`. Errors: Fault `backup.not_empty`,
/// `backup.in_use`, `backup.failed`, `db.down`.
void restore(const RestoreRequest& request, const BackupManifest& manifest);

}  // namespace wapi::db::sqlite
