#include "app/cli/limit_commands.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>

#include "app/app.hpp"
#include "app/cli/cli_support.hpp"
#include "base/json.hpp"
#include "base/time_text.hpp"
#include "features/rate_limits/rate_limits.hpp"

namespace wapi::app {
namespace {

using rate_limits::Change;
using rate_limits::Changed;
using rate_limits::Figure;
using rate_limits::Kind;

constexpr std::size_t page_size = 200;

void print(const json::object& object) { fmt::print("{}\n", json::render(object)); }

void print(const Figure& figure) {
    print({{"kind", rate_limits::name_of(figure.kind)},
           {"name", figure.name},
           {"perMinute", figure.per_minute},
           {"changedAt", figure.changed_at ? json::value(render_time(*figure.changed_at))
                                           : json::value(nullptr)}});
}

void show_all(db::Db& db) {
    for (const Figure& figure : db.blocking_read("rate_limits.list", rate_limits::list_limits)) {
        print(figure);
    }
    std::vector<Figure> page;
    std::string after;
    do {
        page = db.blocking_read("rate_limits.list_workspaces", [&after](db::Txn& txn) {
            return rate_limits::list_workspaces(txn, after, page_size);
        });
        for (const Figure& figure : page) {
            print(figure);
            after = figure.name;
        }
    } while (page.size() == page_size);
}

void show_workspace(db::Db& db, const std::string& workspace) {
    print(expect(db.blocking_read("rate_limits.show", [&workspace](db::Txn& txn) {
        db::WorkspaceTxn bound(txn, WorkspaceId(workspace));
        return rate_limits::get_workspace_limit(bound);
    })));
}

/// All changes, or none.
void apply_changes(db::Db& db, const std::vector<Change>& changes) {
    const Timestamp now = SystemClock{}.now();
    const std::vector<Changed> changed = expect(
        db.blocking_write("rate_limits.change", [&](db::Txn& txn) -> Result<std::vector<Changed>> {
            std::vector<Changed> all;
            for (const Change& change : changes) {
                const Result<Changed> one = rate_limits::change_limit(txn, change, now);
                if (!one) {
                    return std::unexpected(one.error());
                }
                all.push_back(*one);
            }
            return all;
        }));
    for (std::size_t index = 0; index < changes.size(); ++index) {
        print({{"kind", rate_limits::name_of(changes[index].kind)},
               {"name", changes[index].name},
               {"perMinuteBefore", changed[index].before},
               {"perMinute", changed[index].after}});
    }
}

}  // namespace

/// What stood on the command line.
struct LimitCommands::Given {
    CLI::App* limits = nullptr;
    CLI::App* show = nullptr;
    CLI::App* set_plan = nullptr;
    CLI::App* set_form = nullptr;
    CLI::App* set_workspace = nullptr;
    CLI::App* clear = nullptr;
    std::string name;
    std::int64_t per_minute = 0;
    std::optional<std::int64_t> per_key;
    std::string plan;
    std::string plan_key;
    std::string form;
    std::string workspace;

    [[nodiscard]] std::vector<Change> changes() const;
    [[nodiscard]] std::vector<Change> cleared() const;
};

LimitCommands::LimitCommands(CLI::App& cli) : given_(std::make_unique<Given>()) {
    Given& given = *given_;
    given.limits = cli.add_subcommand("limits", "Rate limits: show them, or change them at once");
    given.limits->require_subcommand(1);
    given.show = given.limits->add_subcommand("show", "Print all limits as JSON lines");
    given.show->add_option("--workspace", given.workspace, "Only what this workspace has");
    given.set_plan = given.limits->add_subcommand("set-plan", "Requests a minute on a plan");
    given.set_form = given.limits->add_subcommand(
        "set-form",
        "Requests a minute from one address: signup, login, session, other, operator "
        "or unauthorized");
    given.set_workspace =
        given.limits->add_subcommand("set-workspace", "Requests a minute of one workspace");
    for (CLI::App* set : {given.set_plan, given.set_form, given.set_workspace}) {
        set->add_option("name", given.name, "Plan, form or workspace id")->required();
        set->add_option("per-minute", given.per_minute, "From 1 to 1000000")->required();
    }
    given.set_plan->add_option("--per-key", given.per_key, "Of it, at most so many by one API key");
    given.clear = given.limits->add_subcommand("clear", "Back to the default");
    given.clear->add_option("--plan", given.plan, "Name of a plan");
    given.clear->add_option("--per-key", given.plan_key, "Name of a plan: its limit for a key");
    given.clear->add_option("--form", given.form, "Name of a form");
    given.clear->add_option("--workspace", given.workspace, "Id of a workspace");
    given.clear->require_option(1, 4);
}

LimitCommands::~LimitCommands() = default;

std::vector<Change> LimitCommands::Given::changes() const {
    if (*clear) {
        return cleared();
    }
    const Kind kind = *set_plan ? Kind::plan : *set_form ? Kind::form : Kind::workspace;
    std::vector<Change> all{{kind, name, per_minute}};
    if (per_key) {
        all.push_back({Kind::key, name, per_key});
    }
    return all;
}

std::vector<Change> LimitCommands::Given::cleared() const {
    std::vector<Change> all;
    const auto add = [&all](Kind kind, const std::string& what) {
        if (!what.empty()) {
            all.push_back({kind, what, std::nullopt});
        }
    };
    add(Kind::plan, plan);
    add(Kind::key, plan_key);
    add(Kind::form, form);
    add(Kind::workspace, workspace);
    return all;
}

bool LimitCommands::run(const Config& config) const {
    if (!*given_->limits) {
        return false;
    }
    boost::asio::io_context io;
    const auto db = db::open(io, database_options(config));
    if (!*given_->show) {
        apply_changes(*db, given_->changes());
    } else if (given_->workspace.empty()) {
        show_all(*db);
    } else {
        show_workspace(*db, given_->workspace);
    }
    return true;
}

}  // namespace wapi::app
