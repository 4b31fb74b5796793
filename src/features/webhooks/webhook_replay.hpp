// Replaying stored events: a job of its own that goes through them in bounded steps.
//
// Each step processes a few events and leaves a job for the rest in the same transaction, so that a
// replay of any length survives a crash, never adds to the backlog and lets live events pass: its
// jobs have the lowest priority. A workspace's replay applies only the items of its own numbers.
// Included only inside this feature.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "features/webhooks/webhooks.hpp"

namespace wapi::webhooks {

inline constexpr std::string_view kind_replay = "webhook.replay";
inline constexpr std::size_t replay_step_events_max = 64;

/// What is left of a replay: the payload of its job.
struct Replay {
    std::vector<EventId> ids;     ///< these, or
    std::optional<EventId> from;  ///< those in [from, to)
    EventId to;
    std::int64_t events = 0;  ///< processed so far: those that had something to apply
    [[nodiscard]] bool ended() const { return ids.empty() && !from; }
};
std::string render_replay(const Replay& replay);
/// Nothing when the payload is damaged.
std::optional<Replay> parse_replay(std::string_view payload);

/// Takes the next events off the replay.
std::vector<EventId> take_step(db::Txn& txn, Replay& replay);

/// The job that goes on with the replay.
queue::NewJob replay_job(const Replay& replay, const std::optional<WorkspaceId>& workspace,
                         EventId id, Timestamp now);

}  // namespace wapi::webhooks
