// The vault: access tokens and PINs, sealed at rest, cached for a short time in locked, wiped
// memory.
//
// Envelope encryption: TOKEN_MASTER_KEY wraps one random data key per workspace, and the data key
// seals each secret with AES-256-GCM; the associated data names workspace, secret and version, so
// that a ciphertext moved to another row does not open. Source: architecture.md section 8.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/rng.hpp"
#include "db/db.hpp"
#include "db/txn.hpp"

namespace wapi::vault {

namespace errors {
inline const ErrorKind secret_not_found{"secret_not_found", 404, RetryClass::never,
                                        "This workspace has no such secret."};
inline const ErrorKind vault_secret_invalid{
    "vault_secret_invalid", 500, RetryClass::never,
    "A stored secret cannot be opened; connect the account again or ask the operator."};
inline const ErrorKind secret_store_unavailable{
    "secret_store_unavailable", 503, RetryClass::transient,
    "The store of the access tokens does not answer; repeat in a moment."};
inline const ErrorKind secret_store_refused{
    "secret_store_refused", 500, RetryClass::never,
    "The store of the access tokens refuses; the operator finds the reason in the log."};
}  // namespace errors

inline constexpr std::chrono::seconds cache_time{60};
inline constexpr std::chrono::seconds sweep_interval{10};
inline constexpr std::size_t cache_entries_max = 10'000;
inline constexpr std::size_t secret_bytes_max = 4'096;

/// A key-encryption key. Copies share one wiped buffer.
class MasterKey {
  public:
    /// 64 hex characters; `setting` is where they come from. Errors: Fault
    /// `config.token_master_key` in plain words when the text is not hex, of another length, or
    /// plainly not random (few different bytes, a repeated or counted pattern).
    explicit MasterKey(const SecretString& hex, std::string_view setting = "TOKEN_MASTER_KEY");
    /// First 8 hex characters of SHA-256("wapi-kek" || key): tells which key wrapped a data key.
    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] std::string_view reveal() const { return key_.reveal(); }

  private:
    SecretString key_;
    std::string id_;
};

/// The keys that may have wrapped a data key: the current one wraps, both unwrap.
class MasterKeys {
  public:
    /// Errors: Fault `config.token_master_key` when both are the same.
    explicit MasterKeys(MasterKey current, std::optional<MasterKey> previous = std::nullopt);
    [[nodiscard]] const MasterKey& current() const { return current_; }
    [[nodiscard]] const std::optional<MasterKey>& previous() const { return previous_; }
    /// The one of this id; nullptr when it is neither.
    [[nodiscard]] const MasterKey* find(std::string_view id) const;

  private:
    MasterKey current_;
    std::optional<MasterKey> previous_;
};

/// Lets database threads of this process open what these master keys have wrapped, as long as it
/// lives. Any thread. Several may live at once: keys are found by id.
class KeyRing {
  public:
    explicit KeyRing(const MasterKeys& keys);
    ~KeyRing();
    KeyRing(const KeyRing&) = delete;
    KeyRing& operator=(const KeyRing&) = delete;

  private:
    std::vector<MasterKey> keys_;
};

/// A key of 32 bytes that the workspace has for one purpose, derived from its data key, so that a
/// rotation of the master key does not change it. Needs a KeyRing. Database thread. Errors:
/// vault_secret_invalid; secret_not_found when the workspace has no data key.
Result<SecretString> find_purpose_key(db::WorkspaceTxn& txn, std::string_view purpose);
/// The same, with a data key made where there is none: by the current key of the ring that lives
/// longest.
Result<SecretString> purpose_key_or_new(db::WorkspaceTxn& txn, std::string_view purpose, Rng& rng,
                                        Timestamp now);
/// Seals text by such a key; `name` tells what it is and must be given again to open it.
std::string seal_text(const SecretString& key, std::string_view name, const SecretString& text,
                      Rng& rng);
/// Nothing when the key or name is another, or the bytes were changed.
std::optional<SecretString> open_text(const SecretString& key, std::string_view name,
                                      std::string_view sealed);

/// Where secrets are kept. The database is one; a cloud's secret store can be another.
class SecretBackend {
  public:
    virtual ~SecretBackend() = default;
    /// Stores or replaces; the audit entry `token.stored` is written with it.
    virtual async::Task<Result<void>> store(Context context, std::string name,
                                            SecretString secret) = 0;
    /// Errors: secret_not_found, vault_secret_invalid, secret_store_unavailable,
    /// secret_store_refused.
    virtual async::Task<Result<SecretString>> read(Context context, std::string name) = 0;
    virtual async::Task<Result<void>> remove(Context context, std::string name) = 0;
};

/// A secret as the database holds it.
struct Held {
    std::int64_t version = 0;
    std::optional<SecretString> secret;  ///< nothing: it was retired
};

/// Secrets sealed in wApi's own database. The functions on WorkspaceTxn let a caller store a secret
/// in the transaction of its own act.
class DatabaseBackend final : public SecretBackend {
  public:
    DatabaseBackend(db::Db& db, MasterKeys master_keys, Rng& rng, const Clock& clock)
        : db_(db),
          master_keys_(std::move(master_keys)),
          ring_(master_keys_),
          rng_(rng),
          clock_(clock) {}
    DatabaseBackend(db::Db& db, MasterKey master_key, Rng& rng, const Clock& clock)
        : DatabaseBackend(db, MasterKeys(std::move(master_key)), rng, clock) {}

    async::Task<Result<void>> store(Context context, std::string name,
                                    SecretString secret) override;
    async::Task<Result<SecretString>> read(Context context, std::string name) override;
    async::Task<Result<void>> remove(Context context, std::string name) override;

    /// What the database holds of a secret that is being moved elsewhere. Errors: secret_not_found,
    /// vault_secret_invalid.
    async::Task<Result<Held>> hold(WorkspaceId workspace, std::string name);
    /// Deletes what is kept elsewhere now, without an entry of its own; all there is, or only what
    /// was held. False when there was nothing.
    async::Task<bool> discard(WorkspaceId workspace, std::string name,
                              std::optional<std::int64_t> version = std::nullopt);
    /// Removes a secret as `remove` does, and leaves word for who may be moving it.
    async::Task<Result<void>> retire(Context context, std::string name);

    /// Errors: vault_secret_invalid when the workspace's data key does not open with any of the
    /// master keys.
    Result<void> store_secret(db::WorkspaceTxn& txn, std::string_view name,
                              const SecretString& secret, Timestamp now);
    Result<SecretString> read_secret(db::WorkspaceTxn& txn, std::string_view name) const;
    /// As retire, without its audit entry. Errors: secret_not_found.
    Result<void> retire_secret(db::WorkspaceTxn& txn, std::string_view name, Timestamp now);

  private:
    Result<SecretString> data_key_or_new(db::WorkspaceTxn& txn, Timestamp now);
    db::Db& db_;
    MasterKeys master_keys_;
    KeyRing ring_;
    Rng& rng_;
    const Clock& clock_;
};

struct SecretId {
    WorkspaceId workspace;
    std::string name;
};

/// The secrets in the database by workspace and name, at most `limit`, after this one. System
/// scope.
std::vector<SecretId> list_secrets(db::Txn& txn, const SecretId& after, std::int64_t limit);

/// What features use: a backend behind a cache. Network thread only.
class Vault {
  public:
    Vault(SecretBackend& backend, db::Db& db, const Clock& clock,
          std::chrono::milliseconds keep = cache_time)
        : backend_(backend), db_(db), clock_(clock), keep_(keep) {}

    /// Errors: those of the backend. One that does not open is audited as `token.rejected`, at
    /// most once a minute, workspace and name; so it is by read.
    async::Task<Result<void>> store(Context context, std::string name, SecretString secret);
    /// From the cache, or cold from the backend. A cold read leaves the audit entry
    /// `token.accessed`, at most once a minute and workspace. Errors: secret_not_found,
    /// vault_secret_invalid, secret_store_unavailable, secret_store_refused.
    async::Task<Result<SecretString>> read(Context context, std::string name);
    async::Task<Result<void>> remove(Context context, std::string name);
    /// Begins to drop cached secrets when their time is over, asked for again or not.
    void start(async::Tasks& tasks);
    /// Secrets in memory now.
    [[nodiscard]] std::size_t cached() const { return cache_.size(); }
    /// Drops a cached secret, after Meta refused it.
    void forget(const WorkspaceId& workspace, std::string_view name);

  private:
    using Key = std::pair<std::string, std::string>;
    struct Cached {
        SecretString secret;
        Timestamp expires;
    };
    void remember(Key key, SecretString secret);
    void drop_expired(Timestamp now);
    async::Task<> sweep(async::Tasks& tasks);
    async::Task<> record(Context context, std::string_view action, std::string name);
    async::Task<> record_once(Key entry, Context context, std::string_view action,
                              std::string name);
    async::Task<> audit_failure(Context context, std::string name, Error error);
    [[nodiscard]] bool is_due(const Key& entry, Timestamp now) const;
    SecretBackend& backend_;
    db::Db& db_;
    const Clock& clock_;
    std::chrono::milliseconds keep_;  ///< how long a secret stays in memory
    std::map<Key, Cached> cache_;
    /// When an entry was last written: (workspace, "") token.accessed, (workspace, name)
    /// token.rejected.
    std::map<Key, Timestamp> audited_;
    std::unique_ptr<async::Signal> stopped_;  ///< ends the pause between two sweeps
    std::uint64_t changes_ = 0;  ///< a cold read that began before a change is not cached
};

}  // namespace wapi::vault
