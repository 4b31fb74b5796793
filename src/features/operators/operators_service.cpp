// Acts of and on operators. Their entries are in the installation's own log, those on a workspace
// in the workspace's.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "features/audit/audit.hpp"
#include "features/operators/operators_store.hpp"

namespace wapi::operators {
namespace {

constexpr std::string_view token_prefix = "wop_";
constexpr std::size_t token_random_bytes = 32;

std::string hash_of(std::string_view token) {
    return std::string(crypto::as_text(crypto::sha256(token)));
}

Context context_of(const Origin& origin, const std::string& operator_id) {
    Context context;
    context.workspace = WorkspaceId(platform_workspace);
    context.actor = {ActorKind::platform_operator, operator_id};
    context.ip = origin.ip;
    context.user_agent = origin.user_agent;
    context.request_id = origin.request_id;
    return context;
}

void record(db::Txn& txn, const Context& context, std::string_view action,
            const std::string& operator_id, Timestamp now) {
    db::WorkspaceTxn log(txn, WorkspaceId(platform_workspace));
    audit::record(log, context,
                  {.action = action, .resource_type = "operator", .resource_id = operator_id}, now);
}

Context by_command_line() { return audit::system_context(WorkspaceId(platform_workspace), {}); }

/// False when the operator was removed while a login was under way, or removed and made again.
bool still_stored(db::Txn& txn, const store::StoredOperator& known) {
    const std::optional<store::StoredOperator> stored = store::find(txn, known.who.email);
    return stored && stored->who.id == known.who.id && stored->password_hash == known.password_hash;
}

/// Errors: not_found.
Result<Tenant> find_tenant(db::WorkspaceTxn& txn) {
    std::optional<Tenant> tenant = store::find_tenant(txn);
    return tenant ? Result<Tenant>(*std::move(tenant))
                  : fail(wapi::errors::not_found, "There is no such workspace.");
}

/// Errors: not_found.
Result<Tenant> set_suspended(db::WorkspaceTxn& txn, Context context, std::optional<Timestamp> since,
                             const std::string& reason, Timestamp now) {
    if (store::set_suspended(txn, since, reason)) {
        context.workspace = txn.workspace();
        audit::record(
            txn, context,
            {.action =
                 since ? audit::actions::workspace_suspended : audit::actions::workspace_resumed,
             .resource_type = "workspace",
             .resource_id = txn.workspace().value,
             .details = boost::json::serialize(since ? boost::json::object{{"reason", reason}}
                                                     : boost::json::object())},
            now);
    }
    return find_tenant(txn);
}

/// Errors: invalid_request.
Result<void> set_plan(db::WorkspaceTxn& txn, const Context& context, const Tenant& before,
                      const std::string& plan, Timestamp now) {
    if (!rate_limits::find_default(rate_limits::plans, plan)) {
        return fail_field(wapi::errors::invalid_request, "plan", "There is no such plan.");
    }
    if (store::set_plan(txn, plan)) {
        const boost::json::object details{
            {"changed", boost::json::array{"plan"}}, {"planBefore", before.plan}, {"plan", plan}};
        audit::record(txn, context,
                      {.action = audit::actions::settings_updated,
                       .resource_type = "workspace",
                       .resource_id = txn.workspace().value,
                       .details = boost::json::serialize(details)},
                      now);
    }
    return {};
}

/// Errors: not_found, invalid_request.
Result<Tenant> change(db::WorkspaceTxn& txn, Context context, const TenantChange& wanted,
                      Timestamp now) {
    const Result<Tenant> before = find_tenant(txn);
    if (!before) {
        return before;
    }
    context.workspace = txn.workspace();
    if (wanted.plan) {
        if (const auto done = set_plan(txn, context, *before, *wanted.plan, now); !done) {
            return std::unexpected(done.error());
        }
    }
    if (wanted.sets_limit && wanted.own_limit != before->own_limit) {
        const auto done = rate_limits::change_limit(txn.txn(),
                                                    {.kind = rate_limits::Kind::workspace,
                                                     .name = txn.workspace().value,
                                                     .per_minute = wanted.own_limit,
                                                     .by = context},
                                                    now);
        if (!done) {
            return std::unexpected(done.error());
        }
    }
    return find_tenant(txn);
}

}  // namespace

Service::Service(const Parts& parts, passwords::Cost cost)
    : parts_(parts), hasher_(parts.pool, cost) {}

async::Task<Result<Operator>> Service::create(NewOperator wanted) {
    if (const Result<void> strong = passwords::check_strength(wanted.password, wanted.email);
        !strong) {
        co_return std::unexpected(strong.error());
    }
    const Result<std::string> hash = co_await hasher_.hash(std::move(wanted.password));
    if (!hash) {
        co_return std::unexpected(hash.error());
    }
    const Timestamp now = parts_.clock.now();
    const store::StoredOperator stored{.who = {.id = parts_.ids.uuid(),
                                               .email = wanted.email,
                                               .name = wanted.name,
                                               .created_at = now},
                                       .password_hash = *hash};
    co_return co_await parts_.db.write(
        "operators.create", [stored, now](db::Txn& txn) -> Result<Operator> {
            if (!store::insert(txn, stored)) {
                return fail_field(errors::operator_exists, "email");
            }
            record(txn, by_command_line(), audit::actions::operator_created, stored.who.id, now);
            return stored.who;
        });
}

async::Task<std::vector<Operator>> Service::list() {
    std::vector<Operator> all =
        co_await parts_.db.read("operators.list", [](db::Txn& txn) { return store::list(txn); });
    co_return all;
}

async::Task<Result<void>> Service::remove(std::string email) {
    co_return co_await parts_.db.write(
        "operators.remove", [email, now = parts_.clock.now()](db::Txn& txn) -> Result<void> {
            const std::optional<store::StoredOperator> stored = store::find(txn, email);
            if (!stored) {
                return fail(errors::operator_not_found);
            }
            store::remove(txn, stored->who.id);
            record(txn, by_command_line(), audit::actions::operator_removed, stored->who.id, now);
            return {};
        });
}

async::Task<Result<Login>> Service::login(Origin origin, std::string email_input,
                                          SecretString password) {
    const std::string email = text::to_lower_ascii(text::trim(email_input));
    if (password.size() > passwords::bytes_max) {
        co_return fail(errors::operator_login_refused);
    }
    if (const auto wait = throttle_->begin(email, origin.ip, parts_.clock.now())) {
        Error error = fail(errors::operator_login_throttled).error();
        error.retry_after = *wait;
        co_return std::unexpected(std::move(error));
    }
    login_throttle::Attempt attempt(throttle_, email, origin.ip);
    const std::optional<store::StoredOperator> stored = co_await parts_.db.read(
        "operators.find", [email](db::Txn& txn) { return store::find(txn, email); });
    const Result<bool> matches = co_await hasher_.verify(
        std::move(password), stored ? stored->password_hash : std::string());
    if (!matches) {
        co_return std::unexpected(matches.error());
    }
    const Timestamp now = parts_.clock.now();
    const std::string id = stored ? stored->who.id : std::string();
    if (!*matches) {
        attempt.fail();
        co_await parts_.db.write(
            "operators.login_failed", [context = context_of(origin, id), id, now](db::Txn& txn) {
                record(txn, context, audit::actions::operator_login_failed, id, now);
                return true;
            });
        co_return fail(errors::operator_login_refused);
    }
    attempt.succeed();
    std::string random(token_random_bytes, '\0');
    parts_.rng.fill(std::as_writable_bytes(std::span(random)));
    const SecretString token(std::string(token_prefix) + crypto::base64url_encode(random));
    wipe(random);
    const store::Session session{.token_hash = hash_of(token.reveal()),
                                 .operator_id = id,
                                 .created_at = now,
                                 .expires_at = now + session_time};
    const bool opened = co_await parts_.db.write(
        "operators.login",
        [context = context_of(origin, id), session, now, known = *stored](db::Txn& txn) {
            if (!still_stored(txn, known)) {
                return false;
            }
            store::insert_session(txn, session);
            record(txn, context, audit::actions::operator_login, session.operator_id, now);
            return true;
        });
    if (!opened) {
        co_return fail(errors::operator_login_refused);
    }
    co_return Login{.token = token, .who = stored->who, .expires_at = session.expires_at};
}

async::Task<Result<void>> Service::logout(SecretString token) {
    co_return co_await parts_.db.write(
        "operators.logout", [hash = hash_of(token.reveal())](db::Txn& txn) -> Result<void> {
            store::remove_session(txn, hash);
            return {};
        });
}

async::Task<Result<Context>> Service::authenticate(std::string token, Context asked) {
    if (!token.starts_with(token_prefix)) {
        co_return fail(wapi::errors::unauthorized);
    }
    const std::optional<std::string> id = co_await parts_.db.read(
        "operators.authenticate", [hash = hash_of(token), now = parts_.clock.now()](db::Txn& txn) {
            return store::find_session(txn, hash, now);
        });
    if (!id) {
        co_return fail(wapi::errors::unauthorized);
    }
    co_return context_of({asked.ip, asked.user_agent, asked.request_id}, *id);
}

async::Task<std::vector<Tenant>> Service::list_workspaces(TenantFilter filter) {
    std::vector<Tenant> tenants = co_await parts_.db.read(
        "operators.list_workspaces",
        [filter](db::Txn& txn) { return store::list_tenants(txn, filter); });
    co_return tenants;
}

async::Task<Result<Tenant>> Service::change(Context context, WorkspaceId workspace,
                                            TenantChange wanted) {
    co_return co_await parts_.db.write(
        std::move(workspace), "operators.change",
        [context, wanted, now = parts_.clock.now()](db::WorkspaceTxn& txn) {
            return operators::change(txn, context, wanted, now);
        });
}

async::Task<Result<Tenant>> Service::suspend(Context context, WorkspaceId workspace,
                                             std::string reason) {
    co_return co_await parts_.db.write(
        std::move(workspace), "operators.suspend",
        [context, reason, now = parts_.clock.now()](db::WorkspaceTxn& txn) {
            return set_suspended(txn, context, now, reason, now);
        });
}

async::Task<Result<Tenant>> Service::resume(Context context, WorkspaceId workspace) {
    co_return co_await parts_.db.write(std::move(workspace), "operators.resume",
                                       [context, now = parts_.clock.now()](db::WorkspaceTxn& txn) {
                                           return set_suspended(txn, context, std::nullopt, {},
                                                                now);
                                       });
}

}  // namespace wapi::operators
