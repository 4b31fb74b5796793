// Channels, the loading of what was announced, and the sending of frames. See realtime_hub.hpp.
#include "features/realtime/realtime_hub.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.hpp"
#include "features/audit/audit.hpp"
#include "features/contacts/contacts.hpp"

namespace wapi::realtime {
namespace {

constexpr std::size_t ring_bytes_min = 16 * 1024;
constexpr std::chrono::milliseconds load_again{500};

}  // namespace

Ring Service::Hub::make_ring() {
    return Ring(fmt::format("{:016x}", parts_.rng.next_u64()), limits_.ring_events_max);
}

Service::Hub::ChannelPointer Service::Hub::open_channel(const WorkspaceId& workspace) {
    ChannelPointer& channel = channels_[workspace];
    if (channel == nullptr) {
        channel = std::make_shared<Channel>(workspace, make_ring());
    }
    return channel;
}

/// So that no more than a hundred fetch anew in a second, of however many are told to.
std::chrono::milliseconds Service::Hub::spread_of(std::size_t told) const {
    const auto count = static_cast<std::int64_t>(told);
    return std::min(limits_.resync_each * count, limits_.resync_spread_max);
}

/// Everybody fetches anew: nothing that was kept is shown any more, nor what is being loaded.
void Service::Hub::reset(Channel& channel, std::chrono::milliseconds spread) {
    channel.ring = make_ring();
    channel.access_changed_at = 0;
    channel.pending.clear();
    ++channel.resets;
    for (const SessionPointer& session : channel.sessions) {
        session->cursor = channel.ring.next();
        if (session->ready) {
            push_resync(session, "events_lost", spread);
        }
    }
}

void Service::Hub::forget_unused_channels() {
    const auto since = SteadyClock::now() - limits_.ring_kept;
    std::erase_if(channels_, [since](const auto& item) {
        const Channel& channel = *item.second;
        return channel.sessions.empty() && !channel.loading && channel.left_at < since;
    });
}

void Service::Hub::announced_here(std::vector<db::Announcement> announcements) {
    if (notices_ != nullptr) {
        for (std::string& text : live_events::render_notices(announcements, db::notice_bytes_max)) {
            notices_->send(std::move(text));
        }
    }
    announced(std::move(announcements));
}

/// Rights may have changed as well.
void Service::Hub::missed() {
    ++missed_;
    const std::chrono::milliseconds spread = spread_of(sessions_.size());
    for (const auto& [workspace, channel] : channels_) {
        reset(*channel, spread);
        std::ranges::for_each(channel->sessions,
                              [this](const SessionPointer& session) { mark_stale(session); });
    }
}

/// All are taken before any is loaded, so that what one act tells twice is one event, and many
/// reasons to fetch anew are one.
void Service::Hub::announced(std::vector<db::Announcement> announcements) {
    std::set<ChannelPointer> touched;
    for (db::Announcement& announcement : announcements) {
        if (announcement.kind == audit::access_changed && !announcement.id.empty()) {
            ask_again_about(announcement.id);
            continue;
        }
        const auto found = channels_.find(announcement.workspace);
        if (found != channels_.end()) {
            take(*found->second, std::move(announcement));
            touched.insert(found->second);
        }
    }
    for (const ChannelPointer& channel : touched) {
        if (std::exchange(channel->reset_waits, false)) {
            reset(*channel, spread_of(channel->sessions.size()));
        } else if (!channel->pending.empty() && !std::exchange(channel->loading, true)) {
            parts_.tasks.spawn("realtime.load", load(shared_from_this(), channel));
        }
    }
}

/// In whichever workspace they listen: a session is ended in that of its login only.
void Service::Hub::ask_again_about(std::string_view person) {
    for (const SessionPointer& session : sessions_) {
        if (session->context.actor.id == person) {
            mark_stale(session);
        }
    }
}

void Service::Hub::take(Channel& channel, db::Announcement announcement) {
    if (announcement.kind == audit::access_changed) {
        channel.access_changed_at = channel.ring.next();
        std::ranges::for_each(channel.sessions,
                              [this](const SessionPointer& session) { mark_stale(session); });
    } else if (announcement.kind == contacts::contact_erased ||
               announcement.kind == contacts::contacts_changed ||
               announcement.kind == live_events::everything_changed ||
               channel.pending.size() >= limits_.announcements_waiting_max) {
        channel.reset_waits = true;
    } else if (live_events::is_event_kind(announcement.kind)) {
        channel.pending.push_back(std::move(announcement));
    }
}

/// One transaction after another, so that events keep their order; what comes meanwhile is read in
/// one with the next.
async::Task<> Service::Hub::load(std::shared_ptr<Hub> hub, ChannelPointer channel) {
    while (!channel->pending.empty() && !hub->parts_.tasks.stopping()) {
        auto& pending = channel->pending;
        const auto count =
            static_cast<std::ptrdiff_t>(std::min(pending.size(), hub->limits_.loaded_at_once_max));
        std::vector<db::Announcement> batch(pending.begin(), pending.begin() + count);
        const std::uint64_t resets = channel->resets;
        auto events = co_await hub->read_events(channel, std::move(batch));
        if (!events) {
            co_await async::sleep_for(load_again);
        } else if (resets == channel->resets) {
            pending.erase(pending.begin(), pending.begin() + count);
            hub->add(*channel, *std::move(events));
        }
    }
    channel->loading = false;
}

/// Nothing when the database could not be asked: they are read later. What cannot be read at all is
/// given up, and clients fetch anew.
async::Task<std::optional<std::vector<Event>>> Service::Hub::read_events(
    ChannelPointer channel, std::vector<db::Announcement> batch) {
    try {
        std::vector<Event> events = co_await parts_.db.read(
            channel->workspace, "realtime.load",
            [batch](db::WorkspaceTxn& txn) { return live_events::load_events(txn, batch); });
        co_return events;
    } catch (const Fault& fault) {
        log::warn("realtime.load_failed", {{"code", fault.code()}});
    } catch (const std::exception& failure) {
        log::error("realtime.load_broken", {{"error", failure.what()}});
        reset(*channel, spread_of(channel->sessions.size()));
        co_return std::vector<Event>();
    }
    co_return std::nullopt;
}

void Service::Hub::add(Channel& channel, std::vector<Event> events) {
    const std::size_t share = limits_.rings_bytes_max / std::max<std::size_t>(channels_.size(), 1);
    const std::size_t bytes_max = std::min(std::max(share, ring_bytes_min), limits_.ring_bytes_max);
    for (Event& event : events) {
        channel.ring.add(std::move(event), bytes_max);
    }
    for (const SessionPointer& session : channel.sessions) {
        kick(session);
    }
}

/// What the session is sent next; null: nothing for now. Passes over what it may not see.
Frame Service::Hub::next_frame(Session& session) {
    if (!session.answers.empty()) {
        Frame frame = std::move(session.answers.front());
        session.answers.pop_front();
        return frame;
    }
    if (!session.ready || session.stale) {
        return nullptr;
    }
    const Ring& ring = session.channel->ring;
    if (session.cursor < ring.first()) {  // slower than the workspace is busy
        session.cursor = ring.next();
        session.resync = session.resync == rights_changed ? rights_changed : "too_slow";
        session.resync_spread = {};
    }
    if (!session.resync.empty()) {
        ++resyncs_;
        return std::make_shared<const std::string>(json::render(json::object{
            {"type", "resync"},
            {"reason", std::exchange(session.resync, {})},
            {"spreadMs", session.resync_spread.count()},
            {"lastEventId", live_events::render_event_id({ring.epoch(), session.cursor - 1})}}));
    }
    while (session.cursor < ring.next()) {
        if (Frame frame = ring.frame_for(session.cursor++, session.rights)) {
            return frame;
        }
    }
    if (session.signals.empty()) {
        return nullptr;
    }
    Frame frame = std::move(session.signals.front());
    session.signals.pop_front();
    return frame;
}

void Service::Hub::kick(const SessionPointer& session) {
    if (session->sending || session->closed) {
        return;
    }
    if (Frame frame = next_frame(*session)) {
        session->sending = true;
        parts_.tasks.spawn("realtime.send", send(shared_from_this(), session, std::move(frame)));
    }
}

async::Task<> Service::Hub::send(std::shared_ptr<Hub> hub, SessionPointer session, Frame frame) {
    while (frame != nullptr && !session->closed) {
        const bool sent = co_await session->peer->write(*frame);
        if (!sent) {
            session->closed = true;  // its reading ends, too
        }
        hub->frames_sent_ += sent ? 1 : 0;
        frame = session->closed ? nullptr : hub->next_frame(*session);
    }
    session->sending = false;
}

void Service::Hub::push_answer(const SessionPointer& session, const json::object& message) {
    if (session->answers.size() >= limits_.answers_waiting_max) {
        close(*session, CloseCode::too_many_messages, "Answers are not read.");
        return;
    }
    session->answers.push_back(std::make_shared<const std::string>(json::render(message)));
    kick(session);
}

void Service::Hub::push_signal(const SessionPointer& session, const Frame& frame) {
    if (session->signals.size() >= limits_.signals_waiting_max) {
        session->signals.pop_front();
    }
    session->signals.push_back(frame);
    kick(session);
}

/// However often before it is sent: to fetch anew once is enough, at once and with nothing kept
/// when the rights are others. `reason`: a literal.
void Service::Hub::push_resync(const SessionPointer& session, std::string_view reason,
                               std::chrono::milliseconds spread) {
    if (session->resync != rights_changed) {
        session->resync = reason;
        session->resync_spread = spread;
    }
    kick(session);
}

Stats Service::Hub::stats() const {
    Stats stats{.rights_waiting = to_greet_.size() + to_refresh_.size(),
                .workspaces = channels_.size(),
                .frames_sent = frames_sent_,
                .resyncs = resyncs_,
                .missed = missed_};
    for (const auto& [workspace, channel] : channels_) {
        stats.connections += channel->sessions.size();
        stats.ring_bytes += channel->ring.bytes();
    }
    return stats;
}

}  // namespace wapi::realtime
