// Rules of rate limits: the generic cell rate algorithm, the plans' figures and the named limits of
// public forms. Pure: counts and times go in, a decision comes out.
//
// A limit of N a minute is a bucket that holds N and refills evenly, one every 60/N seconds. What
// is kept of a key is one moment: when its bucket will be full again. Source: product.md 1.2; ITU-T
// I.371 annex A (virtual scheduling).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/clock.hpp"

namespace wapi::rate_limits {

/// Nanoseconds since the Unix epoch: a limit of thousands a minute needs more than microseconds.
using Moment = std::chrono::sys_time<std::chrono::nanoseconds>;

inline constexpr std::chrono::seconds window{60};
inline constexpr std::int64_t per_minute_max = 1'000'000;

/// Who is counted: each class has counters of its own.
enum class KeyClass { workspace, api_key, address };

/// What came of one request.
struct Decision {
    bool allowed = true;
    std::int64_t limit = 0;                 ///< requests a minute
    std::int64_t remaining = 0;             ///< that may follow at once
    Moment full_again = {};                 ///< to be kept: when the bucket is full
    std::chrono::seconds retry_after = {};  ///< when refused: at least 1, after it one may come
};

/// Counts one request against a bucket that is full at `full_again`. A moment further ahead than a
/// whole minute's worth, as after a clock was set back, counts as that. `per_minute`: 1 to
/// per_minute_max.
Decision decide(Moment full_again, std::int64_t per_minute, Moment now);

/// A named figure an operator may change.
struct Named {
    std::string_view name;
    std::int64_t per_minute;
};

/// API requests a minute of a workspace. Source: product.md 1.2.
inline constexpr std::array<Named, 4> plans{
    {{"free", 100}, {"starter", 500}, {"pro", 1'000}, {"enterprise", 10'000}}};

/// Requests a minute from one address, of each group of public forms by itself: making an account,
/// guessing at one, what browsers do by themselves (refresh, log out, live events), and all others;
/// those to the routes of operators; and those to any route whose token is none of ours.
inline constexpr std::array<Named, 6> forms{{{"signup", 20},
                                             {"login", 60},
                                             {"session", 300},
                                             {"other", 60},
                                             {"operator", 300},
                                             {"unauthorized", 300}}};
/// Indexes of the last two.
inline constexpr std::size_t operator_form = forms.size() - 2;
inline constexpr std::size_t unauthorized_form = forms.size() - 1;

/// Index into `forms` of a public route, by its operation id.
std::size_t form_of(std::string_view operation_id);

/// The figure of a plan or form; empty for an unknown name.
std::optional<std::int64_t> find_default(std::span<const Named> figures, std::string_view name);

/// Figures of one workspace.
struct WorkspaceLimits {
    std::int64_t per_minute = plans[0].per_minute;
    std::int64_t key_per_minute = plans[0].per_minute;  ///< of each of its API keys

    friend bool operator==(const WorkspaceLimits&, const WorkspaceLimits&) = default;
};

/// What is stored about a workspace; empty: nothing was changed.
struct StoredLimits {
    std::string_view plan = {};
    std::optional<std::int64_t> of_workspace = {};
    std::optional<std::int64_t> of_plan = {};
    std::optional<std::int64_t> of_plan_key = {};
};

/// The workspace's own figure, else that of its plan, else the plan's default; an unknown plan is
/// the free one. A key may use all of it unless the plan says less.
WorkspaceLimits decide_limits(const StoredLimits& stored);

}  // namespace wapi::rate_limits
