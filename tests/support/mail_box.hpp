// A mail server of the tests: keeps mails, or fails as it is told to, and reads what they say.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "features/mailer/mailer.hpp"

namespace wapi::test {

class MailBox final : public mailer::Transport {
  public:
    async::Task<Outcome> send(mailer::Mail mail) override {
        Outcome outcome{mailer::Delivery::taken, {}};
        if (!next.empty()) {
            outcome = next.front();
            next.pop_front();
        }
        ++calls;
        if (outcome.delivery == mailer::Delivery::taken) {
            mails.push_back(std::move(mail));
        }
        co_return outcome;
    }

    std::vector<mailer::Mail> mails;  ///< that were taken
    std::deque<Outcome> next;         ///< of the next calls; then all are taken
    int calls = 0;
};

inline mailer::Options mail_options() {
    mailer::Options options;
    options.key = SecretString(std::string_view("key-of-the-mail-tests-0123456789"));
    options.public_url = "https://wapi.example";
    options.from = "Shop <mail@wapi.example>";
    return options;
}

/// The body, decoded.
inline std::string text_of(const mailer::Mail& mail) {
    std::string text;
    std::string_view rest(mail.message);
    rest.remove_prefix(rest.find("\r\n\r\n") + 4);
    while (!rest.empty()) {
        text += crypto::base64_decode(rest.substr(0, rest.find("\r\n"))).value_or("?");
        rest.remove_prefix(rest.find("\r\n") + 2);
    }
    return text;
}

/// The token of the link in it; empty without one.
inline std::string token_in(const mailer::Mail& mail) {
    constexpr std::string_view mark = "#token=";
    const std::string text = text_of(mail);
    const std::size_t at = text.find(mark);
    return at == std::string::npos ? "" : text.substr(at + mark.size(), 43);
}

}  // namespace wapi::test
