// Search: messages and contacts by their words, within what the caller may see.
//
// What is stored is queued here in its transaction and indexed behind it by a loop, so that a
// webhook does not wait for the index: FTS5 on SQLite, a tsvector with GIN on PostgreSQL. Case,
// accents and spellings are folded before (base/words.hpp), on both engines alike. Decision:
// docs/adr/0018.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "db/txn.hpp"

namespace wapi::search {

enum class Kind { message, contact };

/// The message or contact is new or has changed: it will be indexed. Database thread.
void enqueue(db::WorkspaceTxn& txn, Kind kind, std::string_view id, Timestamp now);
/// The same with many contacts at once, which wait behind everything that is queued one by one: a
/// million imported people must not keep new messages from being found.
void enqueue_behind(db::WorkspaceTxn& txn, std::span<const ContactId> contacts, Timestamp now);

/// Removes the messages of a conversation, which still stand in the database, from the index. Waits
/// for an indexing of them that is under way. Database thread.
void forget_messages(db::WorkspaceTxn& txn, const ConversationId& conversation);
/// The same with a contact, whose row the caller holds.
void forget_contact(db::WorkspaceTxn& txn, const ContactId& contact);

/// One step of rewriting the index without what was removed from it; until then its bytes stay in
/// the file. Called with `first` once, then until false, also while more is indexed. System scope;
/// nothing to do on PostgreSQL.
bool merge_step(db::Txn& txn, bool first);

/// A piece of a text; those that match are marked.
struct Part {
    std::string text;
    bool matches = false;
};

struct MessageHit {
    MessageId id;
    ConversationId conversation;
    std::string direction;
    std::string type;
    Timestamp timestamp;
    std::vector<Part> snippet;
};

/// A contact that was found, or whose message was.
struct Hit {
    ContactId contact;
    std::string contact_name;
    std::string contact_phone;          ///< wa_id digits, empty when not known
    std::optional<MessageHit> message;  ///< nothing: the contact itself was found
};

struct Query {
    std::string text;  ///< every word must occur, the last one as the beginning of a word
    Kind kind = Kind::message;
    std::string cursor = {};
    std::size_t limit = 50;
};

struct Page {
    /// Indexed last comes first. Fewer than asked for, or none, is not the end while there is a
    /// next cursor.
    std::vector<Hit> hits;
    std::string next_cursor;
};

inline constexpr std::size_t query_bytes_max = 256;
inline constexpr std::size_t query_words_max = 8;  ///< further ones are left out
inline constexpr std::size_t words_max = 2'000;    ///< of one text; further ones are not indexed
/// For who sees a part of the workspace: so many that match are looked at for a page.
inline constexpr std::size_t looked_at_max = 200;

class Service {
  public:
    /// `cursor_key`: 32 bytes that all nodes share; under another key a cursor is no cursor.
    Service(db::Db& db, SecretString cursor_key) : db_(db), cursor_key_(std::move(cursor_key)) {}
    /// Errors: invalid_request (q: no word; cursor).
    async::Task<Result<Page>> find(Context context, Query query);

  private:
    db::Db& db_;
    SecretString cursor_key_;
};

/// How many messages and contacts wait to be indexed, counted up to `limit`. System scope.
std::size_t count_waiting(db::Txn& txn, std::size_t limit);

/// A step of queueing what has no document, behind everything new: after a node that knew nothing
/// of the index has stored messages.
struct Requeue {
    Kind kind = Kind::contact;
    std::string workspace = {};  ///< the last that was looked at, and its contact or message
    std::string id = {};
    bool is_end = false;
    std::size_t queued = 0;  ///< so far
};
/// Looks at up to `limit` contacts, and then messages, of all workspaces. System scope.
Requeue requeue_step(db::Txn& txn, Requeue from, std::size_t limit);

/// A place in the queue, which is kept in this order.
struct QueueKey {
    Timestamp queued_at = {};
    std::string workspace = {};
    std::string kind = {};
    std::string id = {};
    auto operator<=>(const QueueKey&) const = default;
};

/// Indexes what is queued, in small transactions, new ones first. While webhooks wait to be
/// processed it rests, for at most `lag_max`, and then goes on at a part of the writer's time.
/// Network thread.
class Indexer {
  public:
    static constexpr std::chrono::milliseconds poll{500};
    static constexpr std::chrono::seconds lag_max{30};

    Indexer(async::Tasks& tasks, db::Db& db, const Clock& clock)
        : tasks_(tasks), db_(db), clock_(clock), wake_(tasks.io()) {}
    void start();
    /// Indexes everything that is queued. For tests. Returns how many.
    async::Task<std::size_t> run_all();

    /// What one transaction did.
    struct Batch {
        std::size_t indexed = 0;
        bool more_wait = false;
        QueueKey last = {};  ///< where the next one may begin
    };

  private:
    async::Task<> run();
    QueueKey place();
    enum class Pace { rest, slow, fast };
    async::Task<Pace> look();
    async::Task<Batch> run_batch();
    async::Tasks& tasks_;
    db::Db& db_;
    const Clock& clock_;
    async::Signal wake_;
    QueueKey from_;
    std::chrono::steady_clock::time_point begun_ = {};  ///< at the queue's beginning
};

}  // namespace wapi::search
