// Goal: a workspace sees, replays and discards its own events and dead letters only. Method: the
// handlers in process on both engines, with the worker run by hand.
#include "features/dead_letters/dead_letters_http.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "features/webhooks/webhooks.hpp"
#include "features/webhooks/webhooks_test_support.hpp"

namespace wapi::dead_letters {
namespace {

using namespace webhooks::testing;

const db::Sql count_messages{{
    .name = "dead_letters_http_test.count_messages",
    .text = "SELECT count(*) FROM messages",
    .scope = db::Scope::system,
}};
const db::Sql last_replay{{
    .name = "dead_letters_http_test.last_replay",
    .text = "SELECT details FROM audit_logs WHERE workspace_id = $1"
            " AND action = 'webhook.replayed' AND resource_type = 'webhook_event'"
            " ORDER BY seq DESC LIMIT 1",
}};
constexpr std::chrono::hours one_hour{1};

class DeadLettersHttpTest : public WebhooksTest {
  protected:
    DeadLettersHttpTest() {
        make_workspace(shop);
        connect(shop, shop_number);
        make_workspace(other_shop);
        connect(other_shop, other_number);
    }
    struct Ask {
        net::Verb verb = net::Verb::get;
        std::string_view path;
        std::string body = {};
        std::string id = {};
        WorkspaceId workspace = shop;
    };
    Result<net::Response> call(const Ask& ask) {
        for (const net::Route& route : routes_) {
            if (route.path == ask.path && route.verb == ask.verb) {
                net::Call request;
                request.request.body = ask.body;
                request.request.params = {{"id", ask.id}};
                request.context.workspace = ask.workspace;
                return run(route.handler(request));
            }
        }
        throw std::runtime_error("no such route");
    }
    Result<net::Response> replay(const std::string& body, const WorkspaceId& workspace = shop) {
        return call({.verb = net::Verb::post,
                     .path = "/api/v1/webhook-events/replay",
                     .body = body,
                     .workspace = workspace});
    }
    static std::string range(Timestamp first, Timestamp last) {
        return fmt::format(R"({{"from":"{}","to":"{}"}})", render_time(first), render_time(last));
    }
    /// What the audit says the workspace's last replay did.
    std::int64_t replayed_events(const WorkspaceId& workspace) {
        const std::string details = read(workspace, [](db::WorkspaceTxn& txn) {
            const db::Rows rows = txn.query(last_replay);
            return rows.empty() ? std::string("{}") : rows[0].string(0);
        });
        return wapi::json::parse_object(details).value().at("events").as_int64();
    }
    void use_up_retries() {
        drain();
        for (int i = 0; i < 5; ++i) {
            clock_.advance(std::chrono::minutes(10));
            drain();
        }
    }
    std::size_t dead_of(const WorkspaceId& workspace) {
        return read(
                   [&](db::Txn& txn) { return queue::list_dead(txn, workspace, std::nullopt, 50); })
            .letters.size();
    }
    static boost::json::object parsed(const Result<net::Response>& response) {
        return wapi::json::parse_object(response.value().body).value();
    }
    static std::string code(const Result<net::Response>& response) {
        return response ? std::to_string(response->status)
                        : std::string(response.error().kind->code);
    }
    std::string text_body(const std::string& number, const std::string& wamid) {
        return body_of(text_change(number, {.phone = "15550002222"}, wamid, now_s(), "hello"));
    }
    /// A dead letter of the shop; returns its id.
    std::string dead_letter() {
        boost::json::object broken =
            text_change(shop_number, {.phone = "15550002222"}, "wamid.X", now_s(), "hello");
        broken["value"].as_object()["messages"].as_array()[0].as_object().erase("id");
        store_body(body_of(std::move(broken)));
        use_up_retries();
        const boost::json::object page = parsed(call({.path = "/api/v1/queues/dead"}));
        return std::string(page.at("jobs").as_array().at(0).as_object().at("id").as_string());
    }

    int woken_ = 0;
    Result<void> accepting_;
    std::vector<net::Route> routes_ =
        dead_letters_routes({.db = database(),
                             .clock = clock_,
                             .ids = ids_,
                             .accepting = [this] { return accepting_; },
                             .wake_worker = [this] { ++woken_; }});
};

TEST_P(DeadLettersHttpTest, a_dead_letter_is_listed_shown_replayed_and_discarded) {
    const std::string id = dead_letter();
    const boost::json::object letter = parsed(call({.path = "/api/v1/queues/dead/{id}", .id = id}));
    EXPECT_EQ(letter.at("attempts"), 6);
    EXPECT_EQ(letter.at("subject").as_string(), shop_number);
    EXPECT_NE(letter.at("lastError").as_string().find("id is missing"), std::string::npos);
    EXPECT_EQ(
        code(call({.verb = net::Verb::post, .path = "/api/v1/queues/dead/{id}/replay", .id = id})),
        "200");
    EXPECT_EQ(woken_, 1);
    EXPECT_EQ(code(call({.path = "/api/v1/queues/dead/{id}", .id = id})), "dead_letter_not_found");
    const boost::json::object status = parsed(call({.path = "/api/v1/queues/status"}));
    EXPECT_EQ(status.at("webhooks").as_object().at("pending"), 1);
    const std::string again = dead_letter();
    EXPECT_EQ(
        code(call({.verb = net::Verb::delete_, .path = "/api/v1/queues/dead/{id}", .id = again})),
        "200");
    EXPECT_EQ(code(call({.path = "/api/v1/queues/dead/{id}", .id = again})),
              "dead_letter_not_found");
}

TEST_P(DeadLettersHttpTest, dead_letters_of_another_workspace_are_not_there) {
    const std::string id = dead_letter();
    for (const auto& [verb, path] : {std::pair{net::Verb::get, "/api/v1/queues/dead/{id}"},
                                     std::pair{net::Verb::post, "/api/v1/queues/dead/{id}/replay"},
                                     std::pair{net::Verb::delete_, "/api/v1/queues/dead/{id}"}}) {
        EXPECT_EQ(code(call({.verb = verb, .path = path, .id = id, .workspace = other_shop})),
                  "dead_letter_not_found")
            << path;
    }
    const boost::json::object page =
        parsed(call({.path = "/api/v1/queues/dead", .workspace = other_shop}));
    EXPECT_TRUE(page.at("jobs").as_array().empty());
    const boost::json::object status =
        parsed(call({.path = "/api/v1/queues/status", .workspace = other_shop}));
    EXPECT_EQ(status.at("webhooks").as_object().at("dead"), 0);
    EXPECT_EQ(code(call({.path = "/api/v1/queues/dead/{id}", .id = "x"})), "dead_letter_not_found");
}

TEST_P(DeadLettersHttpTest, several_are_acted_on_each_by_itself_and_only_a_workspaces_own) {
    const std::string id = dead_letter();
    const auto act = [&](std::string_view path, const WorkspaceId& workspace) {
        return parsed(call({.verb = net::Verb::post,
                            .path = path,
                            .body = fmt::format(R"({{"ids":["{}","1"]}})", id),
                            .workspace = workspace}))
            .at("results")
            .as_array();
    };
    for (const char* path : {"/api/v1/queues/dead/replay", "/api/v1/queues/dead/discard"}) {
        EXPECT_EQ(act(path, other_shop).at(0).at("error").as_string(), "dead_letter_not_found");
    }
    EXPECT_EQ(dead_of(shop), 1U);
    const boost::json::array replayed = act("/api/v1/queues/dead/replay", shop);
    EXPECT_EQ(replayed.at(0).at("id").as_string(), id);
    EXPECT_TRUE(replayed.at(0).at("error").is_null());
    EXPECT_EQ(replayed.at(1).at("error").as_string(), "dead_letter_not_found");
    EXPECT_EQ(dead_of(shop), 0U);
    use_up_retries();
    EXPECT_EQ(dead_of(shop), 1U) << "it fails as before";
    EXPECT_TRUE(act("/api/v1/queues/dead/discard", shop).at(0).at("error").is_null());
    use_up_retries();
    EXPECT_EQ(dead_of(shop), 0U);
    for (const char* body : {"{}", R"({"ids":[]})", R"({"ids":["x"]})"}) {
        EXPECT_EQ(
            code(call(
                {.verb = net::Verb::post, .path = "/api/v1/queues/dead/discard", .body = body})),
            "invalid_request")
            << body;
    }
}

TEST_P(DeadLettersHttpTest, a_dead_letter_names_its_event_as_text_and_that_is_enough_to_replay_it) {
    const boost::json::object letter =
        parsed(call({.path = "/api/v1/queues/dead/{id}", .id = dead_letter()}));
    const std::string event(letter.at("eventId").as_string());
    EXPECT_NE(letter.at("payload").as_string().find(event), std::string::npos);
    EXPECT_EQ(code(replay(fmt::format(R"({{"ids":["{}"]}})", event))), "202");
}

TEST_P(DeadLettersHttpTest, waiting_webhooks_show_in_the_status_of_every_workspace) {
    store_body(text_body(shop_number, "wamid.1"));
    clock_.advance(std::chrono::seconds(3));
    const auto webhooks = [&](const WorkspaceId& workspace) {
        return parsed(call({.path = "/api/v1/queues/status", .workspace = workspace}))
            .at("webhooks")
            .as_object();
    };
    for (const WorkspaceId& workspace : {shop, other_shop}) {
        EXPECT_EQ(webhooks(workspace).at("pending"), 1);
        EXPECT_EQ(webhooks(workspace).at("oldestAgeMs"), 3'000);
    }
    drain();
    EXPECT_EQ(webhooks(shop).at("pending"), 0);
    boost::json::object broken =
        text_change(shop_number, {.phone = "15550002222"}, "wamid.X", now_s(), "hello");
    broken["value"].as_object()["messages"].as_array()[0].as_object().erase("id");
    store_body(body_of(std::move(broken)));
    drain();
    EXPECT_EQ(webhooks(shop).at("delayed"), 1);
    EXPECT_EQ(webhooks(other_shop).at("delayed"), 0) << "retries are the workspace's own";
}

TEST_P(DeadLettersHttpTest, events_are_replayed_by_id_and_change_nothing_twice) {
    const EventId event = store_body(text_body(shop_number, "wamid.1"));
    drain();
    const std::string body = fmt::format(R"({{"ids":["{0}","{0}"]}})", event.value);
    const Result<net::Response> response = replay(body);
    EXPECT_EQ(code(response), "202");
    EXPECT_EQ(parsed(response).at("queued"), 1) << "named twice, replayed once";
    EXPECT_EQ(drain(), 1U);
    EXPECT_EQ(count(count_messages), 1);
    EXPECT_EQ(replayed_events(shop), 1);
    EXPECT_EQ(code(replay(body, other_shop)), "not_found") << "not an event of theirs";
    EXPECT_EQ(code(replay(R"({"ids":["1"]})")), "not_found");
    EXPECT_EQ(drain(), 0U);
}

TEST_P(DeadLettersHttpTest, an_event_that_still_waits_is_replayed_without_harm) {
    const EventId event = store_body(text_body(shop_number, "wamid.1"));
    EXPECT_EQ(code(replay(fmt::format(R"({{"ids":["{}"]}})", event.value))), "202");
    EXPECT_EQ(code(replay(fmt::format(R"({{"ids":["{}"]}})", event.value))), "202");
    drain();
    EXPECT_EQ(count(count_messages), 1);
}

TEST_P(DeadLettersHttpTest, a_time_range_replays_the_workspaces_own_events_only) {
    const Timestamp from = clock_.now();
    store_body(text_body(shop_number, "wamid.1"));
    store_body(text_body(other_number, "wamid.2"));
    clock_.advance(std::chrono::minutes(1));
    store_body(text_body(shop_number, "wamid.3"));
    const Timestamp to = clock_.now();
    store_body(text_body(shop_number, "wamid.4"));
    drain();
    execute("DELETE FROM messages");
    clock_.advance(std::chrono::seconds(1));
    const Result<net::Response> response = replay(range(from, to));
    EXPECT_EQ(code(response), "202");
    EXPECT_TRUE(parsed(response).at("queued").is_null()) << "the job finds them as it goes";
    drain();
    EXPECT_EQ(replayed_events(shop), 1) << "`to` is excluded";
    EXPECT_EQ(count(count_messages), 1);
    EXPECT_EQ(code(replay(range(from, clock_.now()))), "202");
    drain();
    EXPECT_EQ(replayed_events(shop), 3);
    EXPECT_EQ(count(count_messages), 3);
    EXPECT_EQ(code(replay(range(from, clock_.now()), other_shop)), "202");
    drain();
    EXPECT_EQ(replayed_events(other_shop), 1);
    EXPECT_EQ(count(count_messages), 4);
}

TEST_P(DeadLettersHttpTest, a_replay_finds_our_one_event_behind_ten_thousand_of_another_workspace) {
    const Timestamp from = clock_.now();
    const std::string theirs = text_body(other_number, "wamid.theirs");
    for (int i = 0; i < 10; ++i) {
        store_together(std::vector<std::string>(1'000, theirs));
    }
    store_body(theirs);
    store_body(text_body(shop_number, "wamid.ours"));
    execute("DELETE FROM jobs");
    clock_.advance(std::chrono::seconds(1));
    EXPECT_EQ(code(replay(range(from, clock_.now()))), "202");
    drain();
    EXPECT_EQ(replayed_events(shop), 1);
    EXPECT_EQ(count(count_messages), 1) << "nothing of theirs was touched";
}

TEST_P(DeadLettersHttpTest,
       a_replay_leaves_the_items_of_another_workspace_in_the_same_event_alone) {
    boost::json::object theirs =
        text_change(other_number, {.phone = "15550002222"}, "wamid.theirs", now_s(), "hello");
    theirs["value"].as_object()["messages"].as_array()[0].as_object().erase("id");
    const EventId event = store_body(body_of(
        {text_change(shop_number, {.phone = "15550002222"}, "wamid.1", now_s(), "hello"), theirs}));
    use_up_retries();
    EXPECT_EQ(dead_of(other_shop), 1U);
    const std::string body = fmt::format(R"({{"ids":["{}"]}})", event.value);
    EXPECT_EQ(code(replay(body)), "202");
    use_up_retries();
    EXPECT_EQ(dead_of(other_shop), 1U) << "the shop's replay is none of theirs";
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(code(replay(body, other_shop)), "202");
    }
    use_up_retries();
    EXPECT_EQ(dead_of(other_shop), 1U) << "an update has one letter, however often it fails";
}

TEST_P(DeadLettersHttpTest, a_replay_is_refused_while_webhooks_are) {
    accepting_ = fail(webhooks::errors::backlog_full);
    const Result<net::Response> refused = replay(range(clock_.now(), clock_.now() + one_hour));
    EXPECT_EQ(code(refused), "backlog_full");
}

TEST_P(DeadLettersHttpTest, a_replay_names_ids_or_a_range) {
    for (const char* body :
         {"{}", R"({"ids":[]})", R"({"ids":["x"]})", R"({"ids":["1x"]})",
          R"({"from":"2026-01-01T00:00:00Z"})",
          R"({"from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"})",
          R"({"from":"yesterday","to":"today"})", R"({"ids":["1"],"from":"yesterday"})",
          R"({"ids":["1"],"to":"2026-01-01T00:00:00Z"})",
          R"({"ids":["1"],"from":"2026-01-01T00:00:00Z",)"
          R"("to":"2026-01-02T00:00:00Z"})"}) {
        EXPECT_EQ(code(replay(body)), "invalid_request") << body;
    }
}

WAPI_ON_BOTH_ENGINES(DeadLettersHttpTest);

}  // namespace
}  // namespace wapi::dead_letters
