#include "features/webhooks/webhook_worker.hpp"

#include "base/log.hpp"

namespace wapi::webhooks {
namespace {

constexpr std::chrono::seconds outage_pause{1};

}  // namespace

bool is_outage(const Fault& fault) {
    return fault.code() == "db.down" || fault.code() == "db.full" || fault.code() == "db.busy" ||
           fault.code() == "db.overloaded";
}

Worker::Worker(async::Tasks& tasks, db::Db& db, IdGenerator& ids, const Clock& clock,
               WorkerOptions options)
    : tasks_(tasks), db_(db), ids_(ids), clock_(clock), options_(std::move(options)) {}

void Worker::start() {
    if (!options_.enabled) {
        return;
    }
    const std::size_t loops =
        db_.parallel_writes() ? std::max<std::size_t>(options_.concurrency, 1) : 1;
    tasks_.on_stop([this] { wake(); });
    for (std::size_t i = 0; i < loops; ++i) {
        signals_.push_back(std::make_unique<async::Signal>(tasks_.io()));
        tasks_.spawn("webhooks.worker", run(*signals_.back()));
    }
}

void Worker::wake() {
    for (const auto& signal : signals_) {
        signal->notify();
    }
}

std::function<bool()> Worker::budget() {
    const auto begin = std::chrono::steady_clock::now();
    return [&db = db_, begin, busy = options_.busy_time_max, idle = options_.idle_time_max] {
        const auto used = std::chrono::steady_clock::now() - begin;
        return used > idle || (used > busy && !db.quiet());
    };
}

async::Task<std::size_t> Worker::run_batch(Care care) {
    const BatchRequest request{.now = clock_.now(),
                               .retries = &options_.retries,
                               .care = care,
                               .side_by_side = db_.parallel_writes()};
    const std::string_view name =
        care == Care::none ? "webhooks.process" : "webhooks.process_carefully";
    const BatchTally tally = co_await db_.write(name, [this, request](db::Txn& txn) {
        BatchRequest timed = request;
        timed.enough = budget();
        return process_batch(txn, ids_, timed);
    });
    count_committed(tally);
    co_return tally.taken;
}

async::Task<std::size_t> Worker::run_batch() {
    for (const Care care : {Care::none, Care::each_item}) {
        try {
            co_return co_await run_batch(care);
        } catch (const Fault& fault) {
            if (is_outage(fault)) {
                throw;
            }
            log::warn("webhooks.batch_repeated_with_care", {{"reason", fault.what()}});
        } catch (const std::exception& failure) {
            log::warn("webhooks.batch_repeated_with_care", {{"reason", failure.what()}});
        }
    }
    co_return co_await run_batch(Care::each_conflict);
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

}  // namespace wapi::webhooks
