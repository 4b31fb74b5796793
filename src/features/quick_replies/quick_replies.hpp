// Quick replies: texts that agents answer with, found by a shortcut, with variables that are filled
// in for the contact they are sent to. A member's own, or shared by the workspace.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "db/txn.hpp"

namespace wapi::quick_replies {

namespace errors {
inline const ErrorKind quick_reply_not_found{"quick_reply_not_found", 404, RetryClass::never,
                                             "There is no such quick reply for you."};
inline const ErrorKind quick_reply_exists{"quick_reply_exists", 409, RetryClass::never,
                                          "There is a quick reply with this shortcut already."};
inline const ErrorKind quick_reply_shared{
    "quick_reply_shared", 403, RetryClass::never,
    "Shared quick replies are written by who may assign conversations."};
inline const ErrorKind quick_replies_full{"quick_replies_full", 409, RetryClass::never,
                                          "There are as many quick replies as may be."};
}  // namespace errors

inline constexpr std::size_t shortcut_bytes_max = 32;
inline constexpr std::size_t text_bytes_max = 4'096;  ///< what WhatsApp takes as a text
inline constexpr std::int64_t own_max = 200;
inline constexpr std::int64_t shared_max = 1'000;

struct QuickReply {
    std::string id;
    UserId owner;  ///< empty: shared
    std::string shortcut;
    std::string text;
    Timestamp created_at;
    Timestamp updated_at;
};

/// Of a change: what is left out stays.
struct Draft {
    std::optional<std::string> shortcut = {};
    std::optional<std::string> text = {};
    bool shared = false;  ///< of a new one
};

struct Filter {
    std::string text = {};    ///< beginning of the shortcut, or part of the text
    std::string cursor = {};  ///< "<shortcut> <id>" of the last one of the page before
    std::size_t limit = 50;
};
struct Page {
    std::vector<QuickReply> replies;  ///< by shortcut
    std::string next_cursor;
};

/// Replies are the caller's own and the shared ones; shared ones are written by who may assign
/// conversations, an API key has none of its own.
class Service {
  public:
    Service(db::Db& db, IdGenerator& ids, const Clock& clock) : db_(db), ids_(ids), clock_(clock) {}
    /// Errors: invalid_request (cursor).
    async::Task<Result<Page>> list(Context context, Filter filter);
    /// Errors: invalid_request (shortcut, text), quick_reply_shared, quick_reply_exists,
    /// quick_replies_full.
    async::Task<Result<QuickReply>> create(Context context, Draft draft);
    /// Errors: quick_reply_not_found, invalid_request, quick_reply_shared, quick_reply_exists.
    async::Task<Result<QuickReply>> change(Context context, std::string id, Draft draft);
    /// Errors: quick_reply_not_found, quick_reply_shared.
    async::Task<Result<void>> remove(Context context, std::string id);
    /// The text for a contact, its variables filled in. Errors: quick_reply_not_found,
    /// contact_not_found, forbidden when the text tells of the contact and the caller lacks
    /// viewContacts.
    async::Task<Result<std::string>> render(Context context, std::string id, ContactId contact);

  private:
    db::Db& db_;
    IdGenerator& ids_;
    const Clock& clock_;
};

}  // namespace wapi::quick_replies
