#include "app/cli/backup_commands.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>

#include "app/app.hpp"
#include "app/version.hpp"
#include "base/json.hpp"
#include "base/time_text.hpp"
#include "db/backup.hpp"
#include "db/migrator.hpp"

namespace wapi::app {
namespace {

std::int64_t newest_migration() {
    std::int64_t newest = 0;
    for (const db::Migration& migration : db::embedded_migrations()) {
        std::from_chars(migration.file.data(), migration.file.data() + migration.file.size(),
                        newest);
    }
    return newest;
}

void print(std::string_view act, const db::BackupManifest& manifest) {
    json::array keys(manifest.master_key_ids.begin(), manifest.master_key_ids.end());
    fmt::print("{}\n", json::render(json::object{{act, true},
                                                 {"engine", name_of(manifest.engine)},
                                                 {"createdAt", render_time(manifest.created_at)},
                                                 {"programVersion", manifest.program_version},
                                                 {"schema", manifest.schema},
                                                 {"masterKeyIds", std::move(keys)},
                                                 {"bytes", manifest.payload_bytes},
                                                 {"sha256", manifest.payload_sha256}}));
}

/// Errors: Fault `backup.master_key` when this program could not open the backup's secrets.
void check_keys(const Config& config, const db::BackupManifest& manifest) {
    const vault::MasterKeys keys = master_keys(config);
    for (const std::string& id : manifest.master_key_ids) {
        if (keys.find(id) == nullptr) {
            throw Fault(
                "backup.master_key",
                fmt::format(
                    "the secrets in this backup are sealed by master key {}, TOKEN_MASTER_KEY"
                    " is {}: set the key of the backup as TOKEN_MASTER_KEY, or as"
                    " TOKEN_MASTER_KEY_PREVIOUS and run `wapi vault rotate` afterwards. If"
                    " it is lost, `--without-secrets` restores everything else; numbers"
                    " must then be connected again, and people who were erased are no"
                    " longer recognised",
                    id, keys.current().id()));
        }
    }
}

}  // namespace

/// What stood on the command line.
struct BackupCommands::Given {
    CLI::App* backup = nullptr;
    CLI::App* restore = nullptr;
    std::string file;
    bool force = false;
    bool without_secrets = false;
    bool send_waiting = false;

    void run_restore(const Config& config) const;
};

void BackupCommands::Given::run_restore(const Config& config) const {
    const db::BackupManifest manifest = db::blocking_check_backup(file);
    if (!without_secrets) {
        check_keys(config, manifest);
    }
    const std::string url = database_options(config).url;
    db::blocking_restore({.url = url,
                          .file = file,
                          .replace = force,
                          .drop_secrets = without_secrets,
                          .send_waiting = send_waiting,
                          .schema_max = newest_migration()},
                         manifest);
    boost::asio::io_context io;
    db::open(io, database_options(config));  // applies the migrations the backup lacks
    print("restored", manifest);
}

BackupCommands::BackupCommands(CLI::App& cli) : given_(std::make_unique<Given>()) {
    Given& given = *given_;
    given.backup =
        cli.add_subcommand("backup", "Write the whole database into one file, while servers serve");
    given.backup->add_option("FILE", given.file, "A name that is free")->required();
    given.restore = cli.add_subcommand(
        "restore", "Put a backup in the place of the database; stop the servers before");
    given.restore->add_option("FILE", given.file, "What `wapi backup` has written")->required();
    given.restore->add_flag("--force", given.force, "Replace what is in the database now");
    given.restore->add_flag("--without-secrets", given.without_secrets,
                            "Leave out what only the backup's master key opens");
    given.restore->add_flag("--send-waiting", given.send_waiting,
                            "Send what waited to be sent: only when no server has run since the"
                            " backup was made");
}

BackupCommands::~BackupCommands() = default;

bool BackupCommands::run(const Config& config) const {
    if (*given_->backup) {
        print("backedUp", db::blocking_backup({.url = database_options(config).url,
                                               .file = given_->file,
                                               .program_version = std::string(version),
                                               .now = SystemClock{}.now()}));
        return true;
    }
    if (*given_->restore) {
        given_->run_restore(config);
        return true;
    }
    return false;
}

}  // namespace wapi::app
