// GET /auth/sessions, DELETE /auth/sessions/{id}, POST /auth/logout-all {keepCurrent}.
//
// They need an access token, which no page of another site can send, unlike the refresh cookie.
#include "features/sessions/sessions_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"

namespace wapi::sessions {
namespace {

constexpr std::size_t body_max = 1024;

json::value render(const Session& session, const Context& context) {
    return {{"id", session.id},
            {"workspaceId", session.workspace.value},
            {"createdAt", render_time(session.created_at)},
            {"lastUsedAt", render_time(session.used_at)},
            {"expiresAt", render_time(session.expires_at)},
            {"ip", session.ip},
            {"userAgent", session.user_agent},
            {"current", session.id == context.session_id}};
}

async::Task<Result<net::Response>> handle_list(Service& service, net::Call& call) {
    const std::vector<Session> found = co_await service.list(call.context);
    json::array sessions;
    for (const Session& session : found) {
        sessions.emplace_back(render(session, call.context));
    }
    co_return net::json_response(json::render(json::object{{"sessions", std::move(sessions)}}));
}

async::Task<Result<net::Response>> handle_end(Service& service, net::Call& call) {
    const Result<void> ended = co_await service.end(call.context, call.request.param("id"));
    if (!ended) {
        co_return std::unexpected(ended.error());
    }
    co_return net::json_response(R"({"success":true})");
}

async::Task<Result<net::Response>> handle_end_all(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<bool> keep = json::require_bool(*body, "keepCurrent");
    if (!keep) {
        co_return std::unexpected(keep.error());
    }
    const std::int64_t ended =
        co_await service.end_all(call.context, *keep ? Ending::all_others : Ending::all);
    co_return net::json_response(json::render(json::object{{"success", true}, {"ended", ended}}));
}

}  // namespace

std::vector<net::Route> session_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    return {
        {Verb::get, "/api/v1/auth/sessions", Auth::session, "", RateClass::api, 0, "listSessions",
         [&service](net::Call& call) { return handle_list(service, call); }},
        {Verb::delete_, "/api/v1/auth/sessions/{id}", Auth::session, "", RateClass::api, body_max,
         "endSession", [&service](net::Call& call) { return handle_end(service, call); }},
        {Verb::post, "/api/v1/auth/logout-all", Auth::session, "", RateClass::api, body_max,
         "logOutAll", [&service](net::Call& call) { return handle_end_all(service, call); }},
    };
}

}  // namespace wapi::sessions
