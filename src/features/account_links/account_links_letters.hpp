// The letters that links come in. No I/O.
#pragma once

#include <string>

#include "features/account_links/account_links.hpp"

namespace wapi::account_links {

mailer::Letter reset_letter(const accounts::User& user, const std::string& link);
mailer::Letter verification_letter(const accounts::User& user, const std::string& link);
/// Tells the owner of an account, whoever it was that did it.
mailer::Letter changed_letter(const accounts::User& user);

}  // namespace wapi::account_links
