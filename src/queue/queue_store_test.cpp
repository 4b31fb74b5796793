// Jobs on both engines: order, leases, retries, dead letters, and several takers at once.
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "queue/queue_rules.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::queue {
namespace {

using namespace std::chrono_literals;

class QueueTest : public test::EnginesTest {
  protected:
    NewJob job(std::string kind, Priority priority = Priority::normal) {
        return {.id = ids_.event_id(),
                .queue = "tasks",
                .kind = std::move(kind),
                .priority = priority,
                .run_at = clock_.now(),
                .workspace = std::nullopt,
                .subject = "1055",
                .payload = R"({"a":1})"};
    }
    EventId add(const NewJob& made) {
        write([&](db::Txn& txn) {
            enqueue(txn, made, clock_.now());
            return 0;
        });
        return made.id;
    }
    std::vector<Job> take_due(std::size_t limit, std::string_view queue = "tasks") {
        return write([&](db::Txn& txn) { return take(txn, queue, clock_.now(), limit); });
    }
    std::vector<Job> lease_due(std::size_t limit) {
        return write([&](db::Txn& txn) { return lease(txn, "tasks", clock_.now(), 30s, limit); });
    }
    Fate fail_job(const Job& failed, bool final = false) {
        return write([&](db::Txn& txn) {
            return fail(txn, failed, "broken", policy_, clock_.now(), final);
        });
    }
    Counts counts(std::string_view queue) {
        return read([&](db::Txn& txn) { return count(txn, queue, std::nullopt, clock_.now()); });
    }
    DeadLetterPage dead(std::optional<WorkspaceId> workspace = std::nullopt) {
        return read([&](db::Txn& txn) { return list_dead(txn, workspace, std::nullopt, 10); });
    }

    RetryPolicy policy_{{1s, 1min}};
};

TEST_P(QueueTest, a_job_comes_back_as_it_was_enqueued) {
    NewJob made = job("send");
    made.workspace = WorkspaceId("w1");
    add(made);
    const std::vector<Job> taken = take_due(10);
    ASSERT_EQ(taken.size(), 1U);
    EXPECT_EQ(taken[0].id, made.id);
    EXPECT_EQ(taken[0].kind, "send");
    EXPECT_EQ(taken[0].priority, Priority::normal);
    EXPECT_EQ(taken[0].workspace, made.workspace);
    EXPECT_EQ(taken[0].subject, "1055");
    EXPECT_EQ(taken[0].payload, made.payload);
    EXPECT_EQ(taken[0].attempts, 1);
    EXPECT_EQ(taken[0].created_at, clock_.now());
    EXPECT_TRUE(take_due(10).empty());
}

TEST_P(QueueTest, jobs_come_by_priority_then_time_then_id) {
    add(job("normal 1"));
    add(job("low", Priority::low));
    add(job("normal 2"));
    add(job("high", Priority::high));
    NewJob later = job("later", Priority::high);
    later.run_at += 1s;
    add(later);
    std::vector<std::string> kinds;
    for (const Job& taken : take_due(3)) {
        kinds.push_back(taken.kind);
    }
    for (const Job& taken : take_due(3)) {
        kinds.push_back(taken.kind);
    }
    EXPECT_EQ(kinds, (std::vector<std::string>{"high", "normal 1", "normal 2", "low"}));
    clock_.advance(1s);
    EXPECT_EQ(take_due(3).size(), 1U);
}

TEST_P(QueueTest, five_hundred_jobs_are_taken_in_order_by_one_call) {
    write([&](db::Txn& txn) {
        for (int index = 0; index < 600; ++index) {
            enqueue(txn, job(std::to_string(index)), clock_.now());
        }
        return 0;
    });
    const std::vector<Job> taken = take_due(500);
    ASSERT_EQ(taken.size(), 500U);
    for (std::size_t index = 0; index < taken.size(); ++index) {
        ASSERT_EQ(taken[index].kind, std::to_string(index));
    }
    EXPECT_EQ(counts("tasks").pending, 100);
}

TEST_P(QueueTest, taking_that_is_rolled_back_leaves_the_job) {
    add(job("send"));
    EXPECT_THROW(write([&](db::Txn& txn) -> int {
                     EXPECT_EQ(take(txn, "tasks", clock_.now(), 1).size(), 1U);
                     throw Fault("test.broken", "later step");
                 }),
                 Fault);
    EXPECT_EQ(take_due(1).size(), 1U);
}

TEST_P(QueueTest, a_leased_job_is_hidden_until_the_lease_ends) {
    add(job("send"));
    const std::vector<Job> first = lease_due(5);
    ASSERT_EQ(first.size(), 1U);
    EXPECT_EQ(first[0].attempts, 1);
    EXPECT_EQ(first[0].run_at, clock_.now() + 30s);
    EXPECT_TRUE(lease_due(5).empty());
    clock_.advance(30s);
    const std::vector<Job> second = lease_due(5);
    ASSERT_EQ(second.size(), 1U);
    EXPECT_EQ(second[0].attempts, 2);
    // The first holder comes back too late: it can neither finish nor fail what is no longer its
    // own.
    EXPECT_FALSE(write([&](db::Txn& txn) { return finish(txn, first[0]); }));
    EXPECT_EQ(fail_job(first[0], true), Fate::delayed);
    EXPECT_EQ(counts("tasks").delayed, 1);
    EXPECT_TRUE(dead().letters.empty());
    EXPECT_TRUE(write([&](db::Txn& txn) { return finish(txn, second[0]); }));
    EXPECT_EQ(counts("tasks").delayed, 0);
}

TEST_P(QueueTest, a_failing_job_is_delayed_by_the_policy_and_then_dead) {
    add(job("send"));
    EXPECT_EQ(fail_job(lease_due(1)[0]), Fate::delayed);
    EXPECT_TRUE(lease_due(1).empty());
    clock_.advance(1s);
    const std::vector<Job> second = take_due(1);
    EXPECT_EQ(second.at(0).attempts, 2);
    EXPECT_EQ(fail_job(second[0]), Fate::delayed);
    clock_.advance(1min);
    const std::vector<Job> third = lease_due(1);
    EXPECT_EQ(third.at(0).attempts, 3);
    EXPECT_EQ(fail_job(third[0]), Fate::dead);
    const DeadLetterPage page = dead();
    ASSERT_EQ(page.letters.size(), 1U);
    EXPECT_EQ(page.letters[0].last_error, "broken");
    EXPECT_EQ(page.letters[0].job.attempts, 3);
    EXPECT_EQ(page.letters[0].died_at, clock_.now());
    EXPECT_EQ(counts("tasks").dead, 1);
    EXPECT_EQ(counts("tasks").pending + counts("tasks").delayed, 0);
}

TEST_P(QueueTest, putting_back_does_not_count_the_attempt) {
    add(job("send"));
    for (int round = 0; round < 5; ++round) {
        const Job leased = lease_due(1).at(0);
        EXPECT_EQ(leased.attempts, 1);
        write([&](db::Txn& txn) {
            put_back(txn, leased, clock_.now());
            return 0;
        });
    }
    EXPECT_EQ(take_due(1).at(0).attempts, 1);
}

TEST_P(QueueTest, dead_letters_are_replayed_or_discarded_by_their_workspace_only) {
    NewJob made = job("send");
    made.workspace = WorkspaceId("w1");
    const EventId first = add(made);
    made.id = ids_.event_id();
    const EventId second = add(made);
    for (const Job& taken : take_due(2)) {
        EXPECT_EQ(fail_job(taken, true), Fate::dead);
    }
    EXPECT_EQ(dead(WorkspaceId("w1")).letters.size(), 2U);
    EXPECT_TRUE(dead(WorkspaceId("w2")).letters.empty());
    write([&](db::Txn& txn) {
        EXPECT_FALSE(replay_dead(txn, WorkspaceId("w2"), first, clock_.now()).has_value());
        EXPECT_FALSE(discard_dead(txn, WorkspaceId("w2"), first).has_value());
        EXPECT_FALSE(get_dead(txn, WorkspaceId("w2"), first).has_value());
        EXPECT_TRUE(replay_dead(txn, WorkspaceId("w1"), first, clock_.now()).has_value());
        EXPECT_TRUE(discard_dead(txn, std::nullopt, second).has_value());
        EXPECT_FALSE(discard_dead(txn, std::nullopt, second).has_value());
        return 0;
    });
    const std::vector<Job> again = take_due(5);
    ASSERT_EQ(again.size(), 1U);
    EXPECT_EQ(again[0].id, first);
    EXPECT_EQ(again[0].attempts, 1);
    EXPECT_TRUE(dead().letters.empty());
}

TEST_P(QueueTest, dead_letters_are_paged_newest_first) {
    std::vector<EventId> ids;
    for (int index = 0; index < 5; ++index) {
        ids.push_back(add(job("send")));
    }
    for (const Job& taken : take_due(5)) {
        fail_job(taken, true);
    }
    std::vector<EventId> seen;
    std::optional<EventId> after;
    do {
        const DeadLetterPage page =
            read([&](db::Txn& txn) { return list_dead(txn, std::nullopt, after, 2); });
        for (const DeadLetter& letter : page.letters) {
            seen.push_back(letter.job.id);
        }
        after = page.next;
    } while (after);
    EXPECT_EQ(seen, std::vector<EventId>(ids.rbegin(), ids.rend()));
}

TEST_P(QueueTest, dead_letters_without_a_workspace_are_adopted_by_subject) {
    add(job("send"));
    fail_job(take_due(1).at(0), true);
    EXPECT_EQ(write([](db::Txn& txn) { return adopt_dead(txn, "1055", WorkspaceId("w1")); }), 1);
    EXPECT_EQ(write([](db::Txn& txn) { return adopt_dead(txn, "1055", WorkspaceId("w2")); }), 0);
    EXPECT_EQ(dead(WorkspaceId("w1")).letters.size(), 1U);
}

TEST_P(QueueTest, two_dead_jobs_of_one_id_keep_both_payloads) {
    NewJob made = job("send");
    add(made);
    fail_job(take_due(1).at(0), true);
    made.payload = R"({"b":2})";
    add(made);  // as another node may have made it
    fail_job(take_due(1).at(0), true);
    add(made);
    fail_job(take_due(1).at(0), true);
    std::set<std::string> payloads;
    for (const DeadLetter& letter : dead().letters) {
        payloads.insert(letter.job.payload);
    }
    EXPECT_EQ(payloads, (std::set<std::string>{R"({"a":1})", R"({"b":2})"}));
    EXPECT_EQ(dead().letters.size(), 2U) << "the same job has one letter";
}

TEST_P(QueueTest, queues_are_listed_and_counted_by_prefix) {
    for (const char* name : {"outbox:2", "tasks", "outbox:1", "outbox:2", "webhooks", "outbox"}) {
        NewJob made = job("send");
        made.queue = name;
        made.workspace = WorkspaceId("w1");
        add(made);
    }
    EXPECT_EQ(read([](db::Txn& txn) { return list_queues(txn, "outbox:"); }),
              (std::vector<std::string>{"outbox:1", "outbox:2"}));
    EXPECT_EQ(read([](db::Txn& txn) { return list_queues(txn, ""); }).size(), 5U);
    EXPECT_EQ(counts("outbox:*").pending, 3);
    EXPECT_EQ(counts("outbox:2").pending, 2);
    EXPECT_EQ(counts("outbox:2").oldest_due, clock_.now());
    EXPECT_EQ(counts("outbox:3").oldest_due, std::nullopt);
    EXPECT_EQ(read([&](db::Txn& txn) {
                  return count(txn, "outbox:*", WorkspaceId("w2"), clock_.now()).pending;
              }),
              0);
}

TEST_P(QueueTest, the_next_due_time_is_the_earliest_of_all_priorities) {
    const auto next = [this] { return read([](db::Txn& txn) { return next_due(txn, "tasks"); }); };
    EXPECT_EQ(next(), std::nullopt);
    NewJob made = job("send", Priority::high);
    made.run_at += 1h;
    add(made);
    NewJob sooner = job("send", Priority::low);
    sooner.run_at += 1min;
    add(sooner);
    EXPECT_EQ(next(), clock_.now() + 1min);
}

TEST_P(QueueTest, several_takers_never_get_the_same_job) {
    write([&](db::Txn& txn) {
        for (int index = 0; index < 400; ++index) {
            enqueue(txn, job("send"), clock_.now());
        }
        return 0;
    });
    std::mutex mutex;
    std::vector<EventId> seen;
    std::vector<std::thread> takers;
    for (int taker = 0; taker < 4; ++taker) {
        takers.emplace_back([&] {
            while (true) {
                const std::vector<Job> jobs = take_due(7);
                if (jobs.empty()) {
                    return;
                }
                const std::lock_guard lock(mutex);
                for (const Job& taken : jobs) {
                    seen.push_back(taken.id);
                }
            }
        });
    }
    for (std::thread& taker : takers) {
        taker.join();
    }
    EXPECT_EQ(seen.size(), 400U);
    EXPECT_EQ(std::set<EventId>(seen.begin(), seen.end()).size(), 400U);
}

TEST_P(QueueTest, a_payload_over_the_limit_is_refused) {
    NewJob made = job("send");
    made.payload.assign(payload_bytes_max + 1, 'x');
    EXPECT_THROW(add(made), Fault);
}

WAPI_ON_BOTH_ENGINES(QueueTest);

TEST(QueueRules, each_delay_is_used_once_and_then_the_job_is_dead) {
    const RetryPolicy policy{{1s, 2s, 3s}};
    for (int attempts = 1; attempts <= 3; ++attempts) {
        const Decision decision = decide_after_failure(policy, attempts, false);
        EXPECT_EQ(decision.fate, Fate::delayed);
        EXPECT_EQ(decision.delay, std::chrono::seconds(attempts));
    }
    EXPECT_EQ(decide_after_failure(policy, 4, false).fate, Fate::dead);
    EXPECT_EQ(decide_after_failure(policy, 1, true).fate, Fate::dead);
    EXPECT_EQ(decide_after_failure({}, 1, false).fate, Fate::dead);
}

}  // namespace
}  // namespace wapi::queue
