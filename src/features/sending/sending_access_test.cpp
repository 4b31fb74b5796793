// Goal: a member with restrictions sends only to whom, and on what, they may see. Method: the send
// gate on both engines with the Context that such a member's request carries.
#include <gtest/gtest.h>

#include "features/access/access.hpp"
#include "features/sending/sending_service.hpp"
#include "features/sending/sending_test_support.hpp"

namespace wapi::sending {
namespace {

using namespace testing;

const db::Sql insert_restriction{{
    .name = "sending_access_test.insert_restriction",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, 'user-1', $2, $3)",
}};

const db::Sql insert_member{{
    .name = "sending_access_test.insert_member",
    .text = "INSERT INTO members (workspace_id, user_id, role, created_us)"
            " VALUES ($1, 'user-1', 'agent', 0)",
}};

class SendingAccessTest : public SendingTest {
  protected:
    void limit_to(std::string_view kind, std::string_view value) {
        write(shop,
              [&](db::WorkspaceTxn& txn) { return txn.execute(insert_restriction, kind, value); });
        (kind == "tag" ? seen_.by_tag : seen_.by_number) = true;
    }
    Result<Message> send(const Draft& draft) {
        Context context = context_of(shop);
        context.restrictions = seen_;
        return write(shop, [&](db::WorkspaceTxn& txn) {
            return commit_send(txn, ids_, context, draft, clock_.now());
        });
    }
    std::string answer(const Draft& draft) {
        const Result<Message> sent = send(draft);
        return sent ? "ok" : std::string(sent.error().kind->code);
    }
    std::optional<std::string> assignee_of(const ConversationId& id) {
        const auto found =
            read(shop, [&](db::WorkspaceTxn& txn) { return inbox::get(txn, id).value(); });
        return found.assignee ? std::optional(found.assignee->value) : std::nullopt;
    }
    void assign(const ConversationId& id, const std::string& user) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            inbox::set_assignee(txn, {.conversation = id, .to = UserId(user)});
            return true;
        });
    }

    Restrictions seen_{.member = "user-1"};
};

TEST_P(SendingAccessTest, a_contact_without_the_members_tag_is_not_there) {
    receive("hi");
    limit_to("tag", "vip");
    EXPECT_EQ(answer(text_to("+" + ann_phone)), "contact_not_found");
    // Nor does a number that nobody knows become a contact that the sender would not see.
    EXPECT_EQ(answer(text_to("+15550003333")), "contact_not_found");
    EXPECT_FALSE(read(shop, [](db::WorkspaceTxn& txn) {
        return contacts::find_by_identity(txn, {contacts::IdentityKind::phone, "15550003333"});
    }));
    EXPECT_EQ(count_outbox().pending, 0);
}

TEST_P(SendingAccessTest, a_number_that_is_not_the_members_is_not_there) {
    save_number(shop, second_number);
    receive("hi", ann_phone, shop, shop_number);
    receive("hi", ann_phone, shop, second_number);
    limit_to("phone", second_number.value);
    Draft draft = text_to("+" + ann_phone);
    EXPECT_EQ(send(draft)->phone_number_id, second_number);
    draft.phone_number_id = shop_number.value;
    EXPECT_EQ(answer(draft), "number_not_connected");
}

TEST_P(SendingAccessTest, without_a_number_that_is_theirs_a_member_sends_nothing) {
    limit_to("phone", "999");
    EXPECT_EQ(answer(text_to("+15550003333")), "number_not_connected");
}

TEST_P(SendingAccessTest, a_conversation_of_somebody_else_is_not_there) {
    const InboundResult ann = receive("hi");
    seen_.assigned_only = true;
    EXPECT_EQ(answer(text_to("+" + ann_phone)), "conversation_not_found");
    seen_.unassigned_too = true;
    EXPECT_EQ(answer(text_to("+" + ann_phone)), "ok");
    EXPECT_EQ(assignee_of(ann.conversation), std::nullopt);
    assign(ann.conversation, "user-2");
    EXPECT_EQ(answer(text_to("+" + ann_phone)), "conversation_not_found");
    assign(ann.conversation, "user-1");
    EXPECT_EQ(answer(text_to("+" + ann_phone)), "ok");
}

TEST_P(SendingAccessTest, who_sees_only_their_own_gets_the_conversation_they_begin) {
    save_template("notice", "UTILITY");
    write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(insert_member); });
    seen_.assigned_only = true;
    const Result<Message> sent = send(template_to("+15550003333", "notice"));
    ASSERT_TRUE(sent);
    EXPECT_EQ(assignee_of(sent->conversation), "user-1");
    EXPECT_EQ(answer(template_to("+15550003333", "notice")), "ok");
}

WAPI_ON_BOTH_ENGINES(SendingAccessTest);

}  // namespace
}  // namespace wapi::sending
