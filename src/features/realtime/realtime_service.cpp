// The front of the hub: its start, its tick, and the life of a connection.
#include "features/realtime/realtime_hub.hpp"

namespace wapi::realtime {

Service::Service(Parts parts, Limits limits)
    : hub_(std::make_shared<Hub>(std::move(parts), limits)) {}

Service::~Service() { hub_->stop(); }

void Service::start() { Hub::start(hub_); }

async::Task<> Service::serve(std::shared_ptr<Peer> peer, Credentials from) {
    return Hub::serve(hub_, std::move(peer), std::move(from));
}

Stats Service::stats() const { return hub_->stats(); }

void Service::Hub::start(const std::shared_ptr<Hub>& hub) {
    hub->parts_.db.on_announced(
        [weak = std::weak_ptr<Hub>(hub)](std::vector<db::Announcement> announcements) {
            if (const auto listening = weak.lock()) {
                listening->announced_here(std::move(announcements));
            }
        });
    hub->notices_ = hub->parts_.db.open_notices(
        {.heard =
             [weak = std::weak_ptr<Hub>(hub)](const std::string& text) {
                 if (const auto listening = weak.lock()) {
                     listening->announced(live_events::parse_notice(text));
                 }
             },
         .missed =
             [weak = std::weak_ptr<Hub>(hub)] {
                 if (const auto listening = weak.lock()) {
                     listening->missed();
                 }
             }});
    hub->parts_.tasks.on_stop([weak = std::weak_ptr<Hub>(hub)] {
        if (const auto stopping = weak.lock()) {
            stopping->wake_.notify();
            stopping->read_again_.notify();
        }
    });
    hub->parts_.tasks.spawn("realtime.tick", tick(hub));
}

async::Task<> Service::Hub::tick(std::shared_ptr<Hub> hub) {
    while (!hub->parts_.tasks.stopping()) {
        co_await hub->wake_.wait_for(hub->limits_.tick);
        for (const SessionPointer& session : hub->sessions_) {
            hub->look_after(session);
        }
        hub->forget_unused_channels();
    }
}

async::Task<> Service::Hub::serve(std::shared_ptr<Hub> hub, std::shared_ptr<Peer> peer,
                                  Credentials from) {
    const auto session = std::make_shared<Session>();
    session->peer = std::move(peer);
    session->credentials = std::move(from);
    session->began = session->interval_began = SteadyClock::now();
    hub->sessions_.insert(session);
    for (;;) {
        std::optional<std::string> text = co_await session->peer->read();
        if (!text || session->closed) {
            break;
        }
        if (!hub->count_message(*session)) {
            close(*session, CloseCode::too_many_messages, "Too many messages.");
            break;
        }
        co_await handle(hub, session, *std::move(text));
    }
    hub->leave(session);
}

}  // namespace wapi::realtime
