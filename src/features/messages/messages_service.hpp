// The messages service: what the API reads, conversations with their messages.
#pragma once

#include <string>
#include <vector>

#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"

namespace wapi::messages {

class Service {
  public:
    explicit Service(db::Db& db) : db_(db) {}

    /// Errors: invalid_request (cursor, status).
    async::Task<Result<inbox::Page>> list_conversations(Context context, inbox::Filter filter);
    /// Errors: conversation_not_found.
    async::Task<Result<inbox::Entry>> get_conversation(Context context, ConversationId id);
    async::Task<Result<Page>> list_messages(Context context, ConversationId id, std::string cursor,
                                            std::size_t limit);
    async::Task<Result<inbox::Entry>> mark_read(Context context, ConversationId id);

  private:
    db::Db& db_;
};

}  // namespace wapi::messages
