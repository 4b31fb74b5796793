// Goal: on PostgreSQL a statement does not walk through all rows: not one that was planned while
// its table was empty, nor the inbox's list of a member who sees a part. Method: rows that the
// server itself counts in the transaction.
#include <gtest/gtest.h>

#include <functional>

#include "features/inbox/inbox.hpp"
#include "tests/support/test_db.hpp"

namespace wapi {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");

const db::Sql insert_conversations{{
    .name = "postgres_plan_test.insert",
    .text = {},
    .sqlite = "SELECT $1, $2",
    .postgres =
        "INSERT INTO conversations (workspace_id, conversation_id, contact_id, phone_number_id,"
        " status, assignee_id, unread_count, read_up_to_us, resolved_us, last_inbound_us,"
        " profile_name, profile_us, last_message_us, last_message_id, created_us)"
        " SELECT $1, 'c' || number, 'p' || number, '1', 'open', NULL, 0, 0, 0, 0, '', 0, number,"
        " '', 0 FROM generate_series(1, CAST($2 AS BIGINT)) AS number",
}};
// Every fourth contact bears the tag that the member sees.
const db::Sql insert_bearers{{
    .name = "postgres_plan_test.insert_bearers",
    .text = {},
    .sqlite = "SELECT $1, $2",
    .postgres = "INSERT INTO contact_tags (workspace_id, contact_id, tag)"
                " SELECT $1, 'p' || number, 'vip' FROM generate_series(4, $2, 4) AS number",
}};
const db::Sql insert_restriction{{
    .name = "postgres_plan_test.insert_restriction",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, 'adam', 'tag', 'vip')",
}};
const db::Sql analyze{{
    .name = "postgres_plan_test.analyze",
    .text = "ANALYZE",
    .scope = db::Scope::system,
}};
const db::Sql rows_read{{
    .name = "postgres_plan_test.rows_read",
    .text = {},
    .scope = db::Scope::system,
    .sqlite = "SELECT 0",
    .postgres = "SELECT CAST(coalesce(idx_tup_fetch, 0) + seq_tup_read AS BIGINT)"
                " FROM pg_stat_xact_user_tables WHERE relname = 'conversations'",
}};

constexpr int until_a_plan_is_kept = 6;  // PostgreSQL makes five of their own before

class PostgresPlanTest : public test::EnginesTest {
  protected:
    void SetUp() override { reopen({.connections_max = 1}); }

    /// Rows of conversations that are read by it.
    static std::int64_t cost_of(db::WorkspaceTxn& txn, const std::function<void()>& reading) {
        const std::int64_t before = txn.txn().query(rows_read)[0].integer(0);
        reading();
        return txn.txn().query(rows_read)[0].integer(0) - before;
    }
    /// To find one conversation.
    static std::int64_t cost(db::WorkspaceTxn& txn) {
        return cost_of(txn,
                       [&] { inbox::find_of_contact(txn, ContactId("p77"), PhoneNumberId("1")); });
    }
};

TEST_P(PostgresPlanTest, what_was_planned_on_an_empty_table_is_planned_again) {
    for (int i = 0; i < until_a_plan_is_kept; ++i) {
        write(shop, [](db::WorkspaceTxn& txn) { return cost(txn); });
    }
    const auto before = write(shop, [](db::WorkspaceTxn& txn) {
        txn.execute(insert_conversations, 5'000);
        return cost(txn);
    });
    EXPECT_GE(before, 5'000) << "or the test shows nothing";
    EXPECT_LE(write(shop, [](db::WorkspaceTxn& txn) { return cost(txn); }), 10);
}

TEST_P(PostgresPlanTest, few_rows_are_passed_over_to_list_what_a_member_sees) {
    constexpr std::int64_t rows = 20'000;
    write(shop, [&](db::WorkspaceTxn& txn) {
        txn.execute(insert_conversations, rows);
        txn.execute(insert_bearers, rows);
        return txn.execute(insert_restriction);
    });
    write([](db::Txn& txn) { return txn.execute(analyze); });
    const inbox::Filter nobodys{.status = "open",
                                .assignee = "none",
                                .limit = 50,
                                .restrictions = {.member = "adam", .by_tag = true}};
    std::size_t listed = 0;
    for (int i = 0; i <= until_a_plan_is_kept; ++i) {
        const auto cost_of_list = read(shop, [&](db::WorkspaceTxn& txn) {
            return cost_of(
                txn, [&] { listed = inbox::list(txn, nobodys).value().conversations.size(); });
        });
        EXPECT_EQ(listed, nobodys.limit);
        EXPECT_LE(cost_of_list, 500) << "51 rows, and three times as many that are not seen";
    }
}

WAPI_ON_POSTGRES(PostgresPlanTest);

}  // namespace
}  // namespace wapi
