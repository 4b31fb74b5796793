// The acts on invites: the team is locked, team says who may, then one transaction with its audit
// entry.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "features/audit/audit.hpp"
#include "features/invites/invites_store.hpp"
#include "features/team/team.hpp"

namespace wapi::invites {

/// A new token, and the wish for the mail that brings it.
struct Service::Ticket {
    SecretString token;
    std::string payload;
    bool mailed = false;

    [[nodiscard]] std::string hash() const { return mailer::token_hash(token.reveal()); }
};

namespace {

constexpr std::string_view mail_kind = "invite";

struct Act {
    std::string_view action;
    std::string_view resource_type;
    std::string resource_id;
    boost::json::object details;
};

void record(db::WorkspaceTxn& txn, const Context& context, const Act& act, Timestamp now) {
    audit::record(txn, context,
                  {.action = act.action,
                   .resource_type = act.resource_type,
                   .resource_id = act.resource_id,
                   .details = boost::json::serialize(act.details)},
                  now);
}

void record_invite(db::WorkspaceTxn& txn, const Context& context, const Invite& invite,
                   std::string_view what, Timestamp now) {
    record(txn, context,
           {.action = audit::actions::team_member_invited,
            .resource_type = "invite",
            .resource_id = invite.id,
            .details = {{"act", what}, {"role", invite.role}}},
           now);
}

Result<Invite> create(db::WorkspaceTxn& txn, const Context& context, store::StoredInvite stored,
                      Timestamp now) {
    const Result<team::Role> role = team::check_invite(txn, context, stored.invite.role);
    if (!role) {
        return std::unexpected(role.error());
    }
    if (team::is_member(txn, stored.invite.email)) {
        return fail_field(errors::already_member, "email");
    }
    const std::vector<Invite> all = store::list(txn);
    const auto replaced = std::ranges::find(all, stored.invite.email, &Invite::email);
    if (replaced == all.end() && all.size() >= invites_max) {
        return fail(errors::too_many_invites);
    }
    store::put(txn, stored);
    record_invite(txn, context, stored.invite, "invited", now);
    stored.invite.role_name = role->name;
    return stored.invite;
}

/// An invite that the actor could have made. Errors: invite_not_found, beyond_own_rights.
Result<Invite> get_own(db::WorkspaceTxn& txn, const Context& context, const std::string& id) {
    team::lock(txn);
    std::optional<Invite> invite = store::find(txn, id);
    if (!invite) {
        return fail(errors::invite_not_found);
    }
    const Result<team::Role> role = team::check_invite(txn, context, invite->role);
    if (!role) {
        return std::unexpected(role.error());
    }
    return *std::move(invite);
}

Context joining(const accounts::Origin& origin, const WorkspaceId& workspace, const UserId& user) {
    Context context;
    context.workspace = workspace;
    context.actor = {ActorKind::user, user.value};
    context.request_id = origin.request_id;
    context.ip = origin.ip;
    context.user_agent = origin.user_agent;
    return context;
}

/// The invite whose token that is, if it may still be used. Errors: invite_not_found.
Result<store::StoredInvite> find_open(db::Txn& txn, std::string_view token_hash, Timestamp now) {
    std::optional<store::StoredInvite> stored = store::find_by_token(txn, token_hash);
    if (!stored || stored->invite.expires_at <= now) {
        return fail(errors::invite_not_found);
    }
    return *std::move(stored);
}

void enqueue(mailer::Mailer& mailer, db::WorkspaceTxn& txn, bool wanted, const std::string& payload,
             Timestamp now) {
    if (wanted) {
        mailer.enqueue(txn.txn(),
                       {.kind = mail_kind, .workspace = txn.workspace(), .payload = payload}, now);
    }
}

mailer::Letter letter(const Invite& invite, const store::Names& names, const std::string& link) {
    return {.to = invite.email,
            .subject = fmt::format("{} invites you to {}", names.inviter, names.workspace),
            .text = fmt::format("Hello,\n\n"
                                "{} invites you to work in {}. Open this link within a week to "
                                "join:\n\n"
                                "{}\n\n"
                                "It works once. If you do not know who this is, do nothing.\n",
                                names.inviter, names.workspace, link)};
}

/// Whether whoever made it could make it now: an invite does not outlive the rights of its maker.
bool may_still_invite(db::WorkspaceTxn& txn, const store::StoredInvite& stored) {
    if (stored.inviter.value.empty()) {
        return true;
    }
    Context maker;
    maker.workspace = txn.workspace();
    maker.actor = {ActorKind::user, stored.inviter.value};
    return team::check_invite(txn, maker, stored.invite.role).has_value();
}

struct Joiner {
    UserId id;
    bool is_new = false;
};

/// Uses the invite up. Of two at once one finds it gone.
Result<void> take(db::Txn& txn, const accounts::Origin& origin, const std::string& token_hash,
                  const Joiner& who, Timestamp now) {
    const Result<store::StoredInvite> first = find_open(txn, token_hash, now);
    if (!first) {
        return std::unexpected(first.error());
    }
    db::WorkspaceTxn bound(txn, first->workspace);
    team::lock(bound);
    const Result<store::StoredInvite> stored = find_open(txn, token_hash, now);
    if (!stored || !may_still_invite(bound, *stored) || !store::remove(bound, stored->invite.id)) {
        return fail(errors::invite_not_found);
    }
    if (team::is_member(bound, stored->invite.email)) {
        return fail(errors::already_member);
    }
    const UserId& user = who.id;
    team::add_member(bound, user, stored->invite.role, now);
    const Context context = joining(origin, stored->workspace, user);
    if (who.is_new) {
        record(bound, context,
               {.action = audit::actions::user_created,
                .resource_type = "user",
                .resource_id = user.value,
                .details = {}},
               now);
    }
    record(bound, context,
           {.action = audit::actions::team_member_added,
            .resource_type = "user",
            .resource_id = user.value,
            .details = {{"role", stored->invite.role}, {"inviteId", stored->invite.id}}},
           now);
    return {};
}

}  // namespace

Service::Service(const Parts& parts) : parts_(parts) {
    parts_.mailer.set_composer(mail_kind,
                               [this](db::Txn& txn, const mailer::Wish& wish, Timestamp now) {
                                   return compose(txn, wish, now);
                               });
}

/// The payload has what the token is derived from, which is worth nothing without the key.
Service::Ticket Service::make_ticket(const Context& context) {
    const std::string seed = parts_.ids.uuid();
    return {.token = parts_.mailer.token(mail_kind, seed),
            .payload = boost::json::serialize(
                boost::json::object{{"seed", seed}, {"inviter", context.actor.id}}),
            .mailed = parts_.mailer.check().has_value()};
}

/// Nothing when the invite was cancelled, accepted or made again meanwhile, or has lost its worth.
std::optional<mailer::Letter> Service::compose(db::Txn& txn, const mailer::Wish& wish,
                                               Timestamp now) const {
    const boost::json::object payload = boost::json::parse(wish.payload).as_object();
    const SecretString token =
        parts_.mailer.token(mail_kind, std::string_view(payload.at("seed").as_string()));
    const Result<store::StoredInvite> stored =
        find_open(txn, mailer::token_hash(token.reveal()), now);
    if (!stored) {
        return std::nullopt;
    }
    db::WorkspaceTxn bound(txn, stored->workspace);
    if (!may_still_invite(bound, *stored)) {
        return std::nullopt;
    }
    const store::Names names =
        store::find_names(bound, UserId(std::string_view(payload.at("inviter").as_string())));
    return letter(stored->invite, names, parts_.mailer.link("/app/accept-invite", token));
}

async::Task<Result<NewInvite>> Service::create(Context context, std::string email,
                                               std::string role) {
    const Result<std::string> address = accounts::normalize_email(email);
    if (!address) {
        co_return std::unexpected(address.error());
    }
    const mailer::Request mail{
        .to = *address, .asker = context.workspace.value, .by = mailer::By::others};
    if (const Result<void> counted = parts_.mailer.count(mail); !counted) {
        co_return std::unexpected(counted.error());
    }
    const Timestamp now = parts_.clock.now();
    const Ticket ticket = make_ticket(context);
    const store::StoredInvite stored{.workspace = context.workspace,
                                     .invite = {.id = parts_.ids.uuid(),
                                                .email = *address,
                                                .role = role,
                                                .role_name = {},
                                                .created_at = now,
                                                .expires_at = now + invite_time},
                                     .token_hash = ticket.hash(),
                                     .inviter = UserId(context.actor.id)};
    Result<Invite> made = co_await parts_.db.write(
        context.workspace, "invites.create",
        [&mailer = parts_.mailer, context, stored, ticket, now](db::WorkspaceTxn& txn) {
            Result<Invite> invite = invites::create(txn, context, stored, now);
            if (invite) {
                enqueue(mailer, txn, ticket.mailed, ticket.payload, now);
            }
            return invite;
        });
    if (!made) {
        parts_.mailer.give_back(mail);
        co_return std::unexpected(made.error());
    }
    parts_.mailer.wake();
    co_return NewInvite{.invite = *std::move(made), .token = ticket.token, .mailed = ticket.mailed};
}

async::Task<Result<std::vector<Invite>>> Service::list(Context context) {
    co_return co_await parts_.db.read(
        context.workspace, "invites.list",
        [](db::WorkspaceTxn& txn) -> Result<std::vector<Invite>> { return store::list(txn); });
}

async::Task<Result<NewInvite>> Service::resend(Context context, std::string id) {
    const std::optional<Invite> known =
        co_await parts_.db.read(context.workspace, "invites.find_one",
                                [id](db::WorkspaceTxn& txn) { return store::find(txn, id); });
    if (!known) {
        co_return fail(errors::invite_not_found);
    }
    const mailer::Request mail{
        .to = known->email, .asker = context.workspace.value, .by = mailer::By::others};
    if (const Result<void> counted = parts_.mailer.count(mail); !counted) {
        co_return std::unexpected(counted.error());
    }
    const Timestamp now = parts_.clock.now();
    const Ticket ticket = make_ticket(context);
    Result<Invite> renewed = co_await parts_.db.write(
        context.workspace, "invites.resend",
        [&mailer = parts_.mailer, context, id, ticket, now](db::WorkspaceTxn& txn) {
            Result<Invite> invite = get_own(txn, context, id);
            if (invite) {
                invite->expires_at = now + invite_time;
                store::put(txn, {.workspace = {},
                                 .invite = *invite,
                                 .token_hash = ticket.hash(),
                                 .inviter = UserId(context.actor.id)});
                record_invite(txn, context, *invite, "resent", now);
                enqueue(mailer, txn, ticket.mailed, ticket.payload, now);
            }
            return invite;
        });
    if (!renewed) {
        parts_.mailer.give_back(mail);
        co_return std::unexpected(renewed.error());
    }
    parts_.mailer.wake();
    co_return NewInvite{
        .invite = *std::move(renewed), .token = ticket.token, .mailed = ticket.mailed};
}

async::Task<Result<void>> Service::cancel(Context context, std::string id) {
    co_return co_await parts_.db.write(
        context.workspace, "invites.cancel",
        [context, id, now = parts_.clock.now()](db::WorkspaceTxn& txn) -> Result<void> {
            const Result<Invite> invite = get_own(txn, context, id);
            if (!invite) {
                return std::unexpected(invite.error());
            }
            store::remove(txn, id);
            record_invite(txn, context, *invite, "cancelled", now);
            return {};
        });
}

async::Task<Result<Joined>> Service::accept(accounts::Origin origin, AcceptRequest request) {
    const Timestamp now = parts_.clock.now();
    const std::string hash = mailer::token_hash(request.token);
    const Result<store::StoredInvite> stored = co_await parts_.db.read(
        "invites.find", [hash, now](db::Txn& txn) { return find_open(txn, hash, now); });
    if (!stored) {
        co_return std::unexpected(stored.error());
    }
    accounts::JoinRequest join{.email = stored->invite.email,
                               .name = std::move(request.name),
                               .password = std::move(request.password)};
    accounts::JoinStep step = [origin, hash, now](db::Txn& txn, const accounts::User& person,
                                                  bool is_new) {
        return take(txn, origin, hash, {.id = person.id, .is_new = is_new}, now);
    };
    const Result<accounts::User> user =
        co_await parts_.accounts.join(origin, std::move(join), std::move(step));
    if (!user) {
        co_return std::unexpected(user.error());
    }
    co_return Joined{.user = *user, .workspace = stored->workspace, .role = stored->invite.role};
}

}  // namespace wapi::invites
