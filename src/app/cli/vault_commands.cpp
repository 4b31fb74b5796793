#include "app/cli/vault_commands.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <numeric>

#include "app/app.hpp"
#include "app/secret_store.hpp"
#include "base/json.hpp"
#include "features/audit/audit.hpp"
#include "features/vault/vault_rotation.hpp"

namespace wapi::app {
namespace {

constexpr int reads_max = 1'000'000;

void print(const json::object& object) {
    fmt::print("{}\n", json::render(object));
    std::fflush(stdout);
}

std::string_view state_of(const vault::MasterKeys& keys, const std::string& id) {
    const vault::MasterKey* key = keys.find(id);
    if (key == nullptr) {
        return "unknown";
    }
    return key == &keys.current() ? "current" : "previous";
}

void show_status(const Config& config, db::Db& db) {
    const vault::MasterKeys keys = master_keys(config);
    const vault::Status status = db.blocking_read(
        "vault.status", [&keys](db::Txn& txn) { return vault::read_status(txn, keys); });
    json::array uses;
    for (const vault::KeyUse& use : status.keys) {
        uses.push_back(json::object{{"keyId", use.master_key_id},
                                    {"state", state_of(keys, use.master_key_id)},
                                    {"workspaces", use.workspaces}});
    }
    print({{"backend", config.aws ? "aws" : "database"},
           {"currentKeyId", keys.current().id()},
           {"previousKeyId",
            keys.previous() ? json::value(keys.previous()->id()) : json::value(nullptr)},
           {"keys", std::move(uses)},
           {"secrets", status.secrets},
           {"previousKeyMayBeRemoved", status.on_previous == 0 && status.unknown == 0}});
}

void rotate(const Config& config, boost::asio::io_context& io, db::Db& db, std::int64_t batch) {
    SystemRng rng;
    SystemClock clock;
    vault::Rotator rotator{
        .db = db, .keys = master_keys(config), .rng = rng, .clock = clock, .options = {batch}};
    const vault::Rotation sum = async::block_on(io, rotator.run());
    print({{"keyId", rotator.keys.current().id()},
           {"rotated", sum.rotated},
           {"unknownKey", sum.unknown},
           {"rejected", sum.rejected}});
    if (sum.unknown > 0) {
        throw Fault("vault.rotate",
                    fmt::format("{} data keys were wrapped by a master key that is neither "
                                "TOKEN_MASTER_KEY nor TOKEN_MASTER_KEY_PREVIOUS: give it as the "
                                "previous one and rotate again",
                                sum.unknown));
    }
    if (sum.rejected > 0) {
        throw Fault("vault.rotate",
                    fmt::format("{} data keys were changed since they were wrapped and do not "
                                "open; the audit log names their workspaces (token.rejected)",
                                sum.rejected));
    }
}

void move_to_aws(const Config& config, boost::asio::io_context& io, db::Db& db) {
    SystemRng rng;
    SystemClock clock;
    const auto http = net::make_curl_client(io);
    SecretStore store(config, *http, db, rng, clock);
    if (store.moving() == nullptr) {
        throw Fault("vault.move", "secrets are moved to AWS: set USE_AWS_SECRETS and AWS_...");
    }
    const aws_secrets::Moved sum = async::block_on(io, aws_secrets::move_all(db, *store.moving()));
    print({{"moved", sum.moved}, {"failed", sum.failed}});
    if (sum.failed > 0) {
        throw Fault("vault.move", fmt::format("{} secrets are still in the database; the log says "
                                              "which, and why",
                                              sum.failed));
    }
}

using Microseconds = std::chrono::duration<double, std::micro>;

/// How long each of `reads` reads took, in order of time.
struct Timing {
    std::vector<double> microseconds;

    [[nodiscard]] json::object render() const {
        const auto size = static_cast<double>(microseconds.size());
        const double sum = std::accumulate(microseconds.begin(), microseconds.end(), 0.0);
        const auto at = [this, size](double share) {
            return microseconds[static_cast<std::size_t>(share * (size - 1))];
        };
        return {{"mean", sum / size}, {"p50", at(0.5)}, {"p99", at(0.99)}};
    }
};

async::Task<Timing> time_reads(vault::Vault& vault, Context context, std::string name, int reads,
                               bool cold) {
    Timing timing;
    timing.microseconds.reserve(static_cast<std::size_t>(reads));
    for (int read = 0; read < reads; ++read) {
        if (cold) {
            vault.forget(context.workspace, name);
        }
        const auto begin = std::chrono::steady_clock::now();
        const Result<SecretString> secret = co_await vault.read(context, name);
        const Microseconds took = std::chrono::steady_clock::now() - begin;
        if (!secret) {
            throw Fault("vault.measure", secret.error().message);
        }
        timing.microseconds.push_back(took.count());
    }
    std::ranges::sort(timing.microseconds);
    co_return timing;
}

}  // namespace

/// What stood on the command line.
struct VaultCommands::Given {
    CLI::App* group = nullptr;
    CLI::App* rotate = nullptr;
    CLI::App* move = nullptr;
    CLI::App* measure = nullptr;
    std::int64_t batch = vault::RotationOptions{}.batch;
    std::string workspace;
    std::string name;
    int reads = 2'000;

    void measure_reads(const Config& config, boost::asio::io_context& io, db::Db& db) const;
};

void VaultCommands::Given::measure_reads(const Config& config, boost::asio::io_context& io,
                                         db::Db& db) const {
    SystemRng rng;
    SystemClock clock;
    const auto http = net::make_curl_client(io);
    SecretStore store(config, *http, db, rng, clock);
    vault::Vault vault(store.backend(), db, clock);
    const Context context = audit::system_context(WorkspaceId(workspace), "");
    const Timing cold = async::block_on(io, time_reads(vault, context, name, reads, true));
    const Timing cached = async::block_on(io, time_reads(vault, context, name, reads, false));
    print({{"reads", reads},
           {"coldMicroseconds", cold.render()},
           {"cachedMicroseconds", cached.render()}});
}

VaultCommands::VaultCommands(CLI::App& cli) : given_(std::make_unique<Given>()) {
    Given& given = *given_;
    given.group = cli.add_subcommand("vault", "The master key and the secrets under it");
    given.group->require_subcommand(1);
    given.group->add_subcommand("status", "Which master keys are in use, and how many secrets");
    given.rotate = given.group->add_subcommand(
        "rotate",
        "Wrap every workspace's data key by TOKEN_MASTER_KEY, while servers serve; may be "
        "stopped and repeated at any time");
    given.rotate->add_option("--batch", given.batch, "Workspaces in one transaction")
        ->check(CLI::Range(std::int64_t{1}, vault::rotation_batch_max));
    given.move = given.group->add_subcommand(
        "move", "Move the secrets of the database to AWS Secrets Manager, while servers serve");
    given.measure = given.group->add_subcommand(
        "measure", "How long reading one secret takes here, cold and from memory");
    given.measure->add_option("--workspace", given.workspace, "Its workspace's id")->required();
    given.measure->add_option("--name", given.name, "Its name, such as token:WABA-ID")->required();
    given.measure->add_option("--reads", given.reads, "How often")->check(CLI::Range(1, reads_max));
}

VaultCommands::~VaultCommands() = default;

bool VaultCommands::run(const Config& config) const {
    if (!*given_->group) {
        return false;
    }
    boost::asio::io_context io;
    const auto db = db::open(io, database_options(config));
    if (*given_->rotate) {
        rotate(config, io, *db, given_->batch);
    } else if (*given_->move) {
        move_to_aws(config, io, *db);
    } else if (*given_->measure) {
        given_->measure_reads(config, io, *db);
    } else {
        show_status(config, *db);
    }
    return true;
}

}  // namespace wapi::app
