// The acts on links, each in one transaction with its audit entries, and what the mailer asks for
// when a mail's turn has come.
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/network.hpp"
#include "features/account_links/account_links_letters.hpp"
#include "features/account_links/account_links_store.hpp"
#include "features/audit/audit.hpp"
#include "features/sessions/sessions.hpp"

namespace wapi::account_links {
namespace {

constexpr std::string_view reset_kind = "password_reset";
constexpr std::string_view changed_kind = "password_changed";
constexpr std::string_view verification_kind = "email_verification";
constexpr std::int64_t prune_rows_max = 100;  // with each new link, so that none pile up
constexpr std::chrono::hours keep_used{24};

/// What a wish says of the request that it came from.
std::string render_payload(const std::string& who, const accounts::Origin& origin) {
    return boost::json::serialize(boost::json::object{{"who", who},
                                                      {"ip", origin.ip},
                                                      {"userAgent", origin.user_agent},
                                                      {"requestId", origin.request_id}});
}

struct Payload {
    std::string who;  ///< e-mail address or user id
    accounts::Origin origin;
};

Payload read_payload(const std::string& text) {
    const boost::json::object object = boost::json::parse(text).as_object();
    const auto field = [&object](std::string_view name) {
        return std::string(object.at(name).as_string());
    };
    return {
        .who = field("who"),
        .origin = {
            .ip = field("ip"), .user_agent = field("userAgent"), .request_id = field("requestId")}};
}

Context acting(const accounts::Origin& origin, const UserId& user) {
    Context context;
    context.actor = {ActorKind::user, user.value};
    context.request_id = origin.request_id;
    context.ip = origin.ip;
    context.user_agent = origin.user_agent;
    return context;
}

/// Sets the password of whose token it is. Of two at once one finds it used.
Result<void> apply_reset(db::Txn& txn, const accounts::Origin& origin, const store::Shown& shown,
                         const std::string& hash) {
    const std::optional<accounts::User> user = store::find_open(txn, shown);
    if (!user || !store::use(txn, shown)) {
        return fail(errors::link_invalid);
    }
    accounts::set_password(txn, user->id, hash);
    accounts::verify_email(txn, *user, shown.now);
    sessions::end_all_of(txn, acting(origin, user->id), "password_reset", shown.now);
    accounts::record_person_act(txn, origin, {user->id, audit::actions::user_password_reset},
                                shown.now);
    return {};
}

}  // namespace

Service::Service(const Parts& parts) : parts_(parts) {
    using mailer::Wish;
    parts_.mailer.set_composer(reset_kind, [this](db::Txn& txn, const Wish& wish, Timestamp now) {
        return compose_reset(txn, wish, now);
    });
    parts_.mailer.set_composer(verification_kind,
                               [this](db::Txn& txn, const Wish& wish, Timestamp now) {
                                   return compose_verification(txn, wish, now);
                               });
    parts_.mailer.set_composer(changed_kind, [](db::Txn& txn, const Wish& wish, Timestamp) {
        const auto user = accounts::find_person(txn, UserId(read_payload(wish.payload).who));
        return user ? std::optional(changed_letter(*user)) : std::nullopt;
    });
}

async::Task<Result<void>> Service::ask_for_reset(accounts::Origin origin, std::string email) {
    if (const Result<void> ready = parts_.mailer.check(); !ready) {
        co_return ready;
    }
    const Result<std::string> address = accounts::normalize_email(email);
    if (!address) {
        co_return std::unexpected(address.error());
    }
    const mailer::Request mail{.to = *address, .asker = network_of(origin.ip)};
    if (const Result<void> counted = parts_.mailer.count(mail); !counted) {  // known or not
        co_return counted;
    }
    co_await parts_.db.write(
        "account_links.ask_for_reset",
        [&mailer = parts_.mailer, payload = render_payload(*address, origin),
         now = parts_.clock.now()](db::Txn& txn) {
            mailer.enqueue(txn, {.kind = reset_kind, .workspace = std::nullopt, .payload = payload},
                           now);
            return true;
        });
    parts_.mailer.wake();
    co_return Result<void>();
}

std::optional<mailer::Letter> Service::compose_reset(db::Txn& txn, const mailer::Wish& wish,
                                                     Timestamp now) const {
    const Payload payload = read_payload(wish.payload);
    const std::optional<accounts::User> user = accounts::find_person(txn, payload.who);
    if (!user || wish.created_at + reset_time <= now) {
        return std::nullopt;
    }
    const SecretString token = parts_.mailer.token(reset_kind, wish.seed);
    const store::Link link{.token_hash = mailer::token_hash(token.reveal()),
                           .kind = reset_kind,
                           .user = user->id,
                           .email = user->email,
                           .created_at = wish.created_at,
                           .expires_at = wish.created_at + reset_time};
    if (store::was_used_since(txn, link)) {
        return std::nullopt;
    }
    if (store::insert(txn, link)) {
        store::prune(txn, now - keep_used, prune_rows_max);
        accounts::record_person_act(txn, payload.origin,
                                    {user->id, audit::actions::user_password_reset_requested}, now);
    }
    return reset_letter(*user, parts_.mailer.link("/app/reset-password", token));
}

async::Task<Result<void>> Service::reset(accounts::Origin origin, NewPassword wanted) {
    const store::Shown shown{.kind = reset_kind,
                             .token_hash = mailer::token_hash(wanted.token.reveal()),
                             .now = parts_.clock.now()};
    const std::optional<accounts::User> user = co_await parts_.db.read(
        "account_links.find_reset", [shown](db::Txn& txn) { return store::find_open(txn, shown); });
    if (!user) {  // hashing is for who has a link
        co_return fail(errors::link_invalid);
    }
    const Result<std::string> hash =
        co_await parts_.accounts.hash_new_password(user->email, std::move(wanted.password));
    if (!hash) {
        co_return std::unexpected(hash.error());
    }
    const Result<void> done = co_await parts_.db.write(
        "account_links.reset",
        [this, origin, shown, hash = *hash, owner = *user](db::Txn& txn) -> Result<void> {
            const Result<void> applied = apply_reset(txn, origin, shown, hash);
            if (applied) {
                note_password_change(txn, origin, owner);
            }
            return applied;
        });
    parts_.mailer.wake();
    co_return done;
}

void Service::note_password_change(db::Txn& txn, const accounts::Origin& origin,
                                   const accounts::User& user) {
    const Timestamp now = parts_.clock.now();
    store::use_all(txn, user.id, reset_kind, now);
    if (parts_.mailer.check()) {
        parts_.mailer.enqueue(txn,
                              {.kind = changed_kind,
                               .workspace = {},
                               .payload = render_payload(user.id.value, origin)},
                              now);
    }
}

accounts::Hooks Service::hooks(accounts::SecondFactor* second_factor) {
    return {.second_factor = second_factor,
            .signed_up = [this](db::Txn& txn, const accounts::User& user) { greet(txn, user); },
            .password_changed =
                [this](db::Txn& txn, const accounts::Origin& origin, const accounts::User& user) {
                    note_password_change(txn, origin, user);
                },
            .committed = [this] { parts_.mailer.wake(); }};
}

void Service::greet(db::Txn& txn, const accounts::User& user) {
    if (parts_.mailer.check()) {
        parts_.mailer.enqueue(txn,
                              {.kind = verification_kind,
                               .workspace = std::nullopt,
                               .payload = render_payload(user.id.value, {})},
                              parts_.clock.now());
    }
}

async::Task<Result<bool>> Service::ask_for_verification(Context context) {
    if (const Result<void> ready = parts_.mailer.check(); !ready) {
        co_return std::unexpected(ready.error());
    }
    const std::optional<accounts::User> user = co_await parts_.db.read(
        "account_links.find_user",
        [id = UserId(context.actor.id)](db::Txn& txn) { return accounts::find_person(txn, id); });
    if (!user || user->email_verified) {
        co_return false;
    }
    const mailer::Request mail{.to = user->email, .asker = network_of(context.ip)};
    if (const Result<void> counted = parts_.mailer.count(mail); !counted) {
        co_return std::unexpected(counted.error());
    }
    co_await parts_.db.write("account_links.ask_for_verification",
                             [this, person = *user](db::Txn& txn) {
                                 greet(txn, person);
                                 return true;
                             });
    parts_.mailer.wake();
    co_return true;
}

std::optional<mailer::Letter> Service::compose_verification(db::Txn& txn, const mailer::Wish& wish,
                                                            Timestamp now) const {
    const auto user = accounts::find_person(txn, UserId(read_payload(wish.payload).who));
    if (!user || user->email_verified || wish.created_at + verification_time <= now) {
        return std::nullopt;
    }
    const SecretString token = parts_.mailer.token(verification_kind, wish.seed);
    if (store::insert(txn, {.token_hash = mailer::token_hash(token.reveal()),
                            .kind = verification_kind,
                            .user = user->id,
                            .email = user->email,
                            .created_at = wish.created_at,
                            .expires_at = wish.created_at + verification_time})) {
        store::prune(txn, now - keep_used, prune_rows_max);
    }
    return verification_letter(*user, parts_.mailer.link("/app/verify-email", token));
}

async::Task<Result<void>> Service::verify(accounts::Origin origin, SecretString token) {
    const store::Shown shown{.kind = verification_kind,
                             .token_hash = mailer::token_hash(token.reveal()),
                             .now = parts_.clock.now()};
    co_return co_await parts_.db.write(
        "account_links.verify", [origin, shown](db::Txn& txn) -> Result<void> {
            const std::optional<accounts::User> user = store::find_open(txn, shown);
            if (!user || !store::use(txn, shown)) {
                return fail(errors::link_invalid);
            }
            if (accounts::verify_email(txn, *user, shown.now)) {
                accounts::record_person_act(
                    txn, origin, {user->id, audit::actions::user_email_verified}, shown.now);
            }
            return {};
        });
}

}  // namespace wapi::account_links
