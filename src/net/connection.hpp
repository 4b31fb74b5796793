// One connection to the server: reads requests, has them dispatched, writes the answers, in order.
//
// One coroutine and one read buffer a connection. Deadlines are points in time that the server's
// sweep compares, not timers: arming a timer twice a request costs more than the request's parsing.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "async/async.hpp"
#include "net/dispatcher.hpp"
#include "net/request_parser.hpp"
#include "net/response_writer.hpp"
#include "net/server.hpp"
#include "net/websocket.hpp"

namespace wapi::net {

inline constexpr std::size_t body_read_bytes = 64 * 1024;
inline constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

class Connection;

/// What a connection is while it waits for a request: part of a list, longest waiting first.
class Waiting : public boost::intrusive::list_base_hook<
                    boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {};
using WaitingList = boost::intrusive::list<Waiting, boost::intrusive::constant_time_size<false>>;

/// What the connections of one server share. Lives as long as the last of them.
struct ServerCore {
    ServerCore(async::Tasks& tasks_, ServerOptions options_, Dispatcher dispatcher_)
        : tasks(tasks_), options(std::move(options_)), dispatcher(std::move(dispatcher_)) {}

    async::Tasks& tasks;
    ServerOptions options;
    Dispatcher dispatcher;
    ServerStats stats;
    HttpDate date;
    std::vector<Connection*> connections;
    WaitingList fresh;             ///< no request has begun yet
    WaitingList idle;              ///< answered, and kept for the next request
    std::size_t bodies_bytes = 0;  ///< received for requests that are not answered yet
    std::size_t refused_open = 0;  ///< connections that only wait for their 503 to be read
    bool draining = false;
};

class Connection : public Waiting, public std::enable_shared_from_this<Connection> {
  public:
    using Clock = std::chrono::steady_clock;
    using Socket = boost::asio::ip::tcp::socket;
    enum class Admission { served, refused };

    Connection(std::shared_ptr<ServerCore> core, Socket socket, Admission admission);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Serves until either side closes. `connection` lives as long as the coroutine, or as the
    /// WebSocket that it has become.
    static async::Task<> serve(std::shared_ptr<Connection> connection);
    /// Answers 503 and closes: the server has as many connections as it takes.
    static async::Task<> refuse(std::shared_ptr<Connection> connection);

    /// Answers 503 and closes at once, as far as that goes without waiting for the client: when
    /// there is no room to wait either.
    static void turn_away(std::shared_ptr<ServerCore> core, Socket socket);

    /// Called by the sweep: acts when the deadline of the present phase has passed.
    void expire(Clock::time_point now);
    /// Asks its coroutine to end when no request has begun or is on its way. False when one has.
    bool close_when_idle();
    /// The server stops: closes when idle, and asks the client of a WebSocket to leave.
    void go_away();
    /// Since when it waits for a request.
    [[nodiscard]] Clock::time_point waiting_since() const { return entered_; }
    void close();

    // For the WebSocket that it becomes (websocket.cpp).
    [[nodiscard]] Socket& socket() { return socket_; }
    [[nodiscard]] async::Tasks& tasks() { return core_->tasks; }
    /// When the sweep is to cut it.
    void set_deadline(Clock::time_point deadline) { deadline_ = deadline; }

  private:
    class PiecewiseBody;
    enum class Phase {
        fresh,
        idle,
        header,
        body,
        handling,
        producing,
        writing,
        lingering,
        websocket
    };
    enum class Step { complete, needs_bytes, wants_continue, refused };
    enum class Outcome { complete, refused, gone };

    void enter(Phase phase);
    async::Task<bool> serve_one();
    async::Task<bool> answer(Response response);
    async::Task<> serve_websocket();
    async::Task<Outcome> read_request();
    Step advance();
    async::Task<Response> run_handler();
    async::Task<Result<std::string>> next_body_piece();
    async::Task<bool> receive_body_piece();
    bool parse_some();
    bool on_header();
    void count_body(std::size_t bytes);
    Step refuse_with(const ErrorKind& kind);
    async::Task<bool> fill();
    async::Task<bool> send(Response response);
    async::Task<bool> send_pieces(Response& response);
    void reset();
    async::Task<bool> write_rest(std::string_view head, std::string_view body);
    async::Task<> linger();
    Response render_refusal();
    std::string_view render(const Response& response);
    void answer_now(Error error);
    void answer_late();
    void log_access(int status) const;

    std::shared_ptr<ServerCore> core_;
    Socket socket_;
    std::string remote_ip_;
    boost::beast::flat_buffer buffer_;
    std::optional<RequestParser> parser_;
    std::string out_;
    Phase phase_ = Phase::fresh;
    Clock::time_point entered_;
    Clock::time_point deadline_ = Clock::time_point::max();
    Clock::time_point started_;
    std::size_t slot_ = 0;  // index in core_->connections
    Admission admission_;
    Verb verb_ = Verb::unknown;
    std::size_t header_bytes_ = 0;
    std::size_t body_bytes_ = 0;  // this request's part of core_->bodies_bytes
    const Route* route_ = nullptr;
    std::optional<Error> refusal_;
    std::shared_ptr<WebSocketUpgrade> upgrade_;  ///< what the last request asked for
    std::weak_ptr<WebSocket> websocket_;
    std::string allow_;
    std::string request_id_;
    bool timed_out_ = false;
    bool must_close_ = false;
    bool continue_sent_ = false;
};

}  // namespace wapi::net
