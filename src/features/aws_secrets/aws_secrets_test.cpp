// Goal: secrets kept at AWS survive throttling, lost answers and writers that meet; what AWS
// refuses is an error of its own kind; the database holds none of them. Method: the real backend
// against an AWS in memory that keeps versions and stages as the reference describes them. The
// signature and the wire are tested against a stand-in by tests/integration/test_aws_secrets.py.
#include "features/aws_secrets/aws_secrets.hpp"

#include <gtest/gtest.h>

#include "features/audit/audit.hpp"
#include "features/aws_secrets/aws_secrets_moving.hpp"
#include "features/aws_secrets/aws_secrets_test_support.hpp"
#include "features/vault/vault_store.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::aws_secrets {
namespace {

using namespace std::string_view_literals;
using namespace std::chrono_literals;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other("22222222-2222-7222-8222-222222222222");

class AwsSecretsTest : public test::EnginesTest {
  protected:
    static Context context_of(const WorkspaceId& workspace) {
        return audit::system_context(workspace, "");
    }
    static std::string code(const Result<void>& result) {
        return result ? "ok" : std::string(result.error().kind->code);
    }
    std::string store(const std::string& name, std::string_view secret,
                      const WorkspaceId& workspace = shop) {
        return code(run(backend_.store(context_of(workspace), name, SecretString(secret))));
    }
    std::string read_secret(const std::string& name, const WorkspaceId& workspace = shop) {
        const Result<SecretString> secret = run(backend_.read(context_of(workspace), name));
        return secret ? std::string(secret->reveal()) : std::string(secret.error().kind->code);
    }
    std::int64_t count_audit(std::string_view action) {
        audit::Service service(database());
        return run(service.list(context_of(shop), {.action = std::string(action)}))->total;
    }

    FakeAws aws_;
    AwsBackend backend_{aws_, database(), rng_, clock_, 400ms};
};

TEST_P(AwsSecretsTest, secrets_are_stored_replaced_read_and_removed) {
    EXPECT_EQ(read_secret("token:1"), "secret_not_found");
    EXPECT_EQ(store("token:1", "first"), "ok");
    EXPECT_EQ(store("pin:1", "1234"), "ok");
    EXPECT_EQ(store("token:1", "second"), "ok");
    EXPECT_EQ(read_secret("token:1"), "second");
    EXPECT_EQ(read_secret("pin:1"), "1234");
    EXPECT_EQ(code(run(backend_.remove(context_of(shop), "token:1"))), "ok");
    EXPECT_EQ(read_secret("token:1"), "secret_not_found");
    EXPECT_EQ(code(run(backend_.remove(context_of(shop), "token:1"))), "secret_not_found");
    EXPECT_EQ(read_secret("pin:1"), "1234");
    EXPECT_EQ(count_audit("token.stored"), 3);
    EXPECT_EQ(count_audit("token.revoked"), 1);
}

TEST_P(AwsSecretsTest, workspaces_have_secrets_of_their_own) {
    EXPECT_EQ(store("token:1", "mine"), "ok");
    EXPECT_EQ(read_secret("token:1", other), "secret_not_found");
    EXPECT_EQ(store("token:1", "theirs", other), "ok");
    EXPECT_EQ(read_secret("token:1"), "mine");
    EXPECT_EQ(aws_.secrets.size(), 2U);
}

TEST_P(AwsSecretsTest, an_empty_or_oversized_secret_is_refused_before_aws_is_asked) {
    EXPECT_EQ(store("a", ""), "invalid_request");
    EXPECT_EQ(store("a", std::string(vault::secret_bytes_max + 1, 'x')), "invalid_request");
    EXPECT_EQ(aws_.calls, 0);
}

TEST_P(AwsSecretsTest, more_than_an_aws_secret_holds_is_refused_and_changes_nothing) {
    for (int i = 0; i < 15; ++i) {
        EXPECT_EQ(store(std::to_string(i), std::string(vault::secret_bytes_max, 'x')), "ok");
    }
    EXPECT_EQ(store("more", std::string(vault::secret_bytes_max, 'x')), "invalid_request");
    EXPECT_EQ(read_secret("14"), std::string(vault::secret_bytes_max, 'x'));
}

TEST_P(AwsSecretsTest, throttling_is_waited_out) {
    store("a", "one");
    aws_.fault_times = 2;
    aws_.fault_type = "ThrottlingException";
    EXPECT_EQ(read_secret("a"), "one");
    EXPECT_EQ(aws_.fault_times, 0);
}

TEST_P(AwsSecretsTest, an_aws_that_does_not_recover_in_time_is_unavailable) {
    store("a", "one");
    for (const int status : {400, 500, 0}) {
        aws_.fault_times = 1'000'000;
        aws_.fault_status = status;
        aws_.fault_type = "ThrottlingException";
        const auto begin = std::chrono::steady_clock::now();
        EXPECT_EQ(read_secret("a"), "secret_store_unavailable");
        EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
        EXPECT_EQ(store("b", "two"), "secret_store_unavailable");
    }
    aws_.fault_times = 0;
    EXPECT_EQ(count_audit("token.stored"), 1);
    EXPECT_EQ(read_secret("b"), "secret_not_found");
}

TEST_P(AwsSecretsTest, what_aws_refuses_is_not_repeated) {
    for (const std::string type : {"AccessDeniedException", "InvalidSignatureException"}) {
        aws_.calls = 0;
        aws_.fault_times = 1;
        aws_.fault_type = type;
        EXPECT_EQ(read_secret("a"), "secret_store_refused");
        EXPECT_EQ(aws_.calls, 1);
    }
}

TEST_P(AwsSecretsTest, an_aws_secret_that_is_not_ours_is_invalid_and_not_overwritten) {
    aws_.secrets[bundle_name(shop)] = {{{"v", "plain"}}, "v"};
    EXPECT_EQ(read_secret("a"), "vault_secret_invalid");
    EXPECT_EQ(store("a", "one"), "vault_secret_invalid");
    EXPECT_EQ(aws_.secrets[bundle_name(shop)].versions.size(), 1U);
}

TEST_P(AwsSecretsTest, two_that_store_at_once_lose_nothing) {
    store("a", "one");
    aws_.before_promotion = [this] {
        FakeAws::Secret& secret = aws_.secrets[bundle_name(shop)];
        secret.versions["theirs"] = R"({"a":"one","b":"theirs"})";
        secret.current = "theirs";
    };
    EXPECT_EQ(store("c", "ours"), "ok");
    EXPECT_EQ(read_secret("b"), "theirs");
    EXPECT_EQ(read_secret("c"), "ours");
}

TEST_P(AwsSecretsTest, an_answer_that_was_lost_changes_nothing_twice) {
    for (const std::string action :
         {"CreateSecret", "PutSecretValue", "UpdateSecretVersionStage"}) {
        aws_.lose_answer_of = action;
        EXPECT_EQ(store("a", action), "ok") << action;
        EXPECT_EQ(read_secret("a"), action);
    }
    aws_.lose_answer_of = "UpdateSecretVersionStage";
    EXPECT_EQ(code(run(backend_.remove(context_of(shop), "a"))), "ok");
    EXPECT_EQ(read_secret("a"), "secret_not_found");
}

TEST_P(AwsSecretsTest, the_database_holds_nothing_of_them) {
    store("a", "EAAJ-secret");
    vault::Vault vault(backend_, database(), clock_);
    EXPECT_TRUE(run(vault.read(context_of(shop), "a")));
    EXPECT_EQ(count_audit("token.accessed"), 1);
    const int calls = aws_.calls;
    EXPECT_TRUE(run(vault.read(context_of(shop), "a")));
    EXPECT_EQ(aws_.calls, calls);
    static const db::Sql count_rows{{
        .name = "aws_secrets_test.count",
        .text = "SELECT (SELECT count(*) FROM vault_secrets) + (SELECT count(*) FROM vault_keys)",
        .scope = db::Scope::system,
    }};
    EXPECT_EQ(read([](db::Txn& txn) { return txn.query(count_rows)[0].integer(0); }), 0);
}

/// Secrets that were stored in the database before AWS was switched on.
class AwsSecretsMovingTest : public AwsSecretsTest {
  protected:
    std::string read_moving(const std::string& name) {
        const Result<SecretString> secret = run(moving_.read(context_of(shop), name));
        return secret ? std::string(secret->reveal()) : std::string(secret.error().kind->code);
    }
    void store_before(const std::string& name, std::string_view secret,
                      const WorkspaceId& workspace = shop) {
        EXPECT_TRUE(run(before_.store(context_of(workspace), name, SecretString(secret))));
    }
    /// Does something to the shop's rows in a transaction of its own, while a task waits.
    void in_shop(const std::function<void(db::WorkspaceTxn&)>& act) {
        database().blocking_write("test", [&](db::Txn& txn) {
            db::WorkspaceTxn bound(txn, shop);
            act(bound);
            return true;
        });
    }
    /// Rows of secrets, also of removed ones.
    std::size_t rows() {
        return read([](db::Txn& txn) { return vault::list_secrets(txn, {}, 1'000).size(); });
    }
    std::int64_t in_database() {
        return read([](db::Txn& txn) { return vault::count_secrets(txn); });
    }

    vault::DatabaseBackend before_{
        database(),
        vault::MasterKey(
            SecretString("3f8a1c5e9b7d204f6a8c1e3b5d7f90a2c4e6f8091b2d3f4a5c6e7f8192a3b4c5"sv)),
        rng_, clock_};
    MovingBackend moving_{backend_, before_};
};

TEST_P(AwsSecretsMovingTest, what_is_in_the_database_is_read_until_aws_has_a_newer_one) {
    store_before("a", "old");
    EXPECT_EQ(read_moving("a"), "old");
    EXPECT_EQ(code(run(moving_.store(context_of(shop), "a", SecretString("new"sv)))), "ok");
    EXPECT_EQ(read_moving("a"), "new");
    EXPECT_EQ(in_database(), 0);
    EXPECT_EQ(read_moving("b"), "secret_not_found");
}

TEST_P(AwsSecretsMovingTest, every_secret_is_moved_once_and_none_is_lost) {
    for (int i = 0; i < move_page + 3; ++i) {
        store_before(std::to_string(i), "secret " + std::to_string(i), i % 2 == 0 ? shop : other);
    }
    aws_.fault_times = 1;  // in the midst of it
    aws_.fault_type = "ThrottlingException";
    const Moved sum = run(move_all(database(), moving_));
    EXPECT_EQ(sum.moved, move_page + 3);
    EXPECT_EQ(sum.failed, 0);
    EXPECT_EQ(in_database(), 0);
    EXPECT_EQ(read_secret("0"), "secret 0");
    EXPECT_EQ(read_secret("1", other), "secret 1");
    EXPECT_EQ(read_secret("102"), "secret 102");
    EXPECT_EQ(run(move_all(database(), moving_)).moved, 0);
}

TEST_P(AwsSecretsMovingTest, a_secret_that_aws_has_is_newer_and_stays) {
    store("a", "new");
    store_before("a", "old");
    EXPECT_EQ(run(move_all(database(), moving_)).moved, 1);
    EXPECT_EQ(read_moving("a"), "new");
    EXPECT_EQ(in_database(), 0);
}

TEST_P(AwsSecretsMovingTest, what_cannot_be_moved_stays_readable_where_it_is) {
    store_before("a", "one");
    aws_.fault_times = 1;
    aws_.fault_type = "AccessDeniedException";
    EXPECT_EQ(run(move_all(database(), moving_)).failed, 1);
    EXPECT_EQ(in_database(), 1);
    EXPECT_EQ(read_moving("a"), "one");
}

TEST_P(AwsSecretsMovingTest, a_removed_secret_is_gone_from_both) {
    store_before("a", "one");
    store("b", "two");
    for (const std::string name : {"a", "b"}) {
        EXPECT_EQ(code(run(moving_.remove(context_of(shop), name))), "ok");
        EXPECT_EQ(read_moving(name), "secret_not_found");
        EXPECT_EQ(code(run(moving_.remove(context_of(shop), name))), "secret_not_found");
    }
    EXPECT_EQ(count_audit("token.revoked"), 2);
}

TEST_P(AwsSecretsTest, the_installations_own_secrets_are_parted_among_aws_secrets) {
    const WorkspaceId platform{platform_workspace};
    for (const char* name : {"totp:ann:1", "totp:bob:1", "totp:eve:1"}) {
        ASSERT_EQ(store(name, name, platform), "ok");
        EXPECT_TRUE(aws_.secrets.contains(bundle_name(platform, name)));
    }
    EXPECT_GT(aws_.secrets.size(), 1U);
    EXPECT_EQ(read_secret("totp:ann:1", platform), "totp:ann:1");
}

TEST_P(AwsSecretsTest, what_the_installation_stored_before_its_secrets_were_parted_is_found) {
    const WorkspaceId platform{platform_workspace};
    FakeAws::Secret& whole = aws_.secrets[bundle_name(platform)];
    whole = {{{"before", R"({"totp:ann:1":"one","totp:bob:1":"two"})"}}, "before"};
    EXPECT_EQ(read_secret("totp:ann:1", platform), "one");
    EXPECT_EQ(code(run(backend_.remove(context_of(platform), "totp:ann:1"))), "ok");
    EXPECT_EQ(read_secret("totp:ann:1", platform), "secret_not_found");
    EXPECT_EQ(code(run(backend_.remove(context_of(platform), "totp:ann:1"))), "secret_not_found");
    EXPECT_EQ(read_secret("totp:bob:1", platform), "two");
}

TEST_P(AwsSecretsMovingTest, a_secret_that_is_removed_while_it_is_moved_stays_removed) {
    store_before("a", "one");
    aws_.before_creation = [&] {
        in_shop([&](auto& txn) { EXPECT_TRUE(before_.retire_secret(txn, "a", clock_.now())); });
    };
    EXPECT_EQ(run(move_all(database(), moving_)).failed, 0);
    EXPECT_EQ(read_moving("a"), "secret_not_found");
    EXPECT_EQ(rows(), 0U);
}

TEST_P(AwsSecretsMovingTest, a_secret_stored_again_while_it_is_moved_is_the_one_that_stays) {
    store_before("a", "one");
    aws_.before_creation = [&] {
        in_shop([&](auto& txn) {
            EXPECT_TRUE(before_.store_secret(txn, "a", SecretString("two"sv), clock_.now()));
        });
    };
    EXPECT_EQ(run(move_all(database(), moving_)).failed, 1);
    EXPECT_EQ(read_moving("a"), "two");
    EXPECT_EQ(run(move_all(database(), moving_)).moved, 1);
    EXPECT_EQ(read_moving("a"), "two");
    EXPECT_EQ(in_database(), 0);
}

TEST_P(AwsSecretsMovingTest, two_who_move_the_same_secret_lose_nothing) {
    store_before("a", "one");
    aws_.before_creation = [&] {  // the other is quicker
        aws_.secrets[bundle_name(shop)] = {{{"v", R"({"a":"one"})"}}, "v"};
        in_shop([](auto& txn) { vault::drop_secret(txn, "a"); });
    };
    EXPECT_EQ(run(move_all(database(), moving_)).failed, 0);
    EXPECT_EQ(read_moving("a"), "one");
}

TEST_P(AwsSecretsMovingTest, what_a_removal_leaves_in_the_database_goes_with_the_next_move) {
    store_before("a", "one");
    EXPECT_EQ(code(run(moving_.remove(context_of(shop), "a"))), "ok");
    EXPECT_EQ(rows(), 1U);
    EXPECT_EQ(in_database(), 0);
    EXPECT_EQ(code(run(before_.remove(context_of(shop), "a"))), "secret_not_found");
    store("a", "put there by a move that did not see the removal");
    EXPECT_EQ(run(move_all(database(), moving_)).failed, 0);
    EXPECT_EQ(rows(), 0U);
    EXPECT_EQ(read_moving("a"), "secret_not_found");
}

WAPI_ON_BOTH_ENGINES(AwsSecretsTest);
WAPI_ON_BOTH_ENGINES(AwsSecretsMovingTest);

}  // namespace
}  // namespace wapi::aws_secrets
