// The three transactions of a send: taking it from the outbox, asking the opt-out just before the
// call, and recording how the attempt ended.
//
// Between the last two lies the call to Meta, which never runs inside a transaction. Included only
// inside this feature.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "features/audit/audit.hpp"
#include "features/messages/messages.hpp"
#include "queue/queue.hpp"
#include "whatsapp/graph_types.hpp"

namespace wapi::outbox {

/// A message that may be sent now.
struct Leased {
    queue::Job job;
    messages::Message message;
    std::string body;        ///< the Graph request
    std::string token_name;  ///< the vault's name of the access token
    int per_second = 1;      ///< pace of the number: the lower of plan and Meta's limit
};

/// A message that will not be sent; `status` and `reason` as stored.
struct Dropped {
    MessageId message;
    std::string status;
    std::string reason;
};

struct LeaseRequest {
    std::string queue;
    Timestamp now;
    std::chrono::milliseconds lease;
    std::size_t limit;
    queue::RetryPolicy retries;
};
struct LeaseResult {
    std::vector<Leased> leased;
    std::vector<Dropped> dropped;
    bool waits = false;  ///< for what was received to be processed; nothing was taken
};
/// Takes jobs that are due and leaves their messages as they are: cancelled and opted out are
/// dropped, a number that cannot send puts its jobs back. One whose process died during the call is
/// as uncertain as one whose answer was lost: it waits for its status first.
LeaseResult lease(db::Txn& txn, const LeaseRequest& request);

enum class Turn { call, over, later };
struct Begun {
    Turn turn = Turn::over;
    std::optional<Dropped> dropped = {};  ///< of what is over: what became of it; its job has ended
};
/// How long a message waits whose person has written what is not processed yet.
inline constexpr std::chrono::milliseconds unread_pause{100};
/// The last step before the call to Meta: asks the opt-out while nobody can decide on it, and sets
/// the message to `sending`. A STOP comes before, and the message stays, or after, and finds it
/// sent; one that was received and waits to be processed comes before, and the job is put back.
Begun begin(db::WorkspaceTxn& txn, const Leased& leased, Timestamp now);

struct Attempt {
    Leased leased;
    std::optional<whatsapp::SendOutcome> outcome;  ///< nothing: no token, so no call was made
    queue::RetryPolicy retries;
    Timestamp now;

    [[nodiscard]] bool token_refused() const;
};
/// Records the outcome and returns the message as it is then.
std::optional<messages::Message> record(db::WorkspaceTxn& txn, const Attempt& attempt);

}  // namespace wapi::outbox
