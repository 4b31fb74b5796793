// What an operator changes and sees: checks, the stored figure, the audit entry.
#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "features/audit/audit.hpp"
#include "features/rate_limits/rate_limits.hpp"
#include "features/rate_limits/rate_limits_store.hpp"

namespace wapi::rate_limits {
namespace {

std::span<const Named> defaults_of(Kind kind) {
    return kind == Kind::form ? std::span<const Named>(forms) : std::span<const Named>(plans);
}

std::string names_of(Kind kind) {
    std::string names;
    for (const Named& known : defaults_of(kind)) {
        names += (names.empty() ? "" : ", ") + std::string(known.name);
    }
    return names;
}

Result<void> check_change(const Change& change) {
    if (change.per_minute && (*change.per_minute < 1 || *change.per_minute > per_minute_max)) {
        return fail_field(errors::invalid_request, "perMinute", "From 1 to 1000000 a minute.");
    }
    if (change.kind != Kind::workspace && !find_default(defaults_of(change.kind), change.name)) {
        return fail_field(errors::invalid_request, "name",
                          "There are only these: " + names_of(change.kind) + ".");
    }
    return {};
}

void record_change(db::WorkspaceTxn& log, const Change& change, const Changed& changed,
                   Timestamp now) {
    const boost::json::object details{
        {"changed", {"rateLimit." + std::string(name_of(change.kind)) + "." + change.name}},
        {"perMinuteBefore", changed.before},
        {"perMinute", changed.after}};
    Context context = change.by.value_or(audit::system_context(log.workspace(), {}));
    context.workspace = log.workspace();
    audit::record(log, context,
                  {.action = audit::actions::settings_updated,
                   .resource_type = "rate_limit",
                   .resource_id = change.name,
                   .details = boost::json::serialize(details)},
                  now);
}

Result<Changed> change_workspace(db::Txn& txn, const Change& change, Timestamp now) {
    if (change.name.empty()) {
        return fail(errors::not_found, "There is no such workspace.");
    }
    db::WorkspaceTxn bound(txn, WorkspaceId(change.name));
    const std::optional<StoredWorkspace> before = find_stored_workspace(bound);
    if (!before) {
        return fail(errors::not_found, "There is no such workspace.");
    }
    if (change.per_minute) {
        put_override(bound, *change.per_minute, now);
    } else if (!erase_override(bound)) {
        return fail(errors::not_found, "This workspace has no limit of its own.");
    }
    const Changed changed{.before = before->limits.per_minute,
                          .after = find_stored_workspace(bound)->limits.per_minute};
    record_change(bound, change, changed, now);
    return changed;
}

/// The figure in force, among all of them.
const Figure& figure_of(const std::vector<Figure>& figures, const Change& change) {
    return *std::ranges::find_if(figures, [&change](const Figure& figure) {
        return figure.kind == change.kind && figure.name == change.name;
    });
}

Figure figure_in_force(Kind kind, std::string_view name, std::int64_t otherwise,
                       std::span<const StoredFigure> stored) {
    for (const StoredFigure& figure : stored) {
        if (figure.kind == name_of(kind) && figure.name == name) {
            return {kind, figure.name, figure.per_minute, figure.changed_at};
        }
    }
    return {kind, std::string(name), otherwise, std::nullopt};
}

}  // namespace

std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::plan: return "plan";
        case Kind::key: return "key";
        case Kind::form: return "form";
        case Kind::workspace: return "workspace";
    }
    return "plan";
}

Result<Changed> change_limit(db::Txn& txn, const Change& change, Timestamp now) {
    if (const Result<void> checked = check_change(change); !checked) {
        return std::unexpected(checked.error());
    }
    if (change.kind == Kind::workspace) {
        return change_workspace(txn, change, now);
    }
    const std::int64_t before = figure_of(list_limits(txn), change).per_minute;
    const std::string kind(name_of(change.kind));
    if (change.per_minute) {
        put_figure(txn, {kind, change.name, *change.per_minute, now});
    } else if (!erase_figure(txn, kind, change.name)) {
        return fail(errors::not_found, "It is the default already.");
    }
    db::WorkspaceTxn log(txn, WorkspaceId(platform_log));
    const Changed changed{.before = before,
                          .after = figure_of(list_limits(txn), change).per_minute};
    record_change(log, change, changed, now);
    return changed;
}

std::vector<Figure> list_limits(db::Txn& txn) {
    const std::vector<StoredFigure> stored = list_figures(txn);
    std::vector<Figure> figures;
    for (const Named& plan : plans) {
        figures.push_back(figure_in_force(Kind::plan, plan.name, plan.per_minute, stored));
        const std::int64_t of_plan = figures.back().per_minute;
        figures.push_back(figure_in_force(Kind::key, plan.name, of_plan, stored));
    }
    for (const Named& form : forms) {
        figures.push_back(figure_in_force(Kind::form, form.name, form.per_minute, stored));
    }
    return figures;
}

std::vector<Figure> list_workspaces(db::Txn& txn, std::string_view after, std::size_t limit) {
    std::vector<Figure> figures;
    for (const StoredOverride& own : list_overrides(txn, after, limit)) {
        figures.push_back({Kind::workspace, own.workspace.value, own.per_minute, own.changed_at});
    }
    return figures;
}

Result<Figure> get_workspace_limit(db::WorkspaceTxn& txn) {
    const std::optional<StoredWorkspace> found = find_stored_workspace(txn);
    if (!found) {
        return fail(errors::not_found, "There is no such workspace.");
    }
    return Figure{Kind::workspace, txn.workspace().value, found->limits.per_minute,
                  found->changed_at};
}

}  // namespace wapi::rate_limits
