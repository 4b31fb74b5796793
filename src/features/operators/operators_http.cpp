// POST /operator/login, /operator/logout; GET /operator/workspaces; PATCH
// /operator/workspaces/{id}; POST /operator/workspaces/{id}/suspend, /resume. The token is a bearer
// token, kept in no cookie.
#include "features/operators/operators_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "net/paging.hpp"

namespace wapi::operators {
namespace {

constexpr std::size_t body_max = 8 * 1024;
constexpr std::size_t search_bytes_max = 200;

json::object render(const Operator& who) {
    return {{"id", who.id}, {"email", who.email}, {"name", who.name}};
}

json::object render(const Tenant& tenant) {
    return {{"id", tenant.id.value},
            {"name", tenant.name},
            {"plan", tenant.plan},
            {"createdAt", render_time(tenant.created_at)},
            {"suspendedAt", render_time(tenant.suspended_at)},
            {"suspendedReason", tenant.suspended_reason},
            {"members", tenant.members},
            {"numbers", tenant.numbers},
            {"requestsPerMinute", tenant.per_minute},
            {"ownLimit", tenant.own_limit ? json::value(*tenant.own_limit) : nullptr}};
}

Result<net::Response> respond(const Result<Tenant>& tenant) {
    if (!tenant) {
        return std::unexpected(tenant.error());
    }
    return net::json_response(json::render(json::object{{"workspace", render(*tenant)}}));
}

async::Task<Result<net::Response>> handle_login(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<std::string> email = json::require_string(*body, "email", {.bytes_max = 254});
    const Result<std::string> password =
        json::require_string(*body, "password", {.bytes_max = 1024, .trim = false});
    for (const Result<std::string>* input : {&email, &password}) {
        if (!*input) {
            co_return std::unexpected(input->error());
        }
    }
    Origin origin{call.context.ip, call.context.user_agent, call.context.request_id};
    const Result<Login> login =
        co_await service.login(std::move(origin), *email, SecretString(*password));
    if (!login) {
        co_return std::unexpected(login.error());
    }
    net::Response response =
        net::json_response(json::render(json::object{{"token", login->token.reveal()},
                                                     {"expiresAt", render_time(login->expires_at)},
                                                     {"operator", render(login->who)}}));
    response.headers.emplace_back("Cache-Control", "no-store");
    co_return response;
}

async::Task<Result<net::Response>> handle_logout(Service& service, net::Call& call) {
    const Result<void> done = co_await service.logout(SecretString(call.request.bearer_token()));
    if (!done) {
        co_return std::unexpected(done.error());
    }
    co_return net::json_response(R"({"success":true})");
}

Result<TenantFilter> parse_filter(const net::Request& request) {
    const Result<std::size_t> limit = net::page_limit(request);
    if (!limit) {
        return std::unexpected(limit.error());
    }
    TenantFilter filter{.text = std::string(request.query_param("q")),
                        .after = std::string(request.query_param("cursor")),
                        .limit = *limit};
    if (filter.text.size() > search_bytes_max) {
        return fail_field(wapi::errors::invalid_request, "q", "Too long.");
    }
    if (const std::string_view text = request.query_param("suspended"); !text.empty()) {
        if (text != "true" && text != "false") {
            return fail_field(wapi::errors::invalid_request, "suspended", "Must be true or false.");
        }
        filter.suspended = text == "true";
    }
    return filter;
}

async::Task<Result<net::Response>> handle_list(Service& service, net::Call& call) {
    Result<TenantFilter> filter = parse_filter(call.request);
    if (!filter) {
        co_return std::unexpected(filter.error());
    }
    const std::size_t limit = filter->limit++;  // one more says whether there is a next page
    std::vector<Tenant> tenants = co_await service.list_workspaces(*std::move(filter));
    const bool more = tenants.size() > limit;
    tenants.resize(std::min(tenants.size(), limit));
    json::array items;
    for (const Tenant& tenant : tenants) {
        items.emplace_back(render(tenant));
    }
    co_return net::page_response("workspaces", std::move(items),
                                 more ? std::string_view(tenants.back().id.value) : "");
}

Result<TenantChange> parse_change(const json::object& body) {
    const auto plan = json::optional_string(body, "plan", {.bytes_max = 40});
    if (!plan) {
        return std::unexpected(plan.error());
    }
    const auto limit = json::optional_int(body, "ownLimit");
    if (!limit) {
        return std::unexpected(limit.error());
    }
    return TenantChange{
        .plan = *plan, .sets_limit = body.contains("ownLimit"), .own_limit = *limit};
}

async::Task<Result<net::Response>> handle_change(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    Result<TenantChange> change = parse_change(*body);
    if (!change) {
        co_return std::unexpected(change.error());
    }
    WorkspaceId workspace(call.request.param("id"));
    co_return respond(
        co_await service.change(call.context, std::move(workspace), *std::move(change)));
}

async::Task<Result<net::Response>> handle_suspend(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<std::string> reason =
        json::require_string(*body, "reason", {.bytes_max = reason_bytes_max});
    if (!reason) {
        co_return std::unexpected(reason.error());
    }
    WorkspaceId workspace(call.request.param("id"));
    co_return respond(co_await service.suspend(call.context, std::move(workspace), *reason));
}

async::Task<Result<net::Response>> handle_resume(Service& service, net::Call& call) {
    WorkspaceId workspace(call.request.param("id"));
    co_return respond(co_await service.resume(call.context, std::move(workspace)));
}

using ServiceHandler = async::Task<Result<net::Response>> (*)(Service&, net::Call&);

/// For the routes that an operator's token opens.
async::Task<Result<net::Response>> guarded(Service& service, ServiceHandler handler,
                                           net::Call& call) {
    Result<Context> context =
        co_await service.authenticate(std::string(call.request.bearer_token()), call.context);
    if (!context) {
        co_return std::unexpected(context.error());
    }
    call.context = *std::move(context);
    co_return co_await handler(service, call);
}

}  // namespace

std::vector<net::Route> operator_routes(Service& service) {
    using net::Auth;
    using net::Verb;
    constexpr auto rate = net::RateClass::public_form;
    const auto guard = [&service](ServiceHandler handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return guarded(service, handler, call); };
    };
    return {
        {Verb::post, "/api/v1/operator/login", Auth::none, "", rate, body_max, "logInOperator",
         [&service](net::Call& call) { return handle_login(service, call); }},
        {Verb::post, "/api/v1/operator/logout", Auth::platform_operator, "", rate, body_max,
         "logOutOperator", guard(handle_logout)},
        {Verb::get, "/api/v1/operator/workspaces", Auth::platform_operator, "", rate, 0,
         "listWorkspaces", guard(handle_list)},
        {Verb::patch, "/api/v1/operator/workspaces/{id}", Auth::platform_operator, "", rate,
         body_max, "changeTenant", guard(handle_change)},
        {Verb::post, "/api/v1/operator/workspaces/{id}/suspend", Auth::platform_operator, "", rate,
         body_max, "suspendWorkspace", guard(handle_suspend)},
        {Verb::post, "/api/v1/operator/workspaces/{id}/resume", Auth::platform_operator, "", rate,
         body_max, "resumeWorkspace", guard(handle_resume)},
    };
}

}  // namespace wapi::operators
