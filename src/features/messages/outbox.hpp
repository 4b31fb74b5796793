// The two transactions of a send: taking it from the outbox, and recording how the attempt ended.
//
// Between them lies the call to Meta, which never runs inside a transaction. Included only in
// messages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "features/audit/audit.hpp"
#include "features/messages/messages.hpp"
#include "queue/queue.hpp"
#include "whatsapp/graph_types.hpp"

namespace wapi::messages::outbox {

/// A message that may be sent now.
struct Leased {
    queue::Job job;
    Message message;
    std::string body;        ///< the Graph request
    std::string token_name;  ///< the vault's name of the access token
    int per_second = 1;      ///< pace of the number: the lower of plan and Meta's limit
};

/// A message that will not be sent; `status` and `reason` as stored.
struct Dropped {
    MessageId message;
    std::string_view status;
    std::string reason;
};

struct LeaseRequest {
    std::string queue;
    Timestamp now;
    std::chrono::milliseconds lease;
    std::size_t limit;
};
struct LeaseResult {
    std::vector<Leased> leased;
    std::vector<Dropped> dropped;
};
/// Asks the gate again for each job: cancelled and opted out are dropped, a number that cannot send
/// puts its jobs back.
LeaseResult lease(db::Txn& txn, const LeaseRequest& request);

struct Attempt {
    Leased leased;
    whatsapp::SendOutcome outcome;
    queue::RetryPolicy retries;
    Timestamp now;

    [[nodiscard]] bool token_refused() const;
};
/// Records the outcome and returns the message as it is then.
std::optional<Message> record(db::WorkspaceTxn& txn, const Attempt& attempt);

}  // namespace wapi::messages::outbox
