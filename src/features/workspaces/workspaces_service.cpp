// Reading and changing a workspace: the settings merge, and the audit entry of a change.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/names.hpp"
#include "base/text.hpp"
#include "features/audit/audit.hpp"
#include "features/workspaces/workspaces_store.hpp"

namespace wapi::workspaces {
namespace {

Result<Overview> read_overview(db::WorkspaceTxn& txn) {
    std::optional<Workspace> workspace = find_workspace(txn);
    if (!workspace) {
        return fail(errors::not_found);
    }
    return Overview{*std::move(workspace), numbers::list_numbers(txn)};
}

/// Names in one audit entry, and code points of each: at most six bytes apiece as JSON, so that the
/// whole fits into an entry whatever a caller makes up.
constexpr std::size_t names_max = 20;
constexpr std::size_t name_code_points_max = 60;

/// Names of what changed, for the audit entry; values may be personal and stay out. The first of
/// many, and how many there are.
std::string change_details(const Change& change) {
    boost::json::array names;
    if (change.name) {
        names.emplace_back("name");
    }
    std::size_t count = names.size();
    if (change.settings) {
        count += change.settings->size();
        for (const auto& item : *change.settings) {
            if (names.size() == names_max) {
                break;
            }
            names.emplace_back("settings." +
                               std::string(text::truncate_utf8(item.key(), name_code_points_max)));
        }
    }
    boost::json::object details{{"changed", std::move(names)}};
    if (count > names_max) {
        details["changedCount"] = count;
    }
    return boost::json::serialize(details);
}

Result<Overview> apply(db::WorkspaceTxn& txn, const Context& context, const Change& change,
                       const SettingsCheck& check, Timestamp now) {
    std::optional<Workspace> workspace = find_workspace(txn);
    if (!workspace) {
        return fail(errors::not_found);
    }
    if (change.settings) {
        Result<std::string> merged = merge_settings(workspace->settings, *change.settings);
        if (!merged) {
            return std::unexpected(merged.error());
        }
        if (Result<void> fits = check(boost::json::parse(*merged).as_object()); !fits) {
            return std::unexpected(fits.error());
        }
        workspace->settings = *std::move(merged);
        // One of them decides what agents see.
        txn.announce(audit::access_changed, std::string());
    }
    workspace->name = change.name.value_or(workspace->name);
    update_workspace(txn, *workspace);
    audit::record(txn, context,
                  {.action = audit::actions::settings_updated,
                   .resource_type = "workspace",
                   .resource_id = txn.workspace().value,
                   .details = change_details(change)},
                  now);
    return read_overview(txn);
}

boost::json::object merge(boost::json::object target, const boost::json::object& patch) {
    for (const auto& item : patch) {
        if (item.value().is_null()) {
            target.erase(item.key());
        } else if (item.value().is_object()) {
            const boost::json::value* old = target.if_contains(item.key());
            target[item.key()] =
                merge(old != nullptr && old->is_object() ? old->as_object() : boost::json::object(),
                      item.value().as_object());
        } else {
            target[item.key()] = item.value();
        }
    }
    return target;
}

}  // namespace

Result<std::string> merge_settings(const std::string& settings, const boost::json::object& patch) {
    boost::system::error_code parse_error;
    boost::json::value stored = boost::json::parse(settings, parse_error);
    boost::json::object current =
        !parse_error && stored.is_object() ? std::move(stored.as_object()) : boost::json::object();
    std::string merged = boost::json::serialize(merge(std::move(current), patch));
    if (merged.size() > settings_bytes_max) {
        return fail_field(errors::invalid_request, "settings", "At most 16 KiB as JSON.");
    }
    return merged;
}

async::Task<Result<Overview>> Service::get(Context context) {
    co_return co_await db_.read(context.workspace, "workspaces.get",
                                [](db::WorkspaceTxn& txn) { return read_overview(txn); });
}

async::Task<Result<Overview>> Service::change(Context context, Change change) {
    if (change.name) {
        Result<std::string> name = check_name(*change.name, "name");
        if (!name) {
            co_return std::unexpected(name.error());
        }
        change.name = *std::move(name);
    }
    const Timestamp now = clock_.now();
    co_return co_await db_.write(context.workspace, "workspaces.change",
                                 [context, change, check = check_, now](db::WorkspaceTxn& txn) {
                                     return apply(txn, context, change, check, now);
                                 });
}

}  // namespace wapi::workspaces
