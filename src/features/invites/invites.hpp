// Invites: how somebody becomes a member.
//
// Whoever may manage the team makes one for an e-mail address and a role; its token is shown once,
// as a link, sent by mail where mail is set up, stored hashed, and lasts a week. Source: product.md
// section 2, issue 3 part 2.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto.hpp"
#include "features/accounts/accounts.hpp"
#include "features/mailer/mailer.hpp"
#include "features/team/team.hpp"

namespace wapi::invites {

namespace errors {
inline const ErrorKind already_member{"already_member", 409, RetryClass::never,
                                      "Whoever has this e-mail address is a member already."};
inline const ErrorKind too_many_invites{"too_many_invites", 409, RetryClass::never,
                                        "A workspace has at most 100 invites; cancel some."};
inline const ErrorKind invite_not_found{"invite_not_found", 404, RetryClass::never,
                                        "There is no such invite, or its time is over."};
}  // namespace errors

inline constexpr std::size_t invites_max = 100;  ///< of one workspace, with those that ran out
inline constexpr std::chrono::hours invite_time{24 * 7};

/// Somebody may join with this role until `expires_at`.
struct Invite {
    std::string id;
    std::string email;
    std::string role;
    std::string role_name;
    Timestamp created_at;
    Timestamp expires_at;
};

/// An invite with the token that was made for it just now.
struct NewInvite {
    Invite invite;
    SecretString token;
    bool mailed = false;  ///< false: whoever invites has to hand the link over
};

struct AcceptRequest {
    std::string token;
    std::string name;  ///< not needed by who has an account
    SecretString password;
};

/// Who has joined.
struct Joined {
    accounts::User user;
    WorkspaceId workspace;
    std::string role;
};

class Service {
  public:
    struct Parts {
        db::Db& db;
        IdGenerator& ids;
        const Clock& clock;
        Rng& rng;
        accounts::Service& accounts;
        mailer::Mailer& mailer;
    };
    /// Registers its letter at the mailer.
    explicit Service(const Parts& parts);

    /// Another invite to the same address is replaced. Errors: invalid_request (email),
    /// role_not_found, already_member, too_many_invites, beyond_own_rights, too_many_mails.
    async::Task<Result<NewInvite>> create(Context context, std::string email, std::string role);
    /// Newest first, with those that have run out.
    async::Task<Result<std::vector<Invite>>> list(Context context);
    /// A new token and a new week; the token before is void. Errors: invite_not_found,
    /// beyond_own_rights, too_many_mails.
    async::Task<Result<NewInvite>> resend(Context context, std::string id);
    /// Errors: invite_not_found, beyond_own_rights.
    async::Task<Result<void>> cancel(Context context, std::string id);
    /// Makes a member of a new person, or of who has an account and its password. Errors:
    /// invite_not_found, already_member, invalid_credentials, login_throttled, weak_password,
    /// invalid_request (name).
    async::Task<Result<Joined>> accept(accounts::Origin origin, AcceptRequest request);

  private:
    struct Ticket;
    Ticket make_ticket(const Context& context);
    std::optional<mailer::Letter> compose(db::Txn& txn, const mailer::Wish& wish,
                                          Timestamp now) const;
    Parts parts_;
};

}  // namespace wapi::invites
