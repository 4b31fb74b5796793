#include "features/webhooks/webhook_intake.hpp"

#include <sys/statvfs.h>

#include <mutex>

#include "async/event.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "whatsapp/webhook_parser.hpp"

namespace wapi::webhooks {
namespace {

constexpr std::chrono::seconds watch_interval{2};

const Counter stored_total{"wapi_webhooks_stored_total",
                           "Webhook bodies committed and answered 200."};
const Counter refused_backlog{"wapi_webhooks_refused_total", "Webhooks answered 503.",
                              R"(reason="backlog")"};
const Counter refused_disk{"wapi_webhooks_refused_total", "Webhooks answered 503.",
                           R"(reason="disk")"};

constexpr std::chrono::seconds retry_after{30};
/// How long a failed commit counts: without it a node that gets no more webhooks would never be
/// well again.
constexpr std::chrono::seconds failure_memory{10};
/// One being written and one behind it, which takes what comes until the first one ends: the
/// database never waits for the network thread. More would make the groups smaller.
constexpr unsigned commits_at_once_max = 2;
/// Two nodes may have made the same id within a microsecond.
constexpr int id_collisions_max = 3;

std::optional<std::uint64_t> free_bytes(const std::string& folder) {
    struct statvfs state{};
    if (statvfs(folder.c_str(), &state) != 0) {
        return std::nullopt;
    }
    return static_cast<std::uint64_t>(state.f_bavail) * state.f_frsize;
}

Error refusal(const ErrorKind& kind) {
    Error error = fail(kind).error();
    error.retry_after = retry_after;
    return error;
}

}  // namespace

/// Bodies that share a commit, and the event their requests wait for. Open until its transaction
/// begins, which the database's thread says; the network thread adds bodies and looks at the rest.
struct Intake::Group {
    explicit Group(boost::asio::io_context& io) : done(io) {}

    /// False, and the event untouched, when the group is closed.
    bool add(webhook_events::StoredEvent& event) {
        const std::lock_guard lock(mutex);
        if (closed) {
            return false;
        }
        bytes += event.body.size();
        events.push_back(std::move(event));
        return true;
    }
    void close() {
        const std::lock_guard lock(mutex);
        closed = true;
    }

    std::mutex mutex;  ///< of the three below, until the group is closed
    bool closed = false;
    std::vector<webhook_events::StoredEvent> events;
    std::size_t bytes = 0;
    bool handed_over = false;  ///< to the database
    async::Event done;
    std::exception_ptr failure;
};

Intake::Intake(async::Tasks& tasks, db::Db& db, IdGenerator& ids, const Clock& clock,
               IntakeOptions options)
    : tasks_(tasks),
      db_(db),
      ids_(ids),
      clock_(clock),
      options_(std::move(options)),
      watch_(tasks.io()) {}

Intake::~Intake() = default;

void Intake::start() {
    tasks_.on_stop([this] { watch_.notify(); });
    tasks_.spawn("webhooks.watch", watch());
}

async::Task<> Intake::watch() {
    while (!tasks_.stopping()) {
        co_await look();
        log_changes();
        co_await watch_.wait_for(watch_interval);
    }
}

async::Task<> Intake::look() {
    look_at_disk();
    try {
        backlog_ = co_await db_.read("webhooks.backlog", [now = clock_.now()](db::Txn& txn) {
            const queue::Counts counts =
                queue::count(txn, webhook_events::queue_name, std::nullopt, now);
            return counts.pending + counts.delayed;
        });
    } catch (const std::exception& failure) {
        log::warn("webhooks.backlog_unknown", {{"reason", failure.what()}});
    }
}

void Intake::look_at_disk() {
    if (options_.disk_folder.empty()) {
        return;
    }
    const std::optional<std::uint64_t> free = free_bytes(options_.disk_folder);
    if (!free && !disk_unknown_) {
        log::error("webhooks.disk_unknown", {{"folder", options_.disk_folder}, {"errno", errno}});
    }
    disk_unknown_ = !free;
    // Unknown keeps what was known: commits tell when the disk is full after all.
    disk_full_ = free ? *free < options_.disk_free_bytes_min : disk_full_;
}

Result<void> Intake::check() const {
    if (backlog_ >= options_.backlog_max) {
        return std::unexpected(refusal(errors::backlog_full));
    }
    if (disk_full_) {
        return std::unexpected(refusal(errors::disk_full));
    }
    return {};
}

std::string Intake::failing() const {
    if (const Result<void> accepting = check(); !accepting) {
        return std::string(accepting.error().kind->code);
    }
    const bool recent = clock_.now() < commit_failed_at_ + failure_memory;
    return recent ? commit_failure_ : std::string();
}

void Intake::log_changes() {
    const std::string now = failing();
    if (now == logged_) {
        return;
    }
    if (now.empty()) {
        log::info("webhooks.intake_recovered", {{"after", logged_}});
    } else {
        log::error("webhooks.intake_failing", {{"reason", now}});
    }
    logged_ = now;
}

async::Task<Result<void>> Intake::store(std::string signature, std::string body) {
    Result<void> accepting = check();
    if (accepting && waiting_bytes_ + body.size() > options_.waiting_bytes_max) {
        accepting = std::unexpected(refusal(errors::backlog_full));
    }
    if (!accepting) {
        (accepting.error().kind == &errors::disk_full ? refused_disk : refused_backlog).add();
        co_return accepting;
    }
    if (!options_.persist) {
        co_return Result<void>{};
    }
    waiting_bytes_ += body.size();
    const auto priority = whatsapp::classify_priority(body);
    const std::shared_ptr<Group> group = gather({.id = ids_.event_id(),
                                                 .received_at = clock_.now(),
                                                 .priority = priority,
                                                 .signature = std::move(signature),
                                                 .body = std::move(body)});
    co_await group->done.wait();
    if (group->failure) {
        std::rethrow_exception(group->failure);
    }
    co_return Result<void>{};
}

std::shared_ptr<Intake::Group> Intake::gather(webhook_events::StoredEvent event) {
    if (!gathering_ || !gathering_->add(event)) {
        gathering_ = std::make_shared<Group>(tasks_.io());
        gathering_->add(event);
    }
    std::shared_ptr<Group> group = gathering_;
    const bool full = group->bytes >= options_.group_bytes_max;
    if (full || commits_under_way_ < commits_at_once_max) {
        hand_over(group);
    }
    if (full) {
        gathering_.reset();  // the next body opens another group
    }
    return group;
}

void Intake::hand_over(const std::shared_ptr<Group>& group) {
    if (!group->handed_over) {
        group->handed_over = true;
        ++commits_under_way_;
        tasks_.spawn("webhooks.commit", commit(group));
    }
}

async::Task<> Intake::write(const std::shared_ptr<Group>& group) {
    for (int collisions = 0;; ++collisions) {
        try {
            co_await db_.write("webhooks.store", [group](db::Txn& txn) {
                group->close();  // as late as can be: what came while it waited comes along
                webhook_events::insert(txn, group->events);
                return true;
            });
            co_return;
        } catch (const Fault& fault) {
            if (fault.code() != "db.constraint" || collisions == id_collisions_max) {
                throw;
            }
        }
        for (webhook_events::StoredEvent& event : group->events) {
            event.id = ids_.event_id();
        }
    }
}

async::Task<> Intake::commit(std::shared_ptr<Group> group) {
    try {
        co_await write(group);
        backlog_ += static_cast<std::int64_t>(group->events.size());
        stored_total.add(group->events.size());
        commit_failure_.clear();
    } catch (const Fault& fault) {
        group->failure = std::current_exception();
        commit_failure_ = fault.code();
        commit_failed_at_ = clock_.now();
    } catch (...) {
        group->failure = std::current_exception();
    }
    // Open still when its transaction never began: a body that came now would fail for nothing.
    if (gathering_ == group) {
        gathering_.reset();
    }
    --commits_under_way_;
    if (gathering_) {
        hand_over(gathering_);
    }
    waiting_bytes_ -= group->bytes;
    group->done.set();
    if (stored_hook_ && !group->failure) {
        stored_hook_();
    }
}

}  // namespace wapi::webhooks
