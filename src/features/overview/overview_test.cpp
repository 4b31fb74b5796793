// Goal: each message, reply, contact and opt-out is counted once, whether the loop has counted it
// or not, in its workspace only, and late failures and messages come in. Method: rows with ids of
// chosen times on both engines, a clock by hand.
#include <gtest/gtest.h>

#include "base/time_text.hpp"
#include "features/audit/audit.hpp"
#include "features/overview/overview.hpp"
#include "features/overview/overview_rules.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::overview {
namespace {

using namespace std::chrono_literals;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");

const db::Sql insert_workspace{{
    .name = "overview_test.insert_workspace",
    .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us)"
            " VALUES ($1, '', 'free', '{}', 0)",
}};
const db::Sql insert_message{{
    .name = "overview_test.insert_message",
    .text = "INSERT INTO messages (workspace_id, message_id, conversation_id, contact_id,"
            " phone_number_id, wa_message_id, direction, type, status, text, content, purpose,"
            " timestamp_us, error_message, created_us) VALUES ($1, $2, $3, '', '1', '',"
            " $4, $5, 'sent', '', '', $6, $7, '', $8)",
}};
const db::Sql insert_contact{{
    .name = "overview_test.insert_contact",
    .text = "INSERT INTO contacts (workspace_id, contact_id, name, name_by_hand, phone, tags,"
            " attributes, opted_out, opt_out_decided_us, opted_out_via, created_us)"
            " VALUES ($1, $2, '', 0, '', '[]', '{}', 0, 0, '', 0)",
}};
const db::Sql insert_talk{{
    .name = "overview_test.insert_talk",
    .text = "INSERT INTO conversations (workspace_id, conversation_id, contact_id,"
            " phone_number_id, status, unread_count, read_up_to_us, resolved_us, last_inbound_us,"
            " profile_name, profile_us, last_message_us, last_message_id, created_us)"
            " VALUES ($1, $2, $2, '1', $3, 0, 0, 0, $4, '', 0, $5, '', 0)",
}};
const db::Sql fail_all{{
    .name = "overview_test.fail_all",
    .text = "UPDATE messages SET status = 'failed' WHERE workspace_id = $1"
            " AND direction = 'outbound'",
}};

const db::Sql delete_all{{
    .name = "overview_test.delete_all",
    .text = "DELETE FROM messages WHERE workspace_id = $1",
}};

const db::Sql count_quarters{{
    .name = "overview_test.count_quarters",
    .text = "SELECT count(*) FROM overview_quarters WHERE workspace_id = $1",
}};

class OverviewTest : public test::EnginesTest {
  protected:
    void SetUp() override {
        for (const WorkspaceId& workspace : {shop, other_shop}) {
            write(workspace, [](db::WorkspaceTxn& txn) { return txn.execute(insert_workspace); });
        }
    }
    void message(const std::string& direction, const std::string& talk = "talk",
                 const std::string& purpose = "service", const std::string& type = "text",
                 const WorkspaceId& workspace = shop) {
        write(workspace, [&](db::WorkspaceTxn& txn) {
            return txn.execute(insert_message, ids_.uuid(), talk, direction, type, purpose,
                               clock_.now(), clock_.now());
        });
    }
    /// What a customer wrote so long ago comes in now.
    void late_message(std::chrono::seconds age, const std::string& type = "text") {
        const Timestamp written = std::chrono::floor<std::chrono::seconds>(clock_.now() - age);
        write(shop, [&](db::WorkspaceTxn& txn) {
            return txn.execute(insert_message, uuid_of_arrival(written, ids_.event_id(), 0), "talk",
                               "inbound", type, "service", written, clock_.now());
        });
    }
    /// The loop, when all that is there must be counted.
    std::size_t count_all() {
        clock_.advance(quarter + settling);
        return run(counter_.run_due());
    }
    std::int64_t all_inbound() {
        std::int64_t sum = 0;
        for (const Day& day : report_of(10).days) {
            sum += day.counts.inbound;
        }
        return sum;
    }
    Report report_of(std::size_t days = 1) {
        Context context;
        context.workspace = shop;
        return run(service_.read(context, {.days = days})).value();
    }
    Counts today() { return report_of().days.back().counts; }

    Service service_{database(), clock_};
    async::Tasks tasks_{io_};
    Counter counter_{tasks_, database(), clock_};
};

TEST_P(OverviewTest, counts_alike_before_and_after_the_loop) {
    clock_.set(parse_time("2026-11-26T10:00:00Z").value());
    message("inbound");
    clock_.advance(40s);
    message("outbound");
    message("outbound");  // no reply: nobody waited
    message("inbound", "talk", "", "edit");
    message("inbound", "talk", "service", "text", other_shop);
    write(shop, [&](db::WorkspaceTxn& txn) {
        audit::record(txn, audit::system_context(shop, ""),
                      {.action = audit::actions::contact_opted_out,
                       .resource_type = "contact",
                       .resource_id = "c"},
                      clock_.now());
        return txn.execute(insert_contact, ids_.uuid());
    });
    Counts expected{.inbound = 1, .outbound = 2, .failed = 0, .new_contacts = 1, .opt_outs = 1};
    expected.reply_times[2] = 1;
    EXPECT_EQ(today(), expected);
    EXPECT_TRUE(report_of().complete);
    EXPECT_EQ(run(counter_.run_due()), 0U);  // the quarter goes on
    EXPECT_EQ(today(), expected);
    clock_.advance(quarter + settling);
    EXPECT_EQ(run(counter_.run_due()), 2U);  // one of each workspace
    EXPECT_EQ(today(), expected);
    EXPECT_EQ(run(counter_.run_due()), 0U);
    const Report report = report_of();
    EXPECT_EQ(report.hours.size(), 11U);
    EXPECT_EQ(report.hours[10].counts, expected);
}

TEST_P(OverviewTest, waits_begin_with_the_first_message_that_was_not_answered) {
    message("outbound");
    clock_.advance(5s);
    message("inbound");
    clock_.advance(100s);
    message("inbound");
    message("inbound", "other talk");
    clock_.advance(1s);
    message("outbound", "other talk", "confirmation");  // no reply
    message("outbound");
    const Counts counts = today();
    EXPECT_EQ(replies(counts), 1);
    EXPECT_EQ(counts.reply_times[3], 1);  // 60 to 120 s
}

TEST_P(OverviewTest, late_failures_come_in_a_day_later) {
    message("outbound");
    clock_.advance(quarter + settling);
    run(counter_.run_due());
    write(shop, [&](db::WorkspaceTxn& txn) { return txn.execute(fail_all); });
    EXPECT_EQ(report_of(2).days[1].counts.failed + report_of(2).days[0].counts.failed, 0);
    clock_.advance(late_failures + quarter);
    run(counter_.run_due());
    const Report report = report_of(3);
    EXPECT_EQ(
        report.days[0].counts.failed + report.days[1].counts.failed + report.days[2].counts.failed,
        1);
}

TEST_P(OverviewTest, a_long_history_is_counted_in_steps_and_incomplete_until_then) {
    constexpr int hours = 40;
    for (int i = 0; i < hours; ++i) {
        message("inbound");
        clock_.advance(1h);
    }
    EXPECT_FALSE(report_of(3).complete);
    EXPECT_EQ(run(counter_.run_due()), static_cast<std::size_t>(hours));
    const Report report = report_of(3);
    EXPECT_TRUE(report.complete);
    std::int64_t counted = 0;
    for (const Day& day : report.days) {
        counted += day.counts.inbound;
    }
    EXPECT_EQ(counted, hours);
}

TEST_P(OverviewTest, a_past_that_is_written_later_is_counted_anew) {
    message("inbound");
    clock_.advance(1h);
    run(counter_.run_due());
    const Timestamp now = clock_.now();
    clock_.set(now - 10 * 24h);
    IdGenerator past(clock_, rng_);
    write(shop, [&](db::WorkspaceTxn& txn) {
        recount(txn);
        return txn.execute(insert_message, past.uuid(), "talk", "inbound", "text", "service",
                           clock_.now(), clock_.now());
    });
    clock_.set(now);
    EXPECT_EQ(report_of(12).days[11].counts.inbound + report_of(12).days[10].counts.inbound, 1);
    EXPECT_EQ(run(counter_.run_due()), 2U);
    EXPECT_EQ(report_of(12).days[1].counts.inbound, 1);
}

TEST_P(OverviewTest, messages_that_come_in_late_are_counted_where_they_belong) {
    clock_.set(parse_time("2026-11-26T10:00:00Z").value());
    message("inbound");
    count_all();
    late_message(20min);
    late_message(20min, "edit");  // no message
    late_message(2h);
    late_message(3 * 24h);
    EXPECT_EQ(count_all(), 3U) << "a quarter each";
    EXPECT_EQ(all_inbound(), 4);
    EXPECT_EQ(report_of(4).days[0].counts.inbound, 1) << "three days ago";
    EXPECT_EQ(report_of().hours[8].counts.inbound, 1) << "two hours ago";
    clock_.advance(quarter);
    EXPECT_EQ(run(counter_.run_due()), 0U) << "nothing is counted a third time";
    late_message(5 * 24h);
    EXPECT_EQ(all_inbound(), 4);
    count_all();
    EXPECT_EQ(all_inbound(), 5);
}

TEST_P(OverviewTest, many_quarters_of_late_messages_are_counted_in_steps) {
    message("inbound");
    count_all();
    constexpr int hours = 70;
    for (int hour = 1; hour <= hours; ++hour) {
        late_message(hour * 1h);
    }
    count_all();
    EXPECT_EQ(all_inbound(), 1 + hours);
}

TEST_P(OverviewTest, a_late_message_does_not_take_away_what_was_counted_and_is_gone) {
    message("inbound");
    message("inbound");
    count_all();
    clock_.advance(2 * 24h);
    count_all();
    write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(delete_all); });
    late_message(2 * 24h + 2 * (quarter + settling));
    count_all();
    EXPECT_EQ(all_inbound(), 2);
}

TEST_P(OverviewTest, quarters_are_removed_when_they_are_too_old) {
    message("inbound");
    clock_.advance(1h);
    run(counter_.run_due());
    clock_.advance(kept);
    message("inbound");
    clock_.advance(1h);
    run(counter_.run_due());
    const auto left =
        read(shop, [](db::WorkspaceTxn& txn) { return txn.query(count_quarters)[0].integer(0); });
    EXPECT_EQ(left, 1);
}

TEST_P(OverviewTest, a_workspace_that_cannot_be_counted_keeps_no_other_from_it) {
    for (int hour = 0; hour < 2; ++hour) {
        message("inbound");
        message("inbound", "talk", "service", "text", other_shop);
        clock_.advance(1h);
    }
    const auto execute = [this](const char* statement) {
        write([statement](db::Txn& txn) {
            txn.connection().execute_text(statement);
            return true;
        });
    };
    // The shop, which is counted first, cannot have a second quarter.
    execute(
        "CREATE UNIQUE INDEX one_quarter ON overview_quarters (workspace_id)"
        " WHERE workspace_id = '11111111-1111-7111-8111-111111111111'");
    EXPECT_EQ(run(counter_.run_due()), 2U) << "of the other shop";
    execute("DROP INDEX one_quarter");
    EXPECT_EQ(run(counter_.run_due()), 2U) << "what failed is made up for";
}

TEST_P(OverviewTest, open_conversations_are_told_by_age_and_by_who_waits) {
    const auto talk = [this](const std::string& id, const std::string& status,
                             std::chrono::minutes age, bool waits) {
        const std::int64_t last = to_us(clock_.now() - age);
        write(shop, [&](db::WorkspaceTxn& txn) {
            return txn.execute(insert_talk, id, status, waits ? last : last - 1, last);
        });
    };
    talk("new", "open", 5min, true);
    talk("answered", "open", 5min, false);
    talk("hours", "open", 60min * 5, true);
    talk("ancient", "open", 60min * 24 * 30, true);
    talk("done", "resolved", 5min, true);
    const Report report = report_of();
    ASSERT_EQ(report.open.size(), 5U);
    EXPECT_TRUE(report.open_exact);
    EXPECT_EQ(report.open[0].waiting, 1);
    EXPECT_EQ(report.open[0].answered, 1);
    EXPECT_EQ(report.open[2].hours_max, 24);
    EXPECT_EQ(report.open[2].waiting, 1);
    EXPECT_EQ(report.open[4].hours_max, 0);
    EXPECT_EQ(report.open[4].waiting, 1);
    EXPECT_EQ(report.open[1].waiting + report.open[3].waiting + report.open[3].answered, 0);
}

TEST_P(OverviewTest, bad_days_and_zones_are_refused) {
    Context context;
    context.workspace = shop;
    for (const Query& query : {Query{.days = 0}, Query{.days = 91}, Query{.time_zone = "x"}}) {
        const auto refused = run(service_.read(context, query));
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().kind, &wapi::errors::invalid_request);
    }
}

WAPI_ON_BOTH_ENGINES(OverviewTest);

}  // namespace
}  // namespace wapi::overview
