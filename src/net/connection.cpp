// See connection.hpp; how a request is read is in connection_read.cpp.
//
// After its last answer a connection lingers a moment: bytes that nobody has read, such as a
// request sent behind the one that was answered, would show the client a reset instead of the
// answer.
#include "net/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/log.hpp"
#include "net/websocket_beast.hpp"

namespace wapi::net {
namespace asio = boost::asio;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t body_bytes_copied_max = 16 * 1024;
constexpr std::size_t linger_bytes_max = 8 * 1024 * 1024;
constexpr std::chrono::seconds linger_limit{2};
constexpr std::chrono::seconds late_retry_after{5};

std::string address_of(const Connection::Socket& socket) {
    boost::system::error_code ec;
    const auto endpoint = socket.remote_endpoint(ec);
    return ec ? std::string() : endpoint.address().to_string();
}

}  // namespace

Connection::Connection(std::shared_ptr<ServerCore> core, Socket socket, Admission admission)
    : core_(std::move(core)),
      socket_(std::move(socket)),
      remote_ip_(address_of(socket_)),
      buffer_(core_->options.header_bytes_max + body_read_bytes),
      slot_(core_->connections.size()),
      admission_(admission) {
    boost::system::error_code ec;  // a socket that is already dead shows it at the first read
    socket_.set_option(asio::ip::tcp::no_delay(true), ec);
    socket_.non_blocking(true, ec);
    core_->connections.push_back(this);
    core_->refused_open += admission_ == Admission::refused ? 1 : 0;
}

Connection::~Connection() {
    unlink();
    count_body(0);
    auto& all = core_->connections;
    all[slot_] = all.back();
    all[slot_]->slot_ = slot_;
    all.pop_back();
    core_->refused_open -= admission_ == Admission::refused ? 1 : 0;
}

void Connection::enter(Phase phase) {
    const ServerOptions& options = core_->options;
    phase_ = phase;
    entered_ = Clock::now();
    unlink();
    switch (phase) {
        case Phase::fresh:
            core_->fresh.push_back(*this);
            deadline_ = entered_ + options.header_timeout;
            break;
        case Phase::idle:
            core_->idle.push_back(*this);
            deadline_ = entered_ + options.idle_timeout;
            break;
        case Phase::header: deadline_ = entered_ + options.header_timeout; break;
        case Phase::body: deadline_ = entered_ + options.body_timeout; break;
        case Phase::handling:
        case Phase::producing: deadline_ = entered_ + options.handler_timeout; break;
        case Phase::writing: deadline_ = entered_ + options.write_timeout; break;
        case Phase::lingering: deadline_ = entered_ + linger_limit; break;
        case Phase::websocket: deadline_ = Clock::time_point::max(); break;
    }
}

void Connection::expire(Clock::time_point now) {
    if (now < deadline_) {
        return;
    }
    deadline_ = Clock::time_point::max();
    if (phase_ == Phase::header || phase_ == Phase::body) {
        timed_out_ = true;  // the coroutine answers 408
        boost::system::error_code ec;
        socket_.cancel(ec);
    } else if (phase_ == Phase::handling) {
        answer_late();
    } else {
        close();
    }
}

bool Connection::close_when_idle() {
    boost::system::error_code ec;
    const bool waits = phase_ == Phase::fresh || phase_ == Phase::idle;
    if (!waits || socket_.available(ec) > 0) {
        return false;
    }
    unlink();
    socket_.cancel(ec);  // ends its coroutine, unless that has just been given a request
    return true;
}

void Connection::go_away() {
    if (const auto websocket = websocket_.lock()) {
        websocket->close(close_going_away, "The server stops; connect again.");
    } else {
        close_when_idle();
    }
}

void Connection::close() {
    unlink();
    boost::system::error_code ec;
    socket_.close(ec);
}

async::Task<> Connection::serve(std::shared_ptr<Connection> connection) {
    connection->enter(Phase::fresh);
    while (co_await connection->serve_one()) {
    }
    if (connection->upgrade_ == nullptr) {
        connection->close();
    } else {
        co_await connection->serve_websocket();
    }
}

async::Task<> Connection::refuse(std::shared_ptr<Connection> connection) {
    ServerCore& core = *connection->core_;
    connection->request_id_ = core.dispatcher.request_id({});
    connection->refusal_ = fail(errors::overloaded).error();
    connection->must_close_ = true;
    co_await connection->send(connection->render_refusal());
    connection->close();
}

void Connection::turn_away(std::shared_ptr<ServerCore> core, Socket socket) {
    Connection connection(std::move(core), std::move(socket), Admission::refused);
    connection.answer_now(fail(errors::overloaded).error());
    // Bytes that nobody has read would make the end a reset, and the answer might be lost.
    boost::system::error_code ec;
    connection.socket_.read_some(connection.buffer_.prepare(body_read_bytes), ec);
    connection.close();
}

/// Sends an answer and the end of the connection, as much as the socket takes at once.
void Connection::answer_now(Error error) {
    refusal_ = std::move(error);
    must_close_ = true;
    if (request_id_.empty()) {
        request_id_ = core_->dispatcher.request_id({});
    }
    render(render_refusal());
    boost::system::error_code ec;
    socket_.send(asio::buffer(out_), 0, ec);
    socket_.shutdown(Socket::shutdown_send, ec);
}

/// Answers for a handler that takes too long. It runs on, since what it waits for, such as a
/// commit, may not be broken off, and keeps its place among the connections until it ends.
void Connection::answer_late() {
    Error error = fail(http_errors::deadline_exceeded).error();
    error.retry_after = late_retry_after;
    answer_now(std::move(error));
    enter(Phase::lingering);
}

async::Task<bool> Connection::serve_one() {
    parser_.emplace();
    count_body(0);
    header_bytes_ = 0;
    route_ = nullptr;
    verb_ = Verb::unknown;
    refusal_.reset();
    allow_.clear();
    request_id_.clear();
    timed_out_ = must_close_ = continue_sent_ = false;

    const Outcome outcome = co_await read_request();
    if (outcome == Outcome::gone) {
        co_return false;
    }
    ++core_->stats.requests;
    if (request_id_.empty()) {
        request_id_ = core_->dispatcher.request_id({});
    }
    if (outcome == Outcome::refused || refusal_) {
        must_close_ = must_close_ || outcome == Outcome::refused;
        co_return co_await send(render_refusal());
    }
    enter(Phase::handling);
    Response response = co_await run_handler();
    if (refusal_) {  // answered when the deadline passed
        co_await linger();
    }
    if (refusal_ || response.abandon) {
        co_return false;
    }
    co_return co_await answer(std::move(response));
}

/// Sends the answer, or keeps the upgrade that it is and ends the reading of requests.
async::Task<bool> Connection::answer(Response response) {
    if (response.upgrade == nullptr) {
        co_return co_await send(std::move(response));
    }
    // Frames before the switch, or HTTP/1.0, which has none (RFC 6455 section 4.1).
    const bool malformed = !parser_->is_http_1_1() || buffer_.size() > 0;
    if (malformed || core_->draining) {
        refusal_ = fail(malformed ? http_errors::malformed_request : errors::unavailable).error();
        must_close_ = true;
        co_return co_await send(render_refusal());
    }
    upgrade_ = std::move(response.upgrade);
    co_return false;
}

/// The WebSocket closes the connection, once its close frame is out and answered.
async::Task<> Connection::serve_websocket() {
    const std::shared_ptr<WebSocketUpgrade> upgrade = std::move(upgrade_);
    enter(Phase::websocket);
    buffer_.shrink_to_fit();
    parser_.reset();
    const auto websocket = std::make_shared<BeastWebSocket>(shared_from_this(), upgrade->limits);
    websocket_ = websocket;
    const int status = co_await websocket->accept(upgrade->request, request_id_);
    ++core_->stats.responses_by_class[std::clamp(status / 100, 1, 5)];
    log_access(status);
    upgrade->request = {};  // up to 16 KiB of headers, for as long as the connection lasts
    if (status == BeastWebSocket::switched) {
        co_await upgrade->serve(websocket);
    }
    websocket->close(close_normal, {});
}

Response Connection::render_refusal() {
    Response response = render_error(*refusal_, request_id_);
    if (!allow_.empty()) {
        response.headers.emplace_back("Allow", allow_);
        if (verb_ == Verb::options) {
            response.status = 204;
            response.body.clear();
        }
    }
    return response;
}

/// Puts the answer into `out_` and the log. What is returned is the rest, too large to be copied.
std::string_view Connection::render(const Response& response) {
    const bool head_only = verb_ == Verb::head;
    out_.clear();
    append_head(out_, response,
                {.request_id = request_id_,
                 .date = core_->date.at(std::time(nullptr)),
                 .keep_alive = !must_close_,
                 .http_1_1 = !parser_ || parser_->is_http_1_1()});
    ++core_->stats.responses_by_class[std::clamp(response.status / 100, 1, 5)];
    log_access(response.status);
    std::string_view body;
    if (!head_only && status_has_body(response.status) && response.source == nullptr) {
        body = response.body;
    }
    if (body.size() <= body_bytes_copied_max) {
        out_ += body;
        body = {};
    }
    return body;
}

/// Sends the answer. False when it was the last: then the client has been given time to read it.
async::Task<bool> Connection::send(Response response) {
    enter(Phase::writing);
    const bool in_pieces =
        response.source != nullptr && verb_ != Verb::head && status_has_body(response.status);
    must_close_ = must_close_ || core_->draining || (in_pieces && !parser_->is_http_1_1());
    const std::string_view rest = render(response);
    bool sent = false;
    if (in_pieces) {
        sent = co_await send_pieces(response);
    } else {
        sent = co_await write_rest(out_, rest);
    }
    must_close_ = must_close_ || core_->draining;  // which may have begun meanwhile
    if (sent && must_close_) {
        co_await linger();
        co_return false;
    }
    enter(Phase::idle);
    co_return sent;
}

/// Writes both pieces: at once when the socket takes them, which it nearly always does.
async::Task<bool> Connection::write_rest(std::string_view head, std::string_view body) {
    std::array<asio::const_buffer, 2> pieces{asio::buffer(head), asio::buffer(body)};
    boost::system::error_code send_error;
    // One piece goes the shorter way through Asio and the kernel.
    std::size_t sent = body.empty() ? socket_.send(asio::buffer(head), 0, send_error)
                                    : socket_.send(pieces, 0, send_error);
    if (send_error && send_error != asio::error::would_block) {
        co_return false;
    }
    if (sent == head.size() + body.size()) {
        co_return true;
    }
    for (asio::const_buffer& piece : pieces) {
        const std::size_t skipped = std::min(sent, piece.size());
        piece += skipped;
        sent -= skipped;
    }
    const auto [ec, count] = co_await asio::async_write(socket_, pieces, as_result);
    co_return !ec;
}

async::Task<> Connection::linger() {
    enter(Phase::lingering);
    boost::system::error_code shutdown_error;
    socket_.shutdown(Socket::shutdown_send, shutdown_error);
    buffer_.clear();
    std::size_t left = shutdown_error ? 0 : linger_bytes_max;
    while (left > 0) {
        const auto [ec, count] =
            co_await socket_.async_read_some(buffer_.prepare(body_read_bytes), as_result);
        if (ec) {
            co_return;
        }
        left -= std::min(left, count);
    }
}

void Connection::log_access(int status) const {
    const bool quiet = route_ != nullptr &&
                       (route_->rate == RateClass::webhook || route_->rate == RateClass::none);
    const log::Level level = quiet ? log::Level::debug : log::Level::info;
    if (!log::enabled(level)) {
        return;
    }
    const auto verb = boost::beast::http::to_string(verb_);
    const std::chrono::duration<double, std::milli> taken =
        route_ == nullptr ? Clock::duration::zero() : Clock::now() - started_;
    log::write(level, "http.request",
               {{"method", std::string_view(verb.data(), verb.size())},
                {"route", route_ == nullptr ? std::string_view("-") : route_->path},
                {"status", status},
                {"ms", taken.count()},
                {"requestId", request_id_}});
}

}  // namespace wapi::net
