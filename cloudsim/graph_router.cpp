// From a Graph path to its handler: version, faults, token, node, edge, answer.
//
// The order is Meta's: who calls comes before what is called. A node that the token does not cover
// looks like one that does not exist. Source: shared/meta/cloud-api.md section 1 and checklist.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "cloudsim/ascii_json.hpp"
#include "cloudsim/graph.hpp"
#include "cloudsim/routes.hpp"

namespace wapi::cloudsim {
namespace {

enum class Node { waba, phone, message_template };

struct GraphRoute {
    net::Verb verb;
    Node node;
    std::string_view edge;
    GraphReply (*handler)(Simulator&, GraphCall&);
};

using net::Verb;
constexpr GraphRoute graph_routes[] = {
    {Verb::get, Node::waba, "", get_waba},
    {Verb::get, Node::waba, "phone_numbers", list_phone_numbers},
    {Verb::get, Node::waba, "subscribed_apps", list_subscriptions},
    {Verb::delete_, Node::waba, "subscribed_apps", remove_subscription},
    {Verb::get, Node::waba, "message_templates", list_templates},
    {Verb::post, Node::waba, "message_templates", create_template},
    {Verb::delete_, Node::waba, "message_templates", delete_template},
    {Verb::get, Node::phone, "", get_phone},
    {Verb::post, Node::phone, "register", register_phone},
    {Verb::post, Node::phone, "deregister", deregister_phone},
    {Verb::post, Node::phone, "messages", post_message},
    {Verb::get, Node::message_template, "", get_template},
    {Verb::post, Node::message_template, "unpause", unpause_template},
};

std::string_view bearer_token(const net::Request& request) {
    std::string_view header = request.header("authorization");
    for (const std::string_view scheme : {"Bearer ", "OAuth "}) {
        if (header.starts_with(scheme)) {
            return header.substr(scheme.size());
        }
    }
    return request.query_param("access_token");
}

std::expected<const AccessToken*, GraphError> authenticate(Simulator& simulator,
                                                           const net::Request& request) {
    const std::string_view value = bearer_token(request);
    if (value.empty()) {
        return refuse(104);
    }
    const AccessToken* token = simulator.tokens().find(value);
    if (token == nullptr) {
        return refuse(190);
    }
    const bool expired = simulator.faults().token_expired || token->expires_at < simulator.now();
    if (!token->is_app && expired) {
        return refuse(190, "Error validating access token: Session has expired.", 463);
    }
    return token;
}

bool find_node(World& world, GraphCall& call, Node& kind) {
    if (call.phone = world.find_phone(call.node); call.phone != nullptr) {
        kind = Node::phone;
        call.waba = world.find_waba(call.phone->waba_id);
    } else if (call.waba = world.find_waba(call.node); call.waba != nullptr) {
        kind = Node::waba;
    } else {
        kind = Node::message_template;
        std::tie(call.waba, call.message_template) = world.find_template(call.node);
    }
    return call.waba != nullptr && call.token->covers(call.waba->id);
}

async::Task<GraphReply> call_edge(Simulator& simulator, GraphCall& call) {
    const std::string verb(to_string(call.request.verb));
    Node kind{};
    if (!find_node(simulator.world(), call, kind)) {
        co_return refuse_unknown_node(text::to_lower_ascii(verb), call.node);
    }
    // The two that call out while they are answered: Meta checks a new callback at once.
    if (call.request.verb == Verb::post && kind == Node::waba && call.edge == "subscribed_apps") {
        co_return co_await add_subscription(simulator, call);
    }
    if (call.request.verb == Verb::post && kind == Node::phone && call.edge.empty()) {
        co_return co_await update_phone(simulator, call);
    }
    for (const GraphRoute& route : graph_routes) {
        if (route.verb == call.request.verb && route.node == kind && route.edge == call.edge) {
            co_return route.handler(simulator, call);
        }
    }
    co_return refuse_unknown_node(text::to_lower_ascii(verb), call.node);
}

async::Task<GraphReply> answer_call(Simulator& simulator, GraphCall& call) {
    const Faults& faults = simulator.faults();
    if (simulator.world().chance(faults.error_5xx_rate)) {
        co_return refuse(131016);
    }
    auto body = read_body(call.request);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    call.body = std::move(*body);
    if (call.node == "oauth" && call.edge == "access_token") {
        co_return exchange_code(simulator, call);
    }
    auto token = authenticate(simulator, call.request);
    if (!token) {
        co_return std::unexpected(token.error());
    }
    call.token = *token;
    if (call.node == "debug_token" && call.edge.empty()) {
        co_return debug_token(simulator, call);
    }
    co_return co_await call_edge(simulator, call);
}

}  // namespace

async::Task<Result<net::Response>> serve_graph(Simulator& simulator, net::Call& call) {
    ++simulator.counters().graph_calls;
    if (const auto latency = simulator.faults().latency_ms; latency > 0) {
        co_await async::sleep_for(std::chrono::milliseconds(latency));
    }
    const std::vector<std::string> parts = split_path(call.request.path);
    GraphCall graph{call.request, {}, {}, {}, nullptr, nullptr, nullptr, nullptr, false};
    if (parts.size() > 1) {
        graph.node = parts[1];
    }
    for (std::size_t i = 2; i < parts.size(); ++i) {
        graph.edge += (i == 2 ? "" : "/") + parts[i];
    }
    const GraphReply reply = co_await answer_call(simulator, graph);
    net::Response response;
    response.content_type = "application/json; charset=UTF-8";
    response.abandon = graph.abandon;
    const std::string trace_id = fmt::format("A{:x}", simulator.counters().graph_calls);
    response.headers = {{"facebook-api-version", parts.front()}, {"x-fb-trace-id", trace_id}};
    if (reply) {
        response.body = render_ascii(*reply);
    } else {
        ++simulator.counters().refused_by_code[reply.error().code];
        response.status = reply.error().status;
        response.body = render_ascii(render_graph_error(reply.error(), trace_id));
    }
    co_return response;
}

}  // namespace wapi::cloudsim
