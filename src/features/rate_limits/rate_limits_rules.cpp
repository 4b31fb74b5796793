// The algorithm in integers: an interval is rounded up, so that a limit is never exceeded.
#include "features/rate_limits/rate_limits_rules.hpp"

#include <algorithm>

namespace wapi::rate_limits {
namespace {

constexpr std::chrono::seconds retry_after_min{1};

}  // namespace

Decision decide(Moment full_again, std::int64_t per_minute, Moment now) {
    using std::chrono::nanoseconds;
    const std::int64_t limit = std::clamp<std::int64_t>(per_minute, 1, per_minute_max);
    const nanoseconds interval{(nanoseconds(window).count() + limit - 1) / limit};
    const Moment latest = now + interval * limit;
    const Moment before = std::clamp(full_again, now, latest);
    const Moment after = before + interval;
    Decision decision{.allowed = after <= latest, .limit = limit};
    decision.full_again = decision.allowed ? after : before;
    decision.remaining = (latest - decision.full_again) / interval;
    if (!decision.allowed) {
        decision.retry_after =
            std::max(retry_after_min, std::chrono::ceil<std::chrono::seconds>(after - latest));
    }
    return decision;
}

std::size_t form_of(std::string_view operation_id) {
    std::string_view name = "other";
    if (operation_id == "signUp") {
        name = "signup";
    } else if (operation_id == "logIn" || operation_id == "logInSecondFactor" ||
               operation_id == "logInOperator") {
        name = "login";
    } else if (operation_id == "refreshSession" || operation_id == "logOut" ||
               operation_id == "openRealtime") {
        name = "session";
    }
    return static_cast<std::size_t>(std::ranges::find(forms, name, &Named::name) - forms.begin());
}

std::optional<std::int64_t> find_default(std::span<const Named> figures, std::string_view name) {
    const auto found = std::ranges::find(figures, name, &Named::name);
    return found == figures.end() ? std::nullopt : std::optional(found->per_minute);
}

WorkspaceLimits decide_limits(const StoredLimits& stored) {
    const std::int64_t of_plan =
        stored.of_plan.value_or(find_default(plans, stored.plan).value_or(plans[0].per_minute));
    const std::int64_t per_minute = stored.of_workspace.value_or(of_plan);
    return {.per_minute = per_minute,
            .key_per_minute = std::min(per_minute, stored.of_plan_key.value_or(per_minute))};
}

}  // namespace wapi::rate_limits
