// Goal: entries stay in order and unchanged, and any tampering is found, on both engines.
// Method: write chains, change rows behind the feature's back, ask verify_chain for the first
// broken number.
#include <gtest/gtest.h>

#include "features/audit/audit.hpp"
#include "features/audit/audit_store.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::audit {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other("22222222-2222-7222-8222-222222222222");

class AuditStoreTest : public test::EnginesTest {
  protected:
    void record_some(const WorkspaceId& workspace, int count,
                     std::string_view action = actions::contact_created) {
        for (int index = 0; index < count; ++index) {
            clock_.advance(std::chrono::seconds(1));
            write(workspace, [&](db::WorkspaceTxn& txn) {
                Context context;
                context.actor = {ActorKind::user, "user-" + std::to_string(index % 2)};
                record(txn, context,
                       {.action = action,
                        .resource_type = "contact",
                        .resource_id = "contact-" + std::to_string(index)},
                       clock_.now());
                return true;
            });
        }
    }
    void tamper(const std::string& sql) {
        write([&](db::Txn& txn) {
            txn.connection().execute_text(sql);
            return true;
        });
    }
    std::optional<std::int64_t> broken(const WorkspaceId& workspace) {
        return read(workspace, [](db::WorkspaceTxn& txn) { return verify_chain(txn).first_bad; });
    }
    Page list(Filter filter) {
        Context context;
        context.workspace = shop;
        Service service(database());
        return run(service.list(context, std::move(filter))).value();
    }
};

TEST_P(AuditStoreTest, a_chain_that_nobody_touched_is_whole) {
    EXPECT_EQ(broken(shop), std::nullopt);
    record_some(shop, 12);
    EXPECT_EQ(broken(shop), std::nullopt);
}

TEST_P(AuditStoreTest, entries_of_one_transaction_follow_each_other) {
    write(shop, [&](db::WorkspaceTxn& txn) {
        for (int index = 0; index < 600; ++index) {
            record(
                txn, {},
                {.action = actions::message_sent, .resource_type = "message", .resource_id = "m"},
                clock_.now());
        }
        return true;
    });
    EXPECT_EQ(broken(shop), std::nullopt);
    EXPECT_EQ(list({.limit = 1}).entries.front().seq, 600);
}

async::Task<> record_one(db::Db& db, Timestamp now) {
    co_await db.write(shop, "test.record", [now](db::WorkspaceTxn& txn) {
        record(txn, {},
               {.action = actions::message_sent, .resource_type = "message", .resource_id = "m"},
               now);
        return true;
    });
}

TEST_P(AuditStoreTest, transactions_side_by_side_write_one_chain) {
    async::Tasks tasks(io_);
    for (int index = 0; index < 60; ++index) {
        tasks.spawn("record", record_one(database(), clock_.now()));
    }
    EXPECT_TRUE(run(tasks.join(std::chrono::seconds(30))));
    EXPECT_EQ(list({.limit = 1}).entries.front().seq, 60);
    EXPECT_EQ(broken(shop), std::nullopt);
}

TEST_P(AuditStoreTest, a_changed_entry_is_found) {
    record_some(shop, 5);
    tamper("UPDATE audit_logs SET actor_id = 'somebody' WHERE seq = 3");
    EXPECT_EQ(broken(shop), 3);
}

TEST_P(AuditStoreTest, a_removed_entry_is_found) {
    record_some(shop, 5);
    tamper("DELETE FROM audit_logs WHERE seq = 2");
    EXPECT_EQ(broken(shop), 2);
}

TEST_P(AuditStoreTest, entries_cut_off_at_either_end_are_found) {
    record_some(shop, 5);
    record_some(other, 5);
    tamper("DELETE FROM audit_logs WHERE seq = 5 AND workspace_id = '" + shop.value + "'");
    tamper("DELETE FROM audit_logs WHERE seq = 1 AND workspace_id = '" + other.value + "'");
    EXPECT_EQ(broken(shop), 5);
    EXPECT_EQ(broken(other), 1);
}

TEST_P(AuditStoreTest, a_log_emptied_with_its_head_left_is_found) {
    record_some(shop, 2);
    tamper("DELETE FROM audit_logs");
    EXPECT_EQ(broken(shop), 1);
}

TEST_P(AuditStoreTest, entries_that_changed_places_are_found) {
    record_some(shop, 4);
    tamper("UPDATE audit_logs SET seq = 100 WHERE seq = 2");
    tamper("UPDATE audit_logs SET seq = 2 WHERE seq = 3");
    tamper("UPDATE audit_logs SET seq = 3 WHERE seq = 100");
    EXPECT_EQ(broken(shop), 2);
}

TEST_P(AuditStoreTest, an_entry_taken_from_another_workspace_is_found) {
    record_some(shop, 1);
    record_some(other, 1);
    tamper("DELETE FROM audit_logs WHERE workspace_id = '" + shop.value + "'");
    tamper("UPDATE audit_logs SET workspace_id = '" + shop.value + "' WHERE workspace_id = '" +
           other.value + "'");
    EXPECT_EQ(broken(shop), 1);
}

TEST_P(AuditStoreTest, an_act_that_is_rolled_back_leaves_no_entry_and_no_gap) {
    record_some(shop, 2);
    const Result<int> refused = write(shop, [&](db::WorkspaceTxn& txn) -> Result<int> {
        record(txn, {},
               {.action = actions::user_login, .resource_type = "user", .resource_id = "u"},
               clock_.now());
        return fail(errors::conflict);
    });
    EXPECT_FALSE(refused.has_value());
    record_some(shop, 1);
    EXPECT_EQ(list({}).entries.front().seq, 3);
    EXPECT_EQ(broken(shop), std::nullopt);
}

TEST_P(AuditStoreTest, pages_go_from_newest_to_oldest_without_loss) {
    record_some(shop, 7);
    record_some(other, 3);
    std::vector<std::int64_t> seen;
    Filter filter{.limit = 3};
    for (;;) {
        const Page page = list(filter);
        EXPECT_EQ(page.total, 7);
        for (const StoredEntry& entry : page.entries) {
            seen.push_back(entry.seq);
        }
        if (!page.next_before) {
            break;
        }
        filter.before_seq = page.next_before;
    }
    EXPECT_EQ(seen, (std::vector<std::int64_t>{7, 6, 5, 4, 3, 2, 1}));
}

TEST_P(AuditStoreTest, every_filter_restricts_the_page_and_its_total) {
    record_some(shop, 4);
    record_some(shop, 2, actions::user_login);
    EXPECT_EQ(list({.action = "user.login"}).total, 2);
    EXPECT_EQ(list({.resource_id = "contact-1"}).total, 2);
    EXPECT_EQ(list({.user_id = "user-1"}).total, 3);
    EXPECT_EQ(list({.action = "user.login", .user_id = "user-1"}).entries.size(), 1U);
    const Timestamp third = test::ManualClock::default_start + std::chrono::seconds(3);
    EXPECT_EQ(list({.from = third}).total, 4);
    EXPECT_EQ(list({.to = third}).total, 2);
}

WAPI_ON_BOTH_ENGINES(AuditStoreTest);

}  // namespace
}  // namespace wapi::audit
