// Goal: of a member who leaves, or sees less, every conversation is taken, however many they had:
// a bounded number in each transaction, told of each, and a program that is killed in between goes
// on. Method: the store and the loop on both engines, with the database opened anew between pieces.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "features/assignment/assignment.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::assignment {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const UserId adam("adam");
constexpr std::int64_t many = 2 * taken_at_once_max + 200;

const db::Sql insert_member{{
    .name = "assignment_release_test.insert_member",
    .text = "INSERT INTO members (workspace_id, user_id, role, created_us)"
            " VALUES ($1, $2, 'agent', 0)",
}};
const db::Sql delete_member{{
    .name = "assignment_release_test.delete_member",
    .text = "DELETE FROM members WHERE workspace_id = $1 AND user_id = $2",
}};
const db::Sql insert_limit{{
    .name = "assignment_release_test.insert_limit",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, $2, 'phone', $3)",
}};
const db::Sql delete_limits{{
    .name = "assignment_release_test.delete_limits",
    .text = "DELETE FROM member_restrictions WHERE workspace_id = $1 AND user_id = $2",
}};
const db::Sql insert_conversation{{
    .name = "assignment_release_test.insert_conversation",
    .text = "INSERT INTO conversations (workspace_id, conversation_id, contact_id, phone_number_id,"
            " status, assignee_id, unread_count, read_up_to_us, resolved_us, last_inbound_us,"
            " profile_name, profile_us, last_message_us, last_message_id, created_us)"
            " VALUES ($1, $2, $2, $3, 'open', $4, 3, 0, 0, 0, '', 0, 0, '', 0)",
}};
const db::Sql count_sql{{
    .name = "assignment_release_test.count",
    .text = "SELECT count(*), coalesce(sum(unread_count), 0) FROM conversations"
            " WHERE workspace_id = $1 AND assignee_id = $2",
}};
const db::Sql count_free_sql{{
    .name = "assignment_release_test.count_free",
    .text = "SELECT count(*), coalesce(sum(unread_count), 0) FROM conversations"
            " WHERE workspace_id = $1 AND assignee_id IS NULL",
}};

class AssignmentReleaseTest : public test::EnginesTest {
  protected:
    void SetUp() override {
        write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(insert_member, adam); });
        give(0, many);
    }
    /// Conversations of adam's, the even ones on number 1, the others on number 2.
    void give(std::int64_t first, std::int64_t count) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            for (std::int64_t index = first; index < first + count; ++index) {
                txn.execute(insert_conversation, fmt::format("talk-{:06}", index),
                            fmt::format("{}", 1 + index % 2), adam);
            }
            return true;
        });
    }
    std::int64_t remove() {
        const auto count = write(shop, [](db::WorkspaceTxn& txn) {
            txn.execute(delete_member, adam);
            return unassign_all(txn, adam);
        });
        hear();
        return count;
    }
    std::int64_t held() {
        return read(shop,
                    [](db::WorkspaceTxn& txn) { return txn.query(count_sql, adam)[0].integer(0); });
    }
    std::int64_t unread_of_free() {
        return read(shop,
                    [](db::WorkspaceTxn& txn) { return txn.query(count_free_sql)[0].integer(1); });
    }
    /// What is told from now on.
    void listen() {
        database().on_announced([this](const std::vector<db::Announcement>& all) {
            for (const db::Announcement& one : all) {
                told_[one.id] += one.detail == R"({"assigneeId":"adam"})" ? 1 : 0;
            }
        });
    }
    void release() {
        async::Tasks tasks(io_);
        run(Releaser(tasks, database()).release());
        hear();
    }
    void hear() {
        io_.restart();
        io_.poll();
    }

    std::map<std::string, int> told_;
};

TEST_P(AssignmentReleaseTest, who_leaves_loses_some_at_once_and_the_rest_in_pieces) {
    listen();
    EXPECT_EQ(remove(), many) << "for the audit log";
    EXPECT_EQ(held(), many - taken_at_once_max);
    reopen();  // as after a kill: what is left stands in the table
    EXPECT_EQ(held(), many - taken_at_once_max);
    listen();
    release();
    EXPECT_EQ(held(), 0);
    EXPECT_EQ(unread_of_free(), 3 * many) << "nothing else of them is changed";
    EXPECT_EQ(static_cast<std::int64_t>(told_.size()), many);
    EXPECT_TRUE(std::ranges::all_of(told_, [](const auto& one) { return one.second == 1; }))
        << "each once";
    told_.clear();
    release();
    EXPECT_TRUE(told_.empty());
}

TEST_P(AssignmentReleaseTest, of_few_nothing_is_left_for_later) {
    write(shop, [](db::WorkspaceTxn& txn) { return unassign_unseen(txn, adam); });
    EXPECT_EQ(held(), many) << "who sees all keeps all";
    const auto limited = write(shop, [](db::WorkspaceTxn& txn) {
        txn.execute(insert_limit, adam, "3");
        return unassign_unseen(txn, adam);
    });
    EXPECT_EQ(limited, many);
    release();
    give(many, 10);
    EXPECT_EQ(remove(), 10);
    EXPECT_EQ(held(), 0);
}

TEST_P(AssignmentReleaseTest, who_sees_less_loses_only_what_they_do_not_see) {
    const auto lost = write(shop, [](db::WorkspaceTxn& txn) {
        txn.execute(insert_limit, adam, "1");
        return unassign_unseen(txn, adam);
    });
    EXPECT_EQ(lost, many / 2);
    EXPECT_EQ(held(), many - taken_at_once_max);
    release();
    EXPECT_EQ(held(), many / 2);
}

TEST_P(AssignmentReleaseTest, who_is_back_before_all_is_taken_keeps_what_is_left) {
    remove();
    write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(insert_member, adam); });
    release();
    EXPECT_EQ(held(), many - taken_at_once_max);
    write(shop, [](db::WorkspaceTxn& txn) {
        txn.execute(insert_limit, adam, "3");
        unassign_unseen(txn, adam);
        return txn.execute(delete_limits, adam);
    });
    release();
    EXPECT_EQ(held(), many - 2 * taken_at_once_max) << "and who sees all again, too";
}

WAPI_ON_BOTH_ENGINES(AssignmentReleaseTest);

}  // namespace
}  // namespace wapi::assignment
