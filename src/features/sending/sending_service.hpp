// The sending service: a send as the API asks for it, with idempotency and waiting for Meta's
// answer.
#pragma once

#include <chrono>
#include <string>

#include "base/clock.hpp"
#include "features/idempotency/idempotency.hpp"
#include "features/outbox/outbox.hpp"
#include "features/sending/sending.hpp"

namespace wapi::sending {

/// How long a send request waits for Meta before it answers 202.
inline constexpr std::chrono::seconds answer_wait{5};

class Service {
  public:
    Service(db::Db& db, IdGenerator& ids, const Clock& clock, outbox::Sender& sender)
        : db_(db), ids_(ids), clock_(clock), sender_(sender) {}

    /// Passes the send gate and waits a moment for Meta. Once a send with a key was accepted, each
    /// repetition is told what the first caller was told.
    struct KeyedDraft {
        Draft draft;
        idempotency::Request request;
    };
    /// Errors: those of commit_send, idempotency_key_reused, message_refused (Meta's answer).
    async::Task<Result<messages::Message>> send(Context context, KeyedDraft request);

  private:
    async::Task<messages::Message> wait_for_meta(messages::Message message);
    async::Task<messages::Message> keep_answer(Context context, std::string key,
                                               messages::Message message);
    db::Db& db_;
    IdGenerator& ids_;
    const Clock& clock_;
    outbox::Sender& sender_;
};

}  // namespace wapi::sending
