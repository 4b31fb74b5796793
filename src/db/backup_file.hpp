// The file of a backup: payload, manifest as JSON, and a last line of fixed length that holds the
// manifest's length and checksum. Included only inside this folder.
#pragma once

#include <filesystem>
#include <string>

#include "db/backup.hpp"

namespace wapi::db {

/// A file that gets its name only when it is whole: until then it is `NAME.partial-PID`, mode 0600,
/// removed when this goes. What a kill leaves is never found under the name.
class PartialFile {
  public:
    /// Errors: Fault `backup.exists` when there is something of that name, `backup.failed`.
    explicit PartialFile(std::filesystem::path name);
    ~PartialFile();
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return partial_; }
    /// Syncs it, gives it its name and syncs the folder. Errors: as the constructor.
    void commit();

  private:
    std::filesystem::path name_;
    std::filesystem::path partial_;
    bool committed_ = false;
};

/// Fills in size and checksum of the payload that is in the file and appends the manifest.
/// Errors: Fault `backup.failed`.
void append_manifest(const std::filesystem::path& file, BackupManifest& manifest);

/// Copies the payload to an empty file. Errors: Fault `backup.failed`.
void copy_payload(const std::filesystem::path& file, const BackupManifest& manifest,
                  const std::filesystem::path& to);

/// What is removed when the master key of a backup is lost: secrets, data keys, second factors,
/// whose secrets are among them, and the hashes of erased people that only those keys could
/// recognise. Numbers then need to be connected again.
std::string restore_drop_sql();
/// What waited to be sent when the backup was made may have been sent since: it becomes uncertain
/// and is not sent again. A status that comes settles it.
std::string restore_hold_sql();
/// What the request changes of the backup's content; may be empty.
std::string restore_sql(const RestoreRequest& request);

}  // namespace wapi::db
