// The overview of a workspace: what happened by day and hour, and what is open.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/clock.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "db/txn.hpp"

namespace wapi::overview {

/// Waits of less than so many seconds are a class; what took longer is the last one.
inline constexpr std::array<std::int64_t, 14> wait_bounds_s{
    10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400, 172800};

/// What happened in a stretch of time.
struct Counts {
    std::int64_t inbound = 0;   ///< messages of customers, without edits and revocations
    std::int64_t outbound = 0;  ///< messages to customers, failed ones too
    std::int64_t failed = 0;
    std::int64_t new_contacts = 0;
    std::int64_t opt_outs = 0;
    std::array<std::int64_t, wait_bounds_s.size() + 1> reply_times{};  ///< replies by class

    Counts& operator+=(const Counts& other);
    friend bool operator==(const Counts&, const Counts&) = default;
};

struct Day {
    std::string date;  ///< `2026-11-26`, of the caller's time zone
    Counts counts;
};

struct Hour {
    Timestamp begin;
    Counts counts;
};

/// Open conversations whose newest message is so old.
struct Age {
    std::int64_t hours_max = 0;  ///< 0: older than all before
    std::int64_t waiting = 0;    ///< the customer wrote last
    std::int64_t answered = 0;
};

struct Report {
    std::vector<Day> days;    ///< oldest first; the last one is today
    std::vector<Hour> hours;  ///< of today, up to now
    std::vector<Age> open;    ///< youngest first
    bool open_exact = true;   ///< false: there are more open ones than were looked at
    bool complete = true;     ///< false: what is older is still being counted
};

struct Query {
    std::size_t days = 14;
    std::string time_zone = "UTC";  ///< of IANA
};

inline constexpr std::size_t days_max = 90;
inline constexpr std::int64_t open_max = 10'000;  ///< conversations that are looked at
inline constexpr std::chrono::minutes quarter{15};
inline constexpr std::chrono::minutes settling{5};      ///< transactions end before
inline constexpr std::chrono::hours late_failures{24};  ///< then a quarter is counted again
inline constexpr std::chrono::minutes uncounted_max{45};
inline constexpr std::chrono::seconds live_kept{15};
inline constexpr std::size_t live_workspaces_max = 1'000;
inline constexpr std::chrono::days kept{400};

/// Everything that is there is counted anew, for when rows with times of the past were written.
void recount(db::WorkspaceTxn& txn);

/// What changes from minute to minute in a workspace: what no row holds yet, and what is open.
struct Live;

class Service {
  public:
    Service(db::Db& db, const Clock& clock) : db_(db), clock_(clock) {}
    /// Errors: invalid_request (days, timeZone).
    async::Task<Result<Report>> read(Context context, Query query);

  private:
    [[nodiscard]] std::shared_ptr<const Live> find_live(const WorkspaceId& workspace) const;
    void keep_live(const WorkspaceId& workspace, std::shared_ptr<const Live> live);
    db::Db& db_;
    const Clock& clock_;
    /// Counting it costs most, and everybody who has the page open asks: one answer is for all for
    /// a quarter of a minute. Network thread.
    std::map<WorkspaceId, std::shared_ptr<const Live>> live_;
};

/// Counts what is over, workspace after workspace.
class Counter {
  public:
    static constexpr std::chrono::seconds interval{60};

    Counter(async::Tasks& tasks, db::Db& db, const Clock& clock)
        : tasks_(tasks), db_(db), clock_(clock), wake_(tasks.io()) {}
    void start();
    /// Counts all quarters that are over. Returns how many it wrote. A workspace that fails is
    /// logged and tried again the next time; those behind it are counted. For the loop and tests.
    async::Task<std::size_t> run_due();

  private:
    async::Task<> run();
    async::Task<std::size_t> try_workspace(WorkspaceId workspace, Timestamp now);
    async::Task<std::size_t> run_workspace(WorkspaceId workspace, Timestamp now);
    /// Counts again what was counted before messages came in.
    async::Task<std::size_t> run_late(WorkspaceId workspace, Timestamp now);
    async::Tasks& tasks_;
    db::Db& db_;
    const Clock& clock_;
    async::Signal wake_;
};

}  // namespace wapi::overview
