// A page of what was found: the statement says what is seen, this file how far the page goes.
#include "features/search/search_store.hpp"

namespace wapi::search {
namespace {

struct Wanted {
    Terms terms;
    std::size_t limit = 0;
    std::size_t looked_at = 0;
};

/// The page, and the last document that was looked at for it; nothing behind the last page.
std::pair<Page, std::optional<std::int64_t>> make_page(std::vector<store::Found> found,
                                                       const Wanted& wanted) {
    Page page;
    std::optional<std::int64_t> last;
    for (store::Found& one : found) {
        if (page.hits.size() == wanted.limit) {
            return {std::move(page), last};
        }
        if (one.is_seen) {
            if (one.hit.message) {
                one.hit.message->snippet = make_snippet(one.text, wanted.terms);
            }
            page.hits.push_back(std::move(one.hit));
        }
        last = one.document;
    }
    if (found.size() < wanted.looked_at) {
        last.reset();
    }
    return {std::move(page), last};
}

}  // namespace

async::Task<Result<Page>> Service::find(Context context, Query query) {
    const Result<Terms> terms = parse_terms(query.text);
    if (!terms) {
        co_return std::unexpected(terms.error());
    }
    const List list{.workspace = context.workspace, .kind = query.kind};
    const Result<std::int64_t> before = open_cursor(cursor_key_, list, query.cursor);
    if (!before) {
        co_return std::unexpected(before.error());
    }
    const bool sees_all = context.restrictions.bits() == 0;
    const store::Place place{.before = *before,
                             .limit = sees_all ? query.limit + 1 : looked_at_max,
                             .wanted = query.limit,
                             .restrictions = context.restrictions};
    const Wanted wanted{.terms = *terms, .limit = query.limit, .looked_at = place.limit};
    // The snippets are made here as well: folding long texts would hold up the network thread.
    auto [page, last] =
        co_await db_.read(context.workspace, "search.find",
                          [kind = query.kind, wanted, place](db::WorkspaceTxn& txn) {
                              return make_page(store::find(txn, kind, wanted.terms, place), wanted);
                          });
    if (last) {
        page.next_cursor = seal_cursor(cursor_key_, list, *last);
    }
    co_return std::move(page);
}

}  // namespace wapi::search
