// Goal: views are seen and written by who may, and hold nothing but filters of conversations.
// Method: the service on both engines.
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>

#include "features/audit/audit.hpp"
#include "features/saved_views/saved_views_store.hpp"
#include "tests/support/interleaved.hpp"
#include "tests/support/sharers.hpp"

namespace wapi::saved_views {
namespace {

using test::other_shop;
using test::shop;

TEST(ViewRules, a_filter_holds_what_the_list_takes_and_nothing_else) {
    const auto check = [](const std::string& text) {
        const auto checked = check_filter(boost::json::parse(text).as_object());
        return checked ? "ok" : checked.error().field;
    };
    EXPECT_EQ(check("{}"), "ok");
    EXPECT_EQ(check(R"({"status":"open","assignee":"me","phoneNumberId":"1","tag":"vip",)"
                    R"("unread":true,"search":"x"})"),
              "ok");
    EXPECT_EQ(check(R"({"status":"closed"})"), "filter.status");
    EXPECT_EQ(check(R"({"unread":"yes"})"), "filter.unread");
    EXPECT_EQ(check(R"({"tag":7})"), "filter.tag");
    EXPECT_EQ(check(R"({"color":"red"})"), "filter.color");
    EXPECT_EQ(check(R"({"tag":")" + std::string(200, 'x') + "\"}"), "filter.tag");
}

class SavedViewsTest : public test::SharersTest {
  protected:
    static Draft draft(const std::string& name, bool shared = false) {
        return {.name = name, .filter = boost::json::object{{"tag", "vip"}}, .shared = shared};
    }
    std::vector<std::string> names(const Context& who) {
        std::vector<std::string> found;
        for (const View& view : run(service_.list(who))) {
            found.push_back(view.name);
        }
        return found;
    }

    Service service_{database(), ids_, clock_};
};

using Names = std::vector<std::string>;

TEST_P(SavedViewsTest, ones_own_and_shared_ones_are_listed_by_name) {
    ASSERT_TRUE(run(service_.create(as("olga", true), draft("Shared", true))));
    ASSERT_TRUE(run(service_.create(as("olga", true), draft("Own"))));
    ASSERT_TRUE(run(service_.create(as("adam"), draft("Adam's"))));
    EXPECT_EQ(names(as("olga")), (Names{"Own", "Shared"}));
    EXPECT_EQ(names(as("adam")), (Names{"Adam's", "Shared"}));
    EXPECT_TRUE(names(as("olga", true, other_shop)).empty());
}

TEST_P(SavedViewsTest, shared_ones_are_written_by_who_may_and_others_own_are_not_there) {
    const Context olga = as("olga", true);
    EXPECT_EQ(outcome(run(service_.create(as("adam"), draft("x", true)))), "view_shared");
    const View shared = run(service_.create(olga, draft("Shared", true))).value();
    const View own = run(service_.create(olga, draft("Own"))).value();
    EXPECT_EQ(outcome(run(service_.change(as("adam"), shared.id, {.name = "x"}))), "view_shared");
    EXPECT_EQ(outcome(run(service_.remove(as("adam"), shared.id))), "view_shared");
    EXPECT_EQ(outcome(run(service_.remove(as("adam", true), own.id))), "view_not_found");
    EXPECT_EQ(outcome(run(service_.remove(as("olga", true, other_shop), own.id))),
              "view_not_found");
    const auto changed = run(
        service_.change(olga, shared.id, {.filter = boost::json::object{{"status", "snoozed"}}}));
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->name, "Shared");
    EXPECT_EQ(changed->filter, (boost::json::object{{"status", "snoozed"}}));
    EXPECT_EQ(outcome(run(service_.remove(olga, shared.id))), "ok");
    EXPECT_EQ(names(olga), Names{"Own"});
}

TEST_P(SavedViewsTest, a_name_is_taken_once_by_each_and_limits_hold) {
    const Context adam = as("adam");
    ASSERT_TRUE(run(service_.create(adam, draft("a"))));
    const View other = run(service_.create(adam, draft("b"))).value();
    EXPECT_EQ(outcome(run(service_.create(adam, draft("a")))), "view_exists");
    EXPECT_EQ(outcome(run(service_.change(adam, other.id, {.name = "a"}))), "view_exists");
    EXPECT_EQ(outcome(run(service_.change(adam, other.id, {.name = "b"}))), "ok");
    for (int index = 2; index < own_max; ++index) {
        ASSERT_TRUE(run(service_.create(adam, draft("n" + std::to_string(index)))));
    }
    EXPECT_EQ(outcome(run(service_.create(adam, draft("more")))), "views_full");
    EXPECT_EQ(outcome(run(service_.create(as("eve"), draft("more")))), "ok");
}

TEST_P(SavedViewsTest, every_change_is_on_record) {
    const Context olga = as("olga", true);
    const View view = run(service_.create(olga, draft("a", true))).value();
    ASSERT_TRUE(run(service_.change(olga, view.id, {.name = "b"})));
    ASSERT_TRUE(run(service_.remove(olga, view.id)));
    audit::Service log(database());
    std::vector<std::string> actions;
    for (const audit::StoredEntry& entry : run(log.list(olga, {.resource_id = view.id}))->entries) {
        actions.push_back(entry.action);
    }
    EXPECT_EQ(actions, (Names{"view.deleted", "view.updated", "view.created"}));
}

WAPI_ON_BOTH_ENGINES(SavedViewsTest);

class SavedViewsRaceTest : public SavedViewsTest {
  protected:
    void SetUp() override { make_workspace(shop); }
    /// What another program is adding.
    test::Interleaved adding(const std::string& name) {
        View view;
        view.id = ids_.uuid();
        view.owner = UserId("adam");
        view.name = name;
        return test::Interleaved(database(), shop, [view](db::WorkspaceTxn& txn) {
            store::lock(txn);
            store::insert(txn, view);
        });
    }
};

TEST_P(SavedViewsRaceTest, of_two_that_take_a_name_the_second_is_told) {
    const Context adam = as("adam");
    const View view = run(service_.create(adam, draft("a"))).value();
    test::Interleaved other = adding("b");
    EXPECT_EQ(outcome(run(service_.change(adam, view.id, {.name = "b"}))), "view_exists");
    other.join();
}

TEST_P(SavedViewsRaceTest, two_at_once_do_not_go_beyond_the_limit) {
    const Context adam = as("adam");
    for (int index = 1; index < own_max; ++index) {
        ASSERT_TRUE(run(service_.create(adam, draft("n" + std::to_string(index)))));
    }
    test::Interleaved other = adding("last");
    EXPECT_EQ(outcome(run(service_.create(adam, draft("more")))), "views_full");
    other.join();
}

TEST_P(SavedViewsRaceTest, one_that_two_remove_at_once_is_removed_once) {
    const Context adam = as("adam");
    const View view = run(service_.create(adam, draft("a"))).value();
    test::Interleaved other(database(), shop,
                            [&](db::WorkspaceTxn& txn) { store::remove(txn, view.id); });
    EXPECT_EQ(outcome(run(service_.remove(adam, view.id))), "view_not_found");
    other.join();
    EXPECT_EQ(count_audit("view.deleted"), 0);
}

WAPI_ON_POSTGRES(SavedViewsRaceTest);

}  // namespace
}  // namespace wapi::saved_views
