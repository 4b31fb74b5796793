// Goal: a number is found by its workspace and by routing, on both engines, and never by another
// workspace. Method: rows of two workspaces in a fresh database.
#include <gtest/gtest.h>

#include "features/numbers/numbers.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::numbers {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other("22222222-2222-7222-8222-222222222222");

class NumbersStoreTest : public test::EnginesTest {
  protected:
    Number make(const WorkspaceId& workspace, const std::string& id, std::string_view status,
                int second) {
        Number number;
        number.workspace = workspace;
        number.phone_number_id = PhoneNumberId(id);
        number.waba_id = WabaId(std::string_view("209"));
        number.display_phone = "+15550001111";
        number.verified_name = "Demo Shop";
        number.quality_rating = "GREEN";
        number.status = status;
        number.connected_at = clock_.now() + std::chrono::seconds(second);
        return number;
    }
    bool save(const Number& number) {
        return write(number.workspace,
                     [&](db::WorkspaceTxn& txn) { return save_number(txn, number); });
    }
    bool remove(const WorkspaceId& workspace, const std::string& id) {
        return write(workspace,
                     [&](db::WorkspaceTxn& txn) { return remove_pending(txn, PhoneNumberId(id)); });
    }
    std::optional<Number> find(const WorkspaceId& workspace, const std::string& id) {
        return read(workspace,
                    [&](db::WorkspaceTxn& txn) { return find_number(txn, PhoneNumberId(id)); });
    }
    std::optional<Number> first(const WorkspaceId& workspace) {
        return read(workspace, [](db::WorkspaceTxn& txn) { return default_number(txn); });
    }
};

TEST_P(NumbersStoreTest, a_number_is_read_as_it_was_saved) {
    Number number = make(shop, "108", status::connected, 0);
    number.webhooks_subscribed = true;
    number.messages_per_second = 1'000;
    save(number);
    const std::optional<Number> found = find(shop, "108");
    ASSERT_TRUE(found);
    EXPECT_EQ(found->waba_id, number.waba_id);
    EXPECT_EQ(found->verified_name, "Demo Shop");
    EXPECT_TRUE(found->webhooks_subscribed);
    EXPECT_FALSE(found->registered);
    EXPECT_EQ(found->messages_per_second, 1'000);
    EXPECT_EQ(found->connected_at, number.connected_at);
    EXPECT_TRUE(found->able_to_send());
    EXPECT_EQ(found->token_name(), "token:209");
}

TEST_P(NumbersStoreTest, saving_again_keeps_the_time_of_the_first_connection) {
    save(make(shop, "108", status::connected, 0));
    save(make(shop, "108", status::reconnect, 99));
    const std::optional<Number> found = find(shop, "108");
    EXPECT_EQ(found->status, status::reconnect);
    EXPECT_EQ(found->connected_at, clock_.now());
}

TEST_P(NumbersStoreTest, another_workspace_does_not_see_a_number) {
    save(make(shop, "108", status::connected, 0));
    EXPECT_FALSE(find(other, "108"));
    EXPECT_FALSE(first(other));
}

TEST_P(NumbersStoreTest, routing_finds_the_workspace_of_a_number_and_of_an_account) {
    save(make(shop, "108", status::connected, 0));
    save(make(other, "109", status::connected, 0));
    const auto route =
        read([](db::Txn& txn) { return find_route(txn, PhoneNumberId(std::string_view("109"))); });
    ASSERT_TRUE(route);
    EXPECT_EQ(route->workspace, other);
    EXPECT_FALSE(
        read([](db::Txn& txn) { return find_route(txn, PhoneNumberId(std::string_view("110"))); }));
    const auto routes = read(
        [](db::Txn& txn) { return find_routes_of_waba(txn, WabaId(std::string_view("209"))); });
    EXPECT_EQ(routes.size(), 2U);
}

TEST_P(NumbersStoreTest, a_number_cannot_belong_to_two_workspaces) {
    EXPECT_TRUE(save(make(shop, "108", status::connected, 0)));
    EXPECT_FALSE(save(make(other, "108", status::connected, 0)));
    EXPECT_TRUE(find(shop, "108"));
    EXPECT_FALSE(find(other, "108"));
}

TEST_P(NumbersStoreTest, only_a_number_that_never_was_connected_is_removed) {
    save(make(shop, "108", status::pending, 0));
    EXPECT_FALSE(remove(other, "108"));
    EXPECT_TRUE(remove(shop, "108"));
    EXPECT_FALSE(remove(shop, "108"));
    save(make(shop, "108", status::reconnect, 0));
    EXPECT_FALSE(remove(shop, "108"));
    EXPECT_TRUE(find(shop, "108"));
}

TEST_P(NumbersStoreTest, the_default_number_is_the_oldest_that_can_send) {
    save(make(shop, "1", status::reconnect, 0));
    EXPECT_EQ(first(shop)->phone_number_id.value, "1");
    save(make(shop, "3", status::connected, 20));
    save(make(shop, "2", status::connected, 10));
    EXPECT_EQ(first(shop)->phone_number_id.value, "2");
}

TEST_P(NumbersStoreTest, a_status_changes_only_in_the_own_workspace) {
    save(make(shop, "108", status::connected, 0));
    const PhoneNumberId id(std::string_view("108"));
    const auto expire = [&](db::WorkspaceTxn& txn) {
        return set_status(txn, id, status::reconnect, "expired");
    };
    EXPECT_FALSE(write(other, expire));
    EXPECT_TRUE(find(shop, "108")->able_to_send());
    EXPECT_TRUE(write(shop, expire));
    const std::optional<Number> found = find(shop, "108");
    EXPECT_EQ(found->status, status::reconnect);
    EXPECT_EQ(found->status_reason, "expired");
    EXPECT_FALSE(found->able_to_send());
}

WAPI_ON_BOTH_ENGINES(NumbersStoreTest);

}  // namespace
}  // namespace wapi::numbers
