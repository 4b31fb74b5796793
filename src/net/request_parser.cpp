// See request_parser.hpp.
#include "net/request_parser.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/error.hpp>
#include <utility>

#include "base/text.hpp"
#include "net/target.hpp"

namespace wapi::net {
namespace http = boost::beast::http;

namespace {

// A client may announce a large body and send little: room for all of it is made when more than
// this has arrived.
constexpr std::size_t body_bytes_reserved_max = 64 * 1024;

// What ends a chunked body at the least: "0", CRLF, CRLF. Beast (1.81) asserts that it gets as much
// once it has seen the last chunk's line, also when the network cuts it smaller.
constexpr std::size_t chunked_end_bytes = 5;

// Beast's own iequals reads a byte behind its texts (1.81), so nothing here compares with it.
std::string lower(boost::beast::string_view field) {
    return text::to_lower_ascii({field.data(), field.size()});
}

/// What decides who asks, and what the body is. Sent more than once, servers on the way could take
/// different ones (RFC 9110 section 5.3: only lists may be sent in several fields).
constexpr std::array<std::string_view, 6> single_fields{
    "authorization", "content-type", "cookie", "host", "idempotency-key", "x-hub-signature-256"};

bool is_single(std::string_view name) {
    return std::ranges::find(single_fields, name) != single_fields.end();
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; }

/// A field's value that goes on in the next line (obs-fold), which others may read as a new field.
/// Beast consumes a field in one piece, with its folds.
bool is_folded(std::string_view header_lines) {
    return header_lines.contains("\n ") || header_lines.contains("\n\t");
}

}  // namespace

RequestParser::RequestParser() {
    body_limit(boost::none);                                  // body_bytes_max_ is the limit
    header_limit(std::numeric_limits<std::uint32_t>::max());  // the connection counts the bytes
}

std::size_t RequestParser::read(boost::asio::const_buffer bytes, ErrorCode& ec) {
    const bool in_header = !is_header_done();
    if (!in_header && chunked() && bytes.size() < chunked_end_bytes) {
        ec = http::error::need_more;
        return 0;
    }
    const std::size_t used = put(bytes, ec);
    if (in_header && is_folded({static_cast<const char*>(bytes.data()), used})) {
        refuse(http_errors::malformed_request, ec);
    }
    return used;
}

void RequestParser::refuse(const ErrorKind& kind, ErrorCode& ec) {
    problem_ = &kind;
    ec = http::error::bad_value;
}

void RequestParser::on_request_impl(Verb verb, Text, Text target, int version, ErrorCode& ec) {
    request_.verb = verb;
    http_1_1_ = version == 11;
    if (target.size() > target_bytes_max) {
        refuse(http_errors::target_too_long, ec);
        return;
    }
    request_.target.assign(target.data(), target.size());
    request_.headers.reserve(12);
}

void RequestParser::on_response_impl(int, Text, int, ErrorCode& ec) {
    refuse(http_errors::malformed_request, ec);
}

void RequestParser::on_field_impl(Field field, Text name, Text value, ErrorCode& ec) {
    if (header_done_) {
        return;  // trailer fields of a chunked body say nothing that we use
    }
    if (request_.headers.size() == header_fields_max) {
        refuse(http_errors::header_too_large, ec);
        return;
    }
    std::string lowered = lower(name);
    if (is_single(lowered) && request_.has_header(lowered)) {
        refuse(http_errors::malformed_request, ec);
        return;
    }
    check_field(field, value, ec);
    request_.headers.emplace_back(std::move(lowered), std::string(value.data(), value.size()));
}

void RequestParser::check_field(Field field, Text value, ErrorCode& ec) {
    if (field == Field::host) {
        has_host_ = true;
        if (!value.empty() && !is_authority({value.data(), value.size()})) {
            refuse(http_errors::malformed_request, ec);
        }
    } else if (field == Field::content_length) {
        lengths_ += value.find(',') == Text::npos ? 1 : 2;
    } else if (field == Field::transfer_encoding) {
        ++encodings_;
        only_chunked_ = lower(value) == "chunked";
    } else if (field == Field::expect) {
        expects_continue_ = http_1_1_;
        if (lower(value) != "100-continue") {
            refuse(http_errors::expectation_failed, ec);
        }
    }
}

void RequestParser::on_header_impl(ErrorCode& ec) {
    header_done_ = true;
    const bool host_wrong = http_1_1_ && !has_host_;
    // A length that another server on the way could read differently is how requests are smuggled.
    const bool length_wrong = lengths_ > 1 || (lengths_ > 0 && encodings_ > 0);
    const bool encoding_wrong = encodings_ > 1 || (encodings_ == 1 && (!chunked() || !http_1_1_));
    if (host_wrong || length_wrong || encoding_wrong) {
        refuse(http_errors::malformed_request, ec);
    } else if (encodings_ == 1 && !only_chunked_) {
        refuse(http_errors::transfer_encoding_unknown, ec);
    }
    request_.keep_alive = keep_alive();
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode&) {
    body_bytes_announced_ = length.value_or(0);
    request_.body.reserve(std::min<std::size_t>(body_bytes_announced_, body_bytes_reserved_max));
}

std::string RequestParser::take_body() {
    body_bytes_taken_ += request_.body.size();
    return std::exchange(request_.body, {});
}

std::size_t RequestParser::on_body_impl(Text piece, ErrorCode& ec) {
    if (body_bytes_taken_ + request_.body.size() + piece.size() > body_bytes_max_) {
        refuse(errors::body_too_large, ec);
        return 0;
    }
    if (request_.body.size() + piece.size() > request_.body.capacity()) {
        request_.body.reserve(body_bytes_announced_);  // once, and not by doubling
    }
    request_.body.append(piece.data(), piece.size());
    return piece.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t size, Text extensions, ErrorCode& ec) {
    // Beast takes any byte between quotes, also a line end that others would stop at.
    if (std::ranges::any_of(extensions, is_control)) {
        refuse(http_errors::malformed_request, ec);
    } else if (size > body_bytes_max_ - body_bytes_taken_ - request_.body.size()) {
        refuse(errors::body_too_large, ec);
    }
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text piece, ErrorCode& ec) {
    return on_body_impl(piece, ec);
}

void RequestParser::on_finish_impl(ErrorCode&) {}

}  // namespace wapi::net
