// Goal: a number is connected step by step, a failed step says which and why, and a retry goes on
// from there. Method: a stand-in for Meta whose answers are set, the real vault and stores on both
// engines.
#include "features/onboarding/onboarding.hpp"

#include <gtest/gtest.h>

#include "features/audit/audit.hpp"
#include "features/meta_callbacks/meta_callbacks.hpp"
#include "features/onboarding/onboarding_http.hpp"
#include "features/onboarding/onboarding_rules.hpp"
#include "queue/queue.hpp"
#include "tests/support/fake_graph.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::onboarding {
namespace {

using namespace std::string_view_literals;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other("22222222-2222-7222-8222-222222222222");
const PhoneNumberId phone_id("108"sv);

class OnboardingTest : public test::EnginesTest {
  protected:
    void SetUp() override {
        graph_.token_info.is_valid = true;
        graph_.token_info.app_id = "901";
        graph_.token_info.scopes = {"whatsapp_business_management", "whatsapp_business_messaging"};
        graph_.token_info.waba_ids = {"209"};
        whatsapp::PhoneInfo phone;
        phone.id = phone_id;
        phone.display_phone_number = "+1 555-000-1111";
        phone.status = "CONNECTED";
        graph_.phones = {phone};
    }
    static Context context(const WorkspaceId& workspace) {
        Context made;
        made.workspace = workspace;
        made.actor = {ActorKind::user, "u1"};
        return made;
    }
    Result<Status> connect(std::string_view pin = "", const WorkspaceId& workspace = shop,
                           std::string_view token = "EAAJ-token") {
        return run(service_.connect(context(workspace), {WabaId("209"sv), phone_id,
                                                         SecretString(token), SecretString(pin)}));
    }
    static std::string code(const Result<Status>& result) {
        return result ? "ok" : std::string(result.error().kind->code);
    }
    std::string secret(const std::string& name) {
        vault_.forget(shop, name);
        const Result<SecretString> found = run(vault_.read(context(shop), name));
        return found ? std::string(found->reveal()) : "";
    }
    std::int64_t count_audit(std::string_view action, const WorkspaceId& workspace = shop) {
        audit::Service log(database());
        return run(log.list(context(workspace), {.action = std::string(action)}))->total;
    }
    std::int64_t count_calls(std::string_view name) {
        return std::ranges::count(graph_.calls, name);
    }

    test::FakeGraph graph_;
    vault::DatabaseBackend backend_{
        database(),
        vault::MasterKey(
            SecretString("3f8a1c5e9b7d204f6a8c1e3b5d7f90a2c4e6f8091b2d3f4a5c6e7f8192a3b4c5"sv)),
        rng_, clock_};
    vault::Vault vault_{backend_, database(), clock_};
    templates::Service templates_{database(), graph_, vault_, clock_};
    Service service_{{database(), graph_, vault_, templates_, clock_, rng_, "901"}};
};

TEST_P(OnboardingTest, a_number_is_connected_in_the_documented_order) {
    graph_.template_pages = {{{{"1", "a", "en", "UTILITY", "APPROVED", "POSITIONAL", "[]"}}, ""}};
    const Result<Status> status = connect();
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_EQ(graph_.calls,
              (std::vector<std::string>{"debug_token", "list_phone_numbers", "subscribe_app",
                                        "register_phone", "list_templates"}));
    EXPECT_EQ(status->status, "connected");
    EXPECT_TRUE(status->webhooks_subscribed && status->phone_registered);
    EXPECT_EQ(status->display_phone, "+15550001111");
    EXPECT_EQ(status->templates_synced, 1U);
    EXPECT_EQ(secret("token:209"), "EAAJ-token");
    for (const char* action :
         {"phone.claimed", "waba.subscribed", "phone.registered", "waba.connected"}) {
        EXPECT_EQ(count_audit(action), 1) << action;
    }
    EXPECT_EQ(run(service_.status(context(shop)))->status, "connected");
    EXPECT_EQ(run(service_.status(context(other)))->status, "not_connected");
}

TEST_P(OnboardingTest, a_new_pin_is_kept_in_the_vault_and_used_again) {
    graph_.register_code = 133000;
    EXPECT_EQ(code(connect()), "meta_rate_limited");
    graph_.register_code = 0;
    EXPECT_EQ(code(connect()), "ok");
    ASSERT_EQ(graph_.pins.size(), 2U);
    EXPECT_TRUE(is_pin(graph_.pins[0]));
    EXPECT_EQ(graph_.pins[0], graph_.pins[1]);
    EXPECT_EQ(secret("pin:108"), graph_.pins[1]);
}

TEST_P(OnboardingTest, a_wrong_pin_says_so_and_the_right_one_goes_on) {
    graph_.register_code = 133005;
    const Result<Status> refused = connect();
    EXPECT_EQ(code(refused), "pin_mismatch");
    EXPECT_EQ(refused.error().field, "pin");
    EXPECT_TRUE(refused.error().message.starts_with("register_phone: "));
    const Status between = run(service_.status(context(shop))).value();
    EXPECT_EQ(between.status, "pending");
    EXPECT_TRUE(between.webhooks_subscribed);
    EXPECT_FALSE(between.phone_registered);
    EXPECT_TRUE(between.status_reason.starts_with("register_phone: "));
    EXPECT_EQ(secret("pin:108"), "");
    graph_.register_code = 0;
    EXPECT_EQ(code(connect("581063")), "ok");
    EXPECT_EQ(graph_.pins.back(), "581063");
    EXPECT_EQ(secret("pin:108"), "581063");
    EXPECT_EQ(run(service_.status(context(shop)))->status_reason, "");
}

TEST_P(OnboardingTest, a_token_that_is_invalid_or_not_for_the_account_changes_nothing) {
    graph_.token_info.is_valid = false;
    EXPECT_EQ(code(connect()), "token_invalid");
    graph_.token_info.is_valid = true;
    graph_.token_info.waba_ids = {"210"};
    EXPECT_EQ(code(connect()), "waba_not_granted");
    graph_.token_info.waba_ids = std::nullopt;
    graph_.phones[0].id = PhoneNumberId("999"sv);
    EXPECT_EQ(code(connect()), "phone_not_in_waba");
    EXPECT_EQ(run(service_.status(context(shop)))->status, "not_connected");
    EXPECT_EQ(secret("token:209"), "");
    EXPECT_EQ(count_calls("subscribe_app"), 0);
}

TEST_P(OnboardingTest, a_token_of_another_app_or_without_a_permission_changes_nothing) {
    graph_.token_info.app_id = "902";
    EXPECT_EQ(code(connect()), "token_of_another_app");
    graph_.token_info.app_id = "901";
    for (const char* only : {"whatsapp_business_management", "whatsapp_business_messaging"}) {
        graph_.token_info.scopes = {only};
        const Result<Status> refused = connect();
        EXPECT_EQ(code(refused), "token_scope_missing") << only;
        EXPECT_EQ(refused.error().field, "accessToken");
        EXPECT_EQ(refused.error().message.find(only), std::string::npos) << "names what is there";
    }
    EXPECT_EQ(run(service_.status(context(shop)))->status, "not_connected");
    EXPECT_EQ(graph_.calls, (std::vector<std::string>(3, "debug_token")));
}

TEST_P(OnboardingTest, without_an_app_id_the_token_of_any_app_is_taken) {
    Service any_app{{database(), graph_, vault_, templates_, clock_, rng_}};
    graph_.token_info.app_id = "902";
    EXPECT_TRUE(run(any_app.connect(
        context(shop), {WabaId("209"sv), phone_id, SecretString("EAAJ-token"sv), {}})));
}

TEST_P(OnboardingTest, meta_being_down_is_no_fault_of_the_caller) {
    graph_.down = true;
    const Result<Status> down = connect();
    EXPECT_EQ(code(down), "meta_unavailable");
    EXPECT_EQ(down.error().kind->status, 502);
    graph_.down = false;
    graph_.subscribe_failure = whatsapp::Uncertain{"time-out"};
    EXPECT_EQ(code(connect()), "meta_unavailable");
    graph_.subscribe_failure.reset();
    EXPECT_EQ(code(connect()), "ok");
}

TEST_P(OnboardingTest, a_number_of_another_workspace_is_taken) {
    ASSERT_TRUE(connect());
    const auto taken = connect("", other);
    EXPECT_EQ(code(taken), "number_taken");
    EXPECT_EQ(taken.error().message, errors::number_taken.message);
    EXPECT_EQ(run(service_.status(context(other)))->status, "not_connected");
    const auto route = read([](db::Txn& txn) { return numbers::find_route(txn, phone_id); });
    EXPECT_EQ(route->workspace, shop);
}

TEST_P(OnboardingTest, a_claim_that_came_to_nothing_gives_way_to_another_workspace) {
    graph_.register_code = 133005;
    EXPECT_EQ(code(connect()), "pin_mismatch");
    EXPECT_EQ(count_audit("waba.subscribed"), 1);
    graph_.register_code = 0;
    EXPECT_EQ(code(connect("", other)), "ok");
    EXPECT_EQ(run(service_.status(context(shop)))->status, "not_connected");
    EXPECT_EQ(run(service_.status(context(other)))->status, "connected");
    EXPECT_EQ(count_audit("phone.released"), 1);
    EXPECT_EQ(count_audit("phone.released", other), 0);
    EXPECT_EQ(count_audit("phone.claimed", other), 1);
    EXPECT_EQ(code(connect()), "number_taken");
    const auto whole = [&](const WorkspaceId& workspace) {
        return !read(workspace, [](db::WorkspaceTxn& txn) {
                    return audit::verify_chain(txn).first_bad;
                }).has_value();
    };
    EXPECT_TRUE(whole(shop) && whole(other));
}

TEST_P(OnboardingTest, a_number_that_lost_its_token_does_not_give_way) {
    ASSERT_TRUE(connect());
    write(shop, [](db::WorkspaceTxn& txn) {
        return numbers::set_status(txn, phone_id, numbers::status::reconnect, "expired");
    });
    EXPECT_EQ(code(connect("", other)), "number_taken");
}

async::Task<> connect_one(Service& service, Context context, std::vector<std::string>& outcomes) {
    const Result<Status> result = co_await service.connect(
        std::move(context), {WabaId("209"sv), phone_id, SecretString("EAAJ-token"sv), {}});
    outcomes.emplace_back(result ? "ok" : result.error().kind->code);
}

TEST_P(OnboardingTest, of_many_claims_at_once_one_gets_the_number_and_the_rest_are_told) {
    async::Tasks tasks(io_);
    std::vector<std::string> outcomes;
    for (int index = 0; index < 8; ++index) {
        const WorkspaceId workspace("33333333-3333-7333-8333-33333333333" + std::to_string(index));
        tasks.spawn("connect", connect_one(service_, context(workspace), outcomes));
    }
    ASSERT_TRUE(run(tasks.join(std::chrono::seconds(30))));
    EXPECT_EQ(outcomes.size(), 8U) << "one ended in a fault";
    EXPECT_EQ(std::ranges::count(outcomes, "ok"), 1);
    EXPECT_EQ(std::ranges::count(outcomes, "number_taken"), 7);
}

TEST_P(OnboardingTest, connecting_again_with_a_token_that_fails_leaves_all_that_works) {
    ASSERT_TRUE(connect());
    graph_.token_info.waba_ids = std::nullopt;
    const auto connect_elsewhere = [&] {
        return run(service_.connect(context(shop),
                                    {WabaId("210"sv), phone_id, SecretString("EAAJ-bad"sv), {}}));
    };
    graph_.subscribe_failure = whatsapp::Uncertain{"time-out"};
    EXPECT_EQ(code(connect("", shop, "EAAJ-bad")), "meta_unavailable");
    EXPECT_EQ(code(connect_elsewhere()), "meta_unavailable");
    graph_.subscribe_failure.reset();
    graph_.register_code = 133005;
    EXPECT_EQ(code(connect("581063", shop, "EAAJ-bad")), "pin_mismatch");
    EXPECT_EQ(secret("token:209"), "EAAJ-token");
    EXPECT_EQ(secret("token:210"), "");
    const auto route = read([](db::Txn& txn) { return numbers::find_route(txn, phone_id); });
    EXPECT_EQ(route->waba_id, WabaId("209"sv));
    EXPECT_TRUE(route->able_to_send());
    EXPECT_TRUE(route->status_reason.starts_with("register_phone: "));
}

TEST_P(OnboardingTest, connecting_again_replaces_the_token_without_registering_again) {
    ASSERT_TRUE(connect());
    ASSERT_TRUE(connect("", shop, "EAAJ-newer"));
    EXPECT_EQ(secret("token:209"), "EAAJ-newer");
    EXPECT_EQ(count_calls("register_phone"), 1);
    EXPECT_EQ(count_audit("phone.registered"), 1);
    EXPECT_EQ(count_audit("waba.connected"), 2);
}

TEST_P(OnboardingTest, a_number_shared_with_the_app_is_not_registered_and_goes_slower) {
    graph_.phones[0].is_on_biz_app = true;
    ASSERT_TRUE(connect());
    EXPECT_EQ(count_calls("register_phone"), 0);
    const auto route = read([](db::Txn& txn) { return numbers::find_route(txn, phone_id); });
    EXPECT_EQ(route->messages_per_second, 20);
    EXPECT_TRUE(route->able_to_send());
}

TEST_P(OnboardingTest, templates_that_cannot_be_read_are_noted_but_stop_nothing) {
    graph_.fail_templates_after = 0;
    const Result<Status> status = connect();
    ASSERT_TRUE(status);
    EXPECT_EQ(status->status, "connected");
    EXPECT_FALSE(status->templates_synced);
    EXPECT_TRUE(status->status_reason.starts_with("sync_templates: "));
}

TEST_P(OnboardingTest, dead_letters_about_the_number_become_the_workspaces) {
    write([&](db::Txn& txn) {
        queue::NewJob job{.id = ids_.event_id(),
                          .queue = "webhooks",
                          .kind = "webhook.item",
                          .priority = queue::Priority::high,
                          .run_at = clock_.now(),
                          .workspace = std::nullopt,
                          .subject = "108",
                          .payload = "{}"};
        queue::enqueue(txn, job, clock_.now());
        for (const queue::Job& taken : queue::take(txn, "webhooks", clock_.now(), 10)) {
            queue::fail(txn, taken, "unknown number", {}, clock_.now(), true);
        }
        return true;
    });
    ASSERT_TRUE(connect());
    const auto dead = read([](db::Txn& txn) { return queue::list_dead(txn, shop, {}, 10); });
    EXPECT_EQ(dead.letters.size(), 1U);
}

TEST_P(OnboardingTest, who_connected_may_take_it_back_at_meta) {
    graph_.token_info.user_id = "218471";
    ASSERT_EQ(code(connect()), "ok");
    const std::vector<SecretString> secrets{SecretString("app-secret"sv)};
    meta_callbacks::Service callbacks(
        {.db = database(), .vault = vault_, .clock = clock_, .app_secrets = secrets});
    const std::string payload = crypto::base64url_encode(
        fmt::format(R"({{"user_id":"218471","algorithm":"HMAC-SHA256","issued_at":{}}})",
                    to_us(clock_.now()) / 1'000'000));
    const auto revoked = run(callbacks.deauthorize(
        crypto::base64url_encode(crypto::as_text(crypto::hmac_sha256("app-secret", payload))) +
        "." + payload));
    ASSERT_TRUE(revoked);
    EXPECT_EQ(*revoked, 1U);
    EXPECT_EQ(secret("token:209"), "");
    EXPECT_EQ(run(service_.status(context(shop)))->status, "reconnect_needed");
    EXPECT_EQ(code(connect()), "ok") << "and connect again";
    EXPECT_EQ(secret("token:209"), "EAAJ-token");
}

TEST_P(OnboardingTest, the_route_checks_its_fields_and_never_shows_the_token) {
    std::vector<net::Route> routes = onboarding_routes(service_);
    const auto post = [&](std::string body) {
        net::Call call;
        call.context = context(shop);
        call.request.body = std::move(body);
        return run(routes[0].handler(call));
    };
    const auto field = [&](std::string body) { return post(std::move(body)).error().field; };
    EXPECT_EQ(field(R"({"phoneNumberId":"108","accessToken":"t"})"), "wabaId");
    EXPECT_EQ(field(R"({"wabaId":"209","phoneNumberId":"1/8","accessToken":"t"})"),
              "phoneNumberId");
    EXPECT_EQ(field(R"({"wabaId":"209","phoneNumberId":"108"})"), "accessToken");
    EXPECT_EQ(field(R"({"wabaId":"209","phoneNumberId":"108","accessToken":"t","pin":"12"})"),
              "pin");
    const Result<net::Response> made =
        post(R"({"wabaId":"209","phoneNumberId":108,"accessToken":"EAAJ-token"})");
    ASSERT_TRUE(made);
    EXPECT_EQ(made->body.find("EAAJ"), std::string::npos);
    EXPECT_NE(made->body.find(R"("webhooksSubscribed":true)"), std::string::npos);
}

WAPI_ON_BOTH_ENGINES(OnboardingTest);

TEST(OnboardingRules, a_pin_has_six_digits_whatever_the_dice_say) {
    SeededRng rng(5);
    for (int round = 0; round < 1'000; ++round) {
        EXPECT_TRUE(is_pin(make_pin(rng).reveal()));
    }
    EXPECT_FALSE(is_pin("12345"));
    EXPECT_FALSE(is_pin("12345a"));
}

TEST(OnboardingRules, a_shown_phone_becomes_plain_digits) {
    EXPECT_EQ(plain_phone("+1 (555) 000-1111"), "+15550001111");
    EXPECT_EQ(plain_phone(""), "");
}

TEST(OnboardingRules, the_pace_follows_the_throughput_level) {
    whatsapp::PhoneInfo phone;
    const auto pace = [&phone] {
        return to_number(phone, WabaId("209"sv), shop, std::nullopt, from_us(0))
            .messages_per_second;
    };
    EXPECT_EQ(pace(), 80);
    phone.throughput_level = "HIGH";
    EXPECT_EQ(pace(), 1'000);
    phone.is_on_biz_app = true;
    EXPECT_EQ(pace(), 20);
}

}  // namespace
}  // namespace wapi::onboarding
