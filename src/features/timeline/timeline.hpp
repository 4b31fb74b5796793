// The timeline of a contact: messages, notes, and what was decided about the contact and its
// conversations, newest first, within what the caller may see.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <variant>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "features/conversation_notes/conversation_notes.hpp"
#include "features/messages/messages.hpp"

namespace wapi::timeline {

/// An entry of the audit log about the contact or one of its conversations.
struct Event {
    std::int64_t seq = 0;
    std::string action;
    std::string conversation;  ///< id; empty: about the contact itself
    std::string actor_kind;
    std::string actor_id;
    std::string actor_name;  ///< empty for keys, the system, and who is no user any more
    boost::json::object details;
    Timestamp at;
};

using Entry = std::variant<messages::Message, conversation_notes::Note, Event>;

struct Page {
    std::vector<Entry> entries;  ///< newest first
    std::string next_cursor;
};

/// Conversations of one contact that are looked at: those with the newest messages.
inline constexpr std::size_t conversations_max = 32;

class Service {
  public:
    explicit Service(db::Db& db) : db_(db) {}
    /// Errors: contact_not_found, invalid_request (cursor).
    async::Task<Result<Page>> list(Context context, ContactId contact, std::string cursor,
                                   std::size_t limit);

  private:
    db::Db& db_;
};

}  // namespace wapi::timeline
