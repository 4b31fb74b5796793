// The reading half of a connection. See connection.hpp.
//
// Order of events for one request: header complete -> route known -> its body limit set (413 at
// once when Content-Length is over it) -> body read.
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "net/connection.hpp"

namespace wapi::net {
namespace asio = boost::asio;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t header_read_bytes = 4 * 1024;
constexpr std::size_t buffer_bytes_kept_idle = 16 * 1024;
constexpr std::size_t unrouted_body_bytes_max = 64 * 1024;
}  // namespace

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
        if (parser_->is_header_done() && route_ != nullptr && route_->body_in_pieces) {
            return Step::complete;  // the handler reads the rest
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
    count_body(parser_->request().body.size());
    if (ec && !needs_more) {
        refuse_with(parser_->problem());
    } else if (body_bytes_ > 0 && core_->bodies_bytes > core_->options.bodies_bytes_max) {
        refuse_with(errors::overloaded);
        return false;
    } else if (needs_more && buffer_.size() == buffer_.max_size()) {
        refuse_with(http_errors::malformed_request);  // a chunk header or trailer without end
    }
    return !ec;
}

void Connection::count_body(std::size_t bytes) {
    core_->bodies_bytes += bytes;
    core_->bodies_bytes -= std::exchange(body_bytes_, bytes);
}

/// Routes the request and sets its body limit. False when the body will not be read.
bool Connection::on_header() {
    Request& request = parser_->request();
    started_ = Clock::now();
    verb_ = request.verb;
    request_id_ = core_->dispatcher.request_id(request.header("x-request-id"));
    request.request_id = request_id_;
    request.remote_ip = core_->options.trusted_proxies.client_of(remote_ip_, request);
    must_close_ = !request.keep_alive || core_->draining;
    const Result<const Route*> found = core_->dispatcher.route(request, allow_);
    std::size_t limit = unrouted_body_bytes_max;
    if (found) {
        route_ = *found;
        limit = route_->body_bytes_max;
        if (route_->body_in_pieces) {
            parser_->expect_pieces();
        }
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
    parser_->request().body = std::string();
    count_body(0);
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

}  // namespace wapi::net
