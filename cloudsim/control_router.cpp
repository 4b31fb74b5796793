// From a path under /sim/ to its handler. See control.hpp.
#include "cloudsim/control.hpp"
#include "cloudsim/routes.hpp"

namespace wapi::cloudsim {
namespace {

using net::Verb;

struct ControlRoute {
    Verb verb;
    std::string_view path;  ///< `*` stands for the customer's key
    ControlReply (*handler)(Simulator&, ControlCall&);
};

constexpr ControlRoute control_routes[] = {
    {Verb::get, "state", show_state},
    {Verb::get, "sent", list_sent},
    {Verb::post, "faults", set_faults},
    {Verb::post, "reset", reset_simulator},
    {Verb::post, "codes", make_code},
    {Verb::post, "customers", add_customer},
    {Verb::post, "customers/*/write", write_message},
    {Verb::get, "customers/*/messages", list_thread},
    {Verb::post, "customers/*/read", read_messages},
    {Verb::post, "preference", set_preference},
    {Verb::post, "script", run_script},
};

// The path below /sim with the customer's key taken out: "customers/*/write".
std::string split_key(const std::string& path, std::string& key) {
    std::vector<std::string> parts = split_path(path);
    std::string pattern;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const bool is_key = i == 2 && parts[1] == "customers";
        if (is_key) {
            key = parts[i];
        }
        if (i > 1) {
            pattern += '/';
        }
        pattern += is_key ? "*" : parts[i];
    }
    return pattern;
}

async::Task<ControlReply> call_handler(Simulator& simulator, ControlCall& call,
                                       const std::string& pattern) {
    if (call.request.verb == Verb::post && pattern == "webhook") {
        co_return co_await set_webhook(simulator, call);
    }
    if (call.request.verb == Verb::post && pattern == "raw-webhook") {
        co_return co_await post_raw_webhook(simulator, call);
    }
    for (const ControlRoute& route : control_routes) {
        if (route.verb == call.request.verb && route.path == pattern) {
            co_return route.handler(simulator, call);
        }
    }
    co_return fail(errors::not_found);
}

}  // namespace

async::Task<Result<net::Response>> serve_control(Simulator& simulator, net::Call& call) {
    ControlCall control{call.request, {}, {}};
    if (!call.request.body.empty()) {
        auto body = json::parse_object(call.request.body);
        if (!body) {
            co_return std::unexpected(body.error());
        }
        control.body = std::move(*body);
    }
    const std::string pattern = split_key(call.request.path, control.key);
    ControlReply reply = co_await call_handler(simulator, control, pattern);
    if (!reply) {
        co_return std::unexpected(reply.error());
    }
    co_return net::json_response(json::render(*reply));
}

}  // namespace wapi::cloudsim
