// One page of the log in the order of time, at bounded cost.
#include <algorithm>

#include "features/audit/audit_store.hpp"

namespace wapi::audit {
namespace {

constexpr std::size_t limit_max = 200;

Window window_of(const Filter& filter) {
    Window window;
    window.from.time_us = filter.from ? to_us(*filter.from) : window.from.time_us;
    window.before.time_us = filter.to ? to_us(*filter.to) : window.before.time_us;
    return window;
}

/// Cuts the window to what may be looked at. The place where it was cut.
std::optional<Place> cut(db::WorkspaceTxn& txn, const Filter& filter, Window& window) {
    if (!has_further_filters(filter)) {
        return std::nullopt;
    }
    const std::optional<Place> end = find_scan_end(txn, filter, window);
    window.from = end.value_or(window.from);
    return end;
}

std::optional<std::int64_t> count(db::WorkspaceTxn& txn, const Filter& filter) {
    Window window = window_of(filter);
    if (cut(txn, filter, window)) {
        return std::nullopt;
    }
    return count_entries(txn, filter, window);
}

}  // namespace

Page read_entries(db::WorkspaceTxn& txn, const Filter& filter) {
    Window window = window_of(filter);
    if (filter.before && *filter.before < window.before) {
        window.before = *filter.before;
    }
    Page found;
    found.next = cut(txn, filter, window);
    found.entries = list_entries(txn, filter, window, filter.limit + 1);
    if (found.entries.size() > filter.limit) {
        found.entries.pop_back();
        const StoredEntry& last = found.entries.back();
        found.next = Place{to_us(last.created_at), last.seq};
    }
    return found;
}

async::Task<Result<Page>> Service::list(Context context, Filter filter) {
    filter.limit = std::clamp<std::size_t>(filter.limit, 1, limit_max);
    filter.seen = context.restrictions;
    Page page = co_await db_.read(context.workspace, "audit.list", [filter](db::WorkspaceTxn& txn) {
        Page found = read_entries(txn, filter);
        const std::optional<std::int64_t> total = count(txn, filter);
        found.total = total.value_or(0);
        found.total_known = total.has_value();
        return found;
    });
    co_return page;
}

}  // namespace wapi::audit
