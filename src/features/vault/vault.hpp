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
#include <string>
#include <string_view>
#include <utility>

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
}  // namespace errors

inline constexpr std::chrono::seconds cache_time{60};
inline constexpr std::chrono::seconds sweep_interval{10};
inline constexpr std::size_t cache_entries_max = 10'000;
inline constexpr std::size_t secret_bytes_max = 4'096;

/// The key-encryption key from TOKEN_MASTER_KEY. Copies share one wiped buffer.
class MasterKey {
  public:
    /// 64 hex characters. Errors: Fault `config.token_master_key` in plain words when the text is
    /// not hex, of another length, or plainly not random (few different bytes, a repeated or
    /// counted pattern).
    explicit MasterKey(const SecretString& hex);
    /// First 8 hex characters of SHA-256("wapi-kek" || key): tells which key wrapped a data key.
    [[nodiscard]] const std::string& id() const { return id_; }
    [[nodiscard]] std::string_view reveal() const { return key_.reveal(); }

  private:
    SecretString key_;
    std::string id_;
};

/// Where secrets are kept. The database is one; a cloud's secret store can be another.
class SecretBackend {
  public:
    virtual ~SecretBackend() = default;
    /// Stores or replaces; the audit entry `token.stored` is written with it.
    virtual async::Task<Result<void>> store(Context context, std::string name,
                                            SecretString secret) = 0;
    /// Errors: secret_not_found, vault_secret_invalid.
    virtual async::Task<Result<SecretString>> read(Context context, std::string name) = 0;
    virtual async::Task<Result<void>> remove(Context context, std::string name) = 0;
};

/// Secrets sealed in wApi's own database. The functions on WorkspaceTxn let a caller store a secret
/// in the transaction of its own act.
class DatabaseBackend final : public SecretBackend {
  public:
    DatabaseBackend(db::Db& db, MasterKey master_key, Rng& rng, const Clock& clock)
        : db_(db), master_key_(std::move(master_key)), rng_(rng), clock_(clock) {}

    async::Task<Result<void>> store(Context context, std::string name,
                                    SecretString secret) override;
    async::Task<Result<SecretString>> read(Context context, std::string name) override;
    async::Task<Result<void>> remove(Context context, std::string name) override;

    /// Errors: vault_secret_invalid when the workspace's data key does not open (another master
    /// key).
    Result<void> store_secret(db::WorkspaceTxn& txn, std::string_view name,
                              const SecretString& secret, Timestamp now);
    Result<SecretString> read_secret(db::WorkspaceTxn& txn, std::string_view name) const;

  private:
    Result<SecretString> data_key(db::WorkspaceTxn& txn) const;
    Result<SecretString> data_key_or_new(db::WorkspaceTxn& txn, Timestamp now);
    db::Db& db_;
    MasterKey master_key_;
    Rng& rng_;
    const Clock& clock_;
};

/// What features use: a backend behind a cache. Network thread only.
class Vault {
  public:
    Vault(SecretBackend& backend, db::Db& db, const Clock& clock)
        : backend_(backend), db_(db), clock_(clock) {}

    async::Task<Result<void>> store(Context context, std::string name, SecretString secret);
    /// From the cache, or cold from the backend. A cold read leaves the audit entry
    /// `token.accessed`, at most once a minute and workspace. Errors: secret_not_found,
    /// vault_secret_invalid.
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
    async::Task<> audit_access(Context context, std::string name, Timestamp now);
    SecretBackend& backend_;
    db::Db& db_;
    const Clock& clock_;
    std::map<Key, Cached> cache_;
    std::map<std::string, Timestamp> audited_;  ///< workspace -> newest token.accessed
    std::unique_ptr<async::Signal> stopped_;    ///< ends the pause between two sweeps
    std::uint64_t changes_ = 0;  ///< a cold read that began before a change is not cached
};

}  // namespace wapi::vault
