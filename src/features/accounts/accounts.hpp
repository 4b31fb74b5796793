// Accounts: signing up, logging in, sessions, and who a request's access token belongs to.
//
// Passwords are hashed with argon2id on a thread pool; access tokens are short JWTs; refresh tokens
// rotate at each use and a used one that comes back ends the session. Role and session are read
// from the database at every request, so that a change takes effect at once. Source:
// architecture.md section 8.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/crypto.hpp"
#include "base/email_address.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "features/passwords/passwords.hpp"
#include "features/session_tokens/session_tokens.hpp"

namespace wapi::login_throttle {
class Throttle;
}

namespace wapi::accounts {

namespace errors {
inline const ErrorKind email_taken{"email_taken", 409, RetryClass::never,
                                   "There is an account with this e-mail address already."};
inline const ErrorKind invalid_credentials{"invalid_credentials", 401, RetryClass::never,
                                           "E-mail address or password is wrong."};
inline const ErrorKind login_throttled{"login_throttled", 429, RetryClass::wait,
                                       "Too many failed attempts; wait and try again."};
inline const ErrorKind session_ended{"session_ended", 401, RetryClass::never,
                                     "The session has ended; log in again."};
inline const ErrorKind challenge_expired{"challenge_expired", 401, RetryClass::never,
                                         "The login took too long; begin again."};
inline const ErrorKind wrong_password{"wrong_password", 403, RetryClass::never,
                                      "The password is wrong."};
inline const ErrorKind wrong_code{"wrong_code", 403, RetryClass::never,
                                  "The code is wrong, too old, or was used before."};
}  // namespace errors

inline constexpr std::chrono::minutes challenge_time{5};         ///< for the second factor
inline constexpr std::chrono::hours session_idle_time{24 * 30};  ///< without a refresh
/// How long a used refresh token gives the same next one again.
inline constexpr std::chrono::seconds refresh_grace{15};
inline constexpr std::chrono::hours session_time_max{24 * 90};   ///< in all

struct Options {
    SecretString jwt_secret;  ///< 32 bytes or more; Fault `config.jwt_secret` when shorter or weak
    bool secure_cookies = true;  ///< false only when PUBLIC_URL is http
    passwords::Cost password_cost;
};

struct User {
    UserId id;
    std::string name;
    std::string email;
    bool email_verified = false;  ///< has opened a link that was sent there
};

struct Membership {
    WorkspaceId workspace;
    std::string workspace_name;
    std::string plan;
    std::string role;       ///< built-in role, or id of a custom one
    std::string role_name;  ///< for people
};

struct SignupRequest {
    std::string name;
    std::string email;
    SecretString password;
    std::string workspace_name;
};

/// A person and where they work.
struct Profile {
    User user;
    Membership membership;
    std::vector<Membership> memberships = {};  ///< all, oldest first; told by `me` alone
};

/// A login's result. `refresh_token` goes into the cookie only. With a `challenge` nobody is logged
/// in yet: there are no tokens, and the profile is not to be shown.
struct Login {
    std::string access_token;
    SecretString refresh_token;
    Profile profile;
    SecretString challenge = {};
};

/// Somebody who shall become a member: known by e-mail address, or new.
struct JoinRequest {
    std::string email;  ///< as normalize_address gives it
    std::string name;   ///< of a new person
    SecretString password;
};
/// What makes the membership, in the transaction that makes the account. Database thread.
using JoinStep = std::function<Result<void>(db::Txn&, const User&, bool is_new)>;

using wapi::normalize_email;  ///< every address here is one that it gave

/// Where a request on a public route comes from.
struct Origin {
    std::string ip;
    std::string user_agent;
    std::string request_id;
};

/// Part of an act's transaction. Database thread.
using UserStep = std::function<Result<void>(db::Txn&, const UserId&)>;

/// What a login asks for after the password. Implemented by features/second_factor.
class SecondFactor {
  public:
    virtual ~SecondFactor() = default;
    [[nodiscard]] virtual bool is_on(db::Txn& txn, const UserId& user) const = 0;
    /// Looks at a code; the step that comes back uses it up in the login's transaction. Network
    /// thread. Errors, of the step too: wrong_code, and its own when it could not look.
    virtual async::Task<Result<UserStep>> check(Origin origin, UserId user, SecretString code) = 0;
};

/// What other features do with accounts. All empty: nothing.
struct Hooks {
    SecondFactor* second_factor = nullptr;  ///< nullptr: the password is enough
    /// Runs in the transaction that makes an account. Database thread.
    std::function<void(db::Txn&, const User&)> signed_up = {};
    /// Runs in the transaction in which a person changes their own password. Database thread.
    std::function<void(db::Txn&, const Origin&, const User&)> password_changed = {};
    /// After a transaction in which one of these ran. Network thread.
    std::function<void()> committed = {};
};

struct StoredUser;

/// What the service works with; all of it outlives the service.
struct Parts {
    async::Tasks& tasks;
    db::Db& db;
    async::ThreadPool& pool;  ///< hashes passwords
    const Clock& clock;
    Rng& rng;
    IdGenerator& ids;
};

class Service {
  public:
    /// Errors: Fault `config.jwt_secret`.
    Service(const Parts& parts, Options options);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Makes user, workspace and owner. Errors: invalid_request, weak_password, email_taken.
    async::Task<Result<Login>> signup(Origin origin, SignupRequest request);
    /// Errors: invalid_credentials (also when the password was changed meanwhile),
    /// login_throttled, overloaded.
    async::Task<Result<Login>> login(Origin origin, std::string email, SecretString password);
    /// The second half of a login that gave a challenge. Errors: challenge_expired, and those of
    /// SecondFactor::check.
    async::Task<Result<Login>> finish_login(Origin origin, SecretString challenge,
                                            SecretString code);
    /// Whether that is the password of the context's user, for acts that need more than a session.
    /// The step that comes back looks again in the act's transaction, for it may be changed
    /// meanwhile. Errors, of the step too: wrong_password; login_throttled, overloaded.
    async::Task<Result<UserStep>> prove_password(Context context, SecretString password);
    /// A new password for the context's user; ends all other sessions. Errors: wrong_password,
    /// login_throttled, weak_password, overloaded.
    async::Task<Result<void>> change_password(Context context, SecretString current,
                                              SecretString wanted);
    /// The hash of a new password of who has this address. Errors: weak_password, overloaded.
    async::Task<Result<std::string>> hash_new_password(std::string email, SecretString password);
    /// Trades a refresh token for a new one. Errors: session_ended; a token used before ends the
    /// session.
    async::Task<Result<Login>> refresh(Origin origin, SecretString refresh_token);
    /// Ends the session of the refresh token; unknown ones are ignored.
    async::Task<Result<void>> logout(Origin origin, SecretString refresh_token);
    /// Asks who has an account for its password, makes one for who has none, and runs `step`.
    /// Nobody is logged in. Errors: invalid_credentials, login_throttled, weak_password,
    /// invalid_request (name), overloaded, and those of `step`.
    async::Task<Result<User>> join(Origin origin, JoinRequest request, JoinStep step);
    /// User and membership of the context, and the user's other memberships.
    async::Task<Result<Profile>> me(Context context);
    /// Who an access token belongs to, with the rights of this moment in the workspace asked for,
    /// or else the session's own. Errors: unauthorized, token_expired, session_ended (also when no
    /// longer a member), not_found (not a member of the workspace asked for).
    async::Task<Result<Context>> authenticate(Origin origin, std::string access_token,
                                              std::string workspace = {});
    /// The same for whoever has this session and has been let in before, without a token. Errors:
    /// session_ended, not_found.
    async::Task<Result<Context>> authenticate_session(Origin origin, std::string session_id,
                                                      std::string workspace = {});

    [[nodiscard]] bool secure_cookies() const { return options_.secure_cookies; }
    /// Before the first request.
    void set_hooks(Hooks hooks) { hooks_ = std::move(hooks); }

  private:
    struct NewSession;
    NewSession make_session(const UserId& user_id, const WorkspaceId& workspace);
    Login make_login(const NewSession& session, Profile profile) const;
    async::Task<Result<StoredUser>> identify(std::optional<StoredUser> known, JoinRequest request);
    struct Proof;
    async::Task<Result<Login>> open_session(Origin origin, Profile profile, Proof proof);
    async::Task<Result<Context>> context_of_session(
        Origin origin, std::string session_id, std::string workspace,
        std::optional<session_tokens::AccessClaims> claims);
    async::Task<Result<StoredUser>> find_proved(Context context, SecretString password);
    async::Task<> record_failure(Origin origin, UserId user_id);
    void tell_committed() const;
    async::Tasks& tasks_;
    db::Db& db_;
    const Clock& clock_;
    Rng& rng_;
    IdGenerator& ids_;
    Options options_;
    Hooks hooks_;
    std::unique_ptr<session_tokens::TokenCodec> codec_;
    std::unique_ptr<passwords::Hasher> hasher_;
    std::shared_ptr<login_throttle::Throttle>
        throttle_;  ///< also of logins that are left behind at the end
};

// What other features do to an account, each in a transaction of its own act. Database thread.

/// The person with this address (as normalize_email gives it), or this id.
std::optional<User> find_person(db::Txn& txn, std::string_view email);
std::optional<User> find_person(db::Txn& txn, const UserId& id);
/// The new hash; whoever is logged in stays so.
void set_password(db::Txn& txn, const UserId& id, std::string_view password_hash);
/// False when the address was verified before, or is another by now.
bool verify_email(db::Txn& txn, const User& user, Timestamp now);
/// An act in each workspace of the person's, since a person belongs to none.
struct PersonAct {
    UserId user;
    std::string_view action;     ///< one of audit::actions
    std::string details = "{}";  ///< as audit::Entry has them
    bool by_system = false;      ///< done by the program or its command line, not by the person
};
void record_person_act(db::Txn& txn, const Origin& origin, const PersonAct& act, Timestamp now);

}  // namespace wapi::accounts
