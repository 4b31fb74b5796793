// Signing up, logging in and out, refreshing, and telling whose access token a request carries.
//
// Hashing happens before a transaction, never in it. Answers do not tell whether an e-mail address
// is known: an unknown one costs the same hash and gives the same error.

#include "base/text.hpp"
#include "features/accounts/accounts.hpp"
#include "features/accounts/accounts_password.hpp"
#include "features/accounts/accounts_rules.hpp"
#include "features/accounts/accounts_store.hpp"
#include "features/accounts/accounts_token.hpp"
#include "features/audit/audit.hpp"
#include "features/login_throttle/login_throttle.hpp"
#include "features/workspaces/workspaces.hpp"

namespace wapi::accounts {

/// A session before it is stored, with the token that opens it.
struct Service::NewSession {
    Session stored;
    RefreshToken token;
};

namespace {

constexpr std::size_t name_bytes_max = 120;
/// Sessions that have ended and are deleted at a login; one comes with each, so none pile up.
constexpr std::size_t sessions_pruned_max = 100;

Context user_context(const Origin& origin, const WorkspaceId& workspace, const UserId& user_id) {
    Context context;
    context.workspace = workspace;
    context.actor = {ActorKind::user, user_id.value};
    context.request_id = origin.request_id;
    context.ip = origin.ip;
    context.user_agent = origin.user_agent;
    return context;
}

/// Something a user did, or that was done in their name.
struct UserAct {
    WorkspaceId workspace;
    UserId user_id;
    std::string_view action;
    std::string details = "{}";
};

void record(db::Txn& txn, const Origin& origin, const UserAct& act, Timestamp now) {
    db::WorkspaceTxn bound(txn, act.workspace);
    audit::record(bound, user_context(origin, act.workspace, act.user_id),
                  {.action = act.action,
                   .resource_type = "user",
                   .resource_id = act.user_id.value,
                   .details = act.details},
                  now);
}

Result<std::string> check_name(std::string_view input, std::string field) {
    std::string name(text::trim(input));
    if (name.empty() || name.size() > name_bytes_max) {
        return fail_field(wapi::errors::invalid_request, std::move(field),
                          "A name has 1 to 120 characters.");
    }
    return name;
}

/// What signup writes, in one transaction.
struct Signup {
    StoredUser user;
    workspaces::Workspace workspace;
    Session session;
};

Result<Membership> store_signup(db::Txn& txn, const Origin& origin, const Signup& signup,
                                Timestamp now) {
    if (!insert_user(txn, signup.user, now)) {
        return fail_field(errors::email_taken, "email");
    }
    db::WorkspaceTxn bound(txn, signup.workspace.id);
    workspaces::insert_workspace(bound, signup.workspace);
    insert_member(bound, signup.user.user.id, "owner", now);
    insert_session(txn, signup.session);
    record(txn, origin, {signup.workspace.id, signup.user.user.id, audit::actions::user_created},
           now);
    return Membership{signup.workspace.id, signup.workspace.name, signup.workspace.plan, "owner",
                      "owner"};
}

struct Found {
    StoredUser user;
    std::vector<Membership> memberships;
};

std::optional<Found> find_login(db::Txn& txn, const std::string& email) {
    std::optional<StoredUser> user = find_user_by_email(txn, email);
    if (!user) {
        return std::nullopt;
    }
    std::vector<Membership> memberships = list_memberships(txn, user->user.id);
    return Found{*std::move(user), std::move(memberships)};
}

Timestamp session_end(Timestamp created_at, Timestamp now) {
    return std::min<Timestamp>(now + session_idle_time, created_at + session_time_max);
}

/// A refresh token as it is used, and what takes its place.
struct TokenUse {
    RefreshToken token;
    crypto::Digest next_hash;
};

/// The session, or nothing when the token may not be used. A token that was used before ends the
/// session for whoever holds the newest one, since one of the two is a thief.
std::optional<Session> use_refresh_token(db::Txn& txn, const Origin& origin, const TokenUse& use,
                                         Timestamp now) {
    std::optional<Session> session = lock_session(txn, use.token.session_id);
    if (!session || session->revoked || session->expires_at <= now) {
        return std::nullopt;
    }
    const crypto::Digest hash = refresh_hash(use.token);
    if (!crypto::constant_time_equal(session->refresh_hash, crypto::as_text(hash))) {
        revoke_session(txn, session->id, now);
        record(txn, origin,
               {session->workspace, session->user_id, audit::actions::user_logout,
                R"({"reason":"refresh_token_reused"})"},
               now);
        return std::nullopt;
    }
    rotate_session(txn, session->id, use.next_hash, session_end(session->created_at, now));
    return session;
}

Result<Profile> read_profile(db::Txn& txn, const UserId& user_id, const WorkspaceId& workspace) {
    db::WorkspaceTxn bound(txn, workspace);
    std::optional<StoredUser> user = find_user(txn, user_id);
    std::optional<Membership> membership = find_membership(bound, user_id);
    if (!user || !membership) {
        return fail(errors::session_ended);
    }
    return Profile{std::move(user->user), *std::move(membership)};
}

}  // namespace

Service::Service(const Parts& parts, Options options)
    : tasks_(parts.tasks),
      db_(parts.db),
      clock_(parts.clock),
      rng_(parts.rng),
      ids_(parts.ids),
      options_(std::move(options)),
      codec_(std::make_unique<TokenCodec>(options_.jwt_secret)),
      hasher_(std::make_unique<PasswordHasher>(parts.pool, options_.password_cost)),
      throttle_(std::make_shared<login_throttle::Throttle>()) {}

Service::~Service() = default;

Service::NewSession Service::make_session(const UserId& user_id, const WorkspaceId& workspace) {
    const Timestamp now = clock_.now();
    RefreshToken token = make_refresh_token(ids_.uuid(), rng_);
    Session stored{token.session_id,
                   user_id,
                   workspace,
                   std::string(crypto::as_text(refresh_hash(token))),
                   now,
                   session_end(now, now),
                   false};
    return {std::move(stored), std::move(token)};
}

Login Service::make_login(const NewSession& session, Profile profile) const {
    const AccessClaims claims{session.stored.user_id, session.stored.workspace, session.stored.id};
    return {codec_->make(claims, clock_.now()),
            render_refresh_token(session.token, codec_->refresh_key()), std::move(profile)};
}

async::Task<Result<Login>> Service::signup(Origin origin, SignupRequest request) {
    const Result<std::string> email = normalize_email(request.email);
    const Result<std::string> name = check_name(request.name, "name");
    const Result<std::string> workspace_name = check_name(request.workspace_name, "workspaceName");
    for (const Result<std::string>* input : {&name, &email, &workspace_name}) {
        if (!*input) {
            co_return std::unexpected(input->error());
        }
    }
    if (const Result<void> strong = check_password(request.password, *email); !strong) {
        co_return std::unexpected(strong.error());
    }
    const Result<std::string> hash = co_await hasher_->hash(request.password);
    if (!hash) {
        co_return std::unexpected(hash.error());
    }
    const Timestamp now = clock_.now();
    Signup draft;
    draft.user = {{ids_.make<UserId>(), *name, *email}, *hash};
    draft.workspace = {ids_.make<WorkspaceId>(), *workspace_name,
                       std::string(workspaces::plan_default), "{}", now};
    const NewSession session = make_session(draft.user.user.id, draft.workspace.id);
    draft.session = session.stored;
    Result<Membership> membership = co_await db_.write(
        "accounts.signup",
        [origin, draft, now](db::Txn& txn) { return store_signup(txn, origin, draft, now); });
    if (!membership) {
        co_return std::unexpected(membership.error());
    }
    co_return make_login(session, {draft.user.user, *std::move(membership)});
}

async::Task<Result<Login>> Service::login(Origin origin, std::string email_input,
                                          SecretString password) {
    const std::string email = text::to_lower_ascii(text::trim(email_input));
    if (email.size() > email_bytes_max || password.size() > password_bytes_max) {
        co_return fail(errors::invalid_credentials);
    }
    if (const auto wait = throttle_->begin(email, origin.ip, clock_.now())) {
        Error error = fail(errors::login_throttled).error();
        error.retry_after = *wait;
        co_return std::unexpected(std::move(error));
    }
    login_throttle::Attempt attempt(throttle_, email, origin.ip);
    const std::optional<Found> found = co_await db_.read(
        "accounts.find_login", [email](db::Txn& txn) { return find_login(txn, email); });
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
    const Membership& membership = found->memberships.front();
    const NewSession session = make_session(found->user.user.id, membership.workspace);
    const Timestamp now = clock_.now();
    co_await db_.write("accounts.login", [origin, stored = session.stored, now](db::Txn& txn) {
        prune_sessions(txn, stored.user_id, now, sessions_pruned_max);
        insert_session(txn, stored);
        record(txn, origin, {stored.workspace, stored.user_id, audit::actions::user_login}, now);
        return true;
    });
    co_return make_login(session, {found->user.user, membership});
}

async::Task<Result<User>> Service::join(Origin origin, JoinRequest request, JoinStep step) {
    if (const auto wait = throttle_->begin(request.email, origin.ip, clock_.now())) {
        Error error = fail(errors::login_throttled).error();
        error.retry_after = *wait;
        co_return std::unexpected(std::move(error));
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
    co_return co_await db_.write(
        "accounts.join",
        [stored = *user, is_new = !known, step, now = clock_.now()](db::Txn& txn) -> Result<User> {
            if (is_new && !insert_user(txn, stored, now)) {
                return fail_field(errors::email_taken, "email");
            }
            const Result<void> done = step(txn, stored.user, is_new);
            return done ? Result<User>(stored.user) : std::unexpected(done.error());
        });
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
    if (const Result<void> strong = check_password(request.password, request.email); !strong) {
        co_return std::unexpected(strong.error());
    }
    const Result<std::string> hash = co_await hasher_->hash(request.password);
    if (!hash) {
        co_return std::unexpected(hash.error());
    }
    co_return StoredUser{{ids_.make<UserId>(), *name, request.email}, *hash};
}

async::Task<> Service::record_failure(Origin origin, UserId user_id) {
    const Timestamp now = clock_.now();
    co_await db_.write("accounts.record_failure", [origin, user_id, now](db::Txn& txn) {
        for (const Membership& membership : list_memberships(txn, user_id)) {
            record(txn, origin, {membership.workspace, user_id, audit::actions::user_login_failed},
                   now);
        }
        return true;
    });
}

async::Task<Result<Login>> Service::refresh(Origin origin, SecretString refresh_token) {
    const std::optional<RefreshToken> used =
        read_refresh_token(refresh_token.reveal(), codec_->refresh_key());
    if (!used) {
        co_return fail(errors::session_ended);
    }
    NewSession next;
    next.token = make_refresh_token(used->session_id, rng_);
    const TokenUse use{*used, refresh_hash(next.token)};
    const Timestamp now = clock_.now();
    const std::optional<Session> session = co_await db_.write(
        "accounts.refresh",
        [origin, use, now](db::Txn& txn) { return use_refresh_token(txn, origin, use, now); });
    if (!session) {
        co_return fail(errors::session_ended);
    }
    next.stored = *session;
    Result<Profile> profile = co_await db_.read(
        "accounts.profile", [user = session->user_id, workspace = session->workspace](
                                db::Txn& txn) { return read_profile(txn, user, workspace); });
    if (!profile) {
        co_return std::unexpected(profile.error());
    }
    co_return make_login(next, *std::move(profile));
}

async::Task<Result<void>> Service::logout(Origin origin, SecretString refresh_token) {
    const std::optional<RefreshToken> token =
        read_refresh_token(refresh_token.reveal(), codec_->refresh_key());
    if (!token) {
        co_return Result<void>();
    }
    const Timestamp now = clock_.now();
    co_await db_.write("accounts.logout", [origin, id = token->session_id, now](db::Txn& txn) {
        const std::optional<Session> session = lock_session(txn, id);
        if (session && !session->revoked) {
            revoke_session(txn, id, now);
            record(txn, origin, {session->workspace, session->user_id, audit::actions::user_logout},
                   now);
        }
        return true;
    });
    co_return Result<void>();
}

async::Task<Result<Profile>> Service::me(Context context) {
    co_return co_await db_.read("accounts.me", [user = UserId(context.actor.id),
                                                workspace = context.workspace](db::Txn& txn) {
        Result<Profile> profile = read_profile(txn, user, workspace);
        if (profile) {
            profile->memberships = list_memberships(txn, user);
        }
        return profile;
    });
}

async::Task<Result<Context>> Service::authenticate(Origin origin, std::string access_token,
                                                   std::string workspace) {
    const Timestamp now = clock_.now();
    const Result<AccessClaims> claims = codec_->read(access_token, now);
    if (!claims) {
        co_return std::unexpected(claims.error());
    }
    const std::optional<LiveSession> session = co_await db_.read(
        "accounts.authenticate", [id = claims->session_id, workspace, now](db::Txn& txn) {
            return find_live_session(txn, id, workspace, now);
        });
    const bool same =
        session && session->user_id == claims->user_id && session->home == claims->workspace;
    if (!same || (!session->is_member && workspace.empty())) {
        co_return fail(errors::session_ended);
    }
    if (!session->is_member) {
        co_return fail(wapi::errors::not_found, "You are not a member of this workspace.");
    }
    Context context = user_context(origin, session->workspace, session->user_id);
    context.role = session->role;
    context.permissions = session->rights.permissions;
    context.restrictions = session->rights.restrictions;
    co_return context;
}

}  // namespace wapi::accounts
