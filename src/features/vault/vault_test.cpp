// Goal: secrets survive storing and reading on both engines, tampering is refused, the cache holds
// its time. Method: the real backend on a fresh database, rows changed behind its back, a clock
// moved by hand.
#include "features/vault/vault.hpp"

#include <gtest/gtest.h>

#include "features/audit/audit.hpp"
#include "features/vault/vault_store.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::vault {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view key_hex =
    "3f8a1c5e9b7d204f6a8c1e3b5d7f90a2c4e6f8091b2d3f4a5c6e7f8192a3b4c5";
constexpr std::string_view other_key_hex =
    "93c1f0a7d25b884e6d1f3a90b7c4e2518f6da3b0c9e1274558ab6cd7ef013249";
const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other("22222222-2222-7222-8222-222222222222");

class VaultTest : public test::EnginesTest {
  protected:
    Context context_of(const WorkspaceId& workspace) {
        Context context;
        context.workspace = workspace;
        context.actor = {ActorKind::user, "u1"};
        return context;
    }
    void store(const WorkspaceId& workspace, const std::string& name, std::string_view secret) {
        ASSERT_TRUE(run(vault_.store(context_of(workspace), name, SecretString(secret))));
    }
    std::string read_secret(const WorkspaceId& workspace, const std::string& name) {
        const Result<SecretString> secret = run(vault_.read(context_of(workspace), name));
        return secret ? std::string(secret->reveal()) : std::string(secret.error().kind->code);
    }
    void tamper(const std::string& sql) {
        write([&](db::Txn& txn) {
            txn.connection().execute_text(sql);
            return true;
        });
    }
    std::int64_t count_audit(const WorkspaceId& workspace, std::string_view action) {
        audit::Service service(database());
        return run(service.list(context_of(workspace), {.action = std::string(action)}))->total;
    }

    DatabaseBackend backend_{database(), MasterKey(SecretString(key_hex)), rng_, clock_};
    Vault vault_{backend_, database(), clock_};
};

TEST_P(VaultTest, a_secret_is_read_back_also_after_a_restart) {
    store(shop, "token:1", "EAAJ-secret");
    EXPECT_EQ(read_secret(shop, "token:1"), "EAAJ-secret");
    Vault restarted(backend_, database(), clock_);
    EXPECT_EQ(run(restarted.read(context_of(shop), "token:1"))->reveal(), "EAAJ-secret");
}

TEST_P(VaultTest, storing_again_replaces_the_secret_at_once) {
    store(shop, "token:1", "first");
    EXPECT_EQ(read_secret(shop, "token:1"), "first");
    store(shop, "token:1", "second");
    EXPECT_EQ(read_secret(shop, "token:1"), "second");
}

TEST_P(VaultTest, a_secret_of_another_workspace_or_name_is_not_found) {
    store(shop, "token:1", "secret");
    EXPECT_EQ(read_secret(other, "token:1"), "secret_not_found");
    EXPECT_EQ(read_secret(shop, "token:2"), "secret_not_found");
}

TEST_P(VaultTest, a_removed_secret_is_gone) {
    store(shop, "token:1", "secret");
    EXPECT_TRUE(run(vault_.remove(context_of(shop), "token:1")));
    EXPECT_EQ(read_secret(shop, "token:1"), "secret_not_found");
    EXPECT_FALSE(run(vault_.remove(context_of(shop), "token:1")));
}

TEST_P(VaultTest, an_empty_or_oversized_secret_is_refused) {
    EXPECT_FALSE(run(vault_.store(context_of(shop), "a", SecretString())));
    const std::string large(secret_bytes_max + 1, 'x');
    EXPECT_FALSE(run(vault_.store(context_of(shop), "a", SecretString(std::string_view(large)))));
}

TEST_P(VaultTest, the_database_holds_no_secret_in_the_clear) {
    store(shop, "token:1", "EAAJ-secret");
    const std::int64_t hits = read([](db::Txn& txn) {
        static const db::Sql find{{.name = "vault_test.find_plain",
                                   .text = "SELECT sealed FROM vault_secrets",
                                   .scope = db::Scope::system}};
        std::int64_t found = 0;
        const db::Rows rows = txn.query(find);
        for (const db::Row row : rows) {
            found += row.bytes(0).find("EAAJ") == std::string_view::npos ? 0 : 1;
        }
        return rows.empty() ? std::int64_t{-1} : found;
    });
    EXPECT_EQ(hits, 0);
}

TEST_P(VaultTest, ciphertexts_that_changed_rows_are_refused) {
    store(shop, "a", "one");
    store(shop, "b", "two");
    tamper("UPDATE vault_secrets SET name = 'c' WHERE name = 'a'");
    tamper("UPDATE vault_secrets SET name = 'a' WHERE name = 'b'");
    EXPECT_EQ(read_secret(shop, "a"), "vault_secret_invalid");
    EXPECT_EQ(read_secret(shop, "c"), "vault_secret_invalid");
}

TEST_P(VaultTest, a_ciphertext_moved_to_another_workspace_with_its_key_is_refused) {
    store(shop, "a", "one");
    tamper("UPDATE vault_secrets SET workspace_id = '" + other.value + "'");
    tamper("UPDATE vault_keys SET workspace_id = '" + other.value + "'");
    EXPECT_EQ(read_secret(other, "a"), "vault_secret_invalid");
}

TEST_P(VaultTest, an_old_ciphertext_under_a_newer_version_is_refused) {
    store(shop, "a", "one");
    tamper("UPDATE vault_secrets SET version = 2");
    EXPECT_EQ(read_secret(shop, "a"), "vault_secret_invalid");
}

TEST_P(VaultTest, another_master_key_opens_nothing_and_overwrites_nothing) {
    store(shop, "a", "one");
    DatabaseBackend wrong(database(), MasterKey(SecretString(other_key_hex)), rng_, clock_);
    const Result<SecretString> opened = run(wrong.read(context_of(shop), "a"));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, &errors::vault_secret_invalid);
    EXPECT_FALSE(run(wrong.store(context_of(shop), "a", SecretString("two"sv))));
    EXPECT_EQ(read_secret(shop, "a"), "one");
}

TEST_P(VaultTest, what_does_not_open_is_in_the_audit_log_once_a_minute) {
    const std::array<std::string, 4> attacks{
        "UPDATE vault_secrets SET version = 2",
        "UPDATE vault_secrets SET sealed = (SELECT wrapped FROM vault_keys)",
        "UPDATE vault_keys SET wrapped = (SELECT sealed FROM vault_secrets)",
        "DELETE FROM vault_keys",
    };
    for (std::size_t i = 0; i < attacks.size(); ++i) {
        tamper("DELETE FROM vault_secrets");
        tamper("DELETE FROM vault_keys");
        store(shop, "a", "one");
        tamper(attacks[i]);
        EXPECT_EQ(read_secret(shop, "a"), "vault_secret_invalid") << attacks[i];
        EXPECT_EQ(read_secret(shop, "a"), "vault_secret_invalid") << attacks[i];
        EXPECT_EQ(count_audit(shop, "token.rejected"), static_cast<std::int64_t>(i + 1));
        clock_.advance(std::chrono::seconds(60));
    }
    EXPECT_EQ(count_audit(other, "token.rejected"), 0);
    EXPECT_EQ(count_audit(shop, "token.accessed"), 0);
}

TEST_P(VaultTest, a_truncated_or_emptied_ciphertext_is_refused_and_audited) {
    store(shop, "a", "one");
    const auto sealed =
        read(shop, [](db::WorkspaceTxn& txn) { return find_secret_with_key(txn, "a")->secret; });
    for (const std::size_t size : {sealed.sealed.size() - 1, std::size_t{29}, std::size_t{0}}) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            save_secret(txn, "a", {sealed.version, sealed.sealed.substr(0, size)}, "",
                        clock_.now());
            return true;
        });
        EXPECT_EQ(read_secret(shop, "a"), "vault_secret_invalid") << size;
    }
    EXPECT_EQ(count_audit(shop, "token.rejected"), 1);
}

TEST_P(VaultTest, a_secret_that_cannot_be_stored_for_another_master_key_is_audited) {
    store(shop, "a", "one");
    DatabaseBackend wrong(database(), MasterKey(SecretString(other_key_hex)), rng_, clock_);
    Vault vault(wrong, database(), clock_);
    const Result<void> stored = run(vault.store(context_of(shop), "a", SecretString("two"sv)));
    ASSERT_FALSE(stored);
    EXPECT_EQ(stored.error().kind, &errors::vault_secret_invalid);
    EXPECT_EQ(count_audit(shop, "token.rejected"), 1);
    EXPECT_EQ(count_audit(shop, "token.stored"), 1);
}

TEST_P(VaultTest, a_refusal_whose_entry_cannot_be_written_writes_it_the_next_time) {
    store(shop, "a", "one");
    tamper("UPDATE vault_secrets SET version = 2");
    tamper("ALTER TABLE audit_logs RENAME TO hidden_logs");
    EXPECT_THROW(read_secret(shop, "a"), Fault);
    tamper("ALTER TABLE hidden_logs RENAME TO audit_logs");
    EXPECT_EQ(read_secret(shop, "a"), "vault_secret_invalid");
    EXPECT_EQ(count_audit(shop, "token.rejected"), 1);
}

TEST_P(VaultTest, a_vault_that_keeps_nothing_reads_the_database_each_time) {
    store(shop, "a", "one");
    Vault vault(backend_, database(), clock_, std::chrono::milliseconds(0));
    EXPECT_TRUE(run(vault.read(context_of(shop), "a")));
    EXPECT_EQ(vault.cached(), 0U);
    tamper("DELETE FROM vault_secrets");
    EXPECT_FALSE(run(vault.read(context_of(shop), "a")));
}

TEST_P(VaultTest, a_cached_secret_lives_its_time_and_not_longer) {
    store(shop, "a", "one");
    EXPECT_EQ(read_secret(shop, "a"), "one");
    tamper("UPDATE vault_secrets SET version = 9");
    clock_.advance(cache_time - std::chrono::seconds(1));
    EXPECT_EQ(read_secret(shop, "a"), "one");
    clock_.advance(std::chrono::seconds(1));
    EXPECT_EQ(read_secret(shop, "a"), "vault_secret_invalid");
}

TEST_P(VaultTest, a_secret_that_nobody_asks_for_again_leaves_the_memory) {
    store(shop, "a", "one");
    EXPECT_EQ(read_secret(shop, "a"), "one");
    clock_.advance(cache_time - std::chrono::seconds(1));
    const auto sweep_once = [&] {  // the end of a sweeper is its last sweep
        async::Tasks tasks(io_);
        vault_.start(tasks);
        tasks.stop();
        return run(tasks.join(std::chrono::seconds(5)));
    };
    EXPECT_TRUE(sweep_once());
    EXPECT_EQ(vault_.cached(), 1U);
    clock_.advance(std::chrono::seconds(1));
    EXPECT_TRUE(sweep_once());
    EXPECT_EQ(vault_.cached(), 0U);
}

TEST_P(VaultTest, a_forgotten_secret_is_read_from_the_database_again) {
    store(shop, "a", "one");
    EXPECT_EQ(read_secret(shop, "a"), "one");
    tamper("DELETE FROM vault_secrets");
    vault_.forget(shop, "a");
    EXPECT_EQ(read_secret(shop, "a"), "secret_not_found");
}

TEST_P(VaultTest, storing_and_cold_reads_are_audited_at_most_once_a_minute) {
    store(shop, "a", "one");
    store(shop, "b", "two");
    for (int round = 0; round < 3; ++round) {
        read_secret(shop, "a");
        read_secret(shop, "b");
    }
    EXPECT_EQ(count_audit(shop, "token.stored"), 2);
    EXPECT_EQ(count_audit(shop, "token.accessed"), 1);
    clock_.advance(std::chrono::seconds(60));
    read_secret(shop, "a");
    EXPECT_EQ(count_audit(shop, "token.accessed"), 2);
    EXPECT_EQ(count_audit(other, "token.accessed"), 0);
}

async::Task<> count_read(Vault& vault, Context context, int& reads) {
    const Result<SecretString> secret = co_await vault.read(std::move(context), "a");
    reads += secret ? 1 : 0;
}

TEST_P(VaultTest, cold_reads_at_once_leave_one_entry) {
    store(shop, "a", "one");
    async::Tasks tasks(io_);
    int reads = 0;
    for (int i = 0; i < 5; ++i) {
        tasks.spawn("vault_test.read", count_read(vault_, context_of(shop), reads));
    }
    EXPECT_TRUE(run(tasks.join(std::chrono::seconds(5))));
    EXPECT_EQ(reads, 5);
    EXPECT_EQ(count_audit(shop, "token.accessed"), 1);
}

TEST_P(VaultTest, a_cold_read_whose_entry_cannot_be_written_fails_and_the_next_one_writes_it) {
    store(shop, "a", "one");
    tamper("ALTER TABLE audit_logs RENAME TO hidden_logs");
    EXPECT_THROW(read_secret(shop, "a"), Fault);
    tamper("ALTER TABLE hidden_logs RENAME TO audit_logs");
    EXPECT_EQ(read_secret(shop, "a"), "one");
    EXPECT_EQ(count_audit(shop, "token.accessed"), 1);
}

WAPI_ON_BOTH_ENGINES(VaultTest);

}  // namespace
}  // namespace wapi::vault
