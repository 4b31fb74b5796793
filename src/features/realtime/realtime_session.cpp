// Who is connected and what they may see: what becomes of a connection when its rights have been
// read (realtime_rights.cpp), and when its time is over. See realtime_hub.hpp.
#include <algorithm>

#include "base/time_text.hpp"
#include "features/realtime/realtime_hub.hpp"

namespace wapi::realtime {
namespace {

bool same_person(const Context& one, const Context& other) {
    return one.workspace == other.workspace && one.actor.kind == other.actor.kind &&
           one.actor.id == other.actor.id;
}

bool same_role(const Context& one, const Context& other) {
    return one.permissions == other.permissions && one.role == other.role;
}

}  // namespace

/// False when there are too many already; then it is closed.
bool Service::Hub::join(const SessionPointer& session, const Standing& standing) {
    const ChannelPointer channel = open_channel(standing.context.workspace);
    const auto own = std::ranges::count_if(channel->sessions, [&](const SessionPointer& other) {
        return same_person(other->context, standing.context);
    });
    if (channel->sessions.size() >= limits_.connections_of_workspace_max ||
        static_cast<std::size_t>(own) >= limits_.connections_of_person_max) {
        close(*session, CloseCode::too_many_connections, "Too many connections are open.");
        return false;
    }
    session->channel = channel;
    session->context = standing.context;
    channel->sessions.push_back(session);
    return true;
}

void Service::Hub::leave(const SessionPointer& session) {
    session->closed = true;
    sessions_.erase(session);
    if (const ChannelPointer channel = session->channel) {
        std::erase(channel->sessions, session);
        channel->left_at = SteadyClock::now();
        tell_presence(*channel, *session);
    }
}

void Service::Hub::settle(const SessionPointer& session, Standing standing) {
    if (!same_person(session->context, standing.context)) {
        close(*session, CloseCode::bad_message, "A connection belongs to one person.");
        return;
    }
    if (standing.context.suspended) {
        close(*session, CloseCode::forbidden, "The workspace is suspended.");
        return;
    }
    const bool changed = session->ready && (session->rights != standing.rights ||
                                            !same_role(session->context, standing.context));
    session->context = std::move(standing.context);
    session->rights = std::move(standing.rights);
    // Up to a quarter of the time sooner, so that not all are read in the same second.
    const auto sooner = static_cast<std::int64_t>(parts_.rng.next_u64() % 256);
    session->rights_at = SteadyClock::now() - limits_.rights_kept * sooner / 1024;
    session->stale = false;
    if (changed) {
        session->signals.clear();  // they tell of what may not be seen any more
        push_resync(session, rights_changed);
    }
    if (std::exchange(session->hello_waits, false)) {
        welcome(session);
    }
    kick(session);
}

/// The answer to a hello: to the first with where its events begin, to others with the new expiry.
void Service::Hub::welcome(const SessionPointer& session) {
    const Ring& ring = session->channel->ring;
    const bool first = !std::exchange(session->ready, true);
    auto resumed_at = session->last_event_id ? ring.after(*session->last_event_id) : std::nullopt;
    if (resumed_at && *resumed_at <= session->channel->access_changed_at) {
        resumed_at.reset();  // what it may see was other when it left
    }
    if (first) {
        session->cursor = resumed_at.value_or(ring.next());
    }
    push_answer(session,
                {{"type", "ready"},
                 {"workspaceId", session->context.workspace.value},
                 {"lastEventId", live_events::render_event_id({ring.epoch(), session->cursor - 1})},
                 {"resumed", first && resumed_at.has_value()},
                 {"expiresAt", render_time(session->context.expires_at)},
                 {"present", list_present(*session->channel, *session)}});
    if (first && session->last_event_id && !resumed_at) {
        push_resync(session, "events_lost", spread_of(session->channel->sessions.size()));
    }
    if (first) {
        session->presence_waits = true;
        tell_presence_in_time(*session);
    }
    if (std::exchange(session->ping_waits, false)) {
        pong(session);
    }
}

/// Called at each tick.
void Service::Hub::look_after(const SessionPointer& session) {
    const auto now = SteadyClock::now();
    const bool said_hello = !session->credentials.token.empty();
    const auto hello_max = said_hello ? limits_.hello_max + limits_.answer_max : limits_.hello_max;
    const auto& expires_at = session->context.expires_at;
    if (session->closed) {
        return;
    }
    if (!session->ready && now - session->began >= hello_max) {
        if (said_hello) {
            close(*session, CloseCode::try_again, "The hello could not be answered in time.");
        } else {
            close(*session, CloseCode::unauthorized, "There was no hello in time.");
        }
    } else if (session->ready && expires_at && parts_.clock.now() >= *expires_at) {
        close(*session, CloseCode::unauthorized, "The access token has expired.");
    } else if (session->ready && !session->stale &&
               now - session->rights_at >= limits_.rights_kept) {
        mark_stale(session);  // once: each time begins the reading anew
    }
    tell_presence_in_time(*session);
}

void Service::Hub::close(Session& session, CloseCode code, std::string_view reason) {
    if (!std::exchange(session.closed, true)) {
        constexpr std::size_t reason_bytes_max = 123;  // RFC 6455 section 5.5
        session.peer->close(static_cast<std::uint16_t>(code), reason.substr(0, reason_bytes_max));
    }
}

}  // namespace wapi::realtime
