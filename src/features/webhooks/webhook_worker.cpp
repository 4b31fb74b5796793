#include "features/webhooks/webhook_worker.hpp"

#include "base/log.hpp"
#include "features/webhooks/webhook_store.hpp"

namespace wapi::webhooks {
namespace {

constexpr std::chrono::seconds outage_pause{1};
constexpr std::chrono::minutes prune_interval{10};
constexpr std::size_t prune_batch = 5'000;

}  // namespace

Worker::Worker(async::Tasks& tasks, db::Db& db, IdGenerator& ids, const Clock& clock,
               WorkerOptions options)
    : tasks_(tasks),
      db_(db),
      ids_(ids),
      clock_(clock),
      options_(std::move(options)),
      prune_(tasks.io()) {}

void Worker::start() {
    if (!options_.enabled) {
        return;
    }
    const std::size_t loops =
        db_.parallel_writes() ? std::max<std::size_t>(options_.concurrency, 1) : 1;
    tasks_.on_stop([this] {
        wake();
        prune_.notify();
    });
    for (std::size_t i = 0; i < loops; ++i) {
        signals_.push_back(std::make_unique<async::Signal>(tasks_.io()));
        tasks_.spawn("webhooks.worker", run(*signals_.back()));
    }
    tasks_.spawn("webhooks.prune", prune());
}

void Worker::wake() {
    for (const auto& signal : signals_) {
        signal->notify();
    }
}

async::Task<std::size_t> Worker::run_batch() {
    BatchRequest request{.now = clock_.now(),
                         .limit = batch_size_,
                         .retries = &options_.retries,
                         .care = Care::none};
    const auto started = std::chrono::steady_clock::now();
    std::optional<std::size_t> taken;
    try {
        taken = co_await db_.write("webhooks.process", [&ids = ids_, request](db::Txn& txn) {
            return process_batch(txn, ids, request);
        });
    } catch (const std::exception& failure) {
        log::warn("webhooks.batch_repeated_with_care", {{"reason", failure.what()}});
    }
    if (!taken) {
        request.care = Care::each_item;
        taken = co_await db_.write("webhooks.process_carefully",
                                   [&ids = ids_, request](db::Txn& txn) {
                                       return process_batch(txn, ids, request);
                                   });
    }
    adapt(std::chrono::steady_clock::now() - started, *taken);
    co_return *taken;
}

void Worker::adapt(std::chrono::steady_clock::duration took, std::size_t taken) {
    if (taken < batch_size_) {
        return;
    }
    const auto target = db_.quiet() ? options_.idle_time_max : options_.busy_time_max;
    if (took > target) {
        batch_size_ = std::max<std::size_t>(batch_size_ / 2, options_.batch_min);
    } else {
        batch_size_ = std::min(batch_size_ * 2, options_.batch_max);
    }
}

async::Task<> Worker::run(async::Signal& signal) {
    while (!tasks_.stopping()) {
        std::size_t taken = 0;
        bool failed = false;
        try {
            taken = co_await run_batch();
        } catch (const std::exception& failure) {
            log::error("webhooks.batch_failed", {{"reason", failure.what()}});
            failed = true;
        }
        if (failed) {
            co_await signal.wait_for(outage_pause);
        } else if (taken == 0) {
            co_await signal.wait_for(options_.poll);
        }
    }
}

async::Task<> Worker::prune() {
    while (!tasks_.stopping()) {
        std::int64_t removed = 0;
        try {
            removed = co_await db_.write(
                "webhooks.prune", [before = clock_.now() - options_.keep_events](db::Txn& txn) {
                    return store::prune(txn, before, prune_batch);
                });
        } catch (const std::exception& failure) {
            log::warn("webhooks.prune_failed", {{"reason", failure.what()}});
        }
        if (removed < static_cast<std::int64_t>(prune_batch)) {
            co_await prune_.wait_for(prune_interval);
        }
    }
}

}  // namespace wapi::webhooks
