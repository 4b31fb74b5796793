// Goal: a workspace reads and changes only itself, and a change leaves its audit entry without
// values. Method: the service on both engines; the merge of settings by examples of RFC 7396.
#include "features/workspaces/workspaces.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "features/audit/audit.hpp"
#include "features/workspaces/workspaces_http.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::workspaces {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other("22222222-2222-7222-8222-222222222222");

class WorkspacesTest : public test::EnginesTest {
  protected:
    void SetUp() override {
        for (const WorkspaceId& id : {shop, other}) {
            write(id, [&](db::WorkspaceTxn& txn) {
                insert_workspace(txn, {id, "Demo Shop", "free", R"({"a":1})", clock_.now()});
                return true;
            });
        }
    }
    static Context context(const WorkspaceId& workspace = shop) {
        Context made;
        made.workspace = workspace;
        made.actor = {ActorKind::user, "u1"};
        return made;
    }
    /// Stands for a feature that reads the key `hours`.
    static Result<void> check(const json::object& settings) {
        return settings.contains("hours")
                   ? fail_field(errors::invalid_request, "settings.hours", "No.")
                   : Result<void>();
    }
    Service service_{database(), clock_, check};
};

TEST_P(WorkspacesTest, a_change_of_name_and_settings_stays_in_its_workspace) {
    const Result<Overview> changed = run(service_.change(
        context(), {.name = "New Name", .settings = json::object{{"b", 2}, {"a", nullptr}}}));
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->workspace.name, "New Name");
    EXPECT_EQ(changed->workspace.settings, R"({"b":2})");
    EXPECT_EQ(run(service_.get(context(other)))->workspace.name, "Demo Shop");
}

TEST_P(WorkspacesTest, a_name_of_more_than_one_line_is_refused) {
    const Result<Overview> refused =
        run(service_.change(context(), {.name = "Shop\n\nPay here", .settings = {}}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "name");
    EXPECT_EQ(run(service_.get(context()))->workspace.name, "Demo Shop");
}

TEST_P(WorkspacesTest, the_audit_entry_names_what_changed_but_not_to_what) {
    ASSERT_TRUE(run(service_.change(
        context(), {.name = std::nullopt, .settings = json::object{{"secretWord", "xyzzy"}}})));
    audit::Service log(database());
    const Result<audit::Page> page = run(log.list(context(), {}));
    ASSERT_EQ(page->entries.size(), 1U);
    EXPECT_EQ(page->entries[0].action, audit::actions::settings_updated);
    EXPECT_EQ(page->entries[0].details, R"({"changed":["settings.secretWord"]})");
}

TEST_P(WorkspacesTest, new_settings_are_told_to_who_knows_rights_and_a_new_name_is_not) {
    std::size_t announced = 0;
    database().on_announced([&](const std::vector<db::Announcement>& all) {
        announced += static_cast<std::size_t>(
            std::ranges::count(all, audit::access_changed, &db::Announcement::kind));
    });
    const auto change = [&](const Change& wanted) {
        EXPECT_TRUE(run(service_.change(context(), wanted)));
        io_.restart();
        io_.poll();
        return announced;
    };
    EXPECT_EQ(change({.name = "New Name", .settings = std::nullopt}), 0U);
    EXPECT_EQ(change({.name = std::nullopt,
                      .settings = json::object{{"inbox", {{"showUnassigned", true}}}}}),
              1U);
}

TEST_P(WorkspacesTest, settings_that_a_feature_refuses_are_not_stored) {
    const Result<Overview> refused = run(service_.change(
        context(), {.name = "New Name", .settings = json::object{{"hours", "never"}}}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "settings.hours");
    EXPECT_EQ(run(service_.get(context()))->workspace.name, "Demo Shop");
    EXPECT_EQ(run(service_.get(context()))->workspace.settings, R"({"a":1})");
}

TEST_P(WorkspacesTest, a_change_of_many_settings_cannot_hide_what_it_changed) {
    json::object many;
    json::object long_names;
    for (int index = 0; index < 1'000; ++index) {
        many["key" + std::to_string(index)] = nullptr;
        long_names[std::string(100, '\x01') + std::to_string(index)] = nullptr;
    }
    const auto details_of = [&](const json::object& patch) {
        EXPECT_TRUE(run(service_.change(context(), {.name = "New", .settings = patch})));
        audit::Service log(database());
        const Result<audit::Page> page = run(log.list(context(), {}));
        return json::parse_object(page->entries.at(0).details).value();
    };
    const json::object details = details_of(many);
    EXPECT_EQ(json::require_int(details, "changedCount").value(), 1'001);
    const json::array* names = json::require_array(details, "changed").value();
    ASSERT_EQ(names->size(), 20U);
    EXPECT_EQ(names->at(0).as_string(), "name");
    EXPECT_EQ(names->at(19).as_string(), "settings.key18");
    EXPECT_EQ(json::require_array(details_of(long_names), "changed").value()->size(), 20U);
}

TEST_P(WorkspacesTest, an_unknown_workspace_is_not_found) {
    const WorkspaceId nobody(std::string_view("33333333-3333-7333-8333-333333333333"));
    EXPECT_EQ(run(service_.get(context(nobody))).error().kind, &errors::not_found);
    EXPECT_EQ(run(service_.change(context(nobody), {.name = "x", .settings = {}})).error().kind,
              &errors::not_found);
}

TEST_P(WorkspacesTest, the_page_shows_how_the_connection_stands) {
    const auto get = [&] {
        std::vector<net::Route> routes = workspace_routes(service_);
        net::Call call;
        call.context = context();
        return json::parse_object(run(routes[0].handler(call))->body).value();
    };
    EXPECT_EQ(json::require_string(get(), "esbFlow.status").value(), "not_connected");
    EXPECT_FALSE(json::require_bool(get(), "esbFlow.webhooksSubscribed").value());
    write(shop, [&](db::WorkspaceTxn& txn) {
        numbers::Number number;
        number.phone_number_id = PhoneNumberId(std::string_view("108"));
        number.waba_id = WabaId(std::string_view("209"));
        number.status = numbers::status::connected;
        number.webhooks_subscribed = true;
        numbers::save_number(txn, number);
        return true;
    });
    EXPECT_EQ(json::require_string(get(), "esbFlow.phoneNumberId").value(), "108");
    EXPECT_TRUE(json::require_bool(get(), "esbFlow.webhooksSubscribed").value());
    EXPECT_EQ(json::require_array(get(), "phoneNumbers").value()->size(), 1U);
}

WAPI_ON_BOTH_ENGINES(WorkspacesTest);

TEST(MergeSettings, follows_the_merge_patch_rules) {
    const auto merged = [](const char* settings, const char* patch) {
        return merge_settings(settings, json::parse_object(patch).value()).value();
    };
    EXPECT_EQ(merged(R"({"a":"b"})", R"({"a":"c"})"), R"({"a":"c"})");
    EXPECT_EQ(merged(R"({"a":"b"})", R"({"a":null})"), "{}");
    EXPECT_EQ(merged(R"({"a":{"b":1,"c":2}})", R"({"a":{"b":null,"d":3}})"),
              R"({"a":{"c":2,"d":3}})");
    EXPECT_EQ(merged(R"({"a":[1]})", R"({"a":{"b":null}})"), R"({"a":{}})");
    EXPECT_EQ(merged("broken", R"({"a":1})"), R"({"a":1})");
}

TEST(MergeSettings, refuses_settings_that_grow_too_large) {
    const json::object patch{{"a", std::string(settings_bytes_max, 'x')}};
    EXPECT_FALSE(merge_settings("{}", patch));
}

}  // namespace
}  // namespace wapi::workspaces
