// Puts a report together of quarters that are counted and those that are not yet.
#include <algorithm>

#include "features/overview/overview_store.hpp"

namespace wapi::overview {

struct Live {
    Timestamp at;
    Timestamp begin;  ///< from where on quarters are counted here; rows from there on do not count
    std::vector<Quarter> quarters;
    bool complete = true;
    std::vector<Age> open;
    bool open_exact = true;
};

namespace {

Live count_live(db::WorkspaceTxn& txn, Timestamp now) {
    const std::optional<store::Head> head = store::find_head(txn);
    const Timestamp counted = head ? head->counted : Timestamp();
    const Timestamp earliest = quarter_of(now - uncounted_max);
    Live live{.at = now, .begin = std::max(counted, earliest), .quarters = {}, .open = {}};
    if (counted < earliest) {
        const std::optional<Timestamp> oldest = store::find_next(txn, counted);
        live.complete = !oldest || *oldest >= earliest;
    }
    for (Timestamp begin = live.begin; begin <= now; begin += quarter) {
        live.quarters.push_back(
            {.begin = begin, .counts = store::count(txn, begin, begin + quarter)});
    }
    live.open = store::count_open(txn, now, live.open_exact);
    return live;
}

Report read(db::WorkspaceTxn& txn, const Live& live, std::span<const CalendarDay> days,
            Timestamp now) {
    std::vector<Quarter> quarters = store::list(txn, days.front().begin);
    std::erase_if(quarters, [&live](const Quarter& one) { return one.begin >= live.begin; });
    quarters.insert(quarters.end(), live.quarters.begin(), live.quarters.end());
    Report report = put_together(days, quarters, now);
    report.complete = live.complete;
    report.open = live.open;
    report.open_exact = live.open_exact;
    return report;
}

}  // namespace

std::shared_ptr<const Live> Service::find_live(const WorkspaceId& workspace) const {
    const auto found = live_.find(workspace);
    const bool fits = found != live_.end() && found->second->complete &&
                      clock_.now() - found->second->at < live_kept;
    return fits ? found->second : nullptr;
}

void Service::keep_live(const WorkspaceId& workspace, std::shared_ptr<const Live> live) {
    if (live_.size() >= live_workspaces_max) {
        live_.clear();
    }
    live_[workspace] = std::move(live);
}

async::Task<Result<Report>> Service::read(Context context, Query query) {
    if (query.days < 1 || query.days > days_max) {
        co_return fail_field(wapi::errors::invalid_request, "days", "A number from 1 to 90.");
    }
    const Timestamp now = clock_.now();
    const auto days = last_days(query.time_zone, query.days, now);
    if (!days) {
        co_return fail_field(wapi::errors::invalid_request, "timeZone",
                             "A time zone's name, such as America/Bogota.");
    }
    std::shared_ptr<const Live> live = find_live(context.workspace);
    if (!live) {
        live = co_await db_.read(context.workspace, "overview.count_live",
                                 [now](db::WorkspaceTxn& txn) {
                                     return std::make_shared<const Live>(count_live(txn, now));
                                 });
        keep_live(context.workspace, live);
    }
    co_return co_await db_.read(context.workspace, "overview.read",
                                [live, days = *days, now](db::WorkspaceTxn& txn) {
                                    return overview::read(txn, *live, days, now);
                                });
}

}  // namespace wapi::overview
