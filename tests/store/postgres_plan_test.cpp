// Goal: on PostgreSQL a statement that was planned while its table was empty does not walk through
// the rows that have come since. Method: rows that the server itself counts in the transaction.
#include <gtest/gtest.h>

#include "features/inbox/inbox.hpp"
#include "tests/support/test_db.hpp"

namespace wapi {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");

const db::Sql insert_conversations{{
    .name = "postgres_plan_test.insert",
    .text = {},
    .sqlite = "SELECT $1",
    .postgres =
        "INSERT INTO conversations (workspace_id, conversation_id, contact_id, phone_number_id,"
        " status, assignee_id, unread_count, read_up_to_us, resolved_us, last_inbound_us,"
        " profile_name, profile_us, last_message_us, last_message_id, created_us)"
        " SELECT $1, 'c' || number, 'p' || number, '1', 'open', NULL, 0, 0, 0, 0, '', 0, number,"
        " '', 0 FROM generate_series(1, 5000) AS number",
}};
const db::Sql rows_read{{
    .name = "postgres_plan_test.rows_read",
    .text = {},
    .scope = db::Scope::system,
    .sqlite = "SELECT 0",
    .postgres = "SELECT CAST(coalesce(idx_tup_fetch, 0) + seq_tup_read AS BIGINT)"
                " FROM pg_stat_xact_user_tables WHERE relname = 'conversations'",
}};

class PostgresPlanTest : public test::EnginesTest {
  protected:
    void SetUp() override { reopen({.connections_max = 1}); }

    /// Rows read to find one conversation.
    static std::int64_t cost(db::WorkspaceTxn& txn) {
        const std::int64_t before = txn.txn().query(rows_read)[0].integer(0);
        inbox::find_of_contact(txn, ContactId("p77"), PhoneNumberId("1"));
        return txn.txn().query(rows_read)[0].integer(0) - before;
    }
};

TEST_P(PostgresPlanTest, what_was_planned_on_an_empty_table_is_planned_again) {
    constexpr int until_a_plan_is_kept = 6;  // PostgreSQL makes five of their own before
    for (int i = 0; i < until_a_plan_is_kept; ++i) {
        write(shop, [](db::WorkspaceTxn& txn) { return cost(txn); });
    }
    const auto before = write(shop, [](db::WorkspaceTxn& txn) {
        txn.execute(insert_conversations);
        return cost(txn);
    });
    EXPECT_GE(before, 5'000) << "or the test shows nothing";
    EXPECT_LE(write(shop, [](db::WorkspaceTxn& txn) { return cost(txn); }), 10);
}

WAPI_ON_POSTGRES(PostgresPlanTest);

}  // namespace
}  // namespace wapi
