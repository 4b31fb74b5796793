// The loop that indexes what is queued. Its transaction holds the rows whose texts it reads, so
// that an erasure either waits for it and removes what it has indexed, or leaves it nothing to
// index.
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "features/search/search_store.hpp"
#include "queue/queue.hpp"

namespace wapi::search {
namespace {

constexpr std::size_t batch_max = 100;  ///< some 5 ms of the one writer of SQLite
constexpr std::chrono::milliseconds slow_pause{50};

const Counter indexed_total{"wapi_search_indexed_total", "Messages and contacts indexed."};

std::size_t index_batch(db::Txn& txn) {
    const std::vector<store::Waiting> taken = store::take(txn, batch_max);
    for (const store::Waiting& one : taken) {
        db::WorkspaceTxn bound(txn, one.workspace);
        const auto text = store::hold_text(bound, one.kind, one.id);
        store::put(bound, one.kind, one.id,
                   index_words(mark_of(one.workspace, one.kind), text.value_or("")));
    }
    return taken.size();
}

}  // namespace

void Indexer::start() {
    tasks_.on_stop([this] { wake_.notify(); });
    tasks_.spawn("search.indexer", run());
}

async::Task<> Indexer::run() {
    while (!tasks_.stopping()) {
        Pace pace = Pace::rest;
        std::size_t indexed = 0;
        try {
            pace = co_await look();
            if (pace != Pace::rest) {
                indexed = co_await run_batch();
            }
        } catch (const std::exception& failure) {
            log::warn("search.indexing_failed", {{"reason", failure.what()}});
        }
        if (indexed < batch_max) {
            co_await wake_.wait_for(poll);
        } else if (pace == Pace::slow) {
            co_await wake_.wait_for(slow_pause);
        }
    }
}

/// Webhooks go first: beside them each batch would cut theirs short.
async::Task<Indexer::Pace> Indexer::look() {
    const Timestamp now = clock_.now();
    co_return co_await db_.read("search.look", [now](db::Txn& txn) {
        const std::optional<Timestamp> oldest = store::find_oldest(txn);
        if (!oldest) {
            return Pace::rest;
        }
        const std::optional<Timestamp> webhook = queue::next_due(txn, "webhooks");
        if (!webhook || *webhook > now) {
            return Pace::fast;
        }
        return *oldest + lag_max < now ? Pace::slow : Pace::rest;
    });
}

async::Task<std::size_t> Indexer::run_batch() {
    const std::size_t indexed =
        co_await db_.write("search.index", [](db::Txn& txn) { return index_batch(txn); });
    indexed_total.add(indexed);
    co_return indexed;
}

async::Task<std::size_t> Indexer::run_all() {
    std::size_t indexed = 0;
    for (std::size_t step = batch_max; step == batch_max;) {
        step = co_await run_batch();
        indexed += step;
    }
    co_return indexed;
}

}  // namespace wapi::search
