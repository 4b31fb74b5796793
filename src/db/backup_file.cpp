#include "db/backup_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <fstream>

#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/time_text.hpp"

namespace wapi::db {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr std::string_view mark = "WAPI-BACKUP-1 ";
constexpr std::size_t length_digits = 12;
constexpr std::size_t hash_digits = 64;
constexpr std::size_t line_bytes = mark.size() + length_digits + 1 + hash_digits + 1;
constexpr std::size_t manifest_bytes_max = 1 << 20;
constexpr std::size_t piece_bytes = 1 << 20;

[[noreturn]] void fail_errno(std::string_view act, const fs::path& path) {
    throw Fault("backup.failed", fmt::format("{} {}: {}", act, path.string(),
                                             std::generic_category().message(errno)));
}

[[noreturn]] void damaged(const fs::path& path, std::string_view reason) {
    throw Fault("backup.damaged", fmt::format("{} cannot be restored: {}", path.string(), reason));
}

void sync_path(const fs::path& path, int flags) {
    const int file = ::open(path.c_str(), flags | O_CLOEXEC);
    if (file < 0 || ::fsync(file) != 0) {
        const int error = errno;
        if (file >= 0) {
            ::close(file);
        }
        errno = error;
        fail_errno("cannot sync", path);
    }
    ::close(file);
}

/// Hands the first `bytes` of the file to `use`, piece by piece. False when there are fewer.
template <class Use>
bool read_pieces(const fs::path& path, std::uint64_t bytes, Use use) {
    std::ifstream file(path, std::ios::binary);
    std::string piece(piece_bytes, '\0');
    while (bytes > 0) {
        const std::uint64_t wanted = std::min<std::uint64_t>(bytes, piece.size());
        if (!file.read(piece.data(), static_cast<std::streamsize>(wanted))) {
            return false;
        }
        use(std::string_view(piece.data(), wanted));
        bytes -= wanted;
    }
    return true;
}

std::string hash_of_payload(const fs::path& path, std::uint64_t bytes) {
    crypto::Sha256 hash;
    const bool whole =
        read_pieces(path, bytes, [&](std::string_view piece) { hash.update(piece); });
    return whole ? crypto::hex_encode(hash.finish()) : std::string();
}

std::string render(const BackupManifest& manifest) {
    json::array keys(manifest.master_key_ids.begin(), manifest.master_key_ids.end());
    return json::serialize(json::object{{"format", 1},
                                        {"programVersion", manifest.program_version},
                                        {"engine", name_of(manifest.engine)},
                                        {"schema", manifest.schema},
                                        {"masterKeyIds", std::move(keys)},
                                        {"createdAt", render_time(manifest.created_at)},
                                        {"payloadBytes", manifest.payload_bytes},
                                        {"payloadSha256", manifest.payload_sha256}});
}

/// Throws what boost::json throws when a member is missing or of another type.
BackupManifest parse(std::string_view text) {
    const json::object object = json::parse(text).as_object();
    BackupManifest manifest;
    manifest.program_version = std::string(object.at("programVersion").as_string());
    manifest.engine =
        object.at("engine").as_string() == "sqlite" ? Engine::sqlite : Engine::postgres;
    manifest.schema = object.at("schema").as_int64();
    for (const json::value& id : object.at("masterKeyIds").as_array()) {
        manifest.master_key_ids.emplace_back(id.as_string());
    }
    manifest.created_at = parse_time(object.at("createdAt").as_string()).value_or(Timestamp{});
    manifest.payload_bytes = object.at("payloadBytes").to_number<std::uint64_t>();
    manifest.payload_sha256 = std::string(object.at("payloadSha256").as_string());
    return manifest;
}

std::string read_at(const fs::path& path, std::uint64_t from, std::size_t bytes) {
    std::ifstream file(path, std::ios::binary);
    std::string text(bytes, '\0');
    file.seekg(static_cast<std::streamoff>(from));
    file.read(text.data(), static_cast<std::streamsize>(bytes));
    return file ? text : std::string();
}

BackupManifest find_manifest(const fs::path& path) {
    constexpr std::string_view none = "it is no backup of wApi, or was cut off";
    std::error_code missing;
    const std::uint64_t size = fs::file_size(path, missing);
    if (missing) {
        damaged(path, missing.message());
    }
    const std::string line =
        size >= line_bytes ? read_at(path, size - line_bytes, line_bytes) : std::string();
    std::uint64_t length = 0;
    const char* digits = line.data() + mark.size();
    if (!line.starts_with(mark) ||
        std::from_chars(digits, digits + length_digits, length).ptr != digits + length_digits ||
        length > manifest_bytes_max || length > size - line_bytes) {
        damaged(path, none);
    }
    const std::uint64_t payload_bytes = size - line_bytes - length;
    const std::string text = read_at(path, payload_bytes, length);
    if (crypto::hex_encode(crypto::sha256(text)) !=
        line.substr(mark.size() + length_digits + 1, hash_digits)) {
        damaged(path, "its manifest was changed");
    }
    BackupManifest manifest;
    try {
        manifest = parse(text);
    } catch (const std::exception&) {
        damaged(path, "a newer program has made it");
    }
    if (manifest.payload_bytes != payload_bytes) {
        damaged(path, "its length was changed");
    }
    return manifest;
}

}  // namespace

std::string_view name_of(Engine engine) { return engine == Engine::sqlite ? "sqlite" : "postgres"; }

PartialFile::PartialFile(fs::path name)
    : name_(std::move(name)), partial_(name_.string() + fmt::format(".partial-{}", ::getpid())) {
    if (fs::exists(name_)) {
        throw Fault("backup.exists", fmt::format("{} exists; give another name", name_.string()));
    }
    constexpr mode_t owner_only = 0600;
    const int file = ::open(partial_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, owner_only);
    if (file < 0) {
        fail_errno("cannot write", partial_);
    }
    ::close(file);
}

PartialFile::~PartialFile() {
    if (!committed_) {
        std::error_code ignored;  // the name is not the one anybody looks for
        fs::remove(partial_, ignored);
    }
}

void PartialFile::commit() {
    sync_path(partial_, O_RDONLY);
    if (::renameat2(AT_FDCWD, partial_.c_str(), AT_FDCWD, name_.c_str(), RENAME_NOREPLACE) != 0) {
        fail_errno("cannot name", name_);
    }
    committed_ = true;
    sync_path(fs::absolute(name_).parent_path(), O_RDONLY | O_DIRECTORY);
}

void append_manifest(const fs::path& file, BackupManifest& manifest) {
    manifest.payload_bytes = fs::file_size(file);
    manifest.payload_sha256 = hash_of_payload(file, manifest.payload_bytes);
    const std::string text = render(manifest);
    std::ofstream out(file, std::ios::binary | std::ios::app);
    out << text << mark << fmt::format("{:012}", text.size()) << ' '
        << crypto::hex_encode(crypto::sha256(text)) << '\n';
    out.flush();
    if (!out || manifest.payload_sha256.empty()) {
        fail_errno("cannot write", file);
    }
}

BackupManifest blocking_check_backup(const fs::path& file) {
    BackupManifest manifest = find_manifest(file);
    if (hash_of_payload(file, manifest.payload_bytes) != manifest.payload_sha256) {
        damaged(file, "its content was changed since it was made");
    }
    return manifest;
}

void copy_payload(const fs::path& file, const BackupManifest& manifest, const fs::path& to) {
    std::ofstream out(to, std::ios::binary | std::ios::app);
    const bool whole = read_pieces(file, manifest.payload_bytes, [&](std::string_view piece) {
        out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    });
    out.flush();
    if (!out || !whole) {
        fail_errno("cannot copy to", to);
    }
}

std::string restore_drop_sql() {
    return "DELETE FROM vault_secrets; DELETE FROM vault_keys; DELETE FROM erased_identities;"
           " UPDATE erasures SET traces = '' WHERE completed_us IS NULL;"  // shown as interrupted
           " DELETE FROM second_factors; DELETE FROM recovery_codes;"
           " UPDATE phone_numbers SET status = 'reconnect_needed', status_reason ="
           " 'The access tokens were not restored: connect the number again.'"
           " WHERE status = 'connected'";
}

std::string restore_hold_sql() {
    return "UPDATE messages SET status = 'uncertain', error_code = NULL, error_message ="
           " 'It waited to be sent when the restored backup was made and may have been sent since.'"
           " WHERE wa_message_id = '' AND direction = 'outbound'"
           " AND status IN ('queued', 'retry_queued', 'sending');"
           " DELETE FROM jobs WHERE queue LIKE 'outbox:%'";
}

std::string restore_sql(const RestoreRequest& request) {
    std::string text = request.send_waiting ? std::string() : restore_hold_sql();
    if (request.drop_secrets) {
        text += (text.empty() ? "" : "; ") + restore_drop_sql();
    }
    return text;
}

}  // namespace wapi::db
