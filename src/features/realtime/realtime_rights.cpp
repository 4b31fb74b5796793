// The reading of who clients are and what they may see: when they say hello, whenever something may
// have changed it, and now and then. See realtime_hub.hpp.
//
// Many connections need it at once: after an outage all of them. So they wait in line, a few are
// read at a time, and while the database does not answer one tries for all, ever more rarely. Until
// its turn nothing is sent to a connection that it might not be allowed to see.
#include <algorithm>

#include "base/log.hpp"
#include "features/access/access.hpp"
#include "features/realtime/realtime_hub.hpp"

namespace wapi::realtime {
namespace {

CloseCode code_of(const Error& error) {
    if (error.kind->status == 401) {
        return CloseCode::unauthorized;
    }
    return error.kind->status < 429 ? CloseCode::forbidden : CloseCode::try_again;
}

}  // namespace

/// Nothing when the database could not be asked.
async::Task<std::optional<Result<Service::Hub::Standing>>> Service::Hub::read_standing(
    Credentials credentials) {
    try {
        Result<Context> context = co_await parts_.authenticate(credentials);
        if (!context) {
            co_return std::unexpected(context.error());
        }
        Standing standing{.context = *std::move(context), .rights = {}};
        const Restrictions& restrictions = standing.context.restrictions;
        if (restrictions.by_tag || restrictions.by_number) {
            access::Assigned assigned = co_await parts_.db.read(
                standing.context.workspace, "realtime.list_assigned",
                [member = UserId(restrictions.member)](db::WorkspaceTxn& txn) {
                    return access::list_assigned(txn, member);
                });
            standing.rights.tags = std::move(assigned.tags);
            standing.rights.numbers = std::move(assigned.numbers);
        }
        standing.rights.restrictions = restrictions;
        standing.rights.views_contacts = access::contains(
            standing.context.permissions, access::bit(access::Permission::view_contacts));
        co_return standing;
    } catch (const Fault& fault) {
        log::warn("realtime.rights_unread", {{"code", fault.code()}});
        if (db::is_passing(fault)) {
            co_return std::nullopt;
        }
    } catch (const std::exception& failure) {
        log::error("realtime.rights_broken", {{"error", failure.what()}});
    }
    co_return fail(wapi::errors::internal_error);  // of this client alone: nobody waits for it
}

void Service::Hub::mark_stale(const SessionPointer& session) {
    session->stale = true;
    ++session->stale_marks;
    if (!session->closed && !std::exchange(session->refreshing, true)) {
        queue_reading(session);
        read_more();
    }
}

void Service::Hub::queue_reading(const SessionPointer& session) {
    (session->hello_waits ? to_greet_ : to_refresh_).push_back(session);
}

/// As many tasks as may be and are needed. A task runs at once until it first waits, so that both
/// may be other after each.
void Service::Hub::read_more() {
    const auto may_more = [this] {
        return readers_ < (unread_ > 0 ? 1 : limits_.rights_read_at_once_max) &&
               !parts_.tasks.stopping();
    };
    while (may_more() && !(to_greet_.empty() && to_refresh_.empty())) {
        ++readers_;
        parts_.tasks.spawn("realtime.read_rights", read_rights(shared_from_this()));
    }
}

/// Null when nobody waits.
Service::Hub::SessionPointer Service::Hub::take_stale() {
    for (std::deque<SessionPointer>* line : {&to_greet_, &to_refresh_}) {
        while (!line->empty()) {
            SessionPointer session = std::move(line->front());
            line->pop_front();
            if (!session->closed) {
                return session;
            }
        }
    }
    return nullptr;
}

async::Task<> Service::Hub::read_rights(std::shared_ptr<Hub> hub) {
    while (!hub->parts_.tasks.stopping()) {
        if (hub->unread_ > 0 && hub->readers_ > 1) {
            break;  // one tries for all
        }
        if (const auto now = SteadyClock::now(); hub->unread_ > 0 && now < hub->read_again_at_) {
            co_await hub->read_again_.wait_for(hub->read_again_at_ - now);
            continue;
        }
        SessionPointer session = hub->take_stale();
        if (session == nullptr) {
            break;
        }
        co_await hub->refresh(std::move(session));
    }
    --hub->readers_;
}

/// Reads the rights of one. Whatever might change them meanwhile puts it in line again.
async::Task<> Service::Hub::refresh(SessionPointer session) {
    const std::uint64_t marks = session->stale_marks;
    auto standing = co_await read_standing(session->credentials);
    if (!standing) {
        note_unread();
    } else if (std::exchange(unread_, 0) > 0) {
        read_more();
    }
    if (session->closed) {
        co_return;  // it has left, and nobody would take it out of a channel again
    }
    if (!standing || marks != session->stale_marks) {
        queue_reading(session);
    } else if (!*standing) {
        session->refreshing = false;
        close(*session, code_of(standing->error()), standing->error().message);
    } else if (session->channel != nullptr) {
        session->refreshing = false;
        settle(session, **std::move(standing));
    } else if (join(session, **standing)) {
        queue_reading(session);  // and read again: from now on it hears of changes
    }
}

/// Twice as long each time, and no two nodes at the same moment.
void Service::Hub::note_unread() {
    const auto now = SteadyClock::now();
    if (unread_ > 0 && now < read_again_at_) {
        return;  // it began before the last was noted
    }
    constexpr int doublings_max = 16;
    const auto wait =
        std::min(limits_.rights_retry_first * (std::int64_t{1} << std::min(unread_, doublings_max)),
                 limits_.rights_retry_longest);
    const auto share = static_cast<std::int64_t>(parts_.rng.next_u64() % 512);
    read_again_at_ = now + wait / 2 + wait * share / 1'024;
    ++unread_;
}

}  // namespace wapi::realtime
