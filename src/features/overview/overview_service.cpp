// Puts a report together of quarters that are counted and those that are not yet.
#include "features/overview/overview_store.hpp"

namespace wapi::overview {
namespace {

/// Counts what no loop has counted yet, quarter by quarter.
void add_uncounted(db::WorkspaceTxn& txn, Timestamp counted, Timestamp now, Report& report,
                   std::vector<Quarter>& quarters) {
    const Timestamp earliest = quarter_of(now - uncounted_max);
    if (counted < earliest) {
        const std::optional<Timestamp> oldest = store::find_next(txn, counted);
        report.complete = !oldest || *oldest >= earliest;
    }
    for (Timestamp begin = std::max(counted, earliest); begin <= now; begin += quarter) {
        quarters.push_back({.begin = begin, .counts = store::count(txn, begin, begin + quarter)});
    }
}

Report read(db::WorkspaceTxn& txn, std::span<const CalendarDay> days, Timestamp now) {
    const std::optional<store::Head> head = store::find_head(txn);
    Report gaps;
    std::vector<Quarter> quarters = store::list(txn, days.front().begin);
    add_uncounted(txn, head ? head->counted : Timestamp(), now, gaps, quarters);
    Report report = put_together(days, quarters, now);
    report.complete = gaps.complete;
    report.open = store::count_open(txn, now, report.open_exact);
    return report;
}

}  // namespace

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
    co_return co_await db_.read(
        context.workspace, "overview.read",
        [days = *days, now](db::WorkspaceTxn& txn) { return overview::read(txn, days, now); });
}

}  // namespace wapi::overview
