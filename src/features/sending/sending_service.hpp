// The sending service: a send as the API asks for it, with idempotency and waiting for Meta's
// answer.
#pragma once

#include <chrono>
#include <string>

#include "base/clock.hpp"
#include "features/outbox/outbox.hpp"
#include "features/sending/sending.hpp"

namespace wapi::sending {

/// How long a send request waits for Meta before it answers 202.
inline constexpr std::chrono::seconds answer_wait{5};
inline constexpr std::chrono::hours idempotency_time{24};
inline constexpr std::size_t idempotency_key_bytes_max = 255;

class Service {
  public:
    Service(db::Db& db, IdGenerator& ids, const Clock& clock, outbox::Sender& sender)
        : db_(db), ids_(ids), clock_(clock), sender_(sender) {}

    /// Passes the send gate and waits a moment for Meta. `request_hash` identifies the request body
    /// under its Idempotency-Key (both empty: none). Once a send with a key was accepted, each
    /// repetition is told what the first caller was told.
    struct KeyedDraft {
        Draft draft;
        std::string idempotency_key;
        std::string request_hash;
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
