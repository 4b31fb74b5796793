// Goal: entries stay in order and unchanged, and any tampering is found, on both engines.
// Method: write chains, change rows behind the feature's back, ask verify_chain for the first
// broken number.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

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
                context.ip = "192.0.2." + std::to_string(index % 2);
                context.request_id = "request-" + std::to_string(index);
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
        if (!page.next) {
            break;
        }
        filter.before = page.next;
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
    EXPECT_EQ(list({.action = "user.login", .user_id = "user-1"}).total, 1);
    EXPECT_EQ(list({.user_id = "user-1", .actor_kind = "system"}).total, 0);
    EXPECT_EQ(list({.user_id = "user-1", .actor_kind = "user"}).total, 3);
    EXPECT_EQ(list({.actor_kind = "user"}).total, 6);
    EXPECT_EQ(list({.resource_type = "contact"}).total, 6);
    EXPECT_EQ(list({.resource_type = "user"}).total, 0);
    EXPECT_EQ(list({.ip = "192.0.2.1"}).total, 3);
    EXPECT_EQ(list({.request_id = "request-0"}).total, 2);
    EXPECT_EQ(list({.action = "user.login", .request_id = "request-0"}).total, 1);
    const Timestamp third = test::ManualClock::default_start + std::chrono::seconds(3);
    EXPECT_EQ(list({.from = third}).total, 4);
    EXPECT_EQ(list({.to = third}).total, 2);
}

TEST_P(AuditStoreTest, pages_by_any_filter_go_from_newest_to_oldest_without_loss) {
    record_some(shop, 9);
    record_some(other, 9);
    for (const Filter& asked : {Filter{.action = "contact.created"}, Filter{.user_id = "user-0"},
                                Filter{.actor_kind = "user"}, Filter{.resource_type = "contact"},
                                Filter{.ip = "192.0.2.0"}, Filter{.to = clock_.now()}}) {
        Filter filter = asked;
        filter.limit = 2;
        const std::int64_t total = list(filter).total;
        std::vector<std::int64_t> seen;
        do {
            const Page page = list(filter);
            for (const StoredEntry& entry : page.entries) {
                seen.push_back(entry.seq);
            }
            filter.before = page.next;
        } while (filter.before);
        EXPECT_EQ(seen.size(), static_cast<std::size_t>(total));
        EXPECT_TRUE(std::ranges::is_sorted(seen, std::ranges::greater_equal{}));
        EXPECT_GE(seen.size(), 5U);
    }
}

TEST_P(AuditStoreTest, entries_of_one_moment_are_paged_by_number) {
    write(shop, [&](db::WorkspaceTxn& txn) {
        for (int index = 0; index < 5; ++index) {
            record(
                txn, {},
                {.action = actions::message_sent, .resource_type = "message", .resource_id = "m"},
                clock_.now());
        }
        return true;
    });
    Filter filter{.resource_id = "m", .limit = 2};
    std::vector<std::int64_t> seen;
    do {
        const Page page = list(filter);
        for (const StoredEntry& entry : page.entries) {
            seen.push_back(entry.seq);
        }
        filter.before = page.next;
    } while (filter.before);
    EXPECT_EQ(seen, (std::vector<std::int64_t>{5, 4, 3, 2, 1}));
}

TEST_P(AuditStoreTest, what_one_filter_leads_to_and_others_refuse_is_looked_at_in_parts) {
    record_some(shop, 1, actions::message_sent);
    write(shop, [&](db::WorkspaceTxn& txn) {
        for (std::int64_t index = 0; index <= looked_at_max; ++index) {
            record(
                txn, {},
                {.action = actions::message_sent, .resource_type = "message", .resource_id = "m"},
                clock_.now());
        }
        return true;
    });
    Filter filter{.action = "message.sent", .actor_kind = "user"};
    const Page first = list(filter);
    EXPECT_TRUE(first.entries.empty());
    EXPECT_FALSE(first.total_known);
    ASSERT_TRUE(first.next);
    filter.before = first.next;
    const Page second = list(filter);
    ASSERT_EQ(second.entries.size(), 1U);
    EXPECT_EQ(second.entries[0].seq, 1);
    EXPECT_FALSE(second.next);
    EXPECT_EQ(list({.action = "message.sent"}).total, looked_at_max);
}

/// How SQLite runs a statement, in its own words.
std::string plan_of(db::Txn& txn, const db::Sql& sql, std::size_t parameters) {
    static std::deque<std::string> texts;
    static std::deque<db::Sql> explained;
    texts.push_back("EXPLAIN QUERY PLAN " + std::string(sql.text(db::Engine::sqlite)));
    explained.emplace_back(db::SqlText{.name = "audit_test.explain", .text = texts.back()});
    const std::vector<db::Value> values(parameters, std::string_view());
    std::string plan;
    for (const db::Row row : txn.connection().query(explained.back(), values)) {
        plan += row.string(3) + "\n";
    }
    return plan;
}

/// PostgreSQL decides by what is in the table.
class AuditPlanTest : public AuditStoreTest {};

TEST_P(AuditPlanTest, each_filter_is_served_by_its_index_in_the_order_of_the_page) {
    constexpr std::pair<std::string_view, std::string_view> paths[] = {
        {"request", "audit_logs_by_request"}, {"resource", "audit_logs_by_resource"},
        {"ip", "audit_logs_by_ip"},           {"actor", "audit_logs_by_actor"},
        {"action", "audit_logs_by_action"},   {"time", "audit_logs_by_time"}};
    std::map<std::string_view, const db::Sql*> statements;
    db::Sql::for_each([&](const db::Sql& sql) { statements.emplace(sql.name(), &sql); });
    read([&](db::Txn& txn) {
        for (const auto& [field, index] : paths) {
            for (const std::string_view kind : {"list", "count", "scan_end"}) {
                const std::string name = fmt::format("audit.{}_by_{}", kind, field);
                const std::string plan =
                    plan_of(txn, *statements.at(name), kind == "scan_end" ? 7 : 16);
                EXPECT_NE(plan.find(fmt::format("INDEX {} (", index)), std::string::npos)
                    << name << ": " << plan;
                // What one resource has is gathered from the pieces of the log, then sorted.
                const std::string_view mark =
                    field == "resource" ? "<expr>=? AND resource_id=?" : "created_us";
                EXPECT_NE(plan.find(mark), std::string::npos) << name << ": " << plan;
                EXPECT_TRUE(field == "resource" || plan.find("TEMP B-TREE") == plan.npos)
                    << name << ": " << plan;
            }
        }
        return true;
    });
}

TEST_P(AuditStoreTest, a_resource_is_found_in_every_piece_of_the_log) {
    constexpr int entries = 1'100;  // more than two pieces of 512
    write(shop, [&](db::WorkspaceTxn& txn) {
        for (int index = 1; index <= entries; ++index) {
            const bool wanted = index == 1 || index == 511 || index == 512 || index == entries;
            record(txn, {},
                   {.action = actions::contact_updated,
                    .resource_type = "contact",
                    .resource_id = wanted ? "wanted" : "other"},
                   clock_.now());
        }
        return true;
    });
    std::vector<std::int64_t> seen;
    for (const StoredEntry& entry : list({.resource_id = "wanted"}).entries) {
        seen.push_back(entry.seq);
    }
    EXPECT_EQ(seen, (std::vector<std::int64_t>{entries, 512, 511, 1}));
    EXPECT_EQ(list({.resource_id = "wanted"}).total, 4);
    EXPECT_EQ(list({.resource_id = "nobody"}).total, 0);
}

WAPI_ON_BOTH_ENGINES(AuditStoreTest);
WAPI_ON_SQLITE(AuditPlanTest);

}  // namespace
}  // namespace wapi::audit
