// The loop that indexes what is queued. Its transaction holds the rows whose texts it reads, so
// that an erasure either waits for it and removes what it has indexed, or leaves it nothing to
// index.
#include <algorithm>
#include <ranges>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "db/overwrite.hpp"
#include "features/search/search_store.hpp"
#include "queue/queue.hpp"

namespace wapi::search {
namespace {

constexpr std::size_t batch_max = 100;            ///< some 5 ms of the one writer of SQLite
constexpr std::size_t batch_bytes_max = 262'144;  ///< of text: fewer messages when they are long
constexpr std::chrono::milliseconds slow_pause{50};

const Counter indexed_total{"wapi_search_indexed_total", "Messages and contacts indexed."};

void skip(const store::Waiting& one, std::string_view code) {
    log::warn("search.row_skipped", {{"workspace", one.workspace.value},
                                     {"kind", one.kind == Kind::message ? "message" : "contact"},
                                     {"id", one.id},
                                     {"code", code}});
}

/// Returns the bytes of the text.
std::size_t index_one(db::Txn& txn, const store::Waiting& one) {
    db::WorkspaceTxn bound(txn, one.workspace);
    const std::string text = store::hold_text(bound, one.kind, one.id).value_or("");
    store::put(bound, one.kind, one.id, index_words(mark_of(one.workspace, one.kind), text));
    return text.size();
}

/// The same, where a row that fails is left out of the index: it must not keep all others waiting.
std::size_t try_to_index_one(db::Txn& txn, const store::Waiting& one) {
    std::size_t bytes = 0;
    try {
        txn.savepoint([&] { bytes = index_one(txn, one); });
    } catch (const Fault& fault) {
        if (db::is_passing(fault)) {
            throw;
        }
        skip(one, fault.code());
    } catch (const std::exception&) {
        skip(one, "unknown");
    }
    return bytes;
}

using IndexRow = std::size_t (*)(db::Txn&, const store::Waiting&);

/// FTS5 merges pages as it goes, and drops the old ones. They are overwritten: what is erased later
/// could not be found in them any more.
Indexer::Batch index_batch(db::Txn& txn, IndexRow index_row) {
    const db::OverwriteDeleted overwrite(txn);
    const std::vector<store::Waiting> taken = store::take(txn, batch_max);
    std::size_t bytes = 0;
    std::size_t done = 0;
    for (; done < taken.size() && bytes < batch_bytes_max; ++done) {
        bytes += index_row(txn, taken[done]);
    }
    for (const store::Waiting& one : taken | std::views::drop(done)) {
        db::WorkspaceTxn bound(txn, one.workspace);
        enqueue(bound, one.kind, one.id, one.queued_at);
    }
    store::write_words(txn);
    return {.indexed = done, .more_wait = done < taken.size() || taken.size() == batch_max};
}

}  // namespace

void Indexer::start() {
    tasks_.on_stop([this] { wake_.notify(); });
    tasks_.spawn("search.indexer", run());
}

async::Task<> Indexer::run() {
    while (!tasks_.stopping()) {
        Pace pace = Pace::rest;
        bool more_wait = false;
        try {
            pace = co_await look();
            if (pace != Pace::rest) {
                more_wait = (co_await run_batch()).more_wait;
            }
        } catch (const std::exception& failure) {
            log::warn("search.indexing_failed", {{"reason", failure.what()}});
        }
        if (!more_wait) {
            co_await wake_.wait_for(poll);
        } else if (pace == Pace::slow) {
            co_await wake_.wait_for(slow_pause);
        }
    }
}

/// Webhooks go first: beside them each batch would cut theirs short. What was there before the
/// index may wait for as long as it takes.
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
        return *oldest + lag_max < now ? Pace::slow : Pace::rest;  // a backfill's time is to come
    });
}

async::Task<Indexer::Batch> Indexer::run_batch() {
    std::optional<Batch> batch;
    try {
        batch = co_await db_.write("search.index",
                                   [](db::Txn& txn) { return index_batch(txn, index_one); });
    } catch (const Fault& fault) {
        if (db::is_passing(fault)) {
            throw;
        }
    } catch (const std::exception&) {
        batch.reset();
    }
    if (!batch) {  // one row of it fails, and which is seen when each has a savepoint
        batch = co_await db_.write("search.index_singly",
                                   [](db::Txn& txn) { return index_batch(txn, try_to_index_one); });
    }
    indexed_total.add(batch->indexed);
    co_return *batch;
}

async::Task<std::size_t> Indexer::run_all() {
    std::size_t indexed = 0;
    for (bool more_wait = true; more_wait;) {
        const Batch batch = co_await run_batch();
        more_wait = batch.more_wait;
        indexed += batch.indexed;
    }
    co_return indexed;
}

}  // namespace wapi::search
