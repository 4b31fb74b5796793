// The outbox: messages that wait to be sent, and the sender, which takes them to Meta, one lane per
// business number, at its pace.
//
// A lane leases jobs (a crash returns them after the lease). Each send then reads the token, asks
// the opt-out as its last step, calls the Graph API and records the outcome in a transaction of its
// own. What Meta refuses for now is retried after 1 min, 5 min, 15 min and 1 h; an uncertain send,
// one whose process died too, is settled by its status webhook before it is repeated, and never
// repeated when it is marketing (architecture, invariants 4, 5 and 10).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "async/async.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "features/messages/messages.hpp"
#include "features/vault/vault.hpp"
#include "queue/queue.hpp"
#include "whatsapp/graph_client.hpp"

namespace wapi::outbox {

/// Kind of an outbox job; its payload is the message id.
inline constexpr std::string_view job_kind = "message.send";
/// Queue of the outbox of one business number.
std::string queue_of(const PhoneNumberId& phone_number_id);

/// Puts a stored message of ours into the outbox of its number: the transaction of the send gate
/// (features/sending), which alone calls this. Database thread.
void enqueue(db::WorkspaceTxn& txn, IdGenerator& ids, const messages::Message& message,
             Timestamp now);

struct SenderOptions {
    queue::RetryPolicy retries{{std::chrono::minutes(1), std::chrono::minutes(5),
                                std::chrono::minutes(15), std::chrono::hours(1)}};
    /// How long a leased job stays hidden; longer than the Graph time-out, so that a live call is
    /// never doubled.
    std::chrono::milliseconds lease{90'000};
    std::chrono::milliseconds poll{1'000};  ///< how often lanes are looked for without a wake-up
    std::size_t in_flight_max = 64;         ///< calls to Meta at once per number
    /// Calls to Meta at once of all numbers: fewer than the HTTP client takes (256), so that none
    /// waits there after its opt-out check.
    std::size_t calls_max = 192;
    bool enabled = true;
};

/// The last known state of a message some request waits for.
struct Outcome {
    std::string status;
    std::string wa_message_id;
    std::optional<std::int64_t> error_code;
    std::string error_message;
};

class Sender {
  public:
    struct Parts {
        async::Tasks& tasks;
        db::Db& db;
        vault::Vault& vault;
        whatsapp::GraphClient& graph;
        const Clock& clock;
    };
    Sender(Parts parts, SenderOptions options);
    ~Sender();

    void start();
    /// Tells that something was enqueued for this number.
    void wake(const PhoneNumberId& phone_number_id);
    /// Waits until the message has left the outbox for good or for now, at most `limit`.
    async::Task<std::optional<Outcome>> wait_for(MessageId id, std::chrono::milliseconds limit);

  private:
    struct Lane;
    struct Leased;
    async::Task<> find_lanes();
    async::Task<> run_lane(std::shared_ptr<Lane> lane);
    async::Task<std::vector<Leased>> lease(std::shared_ptr<Lane> lane, std::size_t limit);
    async::Task<bool> take_call(std::shared_ptr<Lane> lane);
    std::size_t take_more(Lane& lane, std::size_t wanted);
    void give_back(Lane& lane, std::size_t calls);
    async::Task<> send(std::shared_ptr<Lane> lane, Leased leased);
    async::Task<> attempt(Leased leased);
    async::Task<bool> begin(Leased leased);
    async::Task<std::optional<SecretString>> read_token(Context context, std::string name);
    async::Task<> record(Leased leased, std::optional<whatsapp::SendOutcome> outcome);
    void tell(const MessageId& id, const Outcome& outcome);
    std::shared_ptr<Lane> lane_for(const std::string& queue);

    Parts parts_;
    SenderOptions options_;
    async::Signal lanes_changed_;
    std::map<std::string, std::shared_ptr<Lane>> lanes_;
    std::size_t calls_ = 0;    ///< leased or under way, of all lanes
    std::deque<Lane*> turns_;  ///< lanes that wait for one of those, the longest waiting first
    struct Waiter;
    std::multimap<std::string, std::shared_ptr<Waiter>> waiters_;
};

}  // namespace wapi::outbox
