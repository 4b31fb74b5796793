// A page of what was found: the statement says what is seen, this file how far the page goes.
#include <charconv>

#include "features/search/search_store.hpp"

namespace wapi::search {
namespace {

/// A cursor is the id of the last document that was looked at.
Result<std::int64_t> parse_cursor(std::string_view cursor) {
    std::int64_t before = INT64_MAX;
    if (cursor.empty()) {
        return before;
    }
    const auto read = std::from_chars(cursor.data(), cursor.data() + cursor.size(), before);
    if (read.ec != std::errc{} || read.ptr != cursor.data() + cursor.size()) {
        return fail_field(wapi::errors::invalid_request, "cursor", "Not a cursor of this list.");
    }
    return before;
}

Page make_page(std::vector<store::Found> found, const Terms& terms, std::size_t limit,
               std::size_t looked_at) {
    Page page;
    for (store::Found& one : found) {
        if (page.hits.size() == limit) {
            return page;  // the cursor stands at the last one that was taken
        }
        if (one.is_seen) {
            if (one.hit.message) {
                one.hit.message->snippet = make_snippet(one.text, terms);
            }
            page.hits.push_back(std::move(one.hit));
        }
        page.next_cursor = std::to_string(one.document);
    }
    if (found.size() < looked_at) {
        page.next_cursor.clear();
    }
    return page;
}

}  // namespace

async::Task<Result<Page>> Service::find(Context context, Query query) {
    const Result<Terms> terms = parse_terms(query.text);
    if (!terms) {
        co_return std::unexpected(terms.error());
    }
    const Result<std::int64_t> before = parse_cursor(query.cursor);
    if (!before) {
        co_return std::unexpected(before.error());
    }
    const bool sees_all = context.restrictions.bits() == 0;
    const store::Place place{.before = *before,
                             .limit = sees_all ? query.limit + 1 : looked_at_max,
                             .restrictions = context.restrictions};
    // The snippets are made here as well: folding long texts would hold up the network thread.
    co_return co_await db_.read(
        context.workspace, "search.find",
        [kind = query.kind, limit = query.limit, terms = *terms, place](db::WorkspaceTxn& txn) {
            return make_page(store::find(txn, kind, terms, place), terms, limit, place.limit);
        });
}

}  // namespace wapi::search
