// Requests whose body the handler takes while it arrives. See connection.hpp and BodyReader in
// http.hpp.
//
// One piece is in memory at a time, and nothing is read from the socket while the handler works on
// it, so a slow handler slows its client. What a handler leaves unread ends the connection.
#include "net/connection.hpp"

namespace wapi::net {

class Connection::PiecewiseBody final : public BodyReader {
  public:
    explicit PiecewiseBody(Connection& connection) : connection_(connection) {}
    async::Task<Result<std::string>> next() override {
        Result<std::string> piece = co_await connection_.next_body_piece();
        co_return piece;
    }

  private:
    Connection& connection_;
};

async::Task<Response> Connection::run_handler() {
    PiecewiseBody body(*this);
    Request request = std::move(parser_->request());
    if (route_->body_in_pieces) {
        parser_->request().body = std::exchange(request.body, {});
        request.body_reader = &body;
    }
    Response response = co_await core_->dispatcher.run(*route_, std::move(request));
    must_close_ = must_close_ || !parser_->is_done();
    co_return response;
}

async::Task<Result<std::string>> Connection::next_body_piece() {
    if (refusal_) {  // answered meanwhile, since the handler took too long
        co_return std::unexpected(*refusal_);
    }
    enter(Phase::body);
    while (!parser_->is_done() && parser_->request().body.size() < body_read_bytes) {
        if (!co_await receive_body_piece()) {
            Error problem = *std::exchange(refusal_, std::nullopt);
            enter(Phase::handling);
            co_return std::unexpected(std::move(problem));
        }
    }
    std::string piece = parser_->take_body();
    count_body(0);
    enter(Phase::handling);
    co_return piece;
}

/// Parses what is there, or reads when nothing is. False when the body ends too early or is wrong:
/// `refusal_` says why.
async::Task<bool> Connection::receive_body_piece() {
    const bool parsed = buffer_.size() > 0 && parse_some();
    if (refusal_) {
        co_return false;
    }
    if (parsed || parser_->is_done()) {
        co_return true;
    }
    const bool wants_continue =
        parser_->expects_continue() && !continue_sent_ && buffer_.size() == 0;
    continue_sent_ = continue_sent_ || wants_continue;
    if ((wants_continue && !co_await write_rest(continue_line, {})) || !co_await fill()) {
        refuse_with(timed_out_ ? http_errors::request_timeout : http_errors::malformed_request);
        co_return false;
    }
    co_return true;
}

}  // namespace wapi::net
