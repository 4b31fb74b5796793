// See response_writer.hpp.
#include "net/response_writer.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>
#include <iterator>

namespace wapi::net {
namespace {

struct FixedField {
    std::string_view name;
    std::string_view line;
};

// Sent with every response unless the handler gave its own.
constexpr std::array<FixedField, 3> fixed_fields{{
    {"X-Content-Type-Options", "X-Content-Type-Options: nosniff\r\n"},
    {"Cache-Control", "Cache-Control: no-store\r\n"},
    {"Referrer-Policy", "Referrer-Policy: no-referrer\r\n"},
}};

constexpr std::array<std::string_view, 7> framing_fields{
    "Content-Length", "Transfer-Encoding", "Connection", "Date",
    "Content-Type",   "X-Request-Id",      "Server"};

bool same_name(std::string_view a, std::string_view b) {
    return a.size() == b.size() &&
           boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

void append_clean(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F) {
            out.push_back(c);
        }
    }
}

bool is_framing(std::string_view name) {
    for (const std::string_view framing : framing_fields) {
        if (same_name(name, framing)) {
            return true;
        }
    }
    return false;
}

void append_status_line(std::string& out, int status) {
    if (status == 200) {
        out += "HTTP/1.1 200 OK\r\n";
        return;
    }
    const auto reason = boost::beast::http::obsolete_reason(
        boost::beast::http::int_to_status(static_cast<unsigned>(status)));
    fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", status,
                   std::string_view(reason.data(), reason.size()));
}

void append_fixed(std::string& out, const Response& response) {
    for (const FixedField& field : fixed_fields) {
        bool given = false;
        for (const auto& [name, value] : response.headers) {
            given = given || same_name(name, field.name);
        }
        if (!given) {
            out += field.line;
        }
    }
}

/// How the client knows where the body ends.
void append_length(std::string& out, const Response& response, const HeadOptions& options) {
    if (response.source == nullptr) {
        fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", response.body.size());
    } else if (options.http_1_1) {
        out += "Transfer-Encoding: chunked\r\n";
    }
}

}  // namespace

std::string_view HttpDate::at(std::time_t now) {
    if (now != second_) {
        second_ = now;
        text_ = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now));
    }
    return text_;
}

bool status_has_body(int status) { return status >= 200 && status != 204 && status != 304; }

void append_head(std::string& out, const Response& response, const HeadOptions& options) {
    append_status_line(out, response.status);
    out += "Date: ";
    out += options.date;
    out += "\r\nX-Request-Id: ";
    append_clean(out, options.request_id);
    out += "\r\n";
    append_fixed(out, response);
    for (const auto& [name, value] : response.headers) {
        if (!is_framing(name)) {
            append_clean(out, name);
            out += ": ";
            append_clean(out, value);
            out += "\r\n";
        }
    }
    if (status_has_body(response.status)) {
        out += "Content-Type: ";
        append_clean(out, response.content_type);
        out += "\r\n";
        append_length(out, response, options);
    }
    if (!options.keep_alive) {
        out += "Connection: close\r\n";
    } else if (!options.http_1_1) {
        out += "Connection: keep-alive\r\n";
    }
    out += "\r\n";
}

}  // namespace wapi::net
