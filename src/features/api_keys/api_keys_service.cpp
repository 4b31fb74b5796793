// The acts on keys, each with its audit entry, and whose request a key carries.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/metrics.hpp"
#include "base/names.hpp"
#include "features/api_keys/api_keys.hpp"
#include "features/api_keys/api_keys_rules.hpp"
#include "features/api_keys/api_keys_store.hpp"
#include "features/audit/audit.hpp"

namespace wapi::api_keys {
namespace {

namespace json = boost::json;

constexpr std::string_view refused_name = "wapi_api_key_refused_total";
constexpr std::string_view refused_help = "Requests whose API key was not accepted.";
const Counter refused_unknown{refused_name, refused_help, R"(reason="unknown")"};
const Counter refused_expired{refused_name, refused_help, R"(reason="expired")"};
const Counter refused_address{refused_name, refused_help, R"(reason="address")"};

void record(db::WorkspaceTxn& txn, const Context& context, std::string_view action,
            const std::string& id, const json::object& details, Timestamp now) {
    audit::record(txn, context,
                  {.action = action,
                   .resource_type = "api_key",
                   .resource_id = id,
                   .details = json::serialize(details)},
                  now);
}

json::array strings(const std::vector<std::string>& texts) {
    return json::array(texts.begin(), texts.end());
}

Result<Key> insert(db::WorkspaceTxn& txn, const Context& context, const Key& key,
                   const crypto::Digest& hash) {
    store::lock(txn);
    if (!access::hold_member(txn, key.made_by)) {
        return fail(wapi::errors::forbidden);  // removed since the request began
    }
    if (store::count(txn) >= static_cast<std::int64_t>(keys_max)) {
        return fail(errors::too_many_api_keys);
    }
    store::insert(txn, key, hash);
    record(txn, context, audit::actions::api_key_created, key.id,
           {{"name", key.name},
            {"prefix", key.prefix},
            {"permissions", access::names_of(key.permissions)},
            {"allowedNetworks", strings(key.networks)}},
           key.created_at);
    return key;
}

Result<Key> change_key(db::WorkspaceTxn& txn, const Context& context, const std::string& id,
                       const Change& change, Timestamp now) {
    const std::optional<Key> before = store::find(txn, id);
    if (!before) {
        return fail(errors::api_key_not_found);
    }
    if (before->made_by.value != context.actor.id && context.role != access::owner_role) {
        return fail(errors::api_key_of_another);
    }
    Key after = *before;
    after.name = change.name.value_or(before->name);
    after.networks = change.networks.value_or(before->networks);
    json::object details;
    if (after.name != before->name) {
        details["name"] = after.name;
    }
    if (after.networks != before->networks) {
        details["allowedNetworks"] = strings(after.networks);
    }
    if (!details.empty()) {
        store::update(txn, after);
        record(txn, context, audit::actions::api_key_updated, id, details, now);
    }
    return after;
}

void revoke_key(db::WorkspaceTxn& txn, const Context& context, const Key& key, json::object details,
                Timestamp now) {
    if (store::remove(txn, key.id)) {
        details["name"] = key.name;
        details["prefix"] = key.prefix;
        record(txn, context, audit::actions::api_key_revoked, key.id, details, now);
    }
}

/// Errors: as Service::authenticate.
Result<void> check(const std::optional<store::LiveKey>& live, const KeyParts& parts,
                   const Presented& presented, Timestamp now) {
    if (!live || !crypto::constant_time_equal(live->secret_hash, crypto::as_text(parts.hash))) {
        refused_unknown.add();
        return fail(wapi::errors::unauthorized);
    }
    if (live->key.expires_at && *live->key.expires_at <= now) {
        refused_expired.add();
        return fail(errors::api_key_expired);
    }
    if (!allows_address(live->key.networks, presented.ip)) {
        refused_address.add();
        return fail(errors::api_key_address_refused);
    }
    if (!presented.workspace.empty() && presented.workspace != live->workspace.value) {
        return fail(wapi::errors::not_found, "This API key is not of this workspace.");
    }
    return {};
}

/// Holds a key's id in the set while its use is written.
class Noting {
  public:
    Noting(std::shared_ptr<std::set<std::string>> ids, std::string id)
        : ids_(std::move(ids)), id_(std::move(id)) {}
    ~Noting() { ids_->erase(id_); }
    Noting(const Noting&) = delete;
    Noting& operator=(const Noting&) = delete;

  private:
    std::shared_ptr<std::set<std::string>> ids_;
    std::string id_;
};

}  // namespace

void revoke_all_of(db::WorkspaceTxn& txn, const Context& context, const UserId& user,
                   Timestamp now) {
    for (const Key& key : store::list_of(txn, user)) {
        revoke_key(txn, context, key, {{"reason", "maker_removed"}}, now);
    }
}

std::optional<access::Rights> find_rights(db::WorkspaceTxn& txn, std::string_view id,
                                          Timestamp now) {
    const std::optional<store::LiveKey> live = store::find_live_by_id(txn, id);
    if (!live || (live->key.expires_at && *live->key.expires_at <= now)) {
        return std::nullopt;
    }
    return access::decide_key_rights(live->maker, live->key.permissions);
}

async::Task<Result<NewKey>> Service::create(Context context, Draft draft) {
    const Timestamp now = parts_.clock.now();
    const Result<std::string> name = check_name(draft.name, "name");
    if (!name) {
        co_return std::unexpected(name.error());
    }
    if (const Result<void> sound = check_draft(draft, context.permissions, now); !sound) {
        co_return std::unexpected(sound.error());
    }
    const SecretString secret = make_key(parts_.rng);
    const KeyParts parts = *parse_key(secret.reveal());
    const Key key{.id = parts_.ids.uuid(),
                  .name = *name,
                  .prefix = parts.prefix,
                  .made_by = UserId(context.actor.id),
                  .permissions = draft.permissions,
                  .networks = draft.networks,
                  .created_at = now,
                  .expires_at = draft.expires_at,
                  .last_used_at = std::nullopt,
                  .last_used_ip = {}};
    const Result<Key> made =
        co_await parts_.db.write(context.workspace, "api_keys.create",
                                 [context, key, hash = parts.hash](db::WorkspaceTxn& txn) {
                                     return insert(txn, context, key, hash);
                                 });
    co_return made ? Result<NewKey>(NewKey{*made, secret}) : std::unexpected(made.error());
}

async::Task<Result<std::vector<Key>>> Service::list(Context context) {
    co_return co_await parts_.db.read(
        context.workspace, "api_keys.list",
        [](db::WorkspaceTxn& txn) -> Result<std::vector<Key>> { return store::list(txn); });
}

async::Task<Result<Key>> Service::change(Context context, std::string id, Change change) {
    if (change.name) {
        const Result<std::string> name = check_name(*change.name, "name");
        if (!name) {
            co_return std::unexpected(name.error());
        }
        change.name = *name;
    }
    if (change.networks) {
        if (const Result<void> sound = check_networks(*change.networks); !sound) {
            co_return std::unexpected(sound.error());
        }
    }
    co_return co_await parts_.db.write(
        context.workspace, "api_keys.change",
        [context, id, change, now = parts_.clock.now()](db::WorkspaceTxn& txn) {
            return change_key(txn, context, id, change, now);
        });
}

async::Task<Result<void>> Service::revoke(Context context, std::string id) {
    co_return co_await parts_.db.write(
        context.workspace, "api_keys.revoke",
        [context, id, now = parts_.clock.now()](db::WorkspaceTxn& txn) -> Result<void> {
            const std::optional<Key> key = store::find(txn, id);
            if (!key) {
                return fail(errors::api_key_not_found);
            }
            revoke_key(txn, context, *key, {}, now);
            return {};
        });
}

async::Task<Result<Context>> Service::authenticate(Presented presented) {
    const std::optional<KeyParts> parts = parse_key(presented.key.reveal());
    if (!parts) {
        refused_unknown.add();
        co_return fail(wapi::errors::unauthorized);
    }
    const std::optional<store::LiveKey> live = co_await parts_.db.read(
        "api_keys.authenticate",
        [prefix = parts->prefix](db::Txn& txn) { return store::find_live(txn, prefix); });
    const Timestamp now = parts_.clock.now();
    if (const Result<void> sound = check(live, *parts, presented, now); !sound) {
        if (sound.error().kind == &wapi::errors::unauthorized) {
            recent_.forget(crypto::as_text(parts->hash));
        }
        co_return std::unexpected(sound.error());
    }
    recent_.add(crypto::as_text(parts->hash));
    const std::string& id = live->key.id;
    if (is_use_stale(live->key.last_used_at, now) && noting_->insert(id).second) {
        parts_.tasks.spawn("api_keys.note_use", note_use(live->workspace, id, presented.ip));
    }
    const access::Rights rights = access::decide_key_rights(live->maker, live->key.permissions);
    Context context;
    context.workspace = live->workspace;
    context.actor = {ActorKind::api_key, id};
    context.permissions = rights.permissions;
    context.restrictions = rights.restrictions;
    context.suspended = rights.suspended;
    context.expires_at = live->key.expires_at;
    co_return context;
}

bool Service::is_known(std::string_view key) const {
    const std::optional<KeyParts> parts = parse_key(key);
    return !parts || recent_.contains(crypto::as_text(parts->hash));
}

async::Task<> Service::note_use(WorkspaceId workspace, std::string id, std::string ip) {
    const Noting noting(noting_, id);
    co_await parts_.db.write(workspace, "api_keys.note_use",
                             [id, ip, now = parts_.clock.now()](db::WorkspaceTxn& txn) {
                                 store::note_use(txn, id, ip, now);
                                 return true;
                             });
}

}  // namespace wapi::api_keys
