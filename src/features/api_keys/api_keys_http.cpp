// Making, listing, changing and revoking keys. The answer to the first is the only one that holds
// the key itself.
#include "features/api_keys/api_keys_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"

namespace wapi::api_keys {
namespace {

constexpr std::size_t body_max = 16 * 1024;
constexpr std::size_t network_bytes_max = 64;
constexpr std::string_view networks_field = "allowedNetworks";

json::object render(const Key& key) {
    return {{"id", key.id},
            {"name", key.name},
            {"prefix", key.prefix},
            {"createdBy", key.made_by.value},
            {"permissions", access::names_of(key.permissions)},
            {networks_field, json::array(key.networks.begin(), key.networks.end())},
            {"createdAt", render_time(key.created_at)},
            {"expiresAt", render_time(key.expires_at)},
            {"lastUsedAt", render_time(key.last_used_at)},
            {"lastUsedIp",
             key.last_used_ip.empty() ? json::value(nullptr) : json::value(key.last_used_ip)}};
}

/// Errors: invalid_request.
Result<std::optional<Timestamp>> read_expiry(const json::object& body) {
    const auto text = json::optional_string(body, "expiresAt", {.bytes_max = 40});
    if (!text) {
        return std::unexpected(text.error());
    }
    if (!*text) {
        return std::nullopt;
    }
    const std::optional<Timestamp> time = parse_time(**text);
    if (!time) {
        return fail_field(wapi::errors::invalid_request, "expiresAt",
                          "Must be a time such as 2027-01-31T12:00:00Z.");
    }
    return time;
}

Result<std::vector<std::string>> read_networks(const json::object& body) {
    return json::optional_strings(body, networks_field, networks_max,
                                  {.bytes_max = network_bytes_max});
}

Result<Draft> parse_draft(const json::object& body) {
    const auto name = json::require_string(body, "name", {.bytes_max = name_bytes_max});
    const auto permissions = access::read_permissions(body, "permissions");
    const auto networks = read_networks(body);
    const auto expires_at = read_expiry(body);
    if (!name) {
        return std::unexpected(name.error());
    }
    if (!permissions) {
        return std::unexpected(permissions.error());
    }
    if (!networks) {
        return std::unexpected(networks.error());
    }
    if (!expires_at) {
        return std::unexpected(expires_at.error());
    }
    return Draft{.name = *name,
                 .permissions = permissions->value_or(0),
                 .networks = *networks,
                 .expires_at = *expires_at};
}

async::Task<Result<net::Response>> handle_create(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    Result<Draft> draft = parse_draft(*body);
    if (!draft) {
        co_return std::unexpected(draft.error());
    }
    const Result<NewKey> made = co_await service.create(call.context, *std::move(draft));
    if (!made) {
        co_return std::unexpected(made.error());
    }
    net::Response response =
        net::json_response(json::render(json::object{{"apiKey", render(made->key)},
                                                     {"secret", made->secret.reveal()}}),
                           201);
    response.headers.emplace_back("Cache-Control", "no-store");
    co_return response;
}

async::Task<Result<net::Response>> handle_list(Service& service, net::Call& call) {
    const Result<std::vector<Key>> keys = co_await service.list(call.context);
    if (!keys) {
        co_return std::unexpected(keys.error());
    }
    json::array items;
    for (const Key& key : *keys) {
        items.emplace_back(render(key));
    }
    co_return net::json_response(json::render(json::object{{"apiKeys", std::move(items)}}));
}

async::Task<Result<net::Response>> handle_change(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const auto name = json::optional_string(*body, "name", {.bytes_max = name_bytes_max});
    if (!name) {
        co_return std::unexpected(name.error());
    }
    Result<std::vector<std::string>> networks = read_networks(*body);
    if (!networks) {
        co_return std::unexpected(networks.error());
    }
    Change change{.name = *name, .networks = std::nullopt};
    if (json::find_field(*body, networks_field) != nullptr) {
        change.networks = *std::move(networks);
    }
    const Result<Key> key =
        co_await service.change(call.context, call.request.param("id"), std::move(change));
    if (!key) {
        co_return std::unexpected(key.error());
    }
    co_return net::json_response(json::render(render(*key)));
}

async::Task<Result<net::Response>> handle_revoke(Service& service, net::Call& call) {
    const Result<void> done = co_await service.revoke(call.context, call.request.param("id"));
    if (!done) {
        co_return std::unexpected(done.error());
    }
    co_return net::json_response(R"({"success":true})");
}

}  // namespace

async::Task<Result<Context>> KeyAuthenticator::authenticate(const net::Request& request) {
    const std::string_view token = request.bearer_token();
    if (!looks_like_key(token)) {
        co_return co_await sessions_.authenticate(request);
    }
    Presented presented{.key = SecretString(token),
                        .ip = request.remote_ip,
                        .workspace = std::string(request.header("x-workspace-id"))};
    co_return co_await service_.authenticate(std::move(presented));
}

bool KeyAuthenticator::is_token_known(const net::Request& request) const {
    const std::string_view token = request.bearer_token();
    return looks_like_key(token) ? service_.is_known(token) : sessions_.is_token_known(request);
}

async::Task<Result<Context>> KeyAuthenticator::authenticate_again(const net::Request& request,
                                                                  const Context& before) {
    if (before.actor.kind == ActorKind::api_key) {
        co_return co_await authenticate(request);
    }
    co_return co_await sessions_.authenticate_again(request, before);
}

bool KeyAuthenticator::allowed(const Context& context, std::string_view permission) const {
    return sessions_.allowed(context, permission);
}

std::vector<net::Route> api_keys_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const auto bind = [&service](auto handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return handler(service, call); };
    };
    constexpr std::string_view permission = "manageIntegrations";
    constexpr RateClass rate = RateClass::api;
    return {
        {Verb::post, "/api/v1/api-keys", Auth::session, permission, rate, body_max, "createApiKey",
         bind(handle_create)},
        {Verb::get, "/api/v1/api-keys", Auth::session, permission, rate, 0, "listApiKeys",
         bind(handle_list)},
        {Verb::patch, "/api/v1/api-keys/{id}", Auth::session, permission, rate, body_max,
         "changeApiKey", bind(handle_change)},
        {Verb::delete_, "/api/v1/api-keys/{id}", Auth::session, permission, rate, 1024,
         "revokeApiKey", bind(handle_revoke)},
    };
}

}  // namespace wapi::api_keys
