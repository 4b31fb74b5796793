// Privacy: everything that is held about one customer, to be given to them or to be erased.
//
// Erasing is one transaction for what wApi works with, and a search through the raw webhook bodies
// that goes on behind it in bounded steps and survives restarts. What is kept of the person is a
// keyed hash (features/erasures), so that they are never messaged again. Decision: docs/adr/0015.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/rng.hpp"
#include "db/db.hpp"

namespace wapi::privacy {

namespace errors {
inline const ErrorKind erasure_not_found{"erasure_not_found", 404, RetryClass::never,
                                         "There is no such erasure in this workspace."};
}

struct Erasure {
    std::string id;
    ContactId contact;
    Timestamp requested_at;
    std::optional<Timestamp> completed_at;  ///< nothing: raw webhooks are still searched
    std::int64_t events_redacted = 0;
    /// A restore has left out the key of what was searched for: the rest of the raw webhooks goes
    /// by retention.
    bool interrupted = false;
};

inline constexpr std::size_t export_messages_max = 1'000;  ///< in one answer
inline constexpr std::size_t export_notes_max = 1'000;     ///< the same
inline constexpr std::size_t export_entries_max = 10'000;  ///< of the audit log

/// Looks through raw webhooks and early statuses for whoever was erased. Network thread.
class Eraser {
  public:
    /// `writers_wait_max`: how long a pass waits for transactions that are older than it.
    Eraser(async::Tasks& tasks, db::Db& db, const Clock& clock,
           std::chrono::milliseconds writers_wait_max = std::chrono::seconds(5))
        : tasks_(tasks),
          db_(db),
          clock_(clock),
          writers_wait_max_(writers_wait_max),
          wake_(tasks.io()) {}

    void start();
    /// There is a new erasure.
    void wake() { wake_.notify(); }
    /// Searches for all erasures that are open, up to a limit, in one pass and completes them;
    /// those stay open whose traces are sealed, and all while a transaction runs that may not know
    /// of them yet. Returns how many are complete. For the loop and tests.
    async::Task<std::size_t> run_open();

  private:
    async::Task<> run();
    /// False when the time is up.
    async::Task<bool> wait_for_writers(std::int64_t next_writer);
    async::Tasks& tasks_;
    db::Db& db_;
    const Clock& clock_;
    std::chrono::milliseconds writers_wait_max_;
    async::Signal wake_;
};

class Service {
  public:
    struct Parts {
        db::Db& db;
        IdGenerator& ids;
        Rng& rng;
        const Clock& clock;
        Eraser& eraser;
    };
    explicit Service(Parts parts) : parts_(parts) {}

    /// What is held about a contact, as JSON; `cursor` goes on with notes and messages where the
    /// answer before ended. Every answer leaves the entry `data.exported`, `continued` behind the
    /// first. A member with restrictions gets the conversations they may see, and entries about
    /// those. Errors: contact_not_found, invalid_request (cursor).
    async::Task<Result<boost::json::object>> export_contact(Context context, ContactId id,
                                                            std::string cursor);
    /// Erases the contact: identities, names, attributes, tags, conversations, messages with their
    /// statuses and Idempotency-Keys, dead letters, and what waits to be sent; raw webhooks and
    /// early statuses follow. Leaves the entry `data.erased`. `confirmed` is the id once more.
    /// Errors: contact_not_found, invalid_request (confirm), vault_secret_invalid.
    async::Task<Result<Erasure>> erase(Context context, ContactId id, std::string confirmed);
    /// Errors: erasure_not_found.
    async::Task<Result<Erasure>> find(Context context, std::string id);

  private:
    Parts parts_;
};

}  // namespace wapi::privacy
