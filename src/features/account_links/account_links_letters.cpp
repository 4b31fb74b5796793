#include "features/account_links/account_links_letters.hpp"

#include <fmt/format.h>

namespace wapi::account_links {

mailer::Letter reset_letter(const accounts::User& user, const std::string& link) {
    return {.to = user.email,
            .subject = "Choose a new password",
            .text = fmt::format("Hello {},\n\n"
                                "somebody, probably you, asked for a new password for this "
                                "account. Open this link within an hour to choose one:\n\n"
                                "{}\n\n"
                                "It works once. If it was not you, do nothing: your password "
                                "stays as it is.\n",
                                user.name, link)};
}

mailer::Letter verification_letter(const accounts::User& user, const std::string& link) {
    return {.to = user.email,
            .subject = "Confirm your e-mail address",
            .text = fmt::format("Hello {},\n\n"
                                "open this link within a day to confirm that this address is "
                                "yours:\n\n"
                                "{}\n\n"
                                "If you have no account with us, do nothing.\n",
                                user.name, link)};
}

mailer::Letter changed_letter(const accounts::User& user) {
    return {.to = user.email,
            .subject = "Your password was changed",
            .text = fmt::format("Hello {},\n\n"
                                "the password of your account was changed, and its other sessions "
                                "were ended. If it was not you, ask for a new password now and "
                                "tell your operator.\n",
                                user.name)};
}

}  // namespace wapi::account_links
