// The sender's lanes, and one send from the lease to the recorded outcome.
#include "base/log.hpp"
#include "features/outbox/outbox.hpp"
#include "features/outbox/outbox_pacer.hpp"
#include "features/outbox/outbox_steps.hpp"

namespace wapi::outbox {
namespace {

/// Leasing ahead of the pace is kept this short: what is leased, a crash holds up.
constexpr int leases_per_second = 20;
constexpr std::chrono::seconds busy_pause{1};

std::size_t lease_size(int per_second) {
    return static_cast<std::size_t>(std::max(1, per_second / leases_per_second));
}

Outcome outcome_of(const outbox::Dropped& dropped) {
    return {.status = dropped.status,
            .wa_message_id = {},
            .error_code = std::nullopt,
            .error_message = dropped.reason};
}

}  // namespace

/// One business number's way out.
struct Sender::Lane {
    Lane(std::string queue_, boost::asio::io_context& io)
        : queue(std::move(queue_)), pacer(1), freed(io) {}
    std::string queue;
    Pacer pacer;
    int per_second = 1;
    std::size_t in_flight = 0;  ///< leased or under way
    bool woken = false;
    bool waits = false;  ///< for webhooks to be processed
    async::Signal freed;
};

struct Sender::Leased : outbox::Leased {};

struct Sender::Waiter {
    explicit Waiter(boost::asio::io_context& io) : signal(io) {}
    async::Signal signal;
    std::optional<Outcome> outcome;
};

Sender::Sender(Parts parts, SenderOptions options)
    : parts_(parts), options_(std::move(options)), lanes_changed_(parts.tasks.io()) {}

Sender::~Sender() = default;

void Sender::start() {
    if (!options_.enabled) {
        return;
    }
    parts_.tasks.on_stop([this] { lanes_changed_.notify(); });
    parts_.tasks.spawn("sender.find_lanes", find_lanes());
}

std::shared_ptr<Sender::Lane> Sender::lane_for(const std::string& queue) {
    const auto found = lanes_.find(queue);
    if (found != lanes_.end()) {
        return found->second;
    }
    const auto lane = std::make_shared<Lane>(queue, parts_.tasks.io());
    lanes_.emplace(queue, lane);
    parts_.tasks.spawn("sender.lane", run_lane(lane));  // may run, and end, before this returns
    return lane;
}

void Sender::wake(const PhoneNumberId& phone_number_id) {
    if (options_.enabled && !parts_.tasks.stopping()) {
        lane_for(queue_of(phone_number_id))->woken = true;
    }
}

async::Task<> Sender::find_lanes() {
    while (!parts_.tasks.stopping()) {
        try {
            const auto queues = co_await parts_.db.read("outbox.queues", [](db::Txn& txn) {
                return queue::list_queues(txn, queue_of(PhoneNumberId()));
            });
            for (const std::string& queue : queues) {
                lane_for(queue);
            }
        } catch (const std::exception& failure) {
            log::warn("sender.lanes_unknown", {{"reason", failure.what()}});
        }
        co_await lanes_changed_.wait_for(options_.poll);
    }
}

async::Task<std::vector<Sender::Leased>> Sender::lease(std::shared_ptr<Lane> lane,
                                                       std::size_t limit) {
    const outbox::LeaseRequest request{.queue = lane->queue,
                                       .now = parts_.clock.now(),
                                       .lease = options_.lease,
                                       .limit = limit,
                                       .retries = options_.retries};
    auto found = co_await parts_.db.write(
        "outbox.lease", [request](db::Txn& txn) { return outbox::lease(txn, request); });
    for (const outbox::Dropped& dropped : found.dropped) {
        tell(dropped.message, outcome_of(dropped));
    }
    std::vector<Leased> leased;
    for (outbox::Leased& item : found.leased) {
        leased.push_back({std::move(item)});
    }
    lane->woken = lane->woken || !found.dropped.empty();
    if (std::exchange(lane->waits, found.waits) != found.waits) {
        log::warn(found.waits ? "sender.waits_for_webhooks" : "sender.goes_on",
                  {{"queue", lane->queue}});
    }
    co_return leased;
}

/// Takes a call, when the lane's limit and that of all lanes allow it. Lanes that wait for the
/// latter take turns, so that busy numbers do not keep the others from Meta. False: the program
/// ends.
async::Task<bool> Sender::take_call(std::shared_ptr<Lane> lane) {
    while (lane->in_flight >= options_.in_flight_max) {
        if (parts_.tasks.stopping()) {
            co_return false;
        }
        co_await lane->freed.wait_for(busy_pause);
    }
    if (turns_.empty() && calls_ < options_.calls_max) {
        ++calls_;
        ++lane->in_flight;
        co_return true;
    }
    turns_.push_back(lane.get());
    while (std::ranges::find(turns_, lane.get()) != turns_.end()) {
        if (parts_.tasks.stopping()) {
            std::erase(turns_, lane.get());
            co_return false;
        }
        co_await lane->freed.wait_for(busy_pause);
    }
    co_return true;
}

/// As many more of those `wanted` as there are, without making another lane wait for them.
std::size_t Sender::take_more(Lane& lane, std::size_t wanted) {
    if (!turns_.empty()) {
        return 0;
    }
    const std::size_t more =
        std::min({wanted, options_.in_flight_max - lane.in_flight, options_.calls_max - calls_});
    calls_ += more;
    lane.in_flight += more;
    return more;
}

void Sender::give_back(Lane& lane, std::size_t calls) {
    if (calls == 0) {
        return;
    }
    calls_ -= calls;
    lane.in_flight -= calls;
    lane.freed.notify();
    while (!turns_.empty() && calls_ < options_.calls_max) {
        Lane& next = *turns_.front();
        turns_.pop_front();
        ++calls_;
        ++next.in_flight;
        next.freed.notify();
    }
}

async::Task<> Sender::run_lane(std::shared_ptr<Lane> lane) {
    while (!parts_.tasks.stopping()) {
        // No call is held while the pace lets none begin.
        co_await async::sleep_for(lane->pacer.wait(std::chrono::steady_clock::now()));
        if (!co_await take_call(lane)) {
            break;
        }
        lane->woken = false;
        co_await async::sleep_for(lane->pacer.reserve(std::chrono::steady_clock::now()));
        std::vector<Leased> leased;
        bool failed = false;
        const std::size_t taken = 1 + take_more(*lane, lease_size(lane->per_second) - 1);
        try {
            leased = co_await lease(lane, taken);
        } catch (const std::exception& failure) {
            log::warn("sender.lease_failed", {{"reason", failure.what()}});
            failed = true;
        }
        give_back(*lane, taken - leased.size());
        if (failed) {
            co_await async::sleep_for(busy_pause);
            continue;
        }
        if (lane->waits) {
            co_await async::sleep_for(unread_pause);
            continue;
        }
        if (leased.empty() && !lane->woken) {
            break;  // find_lanes starts it again when something is due
        }
        for (std::size_t i = 0; i < leased.size(); ++i) {
            if (i > 0) {
                co_await async::sleep_for(lane->pacer.reserve(std::chrono::steady_clock::now()));
            }
            lane->per_second = leased[i].per_second;
            lane->pacer.set_rate(leased[i].per_second);
            parts_.tasks.spawn("sender.send", send(lane, std::move(leased[i])));
        }
    }
    lanes_.erase(lane->queue);
}

/// Nothing when it cannot be read for now: then the message has certainly not left.
async::Task<std::optional<SecretString>> Sender::read_token(Context context, std::string name) {
    try {
        Result<SecretString> token =
            co_await parts_.vault.read(std::move(context), std::move(name));
        if (token) {
            co_return *std::move(token);
        }
    } catch (const std::exception& failure) {
        log::warn("sender.token_not_read", {{"reason", failure.what()}});
    }
    co_return std::nullopt;
}

async::Task<> Sender::send(std::shared_ptr<Lane> lane, Leased leased) {
    try {
        co_await attempt(std::move(leased));
    } catch (const std::exception& failure) {
        // The lease runs out and the message is taken up again: at least once.
        log::warn("sender.outcome_not_recorded", {{"reason", failure.what()}});
    }
    give_back(*lane, 1);
}

/// Whatever takes time comes before the opt-out is asked; after it only the call.
async::Task<> Sender::attempt(Leased leased) {
    const Context context = audit::system_context(*leased.job.workspace, "");
    const std::optional<SecretString> token = co_await read_token(context, leased.token_name);
    if (!token) {
        co_await record(std::move(leased), std::nullopt);
        co_return;
    }
    if (co_await begin(leased)) {
        whatsapp::SendOutcome outcome =
            co_await parts_.graph.send_message(leased.message.phone_number_id, *token, leased.body);
        co_await record(std::move(leased), std::move(outcome));
    }
}

async::Task<bool> Sender::begin(Leased leased) {
    const auto begun =
        co_await parts_.db.write(*leased.job.workspace, "outbox.begin",
                                 [leased, now = parts_.clock.now()](db::WorkspaceTxn& txn) {
                                     return outbox::begin(txn, leased, now);
                                 });
    if (begun.dropped) {
        tell(begun.dropped->message, outcome_of(*begun.dropped));
    }
    if (begun.turn == Turn::later) {
        co_await async::sleep_for(unread_pause);
        wake(leased.message.phone_number_id);
    }
    co_return begun.turn == Turn::call;
}

async::Task<> Sender::record(Leased leased, std::optional<whatsapp::SendOutcome> outcome) {
    const outbox::Attempt attempt{.leased = leased,
                                  .outcome = std::move(outcome),
                                  .retries = options_.retries,
                                  .now = parts_.clock.now()};
    const WorkspaceId workspace = *leased.job.workspace;
    const auto message = co_await parts_.db.write(
        workspace, "outbox.record",
        [attempt](db::WorkspaceTxn& txn) { return outbox::record(txn, attempt); });
    if (attempt.token_refused()) {
        parts_.vault.forget(workspace, leased.token_name);
    }
    if (message) {
        tell(message->id, {.status = message->status,
                           .wa_message_id = message->wa_message_id.value,
                           .error_code = message->error_code,
                           .error_message = message->error_message});
    }
}

void Sender::tell(const MessageId& id, const Outcome& outcome) {
    const auto [first, last] = waiters_.equal_range(id.value);
    for (auto waiter = first; waiter != last; ++waiter) {
        waiter->second->outcome = outcome;
        waiter->second->signal.notify();
    }
}

async::Task<std::optional<Outcome>> Sender::wait_for(MessageId id,
                                                     std::chrono::milliseconds limit) {
    const auto waiter = std::make_shared<Waiter>(parts_.tasks.io());
    const auto place = waiters_.emplace(id.value, waiter);
    co_await waiter->signal.wait_for(limit);
    waiters_.erase(place);
    co_return waiter->outcome;
}

}  // namespace wapi::outbox
