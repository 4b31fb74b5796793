// Counting: figures from the cache or the database, then the counters.
//
// Figures that are past their time are read again by one request; others of the workspace go on
// with the old ones meanwhile, also when the database does not answer.
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/network.hpp"
#include "features/rate_limits/rate_limits.hpp"
#include "features/rate_limits/rate_limits_store.hpp"

namespace wapi::rate_limits {
namespace {

constexpr std::string_view refused_name = "wapi_rate_limited_total";
constexpr std::string_view refused_help = "Requests refused by a rate limit.";
/// Of each KeyClass.
const std::array<Counter, 3> refused{{{refused_name, refused_help, R"(class="workspace")"},
                                      {refused_name, refused_help, R"(class="api_key")"},
                                      {refused_name, refused_help, R"(class="address")"}}};

/// Not past its time, nor from before the clock was set back.
bool is_fresh(Timestamp read_at, Timestamp now) {
    return now >= read_at && now - read_at < limits_kept;
}

std::string address_key(std::string_view ip, std::size_t form) {
    return network_of(ip) + "|" + std::string(forms.at(form).name);
}

WorkspaceLimits read_limits(db::WorkspaceTxn& txn) {
    const std::optional<StoredWorkspace> found = find_stored_workspace(txn);
    return found ? found->limits : WorkspaceLimits();
}

}  // namespace

Service::Service(db::Db& db, const Clock& clock, Rng& rng)
    : db_(db),
      clock_(clock),
      tables_{CounterTable(counters_max, rng), CounterTable(counters_max, rng),
              CounterTable(counters_max, rng)},
      limits_(counters_max) {
    std::ranges::transform(forms, forms_.begin(), &Named::per_minute);
}

async::Task<Decision> Service::count(Caller caller) {
    const WorkspaceLimits limits = co_await limits_of(caller.workspace);
    co_return count_workspace(caller, limits);
}

Decision Service::count_workspace(const Caller& caller, const WorkspaceLimits& limits) {
    Decision of_key{.remaining = per_minute_max};
    if (!caller.api_key.empty()) {
        of_key = count_one(KeyClass::api_key, caller.api_key, limits.key_per_minute);
        if (!of_key.allowed) {
            return of_key;
        }
    }
    const Decision of_workspace =
        count_one(KeyClass::workspace, caller.workspace.value, limits.per_minute);
    if (!of_workspace.allowed) {
        table_of(KeyClass::api_key).give_back(caller.api_key, of_key);
    }
    const bool key_is_tighter = of_workspace.allowed && of_key.remaining < of_workspace.remaining;
    return key_is_tighter ? of_key : of_workspace;
}

CounterTable& Service::table_of(KeyClass key_class) {
    return tables_.at(static_cast<std::size_t>(key_class));
}

Decision Service::count_one(KeyClass key_class, std::string_view key, std::int64_t per_minute) {
    const Decision decision = table_of(key_class).count(key, per_minute, clock_.now());
    if (!decision.allowed) {
        refused.at(static_cast<std::size_t>(key_class)).add();
    }
    return decision;
}

async::Task<WorkspaceLimits> Service::limits_of(const WorkspaceId& workspace) {
    const Timestamp now = clock_.now();
    std::optional<WorkspaceLimits> old;
    if (LimitsCache::Item* held = limits_.find(workspace)) {
        if (is_fresh(held->read_at, now)) {
            co_return held->limits;
        }
        held->read_at = now;  // others go on with the old ones meanwhile
        old = held->limits;
    }
    try {
        const WorkspaceLimits read = co_await db_.read(workspace, "rate_limits.read", read_limits);
        limits_.put(workspace, read, now);
        co_return read;
    } catch (const Fault& fault) {
        if (!old) {
            throw;
        }
        log::warn("rate_limits.not_read", {{"code", fault.code()}});
    }
    co_return *old;
}

async::Task<Decision> Service::count_address(std::string ip, std::size_t form) {
    const Timestamp now = clock_.now();
    if (!forms_read_at_ || !is_fresh(*forms_read_at_, now)) {
        forms_read_at_ = now;  // others go on with what there is meanwhile
        co_await read_forms();
    }
    co_return count_one(KeyClass::address, address_key(ip, form), forms_.at(form));
}

Decision Service::look_address(std::string_view ip, std::size_t form) const {
    const CounterTable& table = tables_.at(static_cast<std::size_t>(KeyClass::address));
    return table.look(address_key(ip, form), forms_.at(form), clock_.now());
}

async::Task<> Service::read_forms() {
    try {
        const std::vector<Figure> figures =
            co_await db_.read("rate_limits.read_forms", list_limits);
        std::size_t form = 0;
        for (const Figure& figure : figures) {
            if (figure.kind == Kind::form) {
                forms_.at(form++) = figure.per_minute;
            }
        }
    } catch (const Fault& fault) {
        log::warn("rate_limits.not_read", {{"code", fault.code()}});
    }
}

}  // namespace wapi::rate_limits
