// See audit_commands.hpp. `verify` walks each workspace's log in one snapshot, in pages.
#include "app/cli/audit_commands.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "app/app.hpp"
#include "base/json.hpp"
#include "base/time_text.hpp"
#include "db/db.hpp"
#include "features/audit/audit.hpp"

namespace wapi::app {
namespace {

/// Heads noted earlier, of each workspace in the order of the chain.
using Heads = std::map<WorkspaceId, std::vector<audit::NotedHead>>;

void print(const json::object& object) { fmt::print("{}\n", json::render(object)); }

/// False when the line names no head; one of a log that was broken then names null.
bool add_head(Heads& heads, const std::string& line) {
    const Result<json::object> read = json::parse_object(line);
    if (!read || !read->contains("head")) {
        return false;
    }
    const auto workspace = json::require_string(*read, "workspaceId");
    const auto text = json::optional_string(*read, "head");
    const auto written_at = json::optional_string(*read, "headAt");
    if (!workspace || !text || !written_at) {
        return false;
    }
    const auto head = *text ? audit::parse_link(**text) : std::nullopt;
    if (head) {
        heads[WorkspaceId(*workspace)].push_back(
            {*head, *written_at ? parse_time(**written_at) : std::nullopt});
    }
    return head || !*text;
}

/// Lines of an earlier verification, or `audit.head` lines of the server's log.
Heads read_heads(const std::string& file) {
    Heads heads;
    std::ifstream lines(file);
    if (!file.empty() && !lines) {
        throw Fault("audit.bad_heads", "cannot read " + file);
    }
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        if (!add_head(heads, line)) {
            throw Fault("audit.bad_heads",
                        fmt::format("line {} of {} names no workspaceId and head", number, file));
        }
    }
    for (auto& [workspace, of_one] : heads) {
        std::ranges::sort(of_one, {}, [](const audit::NotedHead& head) { return head.link.seq; });
    }
    return heads;
}

/// Walks one workspace's log and prints what came of it. False: it is not whole.
bool verify_workspace(db::Db& db, const WorkspaceId& workspace, const audit::Walk& walk) {
    const auto begin = std::chrono::steady_clock::now();
    audit::Verified found = db.blocking_read("audit.verify", [&](db::Txn& txn) {
        db::WorkspaceTxn bound(txn, workspace);
        return audit::verify_chain(bound, walk);
    });
    if (found.entries == 0 && !found.first_bad) {
        found.first_bad = 1;  // every workspace begins with its owner's signup
    }
    const auto took = std::chrono::steady_clock::now() - begin;
    const json::value null(nullptr);
    print({{"workspaceId", workspace.value},
           {"entries", found.entries},
           {"prunedThrough", found.pruned_through},
           {"firstBadEntry", found.first_bad ? json::value(*found.first_bad) : null},
           {"head",
            found.head && !found.first_bad ? json::value(audit::render_link(*found.head)) : null},
           {"headAt", found.first_bad ? null : render_time(found.head_at)},
           {"milliseconds", std::chrono::ceil<std::chrono::milliseconds>(took).count()}});
    return !found.first_bad;
}

/// All that exist or are named by a head, or the one asked for.
std::set<WorkspaceId> choose(db::Db& db, const std::string& wanted, const Heads& heads) {
    std::set<WorkspaceId> chosen;
    for (WorkspaceId& id : db.blocking_read(
             "audit.workspaces", [](db::Txn& txn) { return audit::list_workspaces(txn); })) {
        chosen.insert(std::move(id));
    }
    for (const auto& [workspace, of_one] : heads) {
        chosen.insert(workspace);
    }
    if (wanted.empty()) {
        return chosen;
    }
    if (!chosen.contains(WorkspaceId(wanted))) {
        throw Fault("audit.unknown_workspace", "there is no workspace " + wanted);
    }
    return {WorkspaceId(wanted)};
}

void verify(const Config& config, const std::string& workspace, const std::string& heads_file) {
    const Heads heads = read_heads(heads_file);
    boost::asio::io_context io;
    const auto db = db::open(io, database_options(config));
    const std::set<WorkspaceId> workspaces = choose(*db, workspace, heads);
    std::size_t broken = 0;
    for (const WorkspaceId& id : workspaces) {
        const auto expected = heads.find(id);
        audit::Walk walk;
        walk.expected = expected == heads.end() ? walk.expected : expected->second;
        broken += verify_workspace(*db, id, walk) ? 0 : 1;
    }
    if (broken > 0) {
        throw Fault("audit.broken",
                    fmt::format("the audit log of {} of {} workspaces is not as it was written",
                                broken, workspaces.size()));
    }
}

}  // namespace

struct AuditCommands::Given {
    CLI::App* verify = nullptr;
    std::string workspace;
    std::string heads;
};

AuditCommands::AuditCommands(CLI::App& cli) : given_(std::make_unique<Given>()) {
    CLI::App* command = cli.add_subcommand("audit", "Look after the audit log");
    command->require_subcommand(1);
    given_->verify = command->add_subcommand(
        "verify", "Prove that no entry was changed, removed or inserted; JSON lines, exit 1 if so");
    given_->verify->add_option("--workspace", given_->workspace, "Only this workspace's id");
    given_->verify->add_option("--heads", given_->heads,
                               "File with the lines of an earlier verify, or audit.head lines of "
                               "the log: the entries they name must be there still");
}

AuditCommands::~AuditCommands() = default;

bool AuditCommands::run(const Config& config) const {
    if (!*given_->verify) {
        return false;
    }
    verify(config, given_->workspace, given_->heads);
    return true;
}

}  // namespace wapi::app
