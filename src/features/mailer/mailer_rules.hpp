// From a letter to the bytes of a mail. No I/O.
//
// Source: RFC 5322 (header), RFC 2047 (other letters than ASCII in it), RFC 2045 (body in base64).
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "features/mailer/mailer.hpp"

namespace wapi::mailer {

/// A sender: `Corner Shop <mail@shop.example>`, or an address alone.
struct Sender {
    std::string name;
    std::string address;
};
Sender parse_sender(std::string_view text);

/// Header text: as it is when it is plain ASCII, else in encoded words. Line ends and other control
/// characters become spaces, so that nothing can add a header of its own.
std::string render_header_text(std::string_view text);

struct Heading {
    Sender from;
    std::string message_id;  ///< without its brackets
    Timestamp date;
};
/// The whole mail with CRLF.
std::string render_message(const Letter& letter, const Heading& heading);

}  // namespace wapi::mailer
