// Rotation of the master key: every workspace's data key is wrapped again by the current one.
//
// Secrets are not touched: they are sealed by the data key, which stays the same, so that whoever
// has both master keys reads on at any moment. What is still to be done is what the rows say, so a
// rotation that was killed goes on where it was, and one that is repeated finds nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "db/db.hpp"
#include "features/vault/vault.hpp"
#include "features/vault/vault_store.hpp"

namespace wapi::vault {

inline constexpr std::int64_t rotation_batch_max = 500;

struct RotationOptions {
    std::int64_t batch = 50;              ///< workspaces in one transaction
    std::chrono::milliseconds pause{10};  ///< after each, so that servers can write
};

struct Rotation {
    std::int64_t rotated = 0;   ///< data keys wrapped again
    std::int64_t unknown = 0;   ///< wrapped by a key that was not given; left as they are
    std::int64_t rejected = 0;  ///< changed since they were wrapped; left as they are
    std::string last_workspace{};
    bool finished = false;
};

/// One batch, of workspaces after `sum.last_workspace`, added to `sum`. Each rotated workspace has
/// its entry `token.rotated`, each whose key does not open `token.rejected`. A key that somebody
/// else has rotated meanwhile is nobody's here. Database thread; may run again.
Rotation rotate_batch(db::Txn& txn, const MasterKeys& keys, const RotationOptions& options,
                      Rotation sum, Rng& rng, Timestamp now);

struct Rotator {
    db::Db& db;
    MasterKeys keys;
    Rng& rng;
    const Clock& clock;
    RotationOptions options{};

    /// All batches. What the arguments name must outlive it.
    async::Task<Rotation> run();
};

struct Status {
    std::vector<KeyUse> keys;  ///< of data keys, by the master key that wraps them
    std::int64_t secrets = 0;
    std::int64_t on_current = 0;
    std::int64_t on_previous = 0;
    std::int64_t unknown = 0;  ///< neither key opens them
};

Status read_status(db::Txn& txn, const MasterKeys& keys);

/// Before a server begins: the database's data keys name the master key that wraps them. Errors:
/// Fault `config.token_master_key` in plain words when there are some and these keys open none;
/// where they open only a part, which a lost key may explain, that is an error in the log.
void check_keys(db::Txn& txn, const MasterKeys& keys);

}  // namespace wapi::vault
