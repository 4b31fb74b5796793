// Counts what is over. Where a workspace stands is kept with its quarters, so that a restart goes
// on and several nodes do no harm to each other: who counts a quarter again writes the same row.
#include <span>

#include "base/log.hpp"
#include "features/overview/overview_store.hpp"

namespace wapi::overview {
namespace {

constexpr std::size_t workspaces_max = 200;  ///< of a page
constexpr std::size_t quarters_max = 32;     ///< of a step

/// What one step found, and up to where nothing is left to count.
struct Step {
    std::vector<Quarter> quarters;
    Timestamp reached;
    bool only_late = false;  ///< the quarters were counted before
};

Step count_step(db::WorkspaceTxn& txn, Timestamp from, Timestamp until) {
    Step step{.quarters = {}, .reached = from};
    while (step.reached < until) {
        const std::optional<Timestamp> next = store::find_next(txn, step.reached);
        if (!next || *next >= until) {
            step.reached = until;
        } else if (step.quarters.size() == quarters_max) {
            break;
        } else {
            const Timestamp begin = quarter_of(*next);
            step.reached = begin + quarter;
            step.quarters.push_back(
                {.begin = begin, .counts = store::count(txn, begin, step.reached)});
        }
    }
    return step;
}

/// Messages that came in late since the last look.
struct Late {
    bool any = false;
    std::vector<Timestamp> begins;  ///< of their quarters, as far as those were counted before
    store::Head before;
    store::Head after;  ///< when all of them are counted
};

Late list_late(db::WorkspaceTxn& txn, Timestamp now) {
    const std::optional<store::Head> head = store::find_head(txn);
    if (!head) {
        return {};
    }
    Late late{.begins = {}, .before = *head, .after = *head};
    late.after.late = now - settling;
    late.begins = store::list_late(txn, late.before.late, late.after.late);
    late.any = !late.begins.empty();
    // The others are counted in their turn, or forgotten.
    std::erase_if(late.begins,
                  [&](Timestamp begin) { return begin >= head->counted || begin < now - kept; });
    return late;
}

/// The quarters of late messages, each of which was counted before.
Step count_late(db::WorkspaceTxn& txn, std::span<const Timestamp> begins) {
    Step step{.quarters = {}, .reached = {}, .only_late = true};
    for (const Timestamp begin : begins) {
        step.quarters.push_back(
            {.begin = begin, .counts = store::count(txn, begin, begin + quarter)});
    }
    return step;
}

/// False, and nothing saved, when somebody moved the head meanwhile.
bool save(db::WorkspaceTxn& txn, const Step& step, const std::optional<store::Head>& before,
          const store::Head& head, Timestamp now) {
    if (store::find_head(txn) != before) {
        return false;
    }
    for (const Quarter& one : step.quarters) {
        step.only_late ? store::raise_inbound(txn, one) : store::put(txn, one);
    }
    store::put_head(txn, head);
    store::remove_before(txn, now - kept);
    return true;
}

}  // namespace

void recount(db::WorkspaceTxn& txn) { store::remove_head(txn); }

void Counter::start() {
    tasks_.on_stop([this] { wake_.notify(); });
    tasks_.spawn("overview.counter", run());
}

async::Task<> Counter::run() {
    while (!tasks_.stopping()) {
        try {
            co_await run_due();
        } catch (const std::exception& failure) {
            log::warn("overview.counting_failed", {{"reason", failure.what()}});
        }
        co_await wake_.wait_for(interval);
    }
}

async::Task<std::size_t> Counter::run_due() {
    std::size_t written = 0;
    WorkspaceId after;
    for (bool again = true; again && !tasks_.stopping();) {
        const Timestamp now = clock_.now();
        const Timestamp until = quarter_of(now - settling);
        const std::vector<WorkspaceId> behind =
            co_await db_.read("overview.list_behind", [after, until](db::Txn& txn) {
                return store::list_behind(txn, after, until, workspaces_max);
            });
        for (const WorkspaceId& workspace : behind) {
            written += co_await try_workspace(workspace, now);
        }
        again = behind.size() == workspaces_max;
        after = again ? behind.back() : after;
    }
    co_return written;
}

async::Task<std::size_t> Counter::try_workspace(WorkspaceId workspace, Timestamp now) {
    try {
        co_return co_await run_workspace(workspace, now);
    } catch (const std::exception& failure) {
        log::warn("overview.workspace_failed",
                  {{"workspace", workspace.value}, {"reason", failure.what()}});
    }
    co_return 0;
}

async::Task<std::size_t> Counter::run_workspace(WorkspaceId workspace, Timestamp now) {
    const Timestamp until = quarter_of(now - settling);
    const Timestamp settled_until = quarter_of(now - late_failures);
    std::optional<store::Head> found =
        co_await db_.read(workspace, "overview.find_head",
                          [](db::WorkspaceTxn& txn) { return store::find_head(txn); });
    // What is counted for the first time a day later needs no second look.
    store::Head head = found.value_or(
        store::Head{.counted = now - kept, .settled = settled_until, .late = now - settling});
    std::size_t written = 0;
    while ((head.counted < until || head.settled < settled_until) && !tasks_.stopping()) {
        const bool is_new = head.counted < until;
        const Timestamp from = is_new ? head.counted : head.settled;
        const Timestamp to = is_new ? until : settled_until;
        const Step step = co_await db_.read(
            workspace, "overview.count",
            [from, to](db::WorkspaceTxn& txn) { return count_step(txn, from, to); });
        (is_new ? head.counted : head.settled) = step.reached;
        const bool saved = co_await db_.write(
            workspace, "overview.save",
            [&](db::WorkspaceTxn& txn) { return save(txn, step, found, head, now); });
        if (!saved) {
            co_return written;
        }
        found = head;
        written += step.quarters.size();
    }
    co_return written + co_await run_late(workspace, now);
}

async::Task<std::size_t> Counter::run_late(WorkspaceId workspace, Timestamp now) {
    const Late late =
        co_await db_.read(workspace, "overview.list_late",
                          [now](db::WorkspaceTxn& txn) { return list_late(txn, now); });
    std::size_t written = 0;
    for (bool again = late.any; again && !tasks_.stopping();) {
        const std::span rest = std::span(late.begins).subspan(written);
        const std::span some = rest.first(std::min(rest.size(), quarters_max));
        const Step step =
            co_await db_.read(workspace, "overview.count_late",
                              [some](db::WorkspaceTxn& txn) { return count_late(txn, some); });
        again = some.size() < rest.size();
        const store::Head& after = again ? late.before : late.after;
        const bool saved = co_await db_.write(
            workspace, "overview.save",
            [&](db::WorkspaceTxn& txn) { return save(txn, step, late.before, after, now); });
        if (!saved) {
            break;
        }
        written += some.size();
    }
    co_return written;
}

}  // namespace wapi::overview
