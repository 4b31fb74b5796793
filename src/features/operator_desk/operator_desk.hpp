// What operators see and do over all workspaces: queues, dead letters, stored webhook events.
//
// Sizes, ages, ids and errors, and never what a customer wrote: a letter of a mail comes without
// its payload, which names a person, and a stored event without its body. Source: issue 4 part 7.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "features/dead_letters/dead_letters.hpp"
#include "features/operators/operators.hpp"
#include "features/webhook_events/webhook_events.hpp"
#include "queue/queue.hpp"

namespace wapi::operator_desk {

/// Queues that one answer shows: those whose oldest job waits longest come first.
inline constexpr std::size_t queues_max = 200;

/// A workspace by its name.
struct Named {
    WorkspaceId id;
    std::string name;
};

/// A queue that has jobs or dead letters.
struct QueueLine {
    std::string name;  ///< `webhooks`, `tasks`, `mail`, `outbox:<phone number id>`
    queue::Counts counts;
    std::optional<Named> workspace;  ///< of an outbox's number
    std::string phone;               ///< the number as people write it, or empty
};
struct QueueList {
    std::vector<QueueLine> queues;
    std::int64_t left_out = 0;  ///< beyond queues_max
};

struct LetterLine {
    queue::DeadLetter letter;
    std::string workspace_name;  ///< empty when it is nobody's
};
struct LetterPage {
    std::vector<LetterLine> letters;
    std::optional<EventId> next;
};

struct EventFilter {
    std::optional<Timestamp> from = {};  ///< received then or later
    std::optional<Timestamp> to = {};    ///< and before
    std::optional<EventId> after = {};   ///< older than this one
    std::size_t limit = 50;
};

/// A replay to start. Without a workspace every item of the events is processed again.
struct ReplayWish {
    webhook_events::ReplayRequest request;
    std::optional<WorkspaceId> workspace;
};

class Service {
  public:
    struct Parts {
        db::Db& db;
        const Clock& clock;
        IdGenerator& ids;
        operators::Service& operators;
        std::function<Result<void>()> accepting;  ///< whether webhooks are taken now, else why not
        std::function<void()> wake_worker;
    };
    explicit Service(Parts parts) : parts_(std::move(parts)) {}

    /// Whose token it is (operators.hpp). Errors: unauthorized.
    async::Task<Result<Context>> authenticate(std::string token, Context asked);

    async::Task<QueueList> list_queues();
    /// Newest first; of one workspace, or of all.
    async::Task<LetterPage> list_letters(std::optional<WorkspaceId> workspace,
                                         std::optional<EventId> after, std::size_t limit);
    /// Each letter by itself, with an audit entry in its workspace's log.
    async::Task<std::vector<dead_letters::Outcome>> act(Context context, std::vector<EventId> ids,
                                                        bool replay);
    /// Newest first.
    async::Task<std::vector<webhook_events::EventLine>> list_events(EventFilter filter);
    /// The replay's id. Errors: not_found for an event, or for the workspace; what `accepting`
    /// says.
    async::Task<Result<EventId>> replay(Context context, ReplayWish wish);

    [[nodiscard]] Timestamp now() const { return parts_.clock.now(); }

  private:
    Parts parts_;
};

}  // namespace wapi::operator_desk
