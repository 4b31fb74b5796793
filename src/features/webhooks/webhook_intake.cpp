#include "features/webhooks/webhook_intake.hpp"

#include <sys/statvfs.h>

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

bool nearly_full(const std::string& folder, std::uint64_t free_min) {
    struct statvfs state{};
    return statvfs(folder.c_str(), &state) == 0 &&
           static_cast<std::uint64_t>(state.f_bavail) * state.f_frsize < free_min;
}

}  // namespace

/// Bodies that share a commit, and the event their requests wait for.
struct Intake::Group {
    explicit Group(boost::asio::io_context& io) : done(io) {}
    std::vector<store::StoredEvent> events;
    std::size_t bytes = 0;
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
        try {
            backlog_ = co_await db_.read("webhooks.backlog", [now = clock_.now()](db::Txn& txn) {
                const queue::Counts counts = queue::count(txn, queue_name, std::nullopt, now);
                return counts.pending + counts.delayed;
            });
        } catch (const std::exception& failure) {
            log::warn("webhooks.backlog_unknown", {{"reason", failure.what()}});
        }
        disk_full_ = !options_.data_dir.empty() &&
                     nearly_full(options_.data_dir, options_.disk_free_bytes_min);
        co_await watch_.wait_for(watch_interval);
    }
}

async::Task<Result<void>> Intake::store(std::string signature, std::string body) {
    if (backlog_ >= options_.backlog_max ||
        waiting_bytes_ + body.size() > options_.waiting_bytes_max) {
        refused_backlog.add();
        co_return fail(errors::backlog_full);
    }
    if (disk_full_) {
        refused_disk.add();
        co_return fail(errors::disk_full);
    }
    if (!options_.persist) {
        co_return Result<void>{};
    }
    if (!gathering_) {
        gathering_ = std::make_shared<Group>(tasks_.io());
    }
    const std::shared_ptr<Group> group = gathering_;
    group->bytes += body.size();
    waiting_bytes_ += body.size();
    const auto priority = whatsapp::classify_priority(body);
    group->events.push_back({.id = ids_.event_id(),
                             .received_at = clock_.now(),
                             .priority = priority,
                             .signature = std::move(signature),
                             .body = std::move(body)});
    if (group->bytes >= options_.group_bytes_max) {
        gathering_.reset();  // full: the next body opens another group
        tasks_.spawn("webhooks.commit", commit(group));
    } else if (!committing_) {
        committing_ = true;
        tasks_.spawn("webhooks.commit", commit_loop());
    }
    co_await group->done.wait();
    if (group->failure) {
        std::rethrow_exception(group->failure);
    }
    co_return Result<void>{};
}

async::Task<> Intake::commit_loop() {
    while (gathering_) {
        co_await commit(std::exchange(gathering_, nullptr));
    }
    committing_ = false;
}

async::Task<> Intake::commit(std::shared_ptr<Group> group) {
    try {
        co_await db_.write("webhooks.store", [group](db::Txn& txn) {
            store::insert(txn, group->events);
            return true;
        });
        backlog_ += static_cast<std::int64_t>(group->events.size());
        stored_total.add(group->events.size());
    } catch (...) {
        group->failure = std::current_exception();
    }
    waiting_bytes_ -= group->bytes;
    group->done.set();
    if (stored_hook_ && !group->failure) {
        stored_hook_();
    }
}

}  // namespace wapi::webhooks
