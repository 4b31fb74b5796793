// The cache before a backend: short-lived, bounded, wiped when dropped; and the audit of cold
// reads.
#include "features/audit/audit.hpp"
#include "features/vault/vault.hpp"

namespace wapi::vault {
namespace {

constexpr std::chrono::seconds audit_interval{60};

}  // namespace

async::Task<Result<void>> Vault::store(Context context, std::string name, SecretString secret) {
    Result<void> stored = co_await backend_.store(context, name, std::move(secret));
    forget(context.workspace, name);
    if (!stored) {
        co_await audit_failure(std::move(context), std::move(name), stored.error());
    }
    co_return stored;
}

async::Task<Result<SecretString>> Vault::read(Context context, std::string name) {
    const Timestamp now = clock_.now();
    Key key{context.workspace.value, name};
    if (const auto found = cache_.find(key); found != cache_.end() && found->second.expires > now) {
        co_return found->second.secret;
    }
    const std::uint64_t changes_before = changes_;
    Result<SecretString> secret = co_await backend_.read(context, name);
    if (!secret) {
        co_await audit_failure(std::move(context), std::move(name), secret.error());
        co_return secret;
    }
    Key entry{context.workspace.value, ""};
    co_await record_once(std::move(entry), std::move(context), audit::actions::token_accessed,
                         std::move(name));
    if (changes_ == changes_before) {
        remember(std::move(key), *secret);
    }
    co_return secret;
}

async::Task<Result<void>> Vault::remove(Context context, std::string name) {
    Result<void> removed = co_await backend_.remove(context, name);
    forget(context.workspace, name);
    co_return removed;
}

void Vault::forget(const WorkspaceId& workspace, std::string_view name) {
    ++changes_;
    cache_.erase(Key{workspace.value, std::string(name)});
}

void Vault::remember(Key key, SecretString secret) {
    const Timestamp now = clock_.now();
    drop_expired(now);
    if (keep_ == std::chrono::milliseconds(0)) {
        return;
    }
    if (cache_.size() >= cache_entries_max) {
        cache_.clear();
    }
    cache_.insert_or_assign(std::move(key), Cached{std::move(secret), now + keep_});
}

void Vault::start(async::Tasks& tasks) {
    stopped_ = std::make_unique<async::Signal>(tasks.io());
    tasks.on_stop([this] { stopped_->notify(); });
    tasks.spawn("vault.sweep", sweep(tasks));
}

async::Task<> Vault::sweep(async::Tasks& tasks) {
    do {
        co_await stopped_->wait_for(sweep_interval);
        drop_expired(clock_.now());
    } while (!tasks.stopping());
}

void Vault::drop_expired(Timestamp now) {
    std::erase_if(cache_, [now](const auto& item) { return item.second.expires <= now; });
    std::erase_if(audited_,
                  [now](const auto& item) { return now - item.second >= audit_interval; });
}

bool Vault::is_due(const Key& entry, Timestamp now) const {
    const auto found = audited_.find(entry);
    return found == audited_.end() || now - found->second >= audit_interval;
}

/// What does not open may be an attack: the workspace's log shows it, however often it is tried.
async::Task<> Vault::audit_failure(Context context, std::string name, Error error) {
    if (error.kind == &errors::vault_secret_invalid) {
        Key entry{context.workspace.value, name};
        co_await record_once(std::move(entry), std::move(context), audit::actions::token_rejected,
                             std::move(name));
    }
}

/// Of many that come at once, one writes; an entry that a fault took away is written by the next.
async::Task<> Vault::record_once(Key entry, Context context, std::string_view action,
                                 std::string name) {
    const Timestamp now = clock_.now();
    if (!is_due(entry, now)) {
        co_return;
    }
    audited_.insert_or_assign(entry, now);
    try {
        co_await record(std::move(context), action, std::move(name));
    } catch (...) {
        audited_.erase(entry);
        throw;
    }
}

async::Task<> Vault::record(Context context, std::string_view action, std::string name) {
    co_await db_.write(
        context.workspace, "vault.audit",
        [context, action, name, now = clock_.now()](db::WorkspaceTxn& txn) {
            audit::record(txn, context,
                          {.action = action, .resource_type = "secret", .resource_id = name}, now);
            return true;
        });
}

}  // namespace wapi::vault
