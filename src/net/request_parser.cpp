// See request_parser.hpp.
#include "net/request_parser.hpp"

#include <boost/beast/http/error.hpp>

#include "net/target.hpp"

namespace wapi::net {
namespace http = boost::beast::http;

namespace {

// A client may announce a large body and send little: memory grows with what has arrived.
constexpr std::size_t body_bytes_reserved_max = 64 * 1024;

std::string lower(boost::beast::string_view text) {
    std::string lowered(text.data(), text.size());
    for (char& c : lowered) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
    return lowered;
}

}  // namespace

RequestParser::RequestParser() {
    body_limit(boost::none);                                  // body_bytes_max_ is the limit
    header_limit(std::numeric_limits<std::uint32_t>::max());  // the connection counts the bytes
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
    if (field == Field::host) {
        ++hosts_;
    } else if (field == Field::content_length) {
        lengths_ += value.find(',') == Text::npos ? 1 : 2;
    } else if (field == Field::transfer_encoding) {
        transfer_encoding_ = true;
    } else if (field == Field::expect) {
        if (!boost::beast::iequals(value, "100-continue")) {
            refuse(http_errors::expectation_failed, ec);
            return;
        }
        expects_continue_ = http_1_1_;
    }
    request_.headers.emplace_back(lower(name), std::string(value.data(), value.size()));
}

void RequestParser::on_header_impl(ErrorCode& ec) {
    header_done_ = true;
    const bool host_wrong = hosts_ > 1 || (http_1_1_ && hosts_ == 0);
    // A length that another server on the way could read differently is how requests are smuggled.
    const bool length_wrong = lengths_ > 1 || (lengths_ > 0 && transfer_encoding_);
    const bool encoding_wrong = transfer_encoding_ && (!chunked() || !http_1_1_);
    if (host_wrong || length_wrong || encoding_wrong) {
        refuse(http_errors::malformed_request, ec);
    }
    request_.keep_alive = keep_alive();
}

void RequestParser::on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode&) {
    if (length) {
        request_.body.reserve(std::min<std::size_t>(*length, body_bytes_reserved_max));
    }
}

std::size_t RequestParser::on_body_impl(Text piece, ErrorCode& ec) {
    if (request_.body.size() + piece.size() > body_bytes_max_) {
        refuse(errors::body_too_large, ec);
        return 0;
    }
    request_.body.append(piece.data(), piece.size());
    return piece.size();
}

void RequestParser::on_chunk_header_impl(std::uint64_t size, Text, ErrorCode& ec) {
    if (size > body_bytes_max_ - request_.body.size()) {
        refuse(errors::body_too_large, ec);
    }
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, Text piece, ErrorCode& ec) {
    return on_body_impl(piece, ec);
}

void RequestParser::on_finish_impl(ErrorCode&) {}

}  // namespace wapi::net
