// Goal: /health tells the newest figures at a bounded cost, and says when webhooks are not kept;
// /metrics is shown to its token's holder, or on this machine when there is no token. Method: the
// handlers on both engines, with requests as they come from near and far.
#include "app/health_http.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "queue/queue.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::app {
namespace {

using namespace std::string_view_literals;

using Headers = std::vector<std::pair<std::string, std::string>>;

// $1 messages that were received at $2 and wait to be processed, in one job.
const db::Sql insert_events{{
    .name = "health_test.insert_events",
    .text = "INSERT INTO webhook_events (event_id, received_us, priority, signature, body)"
            " WITH RECURSIVE numbers(n) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT n + 1"
            " FROM numbers WHERE n + 1 < $1) SELECT $3 + n, $2, 0, '', '{}' FROM numbers",
    .scope = db::Scope::system,
}};

async::Task<> ask(QueueStatusReader& queues, std::int64_t& pending) {
    const QueueStatusReader::Outcome outcome = co_await queues.read();
    pending = outcome ? outcome->webhooks.pending : -1;
}

class HealthTest : public test::EnginesTest {
  protected:
    HealthParts parts(std::string_view token = {}, bool persistence = true) {
        return {.queues = queues_,
                .db = database(),
                .clock = clock_,
                .server_stats = [] { return net::ServerStats{}; },
                .intake_failing = [this] { return refusing_; },
                .metrics_token = SecretString(token),
                .persistence = persistence};
    }
    Result<net::Response> get(const HealthParts& parts, std::size_t route, std::string_view ip,
                              Headers headers = {}) {
        const std::vector<net::Route> routes = health_routes(parts);
        net::Call call;
        call.request.remote_ip = ip;
        call.request.headers = std::move(headers);
        return run(routes[route].handler(call));
    }
    json::object health(const HealthParts& parts) {
        return json::parse_object(get(parts, 0, "203.0.113.9")->body).value();
    }
    int metrics(const HealthParts& parts, std::string_view ip, Headers headers = {}) {
        const Result<net::Response> response = get(parts, 1, ip, std::move(headers));
        return response ? response->status : response.error().kind->status;
    }
    void enqueue(const std::string& queue) {
        write([&](db::Txn& txn) {
            const queue::NewJob job{.id = ids_.event_id(),
                                    .queue = queue,
                                    .kind = "webhook.item",
                                    .priority = queue::Priority::high,
                                    .run_at = clock_.now(),
                                    .workspace = std::nullopt,
                                    .subject = {},
                                    .payload = {}};
            queue::enqueue(txn, job, clock_.now());
            return true;
        });
    }

    async::Tasks tasks_{io_};
    QueueStatusReader queues_{tasks_, database(), clock_};
    std::string refusing_;
};

TEST_P(HealthTest, every_answer_shows_what_was_stored_before_the_question) {
    for (std::int64_t count = 1; count <= 3; ++count) {
        enqueue("webhooks");
        enqueue("outbox:108");
        enqueue("outbox:109");
        enqueue("mail");
        const json::object body = health(parts());
        EXPECT_EQ(json::require_string(body, "status").value(), "ok");
        EXPECT_EQ(json::require_int(body, "queue.pending").value(), count);
        EXPECT_EQ(json::require_int(body, "outbox.pending").value(), 2 * count);
        EXPECT_EQ(json::require_int(body, "mail.pending").value(), count);
        EXPECT_EQ(json::require_int(body, "queue.dead").value(), 0);
    }
}

TEST_P(HealthTest, it_says_when_so_much_waits_unread_that_nothing_is_sent) {
    enqueue("webhooks");
    constexpr std::int64_t unread_max = 1'000;
    const auto store = [&](std::int64_t count, std::int64_t behind) {
        write([&](db::Txn& txn) {
            return txn.execute(insert_events, count, clock_.now(),
                               first_event_at(clock_.now()).value + behind);
        });
    };
    const auto gauge = [&] { return get(parts(), 1, "127.0.0.1")->body; };
    store(unread_max - 1, 0);
    EXPECT_FALSE(health(parts()).at("sendingWaits").as_bool());
    EXPECT_NE(gauge().find("\nwapi_sending_waits 0\n"), std::string::npos);
    store(1, unread_max);
    EXPECT_TRUE(health(parts()).at("sendingWaits").as_bool());
    EXPECT_NE(gauge().find("\nwapi_sending_waits 1\n"), std::string::npos);
}

TEST_P(HealthTest, many_who_ask_at_once_share_a_reading) {
    enqueue("webhooks");
    constexpr std::size_t callers = 200;
    const std::uint64_t before = database().stats().functions;
    std::vector<std::int64_t> pending(callers, 0);
    async::Tasks callers_tasks(io_);
    for (std::size_t index = 0; index < callers; ++index) {
        callers_tasks.spawn("ask", ask(queues_, pending[index]));
    }
    ASSERT_TRUE(run(callers_tasks.join(std::chrono::seconds(30))));
    EXPECT_EQ(pending, std::vector<std::int64_t>(callers, 1));
    EXPECT_LE(database().stats().functions - before, 2U);
}

TEST_P(HealthTest, a_database_that_cannot_be_read_is_told_and_nobody_waits_for_ever) {
    write([](db::Txn& txn) {
        txn.connection().execute_text("ALTER TABLE dead_letters RENAME TO hidden");
        return true;
    });
    const Result<net::Response> response = get(parts(), 0, "203.0.113.9");
    EXPECT_EQ(response->status, 503);
    EXPECT_NE(response->body.find(R"("part":"database")"), std::string::npos);
}

TEST_P(HealthTest, it_fails_while_webhooks_are_refused) {
    refusing_ = "backlog_full";
    const Result<net::Response> response = get(parts(), 0, "203.0.113.9");
    EXPECT_EQ(response->status, 503);
    EXPECT_NE(response->body.find(R"({"part":"webhooks","reason":"backlog_full"})"),
              std::string::npos);
    refusing_.clear();
    EXPECT_EQ(get(parts(), 0, "203.0.113.9")->status, 200);
}

TEST_P(HealthTest, it_says_when_webhooks_are_not_kept) {
    EXPECT_FALSE(health(parts()).contains("persistence"));
    EXPECT_EQ(json::require_string(health(parts("", false)), "persistence").value(), "off");
}

TEST_P(HealthTest, with_a_token_metrics_are_for_its_holder_only) {
    const HealthParts guarded = parts("c4e6f8091b2d3f4a5c6e7f8192a3b4c5");
    const auto bearing = [](const std::string& value) { return Headers{{"authorization", value}}; };
    EXPECT_EQ(metrics(guarded, "203.0.113.9", bearing("Bearer c4e6f8091b2d3f4a5c6e7f8192a3b4c5")),
              200);
    for (const char* wrong :
         {"", "Bearer", "Bearer ", "Bearer c4e6f8091b2d3f4a5c6e7f8192a3b4c4",
          "Bearer c4e6f8091b2d3f4a5c6e7f8192a3b4c5x", "Basic c4e6f8091b2d3f4a5c6e7f8192a3b4c5",
          "c4e6f8091b2d3f4a5c6e7f8192a3b4c5"}) {
        EXPECT_EQ(metrics(guarded, "127.0.0.1", bearing(wrong)), 401) << wrong;
    }
    EXPECT_EQ(metrics(guarded, "127.0.0.1"), 401);
}

TEST_P(HealthTest, without_a_token_metrics_stay_on_this_machine) {
    for (const char* near : {"127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"}) {
        EXPECT_EQ(metrics(parts(), near), 200) << near;
        for (const char* header : {"x-forwarded-for", "forwarded", "x-real-ip", "via"}) {
            EXPECT_EQ(metrics(parts(), near, {{header, "127.0.0.1"}}), 401) << header;
        }
    }
    for (const char* far : {"203.0.113.9", "10.0.0.1", "::ffff:10.0.0.1", "fe80::1", ""}) {
        EXPECT_EQ(metrics(parts(), far), 401) << far;
        EXPECT_EQ(metrics(parts(), far, {{"x-forwarded-for", "127.0.0.1"}}), 401) << far;
        EXPECT_EQ(metrics(parts(), far, {{"authorization", "Bearer "}}), 401) << far;
    }
}

WAPI_ON_BOTH_ENGINES(HealthTest);

}  // namespace
}  // namespace wapi::app
