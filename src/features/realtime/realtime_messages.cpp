// What clients say: hello, ping, typing, presence. See realtime_hub.hpp and docs/api/realtime.md.
#include "base/log.hpp"
#include "features/inbox/inbox.hpp"
#include "features/realtime/realtime_hub.hpp"

namespace wapi::realtime {
namespace {

constexpr std::size_t id_bytes_max = 64;
constexpr std::size_t token_bytes_max = 2048;

bool is_person(const Session& session) { return session.context.actor.kind == ActorKind::user; }

Frame frame_of(const json::object& message) {
    return std::make_shared<const std::string>(json::render(message));
}

}  // namespace

bool Service::Hub::count_message(Session& session) const {
    const auto now = SteadyClock::now();
    if (now - session.interval_began >= limits_.messages_interval) {
        session.interval_began = now;
        session.messages_in_interval = 0;
    }
    return ++session.messages_in_interval <= limits_.messages_in_interval_max;
}

async::Task<> Service::Hub::handle(std::shared_ptr<Hub> hub, SessionPointer session,
                                   std::string text) {
    const Result<json::object> message = json::parse_object(text);
    const auto type = message ? json::require_string(*message, "type", {.bytes_max = id_bytes_max})
                              : Result<std::string>(std::unexpected(message.error()));
    if (!type) {
        close(*session, CloseCode::bad_message, "Not a JSON object with a type.");
    } else if (*type == "hello") {
        hub->hello(session, *message);
    } else if (!session->ready && session->hello_waits && *type == "ping") {
        session->ping_waits = true;
    } else if (!session->ready) {
        close(*session, CloseCode::unauthorized, "The first message must be a hello.");
    } else if (*type == "ping") {
        hub->pong(session);
    } else if (*type == "typing") {
        co_await hub->typing(session, *message);
    } else if (*type == "presence") {
        co_await hub->presence(session, *message);
    } else {
        hub->refuse(
            session,
            fail_field(wapi::errors::invalid_request, "type", "There is no such message.").error());
    }
}

/// After what the ring holds for the client; while that waits for the rights, at once, since a
/// client that hears nothing takes the connection for dead.
void Service::Hub::pong(const SessionPointer& session) {
    const json::object message{{"type", "pong"}};
    if (session->stale) {
        push_answer(session, message);
    } else {
        push_signal(session, frame_of(message));
    }
}

void Service::Hub::hello(const SessionPointer& session, const json::object& message) {
    const auto token = json::require_string(message, "token", {.bytes_max = token_bytes_max});
    const auto workspace =
        json::optional_string(message, "workspaceId", {.bytes_max = id_bytes_max});
    const auto last = json::optional_string(message, "lastEventId", {.bytes_max = id_bytes_max});
    if (!token || !workspace || !last) {
        close(*session, CloseCode::bad_message, "hello: token, workspaceId or lastEventId.");
        return;
    }
    session->credentials.token = SecretString(*token);
    session->credentials.workspace = workspace->value_or("");
    if (!session->ready) {
        session->last_event_id = *last;
    }
    session->hello_waits = true;
    mark_stale(session);
}

void Service::Hub::refuse(const SessionPointer& session, const Error& error) {
    json::object message{{"type", "error"},
                         {"code", error.kind->code},
                         {"message", error.message.empty() ? error.kind->message : error.message}};
    if (!error.field.empty()) {
        message["field"] = error.field;
    }
    push_signal(session, frame_of(message));
}

/// Nothing, and the client is told, when it does not see the conversation.
async::Task<std::optional<Facts>> Service::Hub::find_facts(SessionPointer session,
                                                           std::string conversation) {
    std::optional<Facts> facts;
    try {
        facts = co_await parts_.db.read(
            session->context.workspace, "realtime.find_seen",
            [conversation, seen = session->context.restrictions](db::WorkspaceTxn& txn) {
                return live_events::find_seen(txn, ConversationId(conversation), seen);
            });
    } catch (const Fault& fault) {
        log::warn("realtime.find_failed", {{"code", fault.code()}});
    }
    if (!facts || !session->rights.views_contacts) {
        refuse(session, fail(inbox::errors::conversation_not_found).error());
        co_return std::nullopt;
    }
    co_return facts;
}

async::Task<> Service::Hub::typing(SessionPointer session, json::object message) {
    const auto id = json::require_string(message, "conversationId", {.bytes_max = id_bytes_max});
    if (!id) {
        refuse(session, id.error());
        co_return;
    }
    const auto now = SteadyClock::now();
    if (!is_person(*session) || now - session->typed_at < limits_.typing_every) {
        co_return;
    }
    session->typed_at = now;
    const std::optional<Facts> facts = co_await find_facts(session, *id);
    if (!facts) {
        co_return;
    }
    const Frame frame = frame_of({{"type", "typing"},
                                  {"userId", session->context.actor.id},
                                  {"conversationId", *id},
                                  {"shownMs", limits_.typing_shown.count()}});
    for (const SessionPointer& other : session->channel->sessions) {
        const bool same = other->context.actor.id == session->context.actor.id;
        const bool hears = !same && other->ready && !other->stale;
        if (hears && live_events::decide_visible(other->rights, *facts)) {
            push_signal(other, frame);
        }
    }
}

async::Task<> Service::Hub::presence(SessionPointer session, json::object message) {
    const auto state = json::require_string(message, "state", {.bytes_max = id_bytes_max});
    const auto viewing =
        json::optional_string(message, "conversationId", {.bytes_max = id_bytes_max});
    if (!state || !viewing || (*state != "online" && *state != "away")) {
        refuse(session, fail_field(wapi::errors::invalid_request, "state",
                                   "online or away; conversationId: text, or left out.")
                            .error());
        co_return;
    }
    std::optional<Facts> facts;
    if (*viewing) {
        facts = co_await find_facts(session, **viewing);
    }
    session->away = *state == "away";
    session->viewing = facts ? **viewing : std::string();
    session->viewing_facts = std::move(facts);
    session->presence_waits = true;
    tell_presence_in_time(*session);
}

/// Each is told to the whole workspace, so that who changes often is told of now and then.
void Service::Hub::tell_presence_in_time(Session& session) {
    const auto now = SteadyClock::now();
    const bool due =
        session.presence_waits && now - session.presence_told_at >= limits_.presence_every;
    if (due && !session.closed) {
        session.presence_waits = false;
        session.presence_told_at = now;
        tell_presence(*session.channel, session);
    }
}

/// Tells the others what somebody does now, when it is news: offline when none of their connections
/// is left.
void Service::Hub::tell_presence(Channel& channel, const Session& about) {
    if (!is_person(about) || !about.ready) {
        return;
    }
    const std::string& person = about.context.actor.id;
    std::string_view state = "offline";
    for (const SessionPointer& own : channel.sessions) {
        if (own->ready && own->context.actor.id == person && state != "online") {
            state = own->away ? "away" : "online";
        }
    }
    const bool shows_place = state == "online" && !about.closed && about.viewing_facts.has_value();
    json::object message{
        {"type", "presence"}, {"userId", person}, {"state", state}, {"conversationId", nullptr}};
    const Frame without = frame_of(message);
    message["conversationId"] = about.viewing;
    const Frame with = frame_of(message);
    const std::string& news = shows_place ? *with : *without;
    if (std::exchange(channel.presence[person], news) == news) {
        return;
    }
    if (state == "offline") {
        channel.presence.erase(person);
    }
    for (const SessionPointer& other : channel.sessions) {
        if (other->ready && other->context.actor.id != person) {
            const bool sees = shows_place && !other->stale &&
                              live_events::decide_visible(other->rights, *about.viewing_facts);
            push_signal(other, sees ? with : without);
        }
    }
}

/// The people who are connected, each once, with the conversation they look at when it may be seen.
json::array Service::Hub::list_present(const Channel& channel, const Session& but) const {
    struct Place {
        bool online = false;
        json::value conversation;
    };
    std::map<std::string_view, Place> people;
    for (const SessionPointer& session : channel.sessions) {
        if (!session->ready || !is_person(*session) ||
            session->context.actor.id == but.context.actor.id) {
            continue;
        }
        Place& place = people[session->context.actor.id];
        place.online |= !session->away;
        if (!session->away && session->viewing_facts &&
            live_events::decide_visible(but.rights, *session->viewing_facts)) {
            place.conversation = session->viewing;
        }
    }
    json::array present;
    for (auto& [person, place] : people) {
        present.emplace_back(json::object{{"userId", person},
                                          {"state", place.online ? "online" : "away"},
                                          {"conversationId", std::move(place.conversation)}});
    }
    return present;
}

}  // namespace wapi::realtime
