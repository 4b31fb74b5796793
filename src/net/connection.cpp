// See connection.hpp.
//
// Order of events for one request: header complete -> route known -> its body limit set (413 at
// once when Content-Length is over it) -> body read -> dispatch -> answer. After an answer that
// leaves unread bytes behind, the connection lingers a moment, or the client would see a reset
// instead of the answer.
#include "net/connection.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/log.hpp"

namespace wapi::net {
namespace asio = boost::asio;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t header_read_bytes = 4 * 1024;
constexpr std::size_t body_read_bytes = 64 * 1024;
constexpr std::size_t buffer_bytes_kept_idle = 16 * 1024;
constexpr std::size_t body_bytes_copied_max = 16 * 1024;
constexpr std::size_t unrouted_body_bytes_max = 64 * 1024;
constexpr std::size_t linger_bytes_max = 8 * 1024 * 1024;
constexpr std::chrono::seconds linger_limit{2};
constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

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
    auto& all = core_->connections;
    all[slot_] = all.back();
    all[slot_]->slot_ = slot_;
    all.pop_back();
    core_->refused_open -= admission_ == Admission::refused ? 1 : 0;
}

void Connection::enter(Phase phase) {
    const ServerOptions& options = core_->options;
    phase_ = phase;
    switch (phase) {
        case Phase::fresh:
        case Phase::header: deadline_ = Clock::now() + options.header_timeout; break;
        case Phase::idle: deadline_ = Clock::now() + options.idle_timeout; break;
        case Phase::body: deadline_ = Clock::now() + options.body_timeout; break;
        case Phase::handling: deadline_ = Clock::time_point::max(); break;
        case Phase::writing: deadline_ = Clock::now() + options.write_timeout; break;
        case Phase::lingering: deadline_ = Clock::now() + linger_limit; break;
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
    } else {
        close();
    }
}

void Connection::close_when_idle() {
    if (phase_ == Phase::fresh || phase_ == Phase::idle) {
        close();
    }
}

void Connection::close() {
    boost::system::error_code ec;
    socket_.close(ec);
}

async::Task<> Connection::serve(std::unique_ptr<Connection> connection) {
    connection->enter(Phase::fresh);
    while (co_await connection->serve_one()) {
    }
    connection->close();
}

async::Task<> Connection::refuse(std::unique_ptr<Connection> connection) {
    ServerCore& core = *connection->core_;
    connection->request_id_ = core.dispatcher.request_id({});
    connection->refusal_ = fail(errors::overloaded).error();
    connection->must_close_ = true;
    if (co_await connection->send(connection->render_refusal())) {
        co_await connection->linger();
    }
    connection->close();
}

async::Task<bool> Connection::serve_one() {
    parser_.emplace();
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
        const bool sent = co_await send(render_refusal());
        if (sent && must_close_) {
            co_await linger();
        }
        co_return sent && !must_close_;
    }
    enter(Phase::handling);
    Response response = co_await core_->dispatcher.run(*route_, std::move(parser_->request()));
    if (response.abandon) {
        co_return false;
    }
    co_return co_await send(std::move(response)) && !must_close_;
}

async::Task<Connection::Outcome> Connection::read_request() {
    if (buffer_.size() > 0) {
        enter(Phase::header);  // pipelined
    }
    for (;;) {
        const Step step = advance();
        if (step == Step::complete) {
            co_return Outcome::complete;
        }
        if (step == Step::refused) {
            co_return Outcome::refused;
        }
        if (step == Step::wants_continue && !co_await write_rest(continue_line, {})) {
            co_return Outcome::gone;
        }
        if (!co_await fill()) {
            if (!timed_out_) {
                co_return Outcome::gone;
            }
            refuse_with(http_errors::request_timeout);
            co_return Outcome::refused;
        }
    }
}

Connection::Step Connection::advance() {
    while (!parser_->is_done()) {
        if (buffer_.size() == 0) {
            break;
        }
        const bool header_was_done = parser_->is_header_done();
        const bool progress = parse_some();
        if (refusal_ && must_close_) {
            return Step::refused;
        }
        if (!header_was_done && parser_->is_header_done() && !on_header()) {
            return Step::refused;
        }
        if (!progress) {
            break;
        }
    }
    if (parser_->is_done()) {
        return Step::complete;
    }
    const bool wants_continue = parser_->is_header_done() && parser_->expects_continue() &&
                                !continue_sent_ && buffer_.size() == 0;
    continue_sent_ = continue_sent_ || wants_continue;
    return wants_continue ? Step::wants_continue : Step::needs_bytes;
}

/// Gives the buffered bytes to the parser. False when it needs more.
bool Connection::parse_some() {
    boost::beast::error_code ec;
    const bool in_header = !parser_->is_header_done();
    const std::size_t used = parser_->read(buffer_.data(), ec);
    buffer_.consume(used);
    const bool needs_more = ec == boost::beast::http::error::need_more;
    if (in_header) {
        header_bytes_ += used;
        const std::size_t waiting = needs_more ? buffer_.size() : 0;
        if (header_bytes_ + waiting > core_->options.header_bytes_max) {
            refuse_with(http_errors::header_too_large);
            return false;
        }
    }
    if (ec && !needs_more) {
        refuse_with(parser_->problem());
    } else if (needs_more && buffer_.size() == buffer_.max_size()) {
        refuse_with(http_errors::malformed_request);  // a chunk header or trailer without end
    }
    return !ec;
}

/// Routes the request and sets its body limit. False when the body will not be read.
bool Connection::on_header() {
    Request& request = parser_->request();
    started_ = Clock::now();
    verb_ = request.verb;
    request_id_ = core_->dispatcher.request_id(request.header("x-request-id"));
    request.request_id = request_id_;
    request.remote_ip = remote_ip_;
    must_close_ = !request.keep_alive || core_->draining;
    const Result<const Route*> found = core_->dispatcher.route(request, allow_);
    std::size_t limit = unrouted_body_bytes_max;
    if (found) {
        route_ = *found;
        limit = route_->body_bytes_max;
    } else {
        refusal_ = found.error();
    }
    parser_->body_bytes_max(limit);
    parser_->eager(true);
    if (parser_->content_length().value_or(0) > limit) {
        refuse_with(errors::body_too_large);
        return false;
    }
    if (refusal_ && parser_->expects_continue()) {
        must_close_ = true;  // the client has not sent the body, and need not
        return false;
    }
    if (!parser_->is_done()) {
        enter(Phase::body);
    }
    return true;
}

Connection::Step Connection::refuse_with(const ErrorKind& kind) {
    refusal_ = fail(kind).error();
    must_close_ = true;
    return Step::refused;
}

async::Task<bool> Connection::fill() {
    const bool in_body = parser_->is_header_done();
    if (!parser_->got_some() && buffer_.capacity() > buffer_bytes_kept_idle) {
        buffer_.shrink_to_fit();
    }
    const std::size_t room = buffer_.max_size() - buffer_.size();
    std::size_t wanted = header_read_bytes;
    if (in_body) {
        const auto body_left = parser_->content_length_remaining().value_or(body_read_bytes);
        wanted = std::clamp<std::uint64_t>(body_left, header_read_bytes, body_read_bytes);
    }
    const auto [ec, count] =
        co_await socket_.async_read_some(buffer_.prepare(std::min(room, wanted)), as_result);
    buffer_.commit(count);
    if (!ec && (phase_ == Phase::fresh || phase_ == Phase::idle)) {
        enter(Phase::header);
    }
    co_return !ec && !timed_out_;
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

async::Task<bool> Connection::send(Response response) {
    enter(Phase::writing);
    must_close_ = must_close_ || core_->draining;
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
    if (!head_only && status_has_body(response.status)) {
        body = response.body;
    }
    if (body.size() <= body_bytes_copied_max) {
        out_ += body;
        body = {};
    }
    const bool sent = co_await write_rest(out_, body);
    if (phase_ == Phase::writing) {
        enter(Phase::idle);
    }
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
