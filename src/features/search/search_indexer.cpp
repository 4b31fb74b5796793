// The loop that indexes what is queued. Its transaction holds the rows whose texts it reads, so
// that an erasure either waits for it and removes what it has indexed, or leaves it nothing to
// index.
#include <algorithm>
#include <functional>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "db/overwrite.hpp"
#include "features/search/search_store.hpp"
#include "queue/queue.hpp"

namespace wapi::search {
namespace {

constexpr std::size_t batch_bytes_max = 262'144;  ///< of text: fewer messages when they are long
constexpr std::chrono::milliseconds slow_pause{50};
constexpr std::chrono::seconds begin_again{1};

const Counter indexed_total{"wapi_search_indexed_total", "Messages and contacts indexed."};

void skip(const store::Waiting& one, std::string_view code) {
    log::warn("search.row_skipped", {{"workspace", one.workspace.value},
                                     {"kind", one.kind == Kind::message ? "message" : "contact"},
                                     {"id", one.id},
                                     {"code", code}});
}

/// How far a batch has come.
struct Progress {
    std::size_t bytes = 0;  ///< of text
    [[nodiscard]] bool full() const { return bytes >= batch_bytes_max; }
};

/// Indexes rows of one workspace and kind until the batch is full; how many of them.
std::size_t index_rows(db::Txn& txn, std::span<const store::Waiting> rows, Progress& progress) {
    const Kind kind = rows.front().kind;
    db::WorkspaceTxn bound(txn, rows.front().workspace);
    const std::map<std::string, std::string> texts = store::hold_texts(bound, kind, rows);
    const std::string mark = mark_of(bound.workspace(), kind);
    std::vector<store::Document> documents;
    std::size_t done = 0;
    for (; done < rows.size() && !progress.full(); ++done) {
        const std::string& id = rows[done].id;
        if (!documents.empty() && documents.back().id == id) {
            continue;  // it was queued twice
        }
        const auto text = texts.find(id);
        const bool gone = text == texts.end();
        documents.push_back({.id = id, .words = gone ? "" : index_words(mark, text->second)});
        progress.bytes += gone ? 0 : text->second.size();
    }
    store::put(bound, kind, documents);
    return done;
}

/// The same of the first row alone, which is left out of the index when it fails: it must not keep
/// all others waiting.
std::size_t try_to_index_one(db::Txn& txn, std::span<const store::Waiting> rows,
                             Progress& progress) {
    const store::Waiting& one = rows.front();
    try {
        txn.savepoint([&] { index_rows(txn, rows.first(1), progress); });
    } catch (const Fault& fault) {
        if (db::is_passing(fault)) {
            throw;
        }
        skip(one, fault.code());
    } catch (const std::exception&) {
        skip(one, "unknown");
    }
    return 1;
}

using IndexRows = std::size_t (*)(db::Txn&, std::span<const store::Waiting>, Progress&);

bool are_indexed_together(const store::Waiting& one, const store::Waiting& next) {
    return one.workspace == next.workspace && one.kind == next.kind;
}

QueueKey last_of(std::span<const store::Waiting> taken) {
    QueueKey last;
    for (const store::Waiting& one : taken) {
        last = std::max(std::move(last), store::key_of(one));
    }
    return last;
}

/// FTS5 merges pages as it goes, and drops the old ones. They are overwritten: what is erased later
/// could not be found in them any more.
Indexer::Batch index_batch(db::Txn& txn, const QueueKey& from, IndexRows index) {
    const db::OverwriteDeleted overwrite(txn);
    const std::vector<store::Waiting> taken = store::take(txn, from);
    Progress progress;
    std::span<const store::Waiting> left = taken;
    while (!left.empty() && !progress.full()) {
        const auto end = std::ranges::adjacent_find(left, std::not_fn(are_indexed_together));
        const auto group =
            end == left.end() ? left.size() : static_cast<std::size_t>(end - left.begin()) + 1;
        left = left.subspan(index(txn, left.first(group), progress));
    }
    for (const store::Waiting& one : left) {
        db::WorkspaceTxn bound(txn, one.workspace);
        enqueue(bound, one.kind, one.id, one.queued_at);
    }
    store::write_words(txn);
    const bool all = left.empty();
    return {.indexed = taken.size() - left.size(),
            .more_wait = !all || taken.size() == store::take_max,
            .last = all ? last_of(taken) : from};
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

/// Where the last batch ended, as PostgreSQL passes over everything that was taken before it, until
/// a vacuum. Now and then the beginning: new ones are put there.
QueueKey Indexer::place() {
    const auto now = std::chrono::steady_clock::now();
    if (now - begun_ > begin_again) {
        from_ = {};
        begun_ = now;
    }
    return from_;
}

/// Webhooks go first: beside them each batch would cut theirs short. What was there before the
/// index may wait for as long as it takes.
async::Task<Indexer::Pace> Indexer::look() {
    const Timestamp now = clock_.now();
    co_return co_await db_.read("search.look", [now, from = place()](db::Txn& txn) {
        const std::optional<Timestamp> oldest = store::find_oldest(txn, from);
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
    const QueueKey from = place();
    std::optional<Batch> batch;
    try {
        batch = co_await db_.write(
            "search.index", [from](db::Txn& txn) { return index_batch(txn, from, index_rows); });
    } catch (const Fault& fault) {
        if (db::is_passing(fault)) {
            throw;
        }
    } catch (const std::exception&) {
        batch.reset();
    }
    if (!batch) {  // one row of it fails, and which is seen when each has a savepoint
        batch = co_await db_.write("search.index_singly", [from](db::Txn& txn) {
            return index_batch(txn, from, try_to_index_one);
        });
    }
    indexed_total.add(batch->indexed);
    from_ = batch->more_wait ? batch->last : QueueKey{};
    batch->more_wait = batch->more_wait || from != QueueKey{};  // at the beginning
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
