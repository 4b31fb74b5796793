#include "features/mailer/mailer_rules.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/crypto.hpp"
#include "base/text.hpp"

namespace wapi::mailer {
namespace {

constexpr std::size_t header_bytes_max = 200;
constexpr std::size_t word_bytes_max = 42;   // in base64 with its frame below 75 characters
constexpr std::size_t body_line_bytes = 57;  // 76 characters in base64

bool is_plain(char c) { return c >= ' ' && c < '\x7f'; }

/// The longest start of at most `bytes_max` bytes that does not end inside a character.
std::size_t whole_characters(std::string_view text, std::size_t bytes_max) {
    std::size_t end = std::min(text.size(), bytes_max);
    while (end > 0 && end < text.size() &&
           (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) {
        --end;
    }
    return end;
}

/// A quoted string of RFC 5322 section 3.2.4, or encoded words.
std::string render_name(const std::string& name) {
    std::string text = render_header_text(name);
    if (text != name) {
        return text;
    }
    std::string quoted = "\"";
    for (const char c : text) {
        quoted += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    }
    return quoted + "\"";
}

}  // namespace

Sender parse_sender(std::string_view text) {
    const std::size_t open = text.rfind('<');
    const std::size_t close = text.rfind('>');
    if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
        return {.name = {}, .address = std::string(text::trim(text))};
    }
    std::string_view name = text::trim(text.substr(0, open));
    if (name.size() >= 2 && name.front() == '"' && name.back() == '"') {
        name = name.substr(1, name.size() - 2);
    }
    return {.name = std::string(name),
            .address = std::string(text::trim(text.substr(open + 1, close - open - 1)))};
}

std::string parse_sender_address(std::string_view text) { return parse_sender(text).address; }

std::string render_header_text(std::string_view text) {
    std::string clean = text::replace_invalid_utf8(text);
    std::ranges::replace_if(
        clean, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
    clean.resize(whole_characters(clean, header_bytes_max));
    if (std::ranges::all_of(clean, is_plain) && !clean.contains("=?")) {
        return clean;
    }
    std::string words;
    for (std::string_view rest = clean; !rest.empty();) {
        const std::size_t size = whole_characters(rest, word_bytes_max);
        words += fmt::format("{}=?UTF-8?B?{}?=", words.empty() ? "" : "\r\n ",
                             crypto::base64_encode(rest.substr(0, size)));
        rest.remove_prefix(size);
    }
    return words;
}

std::string render_message(const Letter& letter, const Heading& heading) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(heading.date);
    const std::string from =
        heading.from.name.empty()
            ? heading.from.address
            : fmt::format("{} <{}>", render_name(heading.from.name), heading.from.address);
    std::string message = fmt::format(
        "Date: {:%a, %d %b %Y %H:%M:%S} +0000\r\nFrom: {}\r\nTo: <{}>\r\nSubject: {}\r\n"
        "Message-ID: <{}>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        seconds, from, letter.to, render_header_text(letter.subject), heading.message_id);
    std::string body;
    for (const char c : letter.text) {
        body += c == '\n' ? "\r\n" : std::string(1, c);
    }
    for (std::size_t at = 0; at < body.size(); at += body_line_bytes) {
        message +=
            crypto::base64_encode(std::string_view(body).substr(at, body_line_bytes)) + "\r\n";
    }
    return message;
}

}  // namespace wapi::mailer
