// Signing up, refreshing, logging out, and telling whose access token a request carries.

#include "base/names.hpp"
#include "features/accounts/accounts_acts.hpp"
#include "features/audit/audit.hpp"
#include "features/login_throttle/login_throttle.hpp"
#include "features/sessions/sessions.hpp"
#include "features/workspaces/workspaces.hpp"

namespace wapi::accounts {

namespace {

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
    sessions::note_use(txn, {signup.session.id, origin.ip, origin.user_agent}, now);
    record(txn, origin, {signup.workspace.id, signup.user.user.id, audit::actions::user_created},
           now);
    return Membership{signup.workspace.id, signup.workspace.name, signup.workspace.plan, "owner",
                      "owner"};
}

/// A refresh token as it is used, and what takes its place.
struct TokenUse {
    session_tokens::RefreshToken token;
    crypto::Digest next_hash;
};

/// The session, or nothing when the token may not be used. A token that was used before ends the
/// session for whoever holds the newest one, since one of the two is a thief. Within refresh_grace
/// it gives the same next token again: the page was reloaded before the answer came, or two tabs
/// asked at once.
std::optional<Session> use_refresh_token(db::Txn& txn, const Origin& origin, const TokenUse& use,
                                         Timestamp now) {
    std::optional<Session> session = lock_session(txn, use.token.session_id);
    if (!session || session->revoked || session->expires_at <= now) {
        return std::nullopt;
    }
    const bool repeated =
        crypto::constant_time_equal(session->refresh_hash, crypto::as_text(use.next_hash));
    if (repeated && now - session->seen_at < refresh_grace) {
        return session;
    }
    const crypto::Digest hash = session_tokens::refresh_hash(use.token);
    if (!crypto::constant_time_equal(session->refresh_hash, crypto::as_text(hash))) {
        revoke_session(txn, session->id, now);
        record(txn, origin,
               {session->workspace, session->user_id, audit::actions::user_logout,
                R"({"reason":"refresh_token_reused"})"},
               now);
        return std::nullopt;
    }
    rotate_session(txn, session->id, use.next_hash, session_end(session->created_at, now));
    sessions::note_use(txn, {session->id, origin.ip, origin.user_agent}, now);
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
      codec_(std::make_unique<session_tokens::TokenCodec>(options_.jwt_secret)),
      hasher_(std::make_unique<passwords::Hasher>(parts.pool, options_.password_cost)),
      throttle_(std::make_shared<login_throttle::Throttle>()) {}

Service::~Service() = default;

Service::NewSession Service::make_session(const UserId& user_id, const WorkspaceId& workspace) {
    const Timestamp now = clock_.now();
    session_tokens::RefreshToken token = session_tokens::make_refresh_token(ids_.uuid(), rng_);
    Session stored{token.session_id,
                   user_id,
                   workspace,
                   std::string(crypto::as_text(session_tokens::refresh_hash(token))),
                   now,
                   session_end(now, now),
                   false};
    return {std::move(stored), std::move(token)};
}

Login Service::make_login(const NewSession& session, Profile profile) const {
    const session_tokens::AccessClaims claims{session.stored.user_id, session.stored.workspace,
                                              session.stored.id};
    return {codec_->make(claims, clock_.now()),
            session_tokens::render_refresh_token(session.token, codec_->refresh_key()),
            std::move(profile)};
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
    const Result<std::string> hash = co_await hash_new_password(*email, request.password);
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
        "accounts.signup", [origin, draft, now, hook = hooks_.signed_up](db::Txn& txn) {
            Result<Membership> stored = store_signup(txn, origin, draft, now);
            if (stored && hook) {
                hook(txn, draft.user.user);
            }
            return stored;
        });
    if (!membership) {
        co_return std::unexpected(membership.error());
    }
    tell_committed();
    co_return make_login(session, {draft.user.user, *std::move(membership)});
}

async::Task<Result<Login>> Service::refresh(Origin origin, SecretString refresh_token) {
    const std::optional<session_tokens::RefreshToken> used =
        session_tokens::read_refresh_token(refresh_token.reveal(), codec_->refresh_key());
    if (!used) {
        co_return fail(errors::session_ended);
    }
    NewSession next;
    next.token = session_tokens::next_refresh_token(*used, codec_->refresh_key());
    const TokenUse use{*used, session_tokens::refresh_hash(next.token)};
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
    const std::optional<session_tokens::RefreshToken> token =
        session_tokens::read_refresh_token(refresh_token.reveal(), codec_->refresh_key());
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
    const Result<session_tokens::AccessClaims> claims = codec_->read(access_token, clock_.now());
    if (!claims) {
        co_return std::unexpected(claims.error());
    }
    co_return co_await context_of_session(origin, claims->session_id, workspace, *claims);
}

async::Task<Result<Context>> Service::authenticate_session(Origin origin, std::string session_id,
                                                           std::string workspace) {
    co_return co_await context_of_session(origin, session_id, workspace, std::nullopt);
}

/// `claims`: what the token says of the session, which must be so.
async::Task<Result<Context>> Service::context_of_session(
    Origin origin, std::string session_id, std::string workspace,
    std::optional<session_tokens::AccessClaims> claims) {
    const std::optional<LiveSession> session = co_await db_.read(
        "accounts.authenticate", [session_id, workspace, now = clock_.now()](db::Txn& txn) {
            return find_live_session(txn, session_id, workspace, now);
        });
    const bool same =
        session &&
        (!claims || (session->user_id == claims->user_id && session->home == claims->workspace));
    if (!same || (!session->is_member && workspace.empty())) {
        co_return fail(errors::session_ended);
    }
    if (!session->is_member) {
        co_return fail(wapi::errors::not_found, "You are not a member of this workspace.");
    }
    Context context = user_context(origin, session->workspace, session->user_id);
    context.role = session->role;
    context.session_id = session_id;
    context.expires_at = claims ? std::optional(claims->expires_at) : std::nullopt;
    context.permissions = session->rights.permissions;
    context.suspended = session->rights.suspended;
    context.restrictions = session->rights.restrictions;
    co_return context;
}

}  // namespace wapi::accounts
