// What is repeated: a function whose transaction met a conflict (up to 10 times), and one whose
// connection was lost before COMMIT was sent (for 5 s after it was queued). When the connection is
// lost during COMMIT nobody knows the outcome, so the caller gets `db.down` and decides.
#include "db/postgres/postgres_db.hpp"

#include <pthread.h>

#include <optional>
#include <random>
#include <thread>

#include "base/log.hpp"
#include "db/migrator.hpp"
#include "db/postgres/postgres_backup.hpp"
#include "db/postgres/postgres_connection.hpp"
#include "db/postgres/postgres_notices.hpp"
#include "db/work_queue.hpp"

namespace wapi::db::postgres {

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr int repeats_max = 10;
constexpr auto down_limit = 5s;
constexpr std::chrono::milliseconds conflict_delay_max = 100ms;
constexpr std::chrono::milliseconds connect_delay_first = 50ms;
constexpr std::chrono::milliseconds connect_delay_max = 500ms;
constexpr auto migration_max = 24h;  // rewriting a large table takes its time

struct Counters {
    std::atomic<std::uint64_t> commits = 0;
    std::atomic<std::uint64_t> functions = 0;
    std::atomic<std::uint64_t> conflicts = 0;
};

/// Since when the server has been down, as the whole pool knows it: what one thread has waited in
/// vain for, the others need not find out again.
class Outage {
  public:
    void note_failure(SteadyClock::time_point at) {
        SteadyClock::rep unset = up;
        since_.compare_exchange_strong(unset, at.time_since_epoch().count());
    }
    void note_success() {
        if (since_.load(std::memory_order_relaxed) != up) {
            since_ = up;
        }
    }
    [[nodiscard]] std::optional<SteadyClock::time_point> since() const {
        const SteadyClock::rep since = since_;
        return since == up ? std::nullopt
                           : std::optional(SteadyClock::time_point(SteadyClock::duration(since)));
    }

  private:
    static constexpr SteadyClock::rep up = 0;
    std::atomic<SteadyClock::rep> since_ = up;
};

/// One thread of the pool.
class Worker {
  public:
    Worker(const std::string& url, AnswerLimits limits, Counters& counters, Outage& outage)
        : connection_(url, limits),
          counters_(counters),
          outage_(outage),
          random_(std::random_device{}()) {}

    /// Runs the work to its end.
    void run(Finished& item) {
        for (int attempt = 0;; ++attempt) {
            if (!connect_for(item.work.queued_at)) {
                item.failure = last_connect_failure_;
                return;
            }
            const Outcome outcome = try_once(item);
            if (outcome == Outcome::ended || attempt >= repeats_max) {
                return;
            }
            if (outcome == Outcome::conflict) {
                ++counters_.conflicts;
                wait_after_conflict(attempt);
            }
        }
    }

  private:
    enum class Outcome { ended, conflict, lost };

    /// How long a work may wait for the server. Once that has been down for the limit, each work
    /// waits for one more attempt only, so that callers learn it early.
    [[nodiscard]] SteadyClock::time_point deadline_of(SteadyClock::time_point queued_at) const {
        const auto patient = queued_at + down_limit;
        const auto down_since = outage_.since();
        return down_since ? std::min(patient, std::max(*down_since + down_limit,
                                                       queued_at + connect_delay_max))
                          : patient;
    }

    /// Connects if need be. False when the deadline has passed. While the server is down, works
    /// that are late already fail at once instead of waiting for another attempt each.
    bool connect_for(SteadyClock::time_point queued_at) {
        while (!connection_.alive()) {
            const auto now = SteadyClock::now();
            const auto deadline = deadline_of(queued_at);
            if (now >= deadline && now < next_connect_) {
                return false;
            }
            std::this_thread::sleep_until(std::min(next_connect_, deadline));
            try {
                connection_.connect();
                connect_delay_ = connect_delay_first;
                outage_.note_success();
            } catch (const Fault& fault) {
                if (connect_delay_ == connect_delay_first) {
                    log::warn("database.connect_failed", {{"reason", fault.what()}});
                }
                last_connect_failure_ = std::current_exception();
                outage_.note_failure(now);
                next_connect_ = SteadyClock::now() + connect_delay_;
                connect_delay_ = std::min(connect_delay_ * 2, connect_delay_max);
                if (SteadyClock::now() >= deadline) {
                    return false;
                }
            }
        }
        return true;
    }

    Outcome try_once(Finished& item) {
        const bool writes = item.work.access == Access::write;
        bool committing = false;
        bool conflict = false;
        item.failure = nullptr;
        item.announcements.clear();
        try {
            connection_.begin(writes ? "READ COMMITTED" : "REPEATABLE READ, READ ONLY");
            Txn txn(connection_);
            if (item.work.run(txn)) {
                committing = true;
                item.announcements = txn.take_announcements();
                connection_.commit();
                counters_.commits += writes ? 1 : 0;
            }
        } catch (const Fault& fault) {
            item.failure = std::current_exception();
            conflict = fault.code() == "db.conflict";
        } catch (...) {
            item.failure = std::current_exception();
        }
        const bool lost = !connection_.alive();
        if (item.failure && !lost) {
            item.announcements.clear();  // when it is lost nobody knows, and they do no harm
        }
        if (!lost) {
            outage_.note_success();
        }
        connection_.abandon();
        if (lost && item.failure && !committing) {
            return Outcome::lost;
        }
        return conflict ? Outcome::conflict : Outcome::ended;
    }

    /// Doubles from 1 ms, with jitter so that two functions do not meet again.
    void wait_after_conflict(int attempt) {
        std::uniform_real_distribution<double> jitter(0.5, 1.5);
        const auto base =
            std::min<std::chrono::milliseconds>(1ms * (1 << attempt), conflict_delay_max);
        std::this_thread::sleep_for(base * jitter(random_));
    }

    PostgresConnection connection_;
    Counters& counters_;
    Outage& outage_;
    std::minstd_rand random_;
    SteadyClock::time_point next_connect_{};
    std::chrono::milliseconds connect_delay_ = connect_delay_first;
    std::exception_ptr last_connect_failure_;
};

class PostgresDb final : public Db {
  public:
    PostgresDb(boost::asio::io_context& io, const Options& options)
        : Db(io), completions_(io), queue_(options.waiting_max), url_(options.url) {
        for (std::size_t index = 0; index < std::max<std::size_t>(options.connections_max, 1);
             ++index) {
            threads_.emplace_back([this, url = options.url, limit = options.answer_max] {
                run(url, {.answer_max = limit, .stopping = &stopping_});
            });
        }
    }
    ~PostgresDb() override {
        stopping_ = true;
        queue_.close();
        for (std::thread& thread : threads_) {
            thread.join();
        }
    }

    [[nodiscard]] Engine engine() const override { return Engine::postgres; }
    [[nodiscard]] Stats stats() const override {
        return {.commits = counters_.commits.load(),
                .functions = counters_.functions.load(),
                .conflicts = counters_.conflicts.load(),
                .waiting = queue_.size()};
    }
    [[nodiscard]] bool quiet() const override { return queue_.size() == 0; }
    void on_announced(AnnouncementListener listener) override {
        completions_.listen(std::move(listener));
    }
    std::unique_ptr<Notices> open_notices(NoticesListener listener) override {
        return std::make_unique<PostgresNotices>(io_, url_, std::move(listener));
    }

  protected:
    bool submit(Work& work) override { return queue_.push(work); }

  private:
    void run(const std::string& url, AnswerLimits limits) {
        pthread_setname_np(pthread_self(), "db-pool");
        Worker worker(url, limits, counters_, outage_);
        while (std::optional<Work> work = queue_.take()) {
            ++counters_.functions;
            std::vector<Finished> one;
            one.push_back({std::move(*work), nullptr});
            worker.run(one.front());
            completions_.deliver(std::move(one));
        }
    }

    Completions completions_;
    WorkQueue queue_;
    std::string url_;
    Counters counters_;
    Outage outage_;
    std::atomic<bool> stopping_ = false;
    std::vector<std::thread> threads_;
};

/// The first connection may come up together with this program.
void connect_patiently(PostgresConnection& connection) {
    const auto deadline = SteadyClock::now() + down_limit;
    for (;;) {
        try {
            connection.connect();
            return;
        } catch (const Fault&) {
            if (SteadyClock::now() >= deadline) {
                throw;
            }
            std::this_thread::sleep_for(connect_delay_max);
        }
    }
}

}  // namespace

std::unique_ptr<Db> open(boost::asio::io_context& io, const Options& options) {
    PostgresConnection connection(options.url, {.answer_max = migration_max});
    connect_patiently(connection);
    refuse_unfinished(connection);
    // A migration may take longer than a statement of the running service may.
    connection.execute_text("SET statement_timeout = 0");
    migrate(connection, embedded_migrations());
    return std::make_unique<PostgresDb>(io, options);
}

}  // namespace wapi::db::postgres
