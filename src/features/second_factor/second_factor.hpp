// The second factor of a login: codes of an app (TOTP), and recovery codes for when it is lost.
//
// The secret lies in the vault. A code works once, recovery codes are stored as SHA-256 and shown
// once. Source: RFC 6238 (TOTP), RFC 4226 (HOTP), issue 3 part 1.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/rng.hpp"
#include "db/db.hpp"
#include "features/accounts/accounts.hpp"
#include "features/login_throttle/login_throttle.hpp"
#include "features/vault/vault.hpp"

namespace wapi::second_factor {

namespace errors {
using accounts::errors::wrong_code;
inline const ErrorKind second_factor_on{"second_factor_on", 409, RetryClass::never,
                                        "The second factor is on already."};
inline const ErrorKind second_factor_off{"second_factor_off", 409, RetryClass::never,
                                         "The second factor is off; begin with enrol."};
}  // namespace errors

inline constexpr std::size_t recovery_codes_count = 10;
/// Wrong codes of one person, from wherever, within login_throttle::AttemptCounter::window.
inline constexpr int wrong_codes_max = 5;

struct Status {
    bool on = false;
    std::int64_t recovery_codes_left = 0;
};

/// What goes into the person's app. Shown once.
struct Enrolment {
    SecretString secret;  ///< base32
    SecretString uri;     ///< otpauth://, to be shown as a QR code
};

class Service final : public accounts::SecondFactor {
  public:
    struct Parts {
        db::Db& db;
        const Clock& clock;
        Rng& rng;
        IdGenerator& ids;
        vault::Vault& vault;
        accounts::Service& accounts;
    };
    explicit Service(const Parts& parts)
        : parts_(parts), wrong_codes_({wrong_codes_max, wrong_codes_kept_max}) {}

    [[nodiscard]] bool is_on(db::Txn& txn, const UserId& user) const override;
    /// A code of the app or a recovery code. Errors: wrong_code, login_throttled; those of the
    /// vault.
    async::Task<Result<accounts::UserStep>> check(accounts::Origin origin, UserId user,
                                                  SecretString code) override;

    async::Task<Status> status(Context context);
    /// A new secret; an enrolment that was not confirmed is void. Errors: second_factor_on,
    /// wrong_password, login_throttled; those of the vault.
    async::Task<Result<Enrolment>> enrol(Context context, SecretString password);
    /// Turns it on once the app has shown that it has the secret; the recovery codes. Errors:
    /// second_factor_on, second_factor_off, wrong_code, login_throttled.
    async::Task<Result<std::vector<std::string>>> confirm(Context context, SecretString code);
    /// New recovery codes; the ones before are void. Errors: second_factor_off, wrong_password,
    /// wrong_code, login_throttled.
    async::Task<Result<std::vector<std::string>>> renew_recovery_codes(Context context,
                                                                       SecretString password,
                                                                       SecretString code);
    /// Errors: second_factor_off, wrong_password, wrong_code, login_throttled.
    async::Task<Result<void>> disable(Context context, SecretString password, SecretString code);

  private:
    static constexpr std::size_t wrong_codes_kept_max = 10'000;
    struct Held;
    async::Task<Result<Held>> hold(UserId user, Context context);
    async::Task<Result<std::string>> find_on(UserId user);
    Result<void> count(const UserId& user);
    async::Task<Result<accounts::UserStep>> prove(Context context, SecretString password,
                                                  SecretString code);
    Parts parts_;
    login_throttle::AttemptCounter wrong_codes_;
};

/// What taking away somebody's second factor works with.
struct ResetParts {
    db::Db& db;
    vault::Vault& vault;
    const Clock& clock;
};
/// For the command line, when app and recovery codes are lost: turns the factor off, ends all
/// sessions, and says so in the logs. Whether the vault, too, has removed the secret, which nothing
/// uses any more. `email`: as normalize_email gives it. Errors: not_found, second_factor_off.
async::Task<Result<bool>> reset(ResetParts parts, std::string email);

}  // namespace wapi::second_factor
