// The HTTP/1.1 server and the dispatcher that applies the route table.
//
// Limits: header 16 KiB; body per route, really enforced (413, also for chunked bodies and before
// the body is read when Content-Length tells); slow clients (whole header within 10 s, body within
// 30 s) get 408; idle keep-alive connections are closed after 75 s; at most `connections_max`
// connections: then the one idle longest makes room, else 503; all bodies under way together at
// most `bodies_bytes_max` (503); a handler that takes more than 60 s runs on, but its client gets
// 503. Pipelined requests are answered in order. Shutdown: stop accepting, finish what runs, close.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "net/http.hpp"
#include "net/trusted_proxies.hpp"

namespace wapi::net {

struct ServerOptions {
    std::string address = "0.0.0.0";
    std::uint16_t port = 0;  ///< 0: any free port
    std::size_t connections_max = 10'000;
    std::chrono::milliseconds header_timeout{10'000};
    std::chrono::milliseconds body_timeout{30'000};
    std::chrono::milliseconds handler_timeout{60'000};
    std::chrono::milliseconds idle_timeout{75'000};
    std::chrono::milliseconds write_timeout{30'000};
    std::size_t header_bytes_max = 16 * 1024;
    std::size_t bodies_bytes_max = 256 << 20;  ///< of all requests under way together
    TrustedProxies trusted_proxies = {};       ///< whose X-Forwarded-For is believed
    RateLimiter* rate_limiter = nullptr;       ///< null: nothing is limited
};

/// What /metrics shows about HTTP, since start.
struct ServerStats {
    std::uint64_t requests = 0;
    std::uint64_t connections = 0;
    std::size_t connections_open = 0;
    std::uint64_t refused = 0;
    std::uint64_t shed = 0;                    ///< waiting connections closed to make room
    std::uint64_t responses_by_class[6] = {};  ///< index 2: 2xx, ...
};

class Server {
  public:
    /// `authenticator` may be null when no route needs a session (the simulator). `request_id`
    /// makes ids.
    Server(async::Tasks& tasks, ServerOptions options, std::vector<Route> routes,
           Authenticator* authenticator, std::function<std::string()> request_id);
    ~Server();
    /// Binds and starts to accept. Errors: Fault `http.bind`.
    void start();
    /// The bound port.
    [[nodiscard]] std::uint16_t port() const;
    /// Stops accepting, lets running requests finish within `limit`, closes the rest.
    async::Task<> drain(std::chrono::milliseconds limit);
    [[nodiscard]] ServerStats stats() const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace wapi::net
