// Goal: a rotation ends with every data key on the new master key, whatever interrupts it, and
// nobody who has both keys ever fails to read. Method: the real rotation on both engines, batch by
// batch, with readers and writers in between and rows changed behind its back.
#include "features/vault/vault_rotation.hpp"

#include <gtest/gtest.h>

#include "features/audit/audit.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::vault {
namespace {

using namespace std::string_view_literals;
using namespace std::chrono_literals;

const MasterKey old_key(
    SecretString("3f8a1c5e9b7d204f6a8c1e3b5d7f90a2c4e6f8091b2d3f4a5c6e7f8192a3b4c5"sv));
const MasterKey new_key(
    SecretString("93c1f0a7d25b884e6d1f3a90b7c4e2518f6da3b0c9e1274558ab6cd7ef013249"sv));
const MasterKey third_key(
    SecretString("c4e6f8091b2d3f4a5c6e7f8192a3b4c53f8a1c5e9b7d204f6a8c1e3b5d7f90a2"sv));

class VaultRotationTest : public test::EnginesTest {
  protected:
    static constexpr int workspaces = 7;

    VaultRotationTest() {
        DatabaseBackend backend(database(), old_key, rng_, clock_);
        for (int i = 0; i < workspaces; ++i) {
            EXPECT_TRUE(run(backend.store(context_of(i), "token", SecretString(token(i)))));
        }
    }

    static WorkspaceId workspace(int i) { return WorkspaceId("shop-" + std::to_string(i)); }
    static Context context_of(int i) { return audit::system_context(workspace(i), ""); }
    static std::string token(int i) { return "EAAJ-" + std::to_string(i); }

    /// How many of the secrets these keys open.
    int readable(const MasterKeys& keys) {
        DatabaseBackend backend(database(), keys, rng_, clock_);
        int count = 0;
        for (int i = 0; i < workspaces; ++i) {
            const Result<SecretString> secret = run(backend.read(context_of(i), "token"));
            count += secret && secret->reveal() == token(i) ? 1 : 0;
        }
        return count;
    }
    Rotation rotate(const MasterKeys& keys, std::int64_t batch = 3) {
        Rotator rotator{database(), keys, rng_, clock_, {.batch = batch, .pause = 1ms}};
        return run(rotator.run());
    }
    Rotation one_batch(const MasterKeys& keys, std::int64_t batch, Rotation sum = {}) {
        return write([&](db::Txn& txn) {
            return rotate_batch(txn, keys, {.batch = batch}, sum, rng_, clock_.now());
        });
    }
    Status status(const MasterKeys& keys) {
        return read([&](db::Txn& txn) { return read_status(txn, keys); });
    }
    std::int64_t count_audit(int i, std::string_view action) {
        audit::Service service(database());
        return run(service.list(context_of(i), {.action = std::string(action)}))->total;
    }
    void tamper(const std::string& sql) {
        write([&](db::Txn& txn) {
            txn.connection().execute_text(sql);
            return true;
        });
    }

    const MasterKeys both_{new_key, old_key};
    const MasterKeys only_new_{new_key};
};

TEST_P(VaultRotationTest, every_data_key_ends_on_the_new_master_key_and_opens_with_it_alone) {
    EXPECT_EQ(readable(only_new_), 0);
    const Rotation sum = rotate(both_);
    EXPECT_EQ(sum.rotated, workspaces);
    EXPECT_EQ(sum.unknown + sum.rejected, 0);
    EXPECT_EQ(readable(only_new_), workspaces);
    EXPECT_EQ(readable(MasterKeys(old_key)), 0);
}

TEST_P(VaultRotationTest, each_workspace_has_one_entry_that_names_both_keys) {
    rotate(both_);
    rotate(both_);
    audit::Service service(database());
    for (int i = 0; i < workspaces; ++i) {
        const audit::Page page = *run(service.list(context_of(i), {.action = "token.rotated"}));
        ASSERT_EQ(page.total, 1);
        EXPECT_EQ(page.entries[0].resource_id, workspace(i).value);
        EXPECT_EQ(page.entries[0].details,
                  R"({"fromKeyId":")" + old_key.id() + R"(","toKeyId":")" + new_key.id() + R"("})");
        EXPECT_FALSE(read(workspace(i), [](db::WorkspaceTxn& txn) {
                         return audit::verify_chain(txn);
                     }).first_bad);
    }
}

TEST_P(VaultRotationTest, whoever_has_both_keys_reads_and_stores_at_every_moment) {
    DatabaseBackend server(database(), MasterKeys(old_key, new_key), rng_, clock_);
    Rotation sum;
    for (int batches = 0; !sum.finished; ++batches) {
        EXPECT_EQ(readable(both_), workspaces) << batches;
        EXPECT_EQ(readable(MasterKeys(old_key, new_key)), workspaces) << batches;
        const Result<void> stored =
            run(server.store(context_of(batches % workspaces), "pin", SecretString("1234"sv)));
        EXPECT_TRUE(stored);
        sum = one_batch(both_, 2, sum);
    }
    EXPECT_EQ(readable(only_new_), workspaces);
}

TEST_P(VaultRotationTest, one_that_was_cut_off_goes_on_where_it_was) {
    EXPECT_EQ(one_batch(both_, 3).rotated, 3);
    EXPECT_EQ(status(both_).on_current, 3);
    EXPECT_EQ(rotate(both_).rotated, workspaces - 3);
    EXPECT_EQ(rotate(both_).rotated, 0);
    EXPECT_EQ(readable(only_new_), workspaces);
}

TEST_P(VaultRotationTest, a_batch_that_fails_leaves_neither_keys_nor_entries) {
    tamper("ALTER TABLE audit_logs RENAME TO hidden_logs");
    EXPECT_THROW(rotate(both_), Fault);
    tamper("ALTER TABLE hidden_logs RENAME TO audit_logs");
    EXPECT_EQ(status(both_).on_previous, workspaces);
    EXPECT_EQ(count_audit(0, "token.rotated"), 0);
    EXPECT_EQ(rotate(both_).rotated, workspaces);
}

TEST_P(VaultRotationTest, two_at_once_rotate_each_data_key_once) {
    EXPECT_EQ(rotate(both_).rotated, workspaces);
    // The other one had listed them before: its replacement finds another key and does nothing.
    write(workspace(0), [&](db::WorkspaceTxn& txn) {
        EXPECT_FALSE(replace_key(txn, old_key.id(), {new_key.id(), "x"}));
        return true;
    });
    EXPECT_EQ(one_batch(both_, 100).rotated, 0);
    EXPECT_EQ(readable(only_new_), workspaces);
}

TEST_P(VaultRotationTest, a_new_workspace_is_wrapped_by_the_current_key) {
    DatabaseBackend server(database(), both_, rng_, clock_);
    EXPECT_TRUE(run(server.store(context_of(99), "token", SecretString("x"sv))));
    EXPECT_EQ(status(both_).on_current, 1);
    EXPECT_EQ(rotate(both_).rotated, workspaces);
}

TEST_P(VaultRotationTest, a_data_key_of_an_unknown_master_key_is_counted_and_left) {
    const Rotation sum = rotate(MasterKeys(new_key, third_key));
    EXPECT_EQ(sum.rotated, 0);
    EXPECT_EQ(sum.unknown, workspaces);
    EXPECT_EQ(readable(MasterKeys(old_key)), workspaces);
    EXPECT_EQ(count_audit(0, "token.rejected"), 0);
}

TEST_P(VaultRotationTest, a_changed_data_key_is_audited_and_does_not_stop_the_others) {
    tamper(
        "UPDATE vault_keys SET wrapped = (SELECT wrapped FROM vault_keys"
        " WHERE workspace_id = 'shop-1') WHERE workspace_id = 'shop-0'");
    const Rotation sum = rotate(both_, 1);
    EXPECT_EQ(sum.rejected, 1);
    EXPECT_EQ(sum.rotated, workspaces - 1);
    EXPECT_EQ(count_audit(0, "token.rejected"), 1);
    EXPECT_EQ(count_audit(0, "token.rotated"), 0);
    EXPECT_EQ(status(both_).on_previous, 1);
}

TEST_P(VaultRotationTest, a_key_id_that_was_changed_does_not_open_with_the_other_key) {
    tamper("UPDATE vault_keys SET master_key_id = '" + new_key.id() + "'");
    EXPECT_EQ(readable(both_), 0);
}

TEST_P(VaultRotationTest, the_status_counts_by_key) {
    one_batch(both_, 2);
    const Status found = status(MasterKeys(new_key, third_key));
    EXPECT_EQ(found.on_current, 2);
    EXPECT_EQ(found.on_previous, 0);
    EXPECT_EQ(found.unknown, workspaces - 2);
    EXPECT_EQ(found.secrets, workspaces);
    EXPECT_EQ(found.keys.size(), 2U);
}

TEST(VaultMasterKeys, two_keys_that_are_the_same_are_refused) {
    EXPECT_THROW(MasterKeys(old_key, old_key), Fault);
    const MasterKeys keys(new_key, old_key);
    EXPECT_EQ(keys.find(new_key.id()), &keys.current());
    EXPECT_EQ(keys.find(third_key.id()), nullptr);
}

TEST_P(VaultRotationTest, a_master_key_that_opens_nothing_is_refused_in_plain_words) {
    const auto complaint = [&](const MasterKeys& keys) -> std::string {
        try {
            read([&](db::Txn& txn) {
                check_keys(txn, keys);
                return true;
            });
        } catch (const Fault& fault) {
            return fault.what();
        }
        return "";
    };
    EXPECT_EQ(complaint(MasterKeys(old_key)), "");
    EXPECT_EQ(complaint(both_), "");
    const std::string said = complaint(only_new_);
    EXPECT_TRUE(said.starts_with("config.token_master_key: TOKEN_MASTER_KEY (id ")) << said;
    EXPECT_NE(said.find(old_key.id()), said.npos) << said;
    EXPECT_NE(said.find(only_new_.current().id()), said.npos) << said;
    one_batch(both_, 3);  // then some open: a lost key of others must not stop the server
    EXPECT_EQ(complaint(only_new_), "");
    EXPECT_EQ(complaint(MasterKeys(old_key)), "");
    tamper("DELETE FROM vault_keys");
    EXPECT_EQ(complaint(MasterKeys(third_key)), "");  // nothing to be compared with
}

WAPI_ON_BOTH_ENGINES(VaultRotationTest);

}  // namespace
}  // namespace wapi::vault
