// HTTP answers: see response_parser.hpp.
#include "bench/load/response_parser.hpp"

#include <algorithm>
#include <charconv>

namespace wapi::load {
namespace {

constexpr std::size_t head_bytes_max = 16 * 1024;
constexpr std::size_t body_bytes_max = 1024 * 1024;

char lower(char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character + 32) : character;
}

bool equals_ignoring_case(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, {}, lower, lower);
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

template <class Number>
bool parse_number(std::string_view text, Number& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

void ResponseParser::reset() {
    buffer_.clear();
    head_size_ = 0;
    body_size_ = 0;
    chunked_ = false;
    keep_alive_ = true;
    status_ = 0;
}

ResponseParser::Progress ResponseParser::feed(std::string_view bytes) {
    buffer_ += bytes;
    if (head_size_ == 0) {
        const Progress head = parse_head();
        if (head != Progress::done) {
            return head;
        }
    }
    return check_end();
}

ResponseParser::Progress ResponseParser::parse_head() {
    const std::size_t end = buffer_.find("\r\n\r\n");
    if (end == std::string::npos) {
        return buffer_.size() > head_bytes_max ? Progress::malformed : Progress::more;
    }
    const std::string_view head = std::string_view(buffer_).substr(0, end);
    const std::size_t first_end = std::min(head.find("\r\n"), head.size());
    if (first_end < 12 || !head.starts_with("HTTP/1.") ||
        !parse_number(head.substr(9, 3), status_)) {
        return Progress::malformed;
    }
    for (std::size_t at = first_end + 2; at < head.size();) {
        const std::size_t line_end = std::min(head.find("\r\n", at), head.size());
        if (!parse_field(head.substr(at, line_end - at))) {
            return Progress::malformed;
        }
        at = line_end + 2;
    }
    head_size_ = end + 4;
    return Progress::done;
}

bool ResponseParser::parse_field(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
        return false;
    }
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trim(line.substr(colon + 1));
    if (equals_ignoring_case(name, "content-length")) {
        return parse_number(value, body_size_) && body_size_ <= body_bytes_max;
    }
    if (equals_ignoring_case(name, "transfer-encoding")) {
        chunked_ = equals_ignoring_case(value, "chunked");
        return chunked_;
    }
    if (equals_ignoring_case(name, "connection") && equals_ignoring_case(value, "close")) {
        keep_alive_ = false;
    }
    return true;
}

ResponseParser::Progress ResponseParser::check_end() const {
    if (chunked_) {
        // Webhook answers are short: the last chunk is looked for at the end instead of being
        // counted.
        const std::string_view body = std::string_view(buffer_).substr(head_size_);
        const bool ended = body == "0\r\n\r\n" || body.ends_with("\r\n0\r\n\r\n");
        return ended ? Progress::done : Progress::more;
    }
    const std::size_t size = head_size_ + body_size_;
    if (buffer_.size() < size) {
        return Progress::more;
    }
    return buffer_.size() == size ? Progress::done : Progress::malformed;
}

}  // namespace wapi::load
