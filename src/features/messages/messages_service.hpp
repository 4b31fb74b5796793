// The messages service: what the API reads, conversations with their messages.
#pragma once

#include <string>
#include <vector>

#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"

namespace wapi::messages {

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
    explicit Service(db::Db& db) : db_(db) {}

    async::Task<Result<ConversationPage>> list_conversations(Context context, inbox::Filter filter);
    /// Errors: conversation_not_found.
    async::Task<Result<ConversationView>> get_conversation(Context context, ConversationId id);
    async::Task<Result<Page>> list_messages(Context context, ConversationId id, std::string cursor,
                                            std::size_t limit);
    async::Task<Result<ConversationView>> mark_read(Context context, ConversationId id);

  private:
    db::Db& db_;
};

}  // namespace wapi::messages
