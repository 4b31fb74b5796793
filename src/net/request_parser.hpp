// Reads one HTTP/1.1 request from bytes straight into a Request, on Beast's parser.
//
// Beast knows the grammar; this adds what it leaves to others or does loosely: the body limit of
// the route (also for chunked bodies), the total size and number of header fields, and the rules
// against request smuggling (RFC 9112 sections 3.2, 5.2, 6.1, 6.3 and 7.1.1).
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <limits>

#include "net/http.hpp"

namespace wapi::net {

inline constexpr std::size_t header_fields_max = 100;

class RequestParser final : public boost::beast::http::basic_parser<true> {
  public:
    RequestParser();

    /// Parses the next bytes; how many were used. Errors: need_more; else problem() tells.
    std::size_t read(boost::asio::const_buffer bytes, boost::beast::error_code& ec);
    [[nodiscard]] Request& request() { return request_; }
    /// Set when the header is known; the body may not grow over it.
    void body_bytes_max(std::size_t limit) { body_bytes_max_ = limit; }
    /// The body will be taken in pieces: room for all of it is never made.
    void expect_pieces() { body_bytes_announced_ = 0; }
    /// What has arrived of the body since the last call. Counts on against the limit.
    std::string take_body();
    /// The client waits for `100 Continue` before it sends the body.
    [[nodiscard]] bool expects_continue() const { return expects_continue_; }
    [[nodiscard]] bool is_http_1_1() const { return http_1_1_; }
    /// Why parsing failed.
    [[nodiscard]] const ErrorKind& problem() const { return *problem_; }

  private:
    using ErrorCode = boost::beast::error_code;
    using Text = boost::beast::string_view;
    using Field = boost::beast::http::field;

    void on_request_impl(Verb verb, Text name, Text target, int version, ErrorCode& ec) override;
    void on_response_impl(int status, Text reason, int version, ErrorCode& ec) override;
    void on_field_impl(Field field, Text name, Text value, ErrorCode& ec) override;
    void on_header_impl(ErrorCode& ec) override;
    void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode& ec) override;
    std::size_t on_body_impl(Text piece, ErrorCode& ec) override;
    void on_chunk_header_impl(std::uint64_t size, Text extensions, ErrorCode& ec) override;
    std::size_t on_chunk_body_impl(std::uint64_t left, Text piece, ErrorCode& ec) override;
    void on_finish_impl(ErrorCode& ec) override;
    void check_field(Field field, Text value, ErrorCode& ec);
    void refuse(const ErrorKind& kind, ErrorCode& ec);

    Request request_;
    std::size_t body_bytes_max_ = 0;
    std::size_t body_bytes_announced_ = 0;  ///< Content-Length, else 0
    std::size_t body_bytes_taken_ = 0;      ///< by take_body
    const ErrorKind* problem_ = &http_errors::malformed_request;
    int lengths_ = 0;
    int encodings_ = 0;
    bool only_chunked_ = false;  ///< the last Transfer-Encoding says chunked and no more
    bool has_host_ = false;
    bool header_done_ = false;
    bool expects_continue_ = false;
    bool http_1_1_ = false;
};

}  // namespace wapi::net
