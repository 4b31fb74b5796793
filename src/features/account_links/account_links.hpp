// What people do by a link in a mail: choose a new password, and prove that an address is theirs.
//
// A link's token works once and for its time; the database has only its SHA-256. Asking for a new
// password is answered the same whether there is an account or not: the job that writes the mail
// looks, not the request. Source: issue 3 part 1; OWASP Forgot Password Cheat Sheet.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "async/async.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"
#include "db/db.hpp"
#include "features/accounts/accounts.hpp"
#include "features/mailer/mailer.hpp"

namespace wapi::account_links {

namespace errors {
inline const ErrorKind link_invalid{"link_invalid", 404, RetryClass::never,
                                    "This link was used, or its time is over; ask for a new one."};
}  // namespace errors

inline constexpr std::chrono::hours reset_time{1};
inline constexpr std::chrono::hours verification_time{24};

/// A new password for who holds the link.
struct NewPassword {
    SecretString token;
    SecretString password;
};

class Service {
  public:
    struct Parts {
        db::Db& db;
        const Clock& clock;
        accounts::Service& accounts;
        mailer::Mailer& mailer;
    };
    /// Registers its letters at the mailer.
    explicit Service(const Parts& parts);

    /// Errors: mail_not_set_up, invalid_request (email), too_many_mails.
    async::Task<Result<void>> ask_for_reset(accounts::Origin origin, std::string email);
    /// Sets the password, ends all sessions and proves the address. Errors: link_invalid,
    /// weak_password, overloaded.
    async::Task<Result<void>> reset(accounts::Origin origin, NewPassword wanted);
    /// Sends the context's user another link, unless the address is verified: then false. Errors:
    /// mail_not_set_up, too_many_mails.
    async::Task<Result<bool>> ask_for_verification(Context context);
    /// Errors: link_invalid.
    async::Task<Result<void>> verify(accounts::Origin origin, SecretString token);
    /// In the transaction of a signup. Does nothing when mail is not set up. Database thread.
    void greet(db::Txn& txn, const accounts::User& user);
    /// In the transaction of a change of the password: voids links that would set another one, and
    /// tells the owner by mail. Database thread.
    void note_password_change(db::Txn& txn, const accounts::Origin& origin,
                              const accounts::User& user);
    /// For accounts::Service::set_hooks.
    [[nodiscard]] accounts::Hooks hooks(accounts::SecondFactor* second_factor);

  private:
    std::optional<mailer::Letter> compose_reset(db::Txn& txn, const mailer::Wish& wish,
                                                Timestamp now) const;
    std::optional<mailer::Letter> compose_verification(db::Txn& txn, const mailer::Wish& wish,
                                                       Timestamp now) const;
    Parts parts_;
};

}  // namespace wapi::account_links
