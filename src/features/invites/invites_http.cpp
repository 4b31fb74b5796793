// Inviting, and accepting an invite. A link carries its token behind `#`, which browsers do not
// send, so that it is in nobody's logs.
#include "features/invites/invites_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "features/team/team.hpp"

namespace wapi::invites {
namespace {

constexpr std::size_t body_max = 8 * 1024;

struct Desk {
    Service& service;
    std::string public_url;
};

json::object render(const Invite& invite) {
    return {{"id", invite.id},
            {"email", invite.email},
            {"role", invite.role},
            {"roleName", invite.role_name},
            {"createdAt", render_time(invite.created_at)},
            {"expiresAt", render_time(invite.expires_at)}};
}

/// The only answer that holds the token.
Result<net::Response> respond(const Desk& desk, const Result<NewInvite>& made, int status) {
    if (!made) {
        return std::unexpected(made.error());
    }
    json::object body{{"invite", render(made->invite)}, {"mailed", made->mailed}};
    body["link"] =
        desk.public_url + "/app/accept-invite#token=" + std::string(made->token.reveal());
    net::Response response = net::json_response(json::render(std::move(body)), status);
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

async::Task<Result<net::Response>> handle_invite(const Desk& desk, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const auto email = json::require_string(*body, "email", {.bytes_max = 254});
    const auto role = json::require_string(*body, "role", {.bytes_max = team::role_name_bytes_max});
    for (const auto* input : {&email, &role}) {
        if (!*input) {
            co_return std::unexpected(input->error());
        }
    }
    co_return respond(desk, co_await desk.service.create(call.context, *email, *role), 201);
}

async::Task<Result<net::Response>> handle_list(const Desk& desk, net::Call& call) {
    const Result<std::vector<Invite>> invites = co_await desk.service.list(call.context);
    if (!invites) {
        co_return std::unexpected(invites.error());
    }
    json::array items;
    for (const Invite& invite : *invites) {
        items.emplace_back(render(invite));
    }
    co_return net::json_response(json::render(json::object{{"invites", std::move(items)}}));
}

async::Task<Result<net::Response>> handle_resend(const Desk& desk, net::Call& call) {
    co_return respond(desk, co_await desk.service.resend(call.context, call.request.param("id")),
                      200);
}

async::Task<Result<net::Response>> handle_cancel(const Desk& desk, net::Call& call) {
    const Result<void> done = co_await desk.service.cancel(call.context, call.request.param("id"));
    if (!done) {
        co_return std::unexpected(done.error());
    }
    co_return net::json_response(R"({"success":true})");
}

Result<AcceptRequest> parse_accept(const net::Request& request) {
    const Result<json::object> body = json::parse_object(request.body);
    if (!body) {
        return std::unexpected(body.error());
    }
    const auto token = json::require_string(*body, "token", {.bytes_max = 128});
    const auto name = json::optional_string(*body, "name");
    const auto password =
        json::require_string(*body, "password", {.bytes_max = 1024, .trim = false});
    for (const auto* input : {&token, &password}) {
        if (!*input) {
            return std::unexpected(input->error());
        }
    }
    if (!name) {
        return std::unexpected(name.error());
    }
    return AcceptRequest{
        .token = *token, .name = name->value_or(""), .password = SecretString(*password)};
}

async::Task<Result<net::Response>> handle_accept(const Desk& desk, net::Call& call) {
    Result<AcceptRequest> request = parse_accept(call.request);
    if (!request) {
        co_return std::unexpected(request.error());
    }
    accounts::Origin origin{call.context.ip, call.context.user_agent, call.context.request_id};
    const Result<Joined> joined =
        co_await desk.service.accept(std::move(origin), *std::move(request));
    if (!joined) {
        co_return std::unexpected(joined.error());
    }
    const accounts::User& user = joined->user;
    json::object body{{"user", {{"id", user.id.value}, {"name", user.name}, {"email", user.email}}},
                      {"workspace", {{"id", joined->workspace.value}}},
                      {"role", joined->role}};
    co_return net::json_response(json::render(std::move(body)), 201);
}

}  // namespace

std::vector<net::Route> invites_routes(Service& service, std::string public_url) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const auto desk = std::make_shared<const Desk>(Desk{service, std::move(public_url)});
    const auto bind = [&desk](auto handler) -> net::Handler {
        return [desk, handler](net::Call& call) { return handler(*desk, call); };
    };
    constexpr std::string_view permission = "manageTeam";
    constexpr RateClass rate = RateClass::api;
    return {
        {Verb::post, "/api/v1/admin/team/invite", Auth::session, permission, rate, body_max,
         "inviteMember", bind(handle_invite)},
        {Verb::get, "/api/v1/admin/team/invites", Auth::session, permission, rate, 0, "listInvites",
         bind(handle_list)},
        {Verb::post, "/api/v1/admin/team/invites/{id}/resend", Auth::session, permission, rate,
         1024, "resendInvite", bind(handle_resend)},
        {Verb::delete_, "/api/v1/admin/team/invites/{id}", Auth::session, permission, rate, 1024,
         "cancelInvite", bind(handle_cancel)},
        {Verb::post, "/api/v1/auth/accept-invite", Auth::none, "", RateClass::public_form, body_max,
         "acceptInvite", bind(handle_accept)},
    };
}

}  // namespace wapi::invites
