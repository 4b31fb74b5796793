// Goal: a mail is one that every program reads, and nothing in a name or subject adds a header.
// Method: examples; what is rendered is taken apart again. tests/integration/test_mail.py has it
// read by a library of its own.
#include "features/mailer/mailer_rules.hpp"

#include <gtest/gtest.h>

namespace wapi::mailer {
namespace {

const Heading heading{.from = {"Corner Shop", "mail@shop.example"},
                      .message_id = "1.2@shop.example",
                      .date = from_us(1'767'225'600'000'000)};

TEST(MailRules, a_sender_is_a_name_and_an_address_or_an_address) {
    EXPECT_EQ(parse_sender("Corner Shop <mail@shop.example>").name, "Corner Shop");
    EXPECT_EQ(parse_sender("\"Shop, Corner\" <mail@shop.example>").name, "Shop, Corner");
    EXPECT_EQ(parse_sender("Corner Shop <mail@shop.example>").address, "mail@shop.example");
    EXPECT_EQ(parse_sender(" mail@shop.example ").address, "mail@shop.example");
    EXPECT_EQ(parse_sender("mail@shop.example").name, "");
    EXPECT_EQ(parse_sender(">x<").address, ">x<");
}

TEST(MailRules, plain_header_text_stays_and_other_letters_become_encoded_words) {
    EXPECT_EQ(render_header_text("Choose a new password"), "Choose a new password");
    EXPECT_EQ(render_header_text("Grüße"), "=?UTF-8?B?R3LDvMOfZQ==?=");
    EXPECT_TRUE(render_header_text("a =?UTF-8?Q?trick?=").starts_with("=?UTF-8?B?"));
    const std::string words = render_header_text(std::string(60, 'x') + "äöüäöüäöüäöü");
    EXPECT_TRUE(words.contains("?=\r\n =?UTF-8?B?"));
    for (std::size_t at = 0; at < words.size();) {
        const std::size_t end = std::min(words.find("\r\n", at), words.size());
        EXPECT_LE(end - at, 76U);
        at = end + 2;
    }
}

TEST(MailRules, a_name_with_line_ends_adds_no_header) {
    const Letter letter{.to = "ann@shop.example",
                        .subject = "Hello\r\nBcc: eve@evil.example\r\n\r\nbody",
                        .text = "text"};
    Heading forged = heading;
    forged.from.name = "Shop\r\nX-Evil: 1";
    const std::string message = render_message(letter, forged);
    EXPECT_FALSE(message.contains("\nBcc:"));
    EXPECT_FALSE(message.contains("\nX-Evil:"));
    EXPECT_TRUE(message.contains("\r\nSubject: Hello  Bcc: eve@evil.example    body\r\n"));
}

TEST(MailRules, a_mail_has_its_headers_and_a_body_in_short_lines) {
    std::string long_text = "Grüße\n\n";
    long_text += std::string(5'000, 'y') + "\n.\nend\n";
    const std::string message =
        render_message({.to = "ann@shop.example", .subject = "Hello", .text = long_text}, heading);
    EXPECT_TRUE(
        message.starts_with("Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n"
                            "From: \"Corner Shop\" <mail@shop.example>\r\n"
                            "To: <ann@shop.example>\r\nSubject: Hello\r\n"
                            "Message-ID: <1.2@shop.example>\r\n"));
    std::string body;
    std::string_view rest(message);
    rest.remove_prefix(rest.find("\r\n\r\n") + 4);
    while (!rest.empty()) {
        const std::size_t end = rest.find("\r\n");
        ASSERT_NE(end, std::string_view::npos);
        EXPECT_LE(end, 76U);
        body += crypto::base64_decode(rest.substr(0, end)).value();
        rest.remove_prefix(end + 2);
    }
    EXPECT_TRUE(body.starts_with("Grüße\r\n\r\nyyy"));
    EXPECT_TRUE(body.ends_with("y\r\n.\r\nend\r\n"));
}

}  // namespace
}  // namespace wapi::mailer
