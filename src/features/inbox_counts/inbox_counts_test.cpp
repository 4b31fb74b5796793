// Goal: the counts are those of what the caller sees, and say when they are not all. Method: the
// store and the handler on both engines, of conversations in every state.
#include <gtest/gtest.h>

#include "features/inbox_counts/inbox_counts_http.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::inbox_counts {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");
const UserId adam("adam");
const UserId eve("eve");

// $3 conversations of one member (or of nobody), the first $5 unread, the first $6 on number 1.
const db::Sql insert_many{{
    .name = "inbox_counts_test.insert_many",
    .text = "INSERT INTO conversations (workspace_id, conversation_id, contact_id,"
            " phone_number_id, status, assignee_id, unread_count, read_up_to_us, resolved_us,"
            " last_inbound_us, profile_name, profile_us, last_message_us, last_message_id,"
            " created_us) WITH RECURSIVE numbers(n) AS (SELECT CAST(1 AS BIGINT) UNION ALL"
            " SELECT n + 1 FROM numbers WHERE n < $3) SELECT $1, $4 || coalesce($2, '') || n,"
            " $4 || coalesce($2, '') || n, CASE WHEN n <= $6 THEN '1' ELSE '2' END, $4, $2,"
            " CASE WHEN n <= $5 THEN 1 ELSE 0 END, 0, 0, 0, '', 0, n, '', 0 FROM numbers",
}};
// The $3rd to $4th of each kind. Of the second to fourth one is on number 1, and none is unread.
const db::Sql tag_some{{
    .name = "inbox_counts_test.tag_some",
    .text = "INSERT INTO contact_tags (workspace_id, contact_id, tag) SELECT workspace_id,"
            " contact_id, $2 FROM conversations WHERE workspace_id = $1"
            " AND last_message_us BETWEEN $3 AND $4",
}};
const db::Sql tag_one{{
    .name = "inbox_counts_test.tag_one",
    .text = "INSERT INTO contact_tags (workspace_id, contact_id, tag) VALUES ($1, $2, 'vip')",
}};
const db::Sql insert_limit{{
    .name = "inbox_counts_test.insert_limit",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, $2, $3, $4)",
}};

struct Many {
    std::string_view status;
    std::optional<UserId> assignee = {};
    std::int64_t rows = 0;
    std::int64_t unread = 0;
    std::int64_t on_number_1 = 0;
};

class InboxCountsTest : public test::EnginesTest {
  protected:
    void add(const Many& many) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            return txn.execute(insert_many, many.assignee, many.rows, many.status, many.unread,
                               many.on_number_1);
        });
    }
    /// Of each state eight of nobody, of Adam and of Eve; one of each unread, two on number 1.
    void fill() {
        for (const std::string_view status : {"open", "snoozed", "resolved"}) {
            for (const std::optional<UserId>& assignee :
                 {std::optional<UserId>(), std::optional(adam), std::optional(eve)}) {
                add({.status = status,
                     .assignee = assignee,
                     .rows = 8,
                     .unread = 1,
                     .on_number_1 = 2});
            }
        }
    }
    Counts counted(const UserId& me, const Restrictions& restrictions = {}) {
        return read(shop, [&](db::WorkspaceTxn& txn) { return count(txn, me, restrictions); });
    }
    static std::vector<std::int64_t> figures(const Counts& counts) {
        return {counts.mine, counts.unassigned, counts.all, counts.unread, counts.snoozed};
    }
    std::string answer(const WorkspaceId& workspace, const UserId& user) {
        net::Call call;
        call.context.workspace = workspace;
        call.context.actor = {ActorKind::user, user.value};
        return run(inbox_counts_routes(service_).front().handler(call))->body;
    }

    Service service_{database()};
};

TEST_P(InboxCountsTest, they_are_of_what_the_caller_sees) {
    fill();
    EXPECT_EQ(figures(counted(adam)), (std::vector<std::int64_t>{8, 8, 24, 3, 24}));
    EXPECT_EQ(figures(counted(adam, {.member = "adam", .assigned_only = true})),
              (std::vector<std::int64_t>{8, 0, 8, 1, 8}));
    EXPECT_EQ(
        figures(counted(adam, {.member = "adam", .assigned_only = true, .unassigned_too = true})),
        (std::vector<std::int64_t>{8, 8, 16, 2, 16}));
    write(shop, [&](db::WorkspaceTxn& txn) {
        txn.execute(tag_some, "vip", 2, 4);
        txn.execute(insert_limit, adam, "phone", "1");
        return txn.execute(insert_limit, adam, "tag", "vip");
    });
    EXPECT_EQ(figures(counted(adam, {.member = "adam", .by_number = true})),
              (std::vector<std::int64_t>{2, 2, 6, 3, 6}));
    EXPECT_EQ(figures(counted(adam, {.member = "adam", .by_tag = true})),
              (std::vector<std::int64_t>{3, 3, 9, 0, 9}));
    EXPECT_EQ(figures(counted(adam, {.member = "adam", .by_tag = true, .by_number = true})),
              (std::vector<std::int64_t>{1, 1, 3, 0, 3}));
    EXPECT_TRUE(counted(adam).exact);
}

TEST_P(InboxCountsTest, who_bears_several_of_the_callers_tags_is_counted_once) {
    fill();
    write(shop, [&](db::WorkspaceTxn& txn) {
        txn.execute(tag_some, "vip", 2, 4);
        txn.execute(tag_some, "new", 4, 5);
        txn.execute(tag_some, "late", 1, 8);
        txn.execute(insert_limit, eve, "tag", "late");
        txn.execute(insert_limit, adam, "phone", "late");
        txn.execute(insert_limit, adam, "tag", "vip");
        return txn.execute(insert_limit, adam, "tag", "new");
    });
    write(other_shop, [&](db::WorkspaceTxn& txn) {
        txn.execute(tag_one, "openadam7");  // the id of a contact in the first one, too
        return txn.execute(insert_limit, adam, "tag", "late");
    });
    EXPECT_EQ(figures(counted(adam, {.member = "adam", .by_tag = true})),
              (std::vector<std::int64_t>{4, 4, 12, 0, 12}));
    EXPECT_EQ(figures(counted(adam, {.member = "adam", .by_tag = true, .assigned_only = true})),
              (std::vector<std::int64_t>{4, 0, 4, 0, 4}));
    EXPECT_EQ(figures(counted(eve, {.member = "eve", .by_tag = true})),
              (std::vector<std::int64_t>{8, 8, 24, 3, 24}));
}

TEST_P(InboxCountsTest, of_as_many_as_are_looked_at_they_say_so) {
    const Restrictions own{.member = "adam", .assigned_only = true};
    add({.status = "open", .assignee = adam, .rows = counted_max - 1});
    for (const Counts& counts : {counted(adam), counted(adam, own)}) {
        EXPECT_EQ(counts.all, counted_max - 1);
        EXPECT_TRUE(counts.exact);
    }
    add({.status = "open", .assignee = eve, .rows = 1});
    EXPECT_EQ(counted(adam).all, counted_max);
    EXPECT_FALSE(counted(adam).exact);
    EXPECT_TRUE(counted(adam, own).exact);
    add({.status = "snoozed", .assignee = adam, .rows = counted_max});
    EXPECT_EQ(counted(adam, own).snoozed, counted_max);
    EXPECT_FALSE(counted(adam, own).exact);
}

TEST_P(InboxCountsTest, nobodys_and_unread_ones_are_counted_behind_the_newest) {
    add({.status = "open", .assignee = adam, .rows = counted_max + 3});
    add({.status = "open", .rows = 3, .unread = 2});  // the oldest
    EXPECT_EQ(figures(counted(adam)),
              (std::vector<std::int64_t>{counted_max, 3, counted_max, 2, 0}));
    EXPECT_FALSE(counted(adam).exact);
}

TEST_P(InboxCountsTest, no_figure_is_more_than_is_counted) {
    add({.status = "open", .rows = counted_max + 3, .unread = counted_max + 2});
    add({.status = "snoozed", .rows = counted_max + 1});
    EXPECT_EQ(figures(counted(adam)),
              (std::vector<std::int64_t>{0, counted_max, counted_max, counted_max, counted_max}));
}

TEST_P(InboxCountsTest, the_route_answers_for_who_asks) {
    add({.status = "open", .assignee = adam, .rows = 1});
    EXPECT_EQ(answer(shop, adam),
              R"({"mine":1,"unassigned":0,"all":1,"unread":0,"snoozed":0,"exact":true})");
    EXPECT_EQ(answer(shop, eve),
              R"({"mine":0,"unassigned":0,"all":1,"unread":0,"snoozed":0,"exact":true})");
    EXPECT_EQ(answer(other_shop, adam),
              R"({"mine":0,"unassigned":0,"all":0,"unread":0,"snoozed":0,"exact":true})");
}

WAPI_ON_BOTH_ENGINES(InboxCountsTest);

}  // namespace
}  // namespace wapi::inbox_counts
