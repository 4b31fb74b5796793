// Fuzz target: any bytes as an HTTP request.
//
// Checks what the rest relies on: how the network cuts the bytes into pieces changes nothing; what
// is accepted has one length, at most one of each field that decides, no control characters, and a
// body within its limit; and where it ends is where the next request begins.
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "net/request_parser.hpp"

namespace {

using namespace wapi::net;

constexpr std::size_t input_bytes_max = 8 * 1024;  // each piece is parsed from its line's start
constexpr std::size_t body_bytes_max = 1024;

struct Outcome {
    bool refused = false;
    bool complete = false;
    std::size_t used = 0;
    Request request;
};

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

/// Gives the parser all that is waiting. False when it refuses.
bool parse_waiting(RequestParser& parser, std::string& waiting, std::size_t& used_total) {
    while (!waiting.empty() && !parser.is_done()) {
        boost::beast::error_code ec;
        const bool in_header = !parser.is_header_done();
        const std::size_t used = parser.read(boost::asio::buffer(waiting), ec);
        waiting.erase(0, used);
        used_total += used;
        if (ec) {
            return ec == boost::beast::http::error::need_more;
        }
        if (in_header && parser.is_header_done()) {
            parser.body_bytes_max(body_bytes_max);
            parser.eager(true);
        }
    }
    return true;
}

Outcome parse(std::string_view text, std::size_t piece_bytes) {
    RequestParser parser;
    Outcome outcome;
    std::string waiting;
    while (!text.empty() && !parser.is_done() && !outcome.refused) {
        waiting += text.substr(0, piece_bytes);
        text.remove_prefix(std::min(piece_bytes, text.size()));
        outcome.refused = !parse_waiting(parser, waiting, outcome.used);
    }
    outcome.complete = !outcome.refused && parser.is_done();
    outcome.request = std::move(parser.request());
    return outcome;
}

void check(const Request& request) {
    require(request.headers.size() <= header_fields_max);
    require(request.body.size() <= body_bytes_max);
    require(!(request.has_header("content-length") && request.has_header("transfer-encoding")));
    for (const auto& [name, value] : request.headers) {
        require(!name.empty() && std::ranges::none_of(name, [](char c) {
            return (c >= 'A' && c <= 'Z') || c == ':' || static_cast<unsigned char>(c) <= 0x20;
        }));
        require(std::ranges::none_of(value, [](char c) {
            return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F;
        }));
    }
    for (const std::string_view single : {"host", "content-length", "transfer-encoding",
                                          "authorization", "cookie", "x-hub-signature-256"}) {
        require(std::ranges::count(request.headers, single,
                                   [](const auto& field) { return field.first; }) <= 1);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data),
                                std::min(size, input_bytes_max));
    const std::size_t piece_bytes = 1 + (text.size() + (text.empty() ? 0 : data[0])) % 61;
    const Outcome whole = parse(text, input_bytes_max);
    const Outcome pieces = parse(text, piece_bytes);
    // What is wrong may be refused later in pieces: Beast then first waits for the header's end.
    require(whole.complete == pieces.complete);
    if (whole.complete) {
        check(whole.request);
        require(whole.used == pieces.used && whole.request.target == pieces.request.target);
        require(whole.request.headers == pieces.request.headers);
        require(whole.request.body == pieces.request.body);
    }
    return 0;
}
