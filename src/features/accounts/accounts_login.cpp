// Who somebody is: by password, then by a second factor; and joining a workspace by either.
//
// Hashing happens before a transaction, never in it. Answers do not tell whether an e-mail address
// is known: an unknown one costs the same hash and gives the same error.

#include "base/names.hpp"
#include "base/text.hpp"
#include "features/accounts/accounts_acts.hpp"
#include "features/audit/audit.hpp"
#include "features/login_throttle/login_throttle.hpp"
#include "features/sessions/sessions.hpp"

namespace wapi::accounts {

/// What a login rests on. All of it is looked at again in the transaction that makes the session.
struct Service::Proof {
    std::string password_hash;  ///< that the password was compared with
    UserStep step;              ///< uses up the second factor's code; empty: it was off
};

namespace {

/// Sessions that have ended and are deleted at a login; one comes with each, so none pile up.
constexpr std::size_t sessions_pruned_max = 100;

struct Found {
    StoredUser user;
    std::vector<Membership> memberships;
    bool second_factor = false;
};

std::optional<Found> complete(db::Txn& txn, std::optional<StoredUser> user,
                              const SecondFactor* second_factor) {
    if (!user) {
        return std::nullopt;
    }
    std::vector<Membership> memberships = list_memberships(txn, user->user.id);
    const bool more = second_factor != nullptr && second_factor->is_on(txn, user->user.id);
    return Found{*std::move(user), std::move(memberships), more};
}

Error throttled(std::chrono::seconds wait) {
    Error error = fail(errors::login_throttled).error();
    error.retry_after = wait;
    return error;
}

}  // namespace

async::Task<Result<Login>> Service::login(Origin origin, std::string email_input,
                                          SecretString password) {
    const std::string email = text::to_lower_ascii(text::trim(email_input));
    if (email.size() > email_bytes_max || password.size() > passwords::bytes_max) {
        co_return fail(errors::invalid_credentials);
    }
    if (const auto wait = throttle_->begin(email, origin.ip, clock_.now())) {
        co_return std::unexpected(throttled(*wait));
    }
    login_throttle::Attempt attempt(throttle_, email, origin.ip);
    const std::optional<Found> found = co_await db_.read(
        "accounts.find_login", [email, factor = hooks_.second_factor](db::Txn& txn) {
            return complete(txn, find_user_by_email(txn, email), factor);
        });
    const std::string hash = found ? found->user.password_hash : std::string();
    const Result<bool> matches = co_await hasher_->verify(password, hash);
    if (!matches) {
        co_return std::unexpected(matches.error());
    }
    if (!*matches || found->memberships.empty()) {
        attempt.fail();
        if (found) {  // not awaited: the time it takes would tell that the address is known
            tasks_.spawn("accounts.record_failure", record_failure(origin, found->user.user.id));
        }
        co_return fail(errors::invalid_credentials);
    }
    attempt.succeed();
    Profile profile{found->user.user, found->memberships.front()};
    if (found->second_factor) {
        const session_tokens::Challenge challenge{profile.user.id, clock_.now() + challenge_time};
        co_return Login{
            .access_token = {},
            .refresh_token = {},
            .profile = std::move(profile),
            .challenge = session_tokens::render_challenge(challenge, hash, codec_->refresh_key())};
    }
    Proof proof{.password_hash = hash, .step = {}};
    co_return co_await open_session(std::move(origin), std::move(profile), std::move(proof));
}

async::Task<Result<Login>> Service::finish_login(Origin origin, SecretString challenge,
                                                 SecretString code) {
    const std::optional<session_tokens::Challenge> claim =
        session_tokens::read_challenge(challenge.reveal());
    if (!claim || hooks_.second_factor == nullptr) {
        co_return fail(errors::challenge_expired);
    }
    const std::optional<Found> found =
        co_await db_.read("accounts.find_challenged",
                          [id = claim->user_id, factor = hooks_.second_factor](db::Txn& txn) {
                              return complete(txn, find_user(txn, id), factor);
                          });
    const SecretString expected = session_tokens::render_challenge(
        *claim, found ? found->user.password_hash : "", codec_->refresh_key());
    if (!crypto::constant_time_equal(expected.reveal(), challenge.reveal()) ||
        claim->expires_at <= clock_.now() || !found || found->memberships.empty()) {
        co_return fail(errors::challenge_expired);
    }
    const auto refuse = [this, &origin, &claim](const Error& error) -> Result<Login> {
        if (error.kind == &errors::wrong_code) {
            tasks_.spawn("accounts.record_failure", record_failure(origin, claim->user_id));
        }
        return error.kind == &errors::invalid_credentials ? fail(errors::challenge_expired)
                                                          : std::unexpected(error);
    };
    const Result<UserStep> step =
        co_await hooks_.second_factor->check(origin, claim->user_id, std::move(code));
    if (!step) {
        co_return refuse(step.error());
    }
    Profile profile{found->user.user, found->memberships.front()};
    Proof proof{.password_hash = found->user.password_hash, .step = *step};
    Result<Login> login = co_await open_session(origin, std::move(profile), std::move(proof));
    co_return login ? std::move(login) : refuse(login.error());
}

/// Errors: invalid_credentials when the password was changed, or the second factor turned on, while
/// the login was under way: whoever ended all sessions then has ended this one too.
async::Task<Result<Login>> Service::open_session(Origin origin, Profile profile, Proof proof) {
    const NewSession session = make_session(profile.user.id, profile.membership.workspace);
    const Timestamp now = clock_.now();
    const Result<void> opened = co_await db_.write(
        "accounts.login",
        [origin, stored = session.stored, proof, now,
         factor = hooks_.second_factor](db::Txn& txn) -> Result<void> {
            const UserId& user = stored.user_id;
            if (!holds_password(txn, user, proof.password_hash) ||
                (!proof.step && factor != nullptr && factor->is_on(txn, user))) {
                return fail(errors::invalid_credentials);
            }
            if (Result<void> done = proof.step ? proof.step(txn, user) : Result<void>(); !done) {
                return done;
            }
            prune_sessions(txn, user, now, sessions_pruned_max);
            insert_session(txn, stored);
            sessions::note_use(txn, {stored.id, origin.ip, origin.user_agent}, now);
            record(txn, origin, {stored.workspace, user, audit::actions::user_login}, now);
            return {};
        });
    if (!opened) {
        co_return std::unexpected(opened.error());
    }
    co_return make_login(session, std::move(profile));
}

async::Task<Result<UserStep>> Service::prove_password(Context context, SecretString password) {
    const Result<StoredUser> user = co_await find_proved(std::move(context), std::move(password));
    if (!user) {
        co_return std::unexpected(user.error());
    }
    co_return [hash = user->password_hash](db::Txn& txn, const UserId& id) -> Result<void> {
        return holds_password(txn, id, hash) ? Result<void>()
                                             : fail_field(errors::wrong_password, "password");
    };
}

async::Task<Result<StoredUser>> Service::find_proved(Context context, SecretString password) {
    const UserId id(context.actor.id);
    const std::optional<StoredUser> user =
        co_await db_.read("accounts.find_user", [id](db::Txn& txn) { return find_user(txn, id); });
    const std::string email = user ? user->user.email : std::string();
    if (const auto wait = throttle_->begin(email, context.ip, clock_.now())) {
        co_return std::unexpected(throttled(*wait));
    }
    login_throttle::Attempt attempt(throttle_, email, context.ip);
    const Result<bool> matches =
        co_await hasher_->verify(std::move(password), user ? user->password_hash : std::string());
    if (!matches) {
        co_return std::unexpected(matches.error());
    }
    if (!*matches) {
        attempt.fail();
        co_await record_failure({context.ip, context.user_agent, context.request_id}, id);
        co_return fail_field(errors::wrong_password, "password");
    }
    attempt.succeed();
    co_return *user;
}

async::Task<Result<void>> Service::change_password(Context context, SecretString current,
                                                   SecretString wanted) {
    const Result<StoredUser> proved = co_await find_proved(context, std::move(current));
    if (!proved) {
        co_return std::unexpected(proved.error());
    }
    const Result<std::string> hash =
        co_await hash_new_password(proved->user.email, std::move(wanted));
    if (!hash) {
        co_return std::unexpected(hash.error());
    }
    const Result<void> done = co_await db_.write(
        "accounts.change_password",
        [context, proved = *proved, hash = *hash, now = clock_.now(),
         hook = hooks_.password_changed](db::Txn& txn) -> Result<void> {
            const UserId& id = proved.user.id;
            if (!holds_password(txn, id, proved.password_hash)) {
                return fail_field(errors::wrong_password, "password");
            }
            const Origin origin{context.ip, context.user_agent, context.request_id};
            set_password(txn, id, hash);
            if (hook) {
                hook(txn, origin, proved.user);
            }
            sessions::end_all_of(txn, context, "password_changed", now);
            record_person_act(txn, origin, {id, audit::actions::user_password_changed}, now);
            return {};
        });
    tell_committed();
    co_return done;
}

void Service::tell_committed() const {
    if (hooks_.committed) {
        hooks_.committed();
    }
}

async::Task<Result<std::string>> Service::hash_new_password(std::string email,
                                                            SecretString password) {
    if (const Result<void> strong = passwords::check_strength(password, email); !strong) {
        co_return std::unexpected(strong.error());
    }
    co_return co_await hasher_->hash(std::move(password));
}

async::Task<Result<User>> Service::join(Origin origin, JoinRequest request, JoinStep step) {
    if (const auto wait = throttle_->begin(request.email, origin.ip, clock_.now())) {
        co_return std::unexpected(throttled(*wait));
    }
    login_throttle::Attempt attempt(throttle_, request.email, origin.ip);
    const std::optional<StoredUser> known = co_await db_.read(
        "accounts.find_join",
        [email = request.email](db::Txn& txn) { return find_user_by_email(txn, email); });
    const Result<StoredUser> user = co_await identify(known, request);
    if (!user) {
        if (user.error().kind == &errors::invalid_credentials) {
            attempt.fail();
            tasks_.spawn("accounts.record_failure", record_failure(origin, known->user.id));
        }
        co_return std::unexpected(user.error());
    }
    attempt.succeed();
    Result<User> joined = co_await db_.write(
        "accounts.join",
        [stored = *user, is_new = !known, step, now = clock_.now(),
         hook = hooks_.signed_up](db::Txn& txn) -> Result<User> {
            if (is_new && !insert_user(txn, stored, now)) {
                return fail_field(errors::email_taken, "email");
            }
            if (!is_new && !holds_password(txn, stored.user.id, stored.password_hash)) {
                return fail(errors::invalid_credentials);
            }
            if (is_new && hook) {
                hook(txn, stored.user);
            }
            const Result<void> done = step(txn, stored.user, is_new);
            return done ? Result<User>(stored.user) : std::unexpected(done.error());
        });
    tell_committed();
    co_return joined;
}

/// Who is known and has that password, or somebody new.
async::Task<Result<StoredUser>> Service::identify(std::optional<StoredUser> known,
                                                  JoinRequest request) {
    if (known) {
        const Result<bool> matches =
            co_await hasher_->verify(request.password, known->password_hash);
        if (!matches) {
            co_return std::unexpected(matches.error());
        }
        co_return *matches ? Result<StoredUser>(*known) : fail(errors::invalid_credentials);
    }
    const Result<std::string> name = check_name(request.name, "name");
    if (!name) {
        co_return std::unexpected(name.error());
    }
    const Result<std::string> hash =
        co_await hash_new_password(request.email, std::move(request.password));
    if (!hash) {
        co_return std::unexpected(hash.error());
    }
    co_return StoredUser{{ids_.make<UserId>(), *name, request.email}, *hash};
}

async::Task<> Service::record_failure(Origin origin, UserId user_id) {
    const Timestamp now = clock_.now();
    co_await db_.write("accounts.record_failure", [origin, user_id, now](db::Txn& txn) {
        record_person_act(txn, origin, {user_id, audit::actions::user_login_failed}, now);
        return true;
    });
}

}  // namespace wapi::accounts
