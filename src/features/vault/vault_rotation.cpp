#include "features/vault/vault_rotation.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/json.hpp"
#include "base/log.hpp"
#include "features/audit/audit.hpp"
#include "features/vault/vault_rules.hpp"

namespace wapi::vault {
namespace {

void record(db::WorkspaceTxn& txn, std::string_view action, const WrappedKey& old,
            const MasterKey& current, Timestamp now) {
    audit::record(txn, audit::system_context(txn.workspace(), ""),
                  {.action = action,
                   .resource_type = "data_key",
                   .resource_id = txn.workspace().value,
                   .details = json::render(
                       json::object{{"fromKeyId", old.master_key_id}, {"toKeyId", current.id()}})},
                  now);
}

void rotate_one(db::WorkspaceTxn& txn, const MasterKeys& keys, const WrappedKey& old, Rng& rng,
                Timestamp now, Rotation& sum) {
    const MasterKey* key = keys.find(old.master_key_id);
    if (key == nullptr) {
        ++sum.unknown;
        return;
    }
    const MasterKey& current = keys.current();
    const std::optional<SecretString> data_key =
        unwrap_data_key(key->reveal(), key->id(), txn.workspace(), old.wrapped);
    if (!data_key) {
        log::error("vault.data_key_rejected", {{"workspace", txn.workspace().value}});
        record(txn, audit::actions::token_rejected, old, current, now);
        ++sum.rejected;
        return;
    }
    const WrappedKey wrapped{current.id(), wrap_data_key(current.reveal(), current.id(),
                                                         txn.workspace(), *data_key, rng)};
    if (replace_key(txn, old.master_key_id, wrapped)) {
        record(txn, audit::actions::token_rotated, old, current, now);
        ++sum.rotated;
    }
}

}  // namespace

Rotation rotate_batch(db::Txn& txn, const MasterKeys& keys, const RotationOptions& options,
                      Rotation sum, Rng& rng, Timestamp now) {
    const std::int64_t limit = std::clamp<std::int64_t>(options.batch, 1, rotation_batch_max);
    const std::vector<WorkspaceKey> old =
        list_other_keys(txn, keys.current().id(), WorkspaceId(sum.last_workspace), limit);
    for (const WorkspaceKey& item : old) {
        db::WorkspaceTxn bound(txn, item.workspace);
        rotate_one(bound, keys, item.key, rng, now, sum);
        sum.last_workspace = item.workspace.value;
    }
    sum.finished = std::ssize(old) < limit;
    return sum;
}

async::Task<Rotation> Rotator::run() {
    Rotation sum;
    while (!sum.finished) {
        sum = co_await db.write("vault.rotate", [keys = keys, options = options, sum, &rng = rng,
                                                 now = clock.now()](db::Txn& txn) {
            return rotate_batch(txn, keys, options, sum, rng, now);
        });
        if (!sum.finished) {
            co_await async::sleep_for(options.pause);
        }
    }
    co_return sum;
}

Status read_status(db::Txn& txn, const MasterKeys& keys) {
    Status status{.keys = count_keys(txn), .secrets = count_secrets(txn)};
    for (const KeyUse& use : status.keys) {
        const MasterKey* key = keys.find(use.master_key_id);
        std::int64_t& count = key == nullptr           ? status.unknown
                              : key == &keys.current() ? status.on_current
                                                       : status.on_previous;
        count += use.workspaces;
    }
    return status;
}

void check_keys(db::Txn& txn, const MasterKeys& keys) {
    const Status status = read_status(txn, keys);
    if (status.unknown == 0) {
        return;
    }
    std::vector<std::string> others;
    for (const KeyUse& use : status.keys) {
        if (keys.find(use.master_key_id) == nullptr) {
            others.push_back(use.master_key_id);
        }
    }
    const std::string ids = fmt::format("{}", fmt::join(others, ", "));
    if (status.on_current + status.on_previous > 0) {
        log::error("vault.keys_unknown", {{"workspaces", status.unknown}, {"keyIds", ids}});
        return;
    }
    throw Fault(
        "config.token_master_key",
        fmt::format("TOKEN_MASTER_KEY (id {}) is not the key of this database, whose {} data "
                    "keys are wrapped by: {}. Give that key, or to replace it give it as "
                    "TOKEN_MASTER_KEY_PREVIOUS",
                    keys.current().id(), status.unknown, ids));
}

}  // namespace wapi::vault
