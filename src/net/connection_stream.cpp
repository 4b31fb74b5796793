// Answers whose body is made while it is sent. See connection.hpp and BodySource in http.hpp.
//
// One piece is in memory at a time: the next is asked for when the socket has taken the last one,
// so a slow reader slows its source. Chunks: RFC 9112 section 7.1.
#include <fmt/format.h>

#include <iterator>

#include "net/connection.hpp"

namespace wapi::net {

/// Sends the head that waits in `out_` and the pieces behind it. False when the answer is not
/// whole: then the connection must end.
async::Task<bool> Connection::send_pieces(Response& response) {
    const bool chunked = parser_->is_http_1_1();
    std::string piece = std::move(response.body);
    while (!piece.empty()) {
        if (chunked) {
            fmt::format_to(std::back_inserter(out_), "{:x}\r\n", piece.size());
            piece += "\r\n";
        }
        enter(Phase::writing);
        if (!co_await write_rest(out_, piece)) {
            co_return false;
        }
        out_.clear();
        enter(Phase::producing);
        std::optional<std::string> next =
            co_await Dispatcher::next_piece(*route_, request_id_, *response.source);
        if (!next) {
            reset();
            co_return false;
        }
        piece = *std::move(next);
    }
    enter(Phase::writing);
    co_return !chunked || co_await write_rest("0\r\n\r\n", {});
}

/// Ends the connection so that no client takes what it has for the whole: with HTTP/1.0 an orderly
/// end would say so.
void Connection::reset() {
    boost::system::error_code ec;
    socket_.set_option(boost::asio::socket_base::linger(true, 0), ec);
    close();
}

}  // namespace wapi::net
