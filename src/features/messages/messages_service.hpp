// The messages service: what the API asks for, with idempotency and waiting for Meta's answer.
#pragma once

#include <string>
#include <vector>

#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"
#include "features/messages/sender.hpp"

namespace wapi::messages {

/// How long a send request waits for Meta before it answers 202.
inline constexpr std::chrono::seconds answer_wait{5};
inline constexpr std::chrono::hours idempotency_time{24};
inline constexpr std::size_t idempotency_key_bytes_max = 255;

/// A conversation with its newest message.
struct ConversationView {
    inbox::Conversation conversation;
    std::optional<Message> last_message;
};
struct ConversationPage {
    std::vector<ConversationView> conversations;
    std::string next_cursor;
};

class Service {
  public:
    Service(db::Db& db, IdGenerator& ids, const Clock& clock, Sender& sender)
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
    async::Task<Result<Message>> send(Context context, KeyedDraft request);

    async::Task<Result<ConversationPage>> list_conversations(Context context, inbox::Filter filter);
    /// Errors: conversation_not_found.
    async::Task<Result<ConversationView>> get_conversation(Context context, ConversationId id);
    async::Task<Result<Page>> list_messages(Context context, ConversationId id, std::string cursor,
                                            std::size_t limit);
    async::Task<Result<ConversationView>> mark_read(Context context, ConversationId id);

  private:
    async::Task<Message> wait_for_meta(Message message);
    async::Task<Message> keep_answer(Context context, std::string key, Message message);
    db::Db& db_;
    IdGenerator& ids_;
    const Clock& clock_;
    Sender& sender_;
};

}  // namespace wapi::messages
