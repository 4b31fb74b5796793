#include "features/realtime/realtime_http.hpp"

#include <algorithm>

#include "base/metrics.hpp"
#include "base/text.hpp"
#include "net/websocket.hpp"

namespace wapi::realtime {
namespace {

/// A client says hello, is alive, and types: what is larger is none of this protocol.
constexpr std::size_t message_bytes_max = 4096;

class SocketPeer final : public Peer {
  public:
    explicit SocketPeer(std::shared_ptr<net::WebSocket> socket) : socket_(std::move(socket)) {}
    async::Task<std::optional<std::string>> read() override { return socket_->read(); }
    async::Task<bool> write(std::string_view text) override { return socket_->write(text); }
    void close(std::uint16_t code, std::string_view reason) override {
        socket_->close(code, reason);
    }

  private:
    std::shared_ptr<net::WebSocket> socket_;
};

/// `https://console.example.com:8443` of a URL below it, as browsers write it: without the port
/// that the scheme has anyway.
std::string origin_of(std::string_view url) {
    const std::size_t scheme = url.find("://");
    const std::size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
    std::string origin = text::to_lower_ascii(url.substr(0, url.find('/', host)));
    for (const auto& [begin, port] : {std::pair{"https://", ":443"}, {"http://", ":80"}}) {
        if (origin.starts_with(begin) && origin.ends_with(port)) {
            origin.erase(origin.rfind(':'));
        }
    }
    return origin;
}

/// Browsers say which page connects; programs say nothing. No page of another site may, though it
/// would have no token either. Where PUBLIC_URL says which site is ours, a name in the Host header
/// does not: whoever points a name of theirs at this server would choose it.
bool comes_from_own_page(const net::Request& request, std::string_view public_url) {
    const auto is_origin = [](const auto& header) { return header.first == "origin"; };
    const auto origins = std::ranges::count_if(request.headers, is_origin);
    if (origins != 1) {
        return origins == 0;
    }
    const std::string origin = text::to_lower_ascii(request.header("origin"));
    if (!public_url.empty()) {
        return origin == origin_of(public_url);
    }
    const std::string host = text::to_lower_ascii(request.header("host"));
    return origin == "https://" + host || origin == "http://" + host;
}

async::Task<> serve(Service& service, Credentials from, std::shared_ptr<net::WebSocket> socket) {
    return service.serve(std::make_shared<SocketPeer>(std::move(socket)), std::move(from));
}

async::Task<Result<net::Response>> handle_open(Service& service, const std::string& public_url,
                                               net::Call& call) {
    net::Request& request = call.request;
    if (!net::asks_for_websocket(request)) {
        net::Response refusal =
            net::render_error(fail(net::http_errors::upgrade_required).error(), request.request_id);
        refusal.headers.emplace_back("Upgrade", "websocket");
        co_return refusal;
    }
    if (!comes_from_own_page(request, public_url)) {
        co_return fail(errors::forbidden, "No page of another site may connect.");
    }
    const Credentials from{.token = {},
                           .workspace = {},
                           .ip = request.remote_ip,
                           .user_agent = call.context.user_agent,
                           .request_id = request.request_id};
    co_return net::websocket_response(
        {.request = std::move(request),
         .limits = {.message_bytes_max = message_bytes_max},
         .serve = [&service, from](std::shared_ptr<net::WebSocket> socket) {
             return serve(service, from, std::move(socket));
         }});
}

async::Task<Result<Context>> ask(net::Authenticator& authenticator, Credentials credentials) {
    net::Request request;
    request.remote_ip = credentials.ip;
    request.request_id = credentials.request_id;
    request.headers = {{"authorization", "Bearer " + std::string(credentials.token.reveal())},
                       {"user-agent", credentials.user_agent}};
    if (!credentials.workspace.empty()) {
        request.headers.emplace_back("x-workspace-id", credentials.workspace);
    }
    Result<Context> context = co_await authenticator.authenticate(request);
    wipe(request.headers.front().second);
    co_return context;
}

}  // namespace

Authenticate authenticate_by(net::Authenticator& authenticator) {
    return [&authenticator](Credentials credentials) {
        return ask(authenticator, std::move(credentials));
    };
}

std::string render_gauges(const Stats& stats) {
    const auto gauge = [](std::string_view name, std::string_view help, auto value) {
        return render_gauge(name, help, static_cast<double>(value));
    };
    return gauge("wapi_realtime_connections", "Clients of live events.", stats.connections) +
           gauge("wapi_realtime_ring_bytes", "Live events kept for a replay.", stats.ring_bytes) +
           gauge("wapi_realtime_frames_sent_total", "Messages sent to clients since start.",
                 stats.frames_sent) +
           gauge("wapi_realtime_resyncs_total", "Clients told to fetch anew since start.",
                 stats.resyncs) +
           gauge("wapi_realtime_rights_waiting",
                 "Connections whose rights are to be read before more is sent.",
                 stats.rights_waiting) +
           gauge("wapi_realtime_missed_total",
                 "Times that other nodes' events may have been lost since start.", stats.missed);
}

std::vector<net::Route> realtime_routes(const HttpParts& parts) {
    return {
        {net::Verb::get, "/api/v1/realtime", net::Auth::none, "", net::RateClass::public_form, 0,
         "openRealtime",
         [&service = parts.service, public_url = parts.public_url](net::Call& call) {
             return handle_open(service, public_url, call);
         }},
    };
}

}  // namespace wapi::realtime
