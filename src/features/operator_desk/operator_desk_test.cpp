// Goal: an operator sees what waits and what failed in all workspaces without what customers wrote,
// and each act on a letter is in the log of who owns it. Method: the routes as they are called, on
// both engines, with the worker run by hand.
#include "features/operator_desk/operator_desk_http.hpp"

#include <gtest/gtest.h>
#include <sodium.h>

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "features/audit/audit.hpp"
#include "features/mailer/mailer.hpp"
#include "features/webhooks/webhooks.hpp"
#include "features/webhooks/webhooks_test_support.hpp"

namespace wapi::operator_desk {
namespace {

using namespace webhooks::testing;
namespace json = wapi::json;

const db::Sql count_messages{{
    .name = "operator_desk_test.count_messages",
    .text = "SELECT count(*) FROM messages",
    .scope = db::Scope::system,
}};
constexpr std::string_view password = "correct horse battery";
constexpr std::string_view letters_path = "/api/v1/operator/dead-letters";

class OperatorDeskTest : public WebhooksTest {
  protected:
    OperatorDeskTest() {
        make_workspace(shop);
        connect(shop, shop_number);
        make_workspace(other_shop);
        connect(other_shop, other_number);
        EXPECT_TRUE(run(operators_.create({"olaf@wapi.example", "Olaf", SecretString(password)})));
        const auto login = run(operators_.login({"192.0.2.1", "agent", "request-1"},
                                                "olaf@wapi.example", SecretString(password)));
        token_ = login->token.reveal();
        operator_id_ = login->who.id;
    }

    struct Ask {
        net::Verb verb = net::Verb::get;
        std::string_view path;
        std::vector<std::pair<std::string, std::string>> query = {};
        std::string body = {};
    };
    Result<net::Response> call(const Ask& ask) {
        const auto route = std::ranges::find_if(routes_, [&ask](const net::Route& one) {
            return one.path == ask.path && one.verb == ask.verb;
        });
        net::Call request;
        request.request.query = ask.query;
        request.request.body = ask.body;
        request.request.headers.emplace_back("authorization", "Bearer " + token_);
        request.context.ip = "192.0.2.1";
        return run(route->handler(request));
    }
    Result<net::Response> act(std::string_view what, const std::vector<std::string>& ids) {
        json::array named;
        for (const std::string& id : ids) {
            named.emplace_back(id);
        }
        return call({.verb = net::Verb::post,
                     .path = what == "replay" ? "/api/v1/operator/dead-letters/replay"
                                              : "/api/v1/operator/dead-letters/discard",
                     .body = json::render(json::object{{"ids", std::move(named)}})});
    }
    Result<net::Response> replay(const std::string& body) {
        return call({.verb = net::Verb::post,
                     .path = "/api/v1/operator/webhook-events/replay",
                     .body = body});
    }
    static json::object parsed(const Result<net::Response>& response) {
        return json::parse_object(response.value().body).value();
    }
    static std::string code(const Result<net::Response>& response) {
        return response ? std::to_string(response->status)
                        : std::string(response.error().kind->code);
    }
    static std::string text(const json::object& object, std::string_view name) {
        return std::string(object.at(name).as_string());
    }
    static std::vector<std::string> texts(const json::array& items, std::string_view name) {
        std::vector<std::string> all;
        for (const json::value& item : items) {
            all.push_back(text(item.as_object(), name));
        }
        return all;
    }
    std::vector<std::string> letters(const std::string& workspace = {}) {
        const json::object page =
            parsed(call({.path = letters_path, .query = {{"workspaceId", workspace}}}));
        return texts(page.at("jobs").as_array(), "id");
    }
    /// Fails for good: a message without its id, to that number.
    void bury(const std::string& number) {
        boost::json::object broken =
            text_change(number, {.phone = "15550002222"}, "wamid.X", now_s(), "hello");
        broken["value"].as_object()["messages"].as_array()[0].as_object().erase("id");
        store_body(body_of(std::move(broken)));
        for (int attempt = 0; attempt < 6; ++attempt) {
            drain();
            clock_.advance(std::chrono::minutes(10));
        }
    }
    void bury_mail() {
        write([&](db::Txn& txn) {
            queue::enqueue(txn,
                           {.id = ids_.event_id(),
                            .queue = std::string(mailer::queue_name),
                            .kind = "password_reset",
                            .run_at = clock_.now(),
                            .workspace = std::nullopt,
                            .subject = {},
                            .payload = R"({"who":"nina@example.com"})"},
                           clock_.now());
            const auto jobs = queue::take(txn, mailer::queue_name, clock_.now(), 1);
            queue::fail(txn, jobs.at(0), "connection refused", {}, clock_.now(), true);
            return true;
        });
    }
    std::string text_body(const std::string& number, const std::string& wamid) {
        return body_of(text_change(number, {.phone = "15550002222"}, wamid, now_s(), "hello"));
    }
    std::vector<audit::StoredEntry> entries(const WorkspaceId& workspace,
                                            const std::string& action) {
        Context context;
        context.workspace = workspace;
        audit::Service log(database());
        return run(log.list(context, {.action = action}))->entries;
    }

    async::ThreadPool pool_{io_, "cpu", 1};
    operators::Service operators_{
        {.db = database(), .pool = pool_, .clock = clock_, .rng = rng_, .ids = ids_},
        {crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN}};
    int woken_ = 0;
    Result<void> accepting_;
    Service service_{{.db = database(),
                      .clock = clock_,
                      .ids = ids_,
                      .operators = operators_,
                      .accepting = [this] { return accepting_; },
                      .wake_worker = [this] { ++woken_; }}};
    std::vector<net::Route> routes_ = operator_desk_routes(service_);
    std::string token_;
    std::string operator_id_;
};

TEST_P(OperatorDeskTest, only_an_operators_token_opens_the_routes) {
    token_ = "wop_invented";
    for (const net::Route& route : routes_) {
        EXPECT_EQ(route.auth, net::Auth::platform_operator) << route.path;
        EXPECT_EQ(code(call({.verb = route.verb, .path = route.path})), "unauthorized")
            << route.path;
    }
}

TEST_P(OperatorDeskTest, letters_of_all_workspaces_are_listed_with_their_owner) {
    bury(shop_number);
    bury(other_number);
    bury("1080000000009");
    const json::object page = parsed(call({.path = letters_path}));
    const json::array& jobs = page.at("jobs").as_array();
    ASSERT_EQ(jobs.size(), 3U);
    EXPECT_TRUE(jobs[0].at("workspaceId").is_null()) << "nobody has that number";
    EXPECT_EQ(text(jobs[1].as_object(), "workspaceId"), other_shop.value);
    EXPECT_EQ(text(jobs[2].as_object(), "workspaceId"), shop.value);
    EXPECT_FALSE(text(jobs[2].as_object(), "workspaceName").empty());
    EXPECT_EQ(letters(shop.value), std::vector{text(jobs[2].as_object(), "id")});
    const json::object own =
        parsed(call({.path = letters_path, .query = {{"workspaceId", shop.value}}}));
    EXPECT_EQ(own.at("jobs").at(0).at("workspaceName"), jobs[2].at("workspaceName"));
    EXPECT_TRUE(letters("nowhere").empty());
    const json::object first = parsed(call({.path = letters_path, .query = {{"limit", "2"}}}));
    EXPECT_EQ(first.at("jobs").as_array().size(), 2U);
    const json::object rest =
        parsed(call({.path = letters_path, .query = {{"cursor", text(first, "nextCursor")}}}));
    EXPECT_EQ(texts(rest.at("jobs").as_array(), "id"),
              std::vector{text(jobs[2].as_object(), "id")});
    EXPECT_EQ(code(call({.path = letters_path, .query = {{"cursor", "x"}}})), "invalid_request");
}

TEST_P(OperatorDeskTest, what_a_mail_is_about_is_not_for_operators) {
    bury_mail();
    const Result<net::Response> response = call({.path = letters_path});
    const json::object letter = parsed(response).at("jobs").as_array().at(0).as_object();
    EXPECT_EQ(text(letter, "kind"), "password_reset");
    EXPECT_TRUE(letter.at("payload").is_null());
    EXPECT_FALSE(response->body.contains("nina@example.com"));
}

TEST_P(OperatorDeskTest, letters_are_replayed_each_by_itself_with_an_entry_in_their_owners_log) {
    bury(shop_number);
    bury("1080000000009");
    const std::vector<std::string> ids = letters();
    const json::object answer = parsed(act("replay", {ids[0], "1", ids[1]}));
    const json::array& results = answer.at("results").as_array();
    ASSERT_EQ(results.size(), 3U);
    EXPECT_TRUE(results[0].at("error").is_null());
    EXPECT_EQ(text(results[1].as_object(), "error"), "dead_letter_not_found");
    EXPECT_TRUE(results[2].at("error").is_null());
    EXPECT_EQ(woken_, 1);
    EXPECT_TRUE(letters().empty());
    EXPECT_EQ(drain(), 2U) << "both are tried again";
    const auto theirs = entries(shop, "webhook.replayed");
    ASSERT_EQ(theirs.size(), 1U);
    EXPECT_EQ(theirs[0].actor_kind, "operator");
    EXPECT_EQ(theirs[0].actor_id, operator_id_);
    EXPECT_EQ(theirs[0].resource_id, ids[1]);
    EXPECT_EQ(theirs[0].ip, "192.0.2.1");
    const auto nobodys = entries(WorkspaceId(platform_workspace), "webhook.replayed");
    ASSERT_EQ(nobodys.size(), 1U);
    EXPECT_EQ(nobodys[0].resource_id, ids[0]);
    EXPECT_TRUE(entries(other_shop, "webhook.replayed").empty());
}

TEST_P(OperatorDeskTest, letters_are_discarded_and_a_second_time_they_are_not_there) {
    bury(shop_number);
    const std::vector<std::string> ids = letters();
    const json::object answer = parsed(act("discard", {ids[0], ids[0]}));
    EXPECT_TRUE(answer.at("results").at(0).at("error").is_null());
    EXPECT_EQ(answer.at("results").at(1).at("error").as_string(), "dead_letter_not_found");
    EXPECT_TRUE(letters().empty());
    EXPECT_EQ(drain(), 0U);
    EXPECT_EQ(entries(shop, "webhook.discarded").size(), 1U);
}

TEST_P(OperatorDeskTest, an_act_names_one_to_a_hundred_letters) {
    EXPECT_EQ(code(act("replay", {})), "invalid_request");
    EXPECT_EQ(code(act("discard", {"x"})), "invalid_request");
    EXPECT_EQ(code(act("replay", std::vector<std::string>(100, "1"))), "200");
    EXPECT_EQ(code(act("replay", std::vector<std::string>(101, "1"))), "invalid_request");
}

TEST_P(OperatorDeskTest, queues_are_listed_by_how_long_the_oldest_job_waits) {
    bury_mail();
    store_body(text_body(shop_number, "wamid.1"));
    clock_.advance(std::chrono::seconds(3));
    write([&](db::Txn& txn) {
        for (const char* number : {shop_number.c_str(), "1080000000009"}) {
            queue::enqueue(txn,
                           {.id = ids_.event_id(),
                            .queue = std::string("outbox:") + number,
                            .kind = "message.send",
                            .run_at = clock_.now() - std::chrono::minutes(1),
                            .workspace = shop,
                            .subject = {},
                            .payload = "m"},
                           clock_.now());
        }
        return true;
    });
    const json::object answer = parsed(call({.path = "/api/v1/operator/queues"}));
    const json::array& queues = answer.at("queues").as_array();
    EXPECT_EQ(texts(queues, "name"),
              (std::vector<std::string>{"outbox:" + shop_number, "outbox:1080000000009", "webhooks",
                                        "mail"}));
    EXPECT_EQ(answer.at("leftOut"), 0);
    EXPECT_EQ(queues[0].at("oldestAgeMs"), 60'000);
    EXPECT_EQ(text(queues[0].as_object(), "workspaceId"), shop.value);
    EXPECT_FALSE(text(queues[0].as_object(), "phone").empty());
    EXPECT_TRUE(queues[1].at("workspaceId").is_null()) << "no such number";
    EXPECT_EQ(queues[2].at("pending"), 1);
    EXPECT_EQ(queues[2].at("oldestAgeMs"), 3'000);
    EXPECT_EQ(queues[3].at("dead"), 1);
    EXPECT_EQ(queues[3].at("pending"), 0);
}

TEST_P(OperatorDeskTest, more_queues_than_one_answer_shows_are_counted) {
    write([&](db::Txn& txn) {
        for (std::size_t queue = 0; queue < queues_max + 7; ++queue) {
            queue::enqueue(txn,
                           {.id = ids_.event_id(),
                            .queue = "outbox:" + std::to_string(queue),
                            .kind = "message.send",
                            .run_at = clock_.now() + std::chrono::hours(1),
                            .workspace = std::nullopt,
                            .subject = {},
                            .payload = "m"},
                           clock_.now());
        }
        return true;
    });
    const json::object answer = parsed(call({.path = "/api/v1/operator/queues"}));
    EXPECT_EQ(answer.at("queues").as_array().size(), queues_max);
    EXPECT_EQ(answer.at("leftOut"), 7);
    EXPECT_EQ(answer.at("queues").at(0).at("delayed"), 1);
}

TEST_P(OperatorDeskTest, stored_webhooks_are_listed_without_what_is_in_them) {
    const Timestamp from = clock_.now();
    store_body(text_body(shop_number, "wamid.1"));
    clock_.advance(std::chrono::minutes(1));
    const EventId second = store_body(text_body(other_number, "wamid.2"));
    constexpr std::string_view path = "/api/v1/operator/webhook-events";
    const Result<net::Response> response = call({.path = path});
    const json::array events = parsed(response).at("events").as_array();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(text(events[0].as_object(), "id"), std::to_string(second.value)) << "newest first";
    EXPECT_EQ(events[0].at("bytes"),
              static_cast<std::int64_t>(text_body(other_number, "wamid.2").size()));
    EXPECT_FALSE(response->body.contains("hello"));
    EXPECT_FALSE(response->body.contains("15550002222"));
    const json::object early =
        parsed(call({.path = path,
                     .query = {{"from", render_time(from)},
                               {"to", render_time(from + std::chrono::seconds(30))}}}));
    EXPECT_EQ(texts(early.at("events").as_array(), "id"),
              std::vector{text(events[1].as_object(), "id")});
    const json::object first = parsed(call({.path = path, .query = {{"limit", "1"}}}));
    const json::object rest =
        parsed(call({.path = path, .query = {{"cursor", text(first, "nextCursor")}}}));
    EXPECT_EQ(texts(rest.at("events").as_array(), "id"),
              std::vector{text(events[1].as_object(), "id")});
    EXPECT_TRUE(rest.at("nextCursor").is_null());
    EXPECT_EQ(code(call({.path = path, .query = {{"from", "yesterday"}}})), "invalid_request");
}

TEST_P(OperatorDeskTest, events_are_replayed_for_all_or_for_one_workspace) {
    const Timestamp from = clock_.now();
    store_body(text_body(shop_number, "wamid.1"));
    const EventId theirs = store_body(text_body(other_number, "wamid.2"));
    drain();
    execute("DELETE FROM messages");
    clock_.advance(std::chrono::seconds(1));
    json::object range{{"from", render_time(from)}, {"to", render_time(clock_.now())}};
    range["workspaceId"] = shop.value;
    EXPECT_EQ(code(replay(json::render(range))), "202");
    drain();
    EXPECT_EQ(count(count_messages), 1) << "theirs is not touched";
    EXPECT_EQ(entries(shop, "webhook.replayed").at(1).actor_kind, "operator");
    range.erase("workspaceId");
    EXPECT_EQ(code(replay(json::render(range))), "202");
    drain();
    EXPECT_EQ(count(count_messages), 2);
    EXPECT_EQ(entries(WorkspaceId(platform_workspace), "webhook.replayed").size(), 1U);
    const std::string one = std::to_string(theirs.value);
    EXPECT_EQ(parsed(replay(R"({"ids":[")" + one + R"("]})")).at("queued"), 1);
}

TEST_P(OperatorDeskTest, a_replay_that_cannot_be_is_refused) {
    const EventId theirs = store_body(text_body(other_number, "wamid.2"));
    const std::string one = std::to_string(theirs.value);
    EXPECT_EQ(code(replay("{}")), "invalid_request");
    EXPECT_EQ(code(replay(R"({"ids":["1"]})")), "not_found");
    EXPECT_EQ(code(replay(R"({"ids":[")" + one + R"("],"workspaceId":"nowhere"})")), "not_found");
    EXPECT_EQ(code(replay(R"({"ids":[")" + one + R"("],"workspaceId":")" + shop.value + R"("})")),
              "not_found")
        << "names none of the shop's numbers";
    accepting_ = fail(webhooks::errors::backlog_full);
    EXPECT_EQ(code(replay(R"({"ids":[")" + one + R"("]})")), "backlog_full");
}

WAPI_ON_BOTH_ENGINES(OperatorDeskTest);

}  // namespace
}  // namespace wapi::operator_desk
