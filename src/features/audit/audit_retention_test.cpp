// Goal: entries leave when their time is over and not before, the rest can still be verified, and
// whoever removes, changes or inserts one is found, also beside what retention removed.
// Method: chains on both engines, a clock moved by hand, rows changed behind the feature's back.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "features/audit/audit_rules.hpp"
#include "features/audit/audit_store.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::audit {
namespace {

using std::chrono::days;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other("22222222-2222-7222-8222-222222222222");

class AuditRetentionTest : public test::EnginesTest {
  protected:
    void record_some(const WorkspaceId& workspace, int count) {
        write(workspace, [&](db::WorkspaceTxn& txn) {
            for (int index = 0; index < count; ++index) {
                record(txn, {},
                       {.action = actions::contact_created,
                        .resource_type = "contact",
                        .resource_id = "c"},
                       clock_.now());
            }
            return true;
        });
    }
    /// Runs what housekeeping would; how many steps there were.
    int prune() {
        int steps = 0;
        while (write([&](db::Txn& txn) { return prune_next(txn, clock_.now()); })) {
            ++steps;
        }
        return steps;
    }
    Verified verify(const WorkspaceId& workspace = shop, const Walk& walk = {}) {
        return read(workspace, [&](db::WorkspaceTxn& txn) { return verify_chain(txn, walk); });
    }
    /// What an operator keeps of a verification.
    NotedHead noted_head() {
        const Verified found = verify();
        return {found.head.value(), found.head_at};
    }
    std::vector<StoredEntry> chain(const WorkspaceId& workspace = shop) {
        return read(workspace, [](db::WorkspaceTxn& txn) { return list_chain(txn, 0, 10'000); });
    }
    void tamper(const std::string& sql) {
        write([&](db::Txn& txn) {
            txn.connection().execute_text(sql);
            return true;
        });
    }
    void keep_for(int wanted) {
        tamper(fmt::format(
            "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us) VALUES ('{}', "
            "'Shop', 'free', '{{\"audit\":{{\"retentionDays\":{}}}}}', 0)",
            shop.value, wanted));
    }
    /// Ten old entries, removed, and five new ones: numbers 11 to 15, and 16 for the removal.
    void prune_ten_of_fifteen() {
        record_some(shop, 10);
        clock_.advance(days(91));
        record_some(shop, 5);
        prune();
        ASSERT_EQ(chain().front().seq, 11);
        ASSERT_EQ(chain().back().seq, 16);
        ASSERT_EQ(verify().first_bad, std::nullopt);
    }
};

TEST_P(AuditRetentionTest, entries_stay_for_ninety_days) {
    record_some(shop, 3);
    clock_.advance(days(90));
    prune();
    EXPECT_EQ(chain().size(), 3U);
    clock_.advance(days(1));
    prune();
    ASSERT_EQ(chain().size(), 1U);
    EXPECT_EQ(chain()[0].action, "audit.pruned");
    EXPECT_EQ(chain()[0].actor_kind, "system");
}

TEST_P(AuditRetentionTest, a_workspace_may_keep_them_longer_and_never_shorter) {
    keep_for(120);
    record_some(shop, 3);
    record_some(other, 3);
    clock_.advance(days(100));
    prune();
    EXPECT_EQ(chain(shop).size(), 3U);
    EXPECT_EQ(chain(other).size(), 1U);
    tamper("UPDATE workspaces SET settings = '{\"audit\":{\"retentionDays\":1}}'");
    record_some(shop, 1);
    clock_.advance(days(30));
    prune();
    EXPECT_EQ(chain(shop).size(), 2U);  // the one of 30 days ago, and what says that three are gone
}

TEST_P(AuditRetentionTest, what_is_left_is_whole_and_says_what_is_gone) {
    prune_ten_of_fifteen();
    const Verified found = verify();
    EXPECT_EQ(found.entries, 6);
    EXPECT_EQ(found.pruned_through, 10);
    const auto pruned = read_pruned(chain().back());
    ASSERT_TRUE(pruned);
    EXPECT_EQ(pruned->last.seq, 10);
    EXPECT_EQ(pruned->entries, 10);
}

TEST_P(AuditRetentionTest, pruning_goes_on_over_what_an_earlier_one_left) {
    prune_ten_of_fifteen();
    clock_.advance(days(91));
    record_some(shop, 2);
    prune();
    EXPECT_EQ(verify().first_bad, std::nullopt);
    EXPECT_EQ(verify().pruned_through, 16);
    EXPECT_EQ(verify().entries, 3);
}

TEST_P(AuditRetentionTest, a_step_is_bounded_and_there_are_as_many_as_needed) {
    record_some(shop, static_cast<int>(pruned_in_step_max) * 2 + 10);
    clock_.advance(days(91));
    EXPECT_TRUE(write([&](db::Txn& txn) { return prune_next(txn, clock_.now()); }));
    EXPECT_EQ(chain().front().seq, static_cast<std::int64_t>(pruned_in_step_max) + 1);
    EXPECT_EQ(verify().first_bad, std::nullopt);
    EXPECT_EQ(prune(), 2);
    EXPECT_EQ(chain().size(), 3U);  // one `audit.pruned` for each step
    EXPECT_EQ(verify().first_bad, std::nullopt);
}

TEST_P(AuditRetentionTest, a_workspace_is_looked_at_once_a_day_and_none_waits_for_another) {
    record_some(shop, 1);
    record_some(other, 1);
    EXPECT_EQ(prune(), 2);
    EXPECT_EQ(prune(), 0);
    clock_.advance(std::chrono::hours(23));
    EXPECT_EQ(prune(), 0);
    clock_.advance(std::chrono::hours(1));
    EXPECT_EQ(prune(), 2);
}

TEST_P(AuditRetentionTest, a_log_with_nothing_but_old_notes_of_pruning_is_left_alone) {
    prune_ten_of_fifteen();
    clock_.advance(days(91));
    prune();
    ASSERT_EQ(chain().size(), 1U);
    clock_.advance(days(91));
    prune();
    EXPECT_EQ(chain().front().seq, 17);
}

TEST_P(AuditRetentionTest, many_old_notes_of_pruning_become_one) {
    write(shop, [&](db::WorkspaceTxn& txn) {
        for (std::size_t index = 0; index < pruned_in_step_max + 1; ++index) {
            record(
                txn, {},
                {.action = actions::audit_pruned, .resource_type = "audit_log", .resource_id = "a"},
                clock_.now());
        }
        return true;
    });
    clock_.advance(days(91));
    EXPECT_EQ(prune(), 2);
    EXPECT_EQ(chain().size(), 2U);
}

TEST_P(AuditRetentionTest, the_oldest_entry_removed_after_pruning_is_found) {
    prune_ten_of_fifteen();
    tamper("DELETE FROM audit_logs WHERE seq = 11");
    EXPECT_EQ(verify().first_bad, 11);
}

TEST_P(AuditRetentionTest, the_oldest_entries_removed_with_a_head_to_match_are_found) {
    prune_ten_of_fifteen();
    tamper("DELETE FROM audit_logs WHERE seq < 14");
    tamper("UPDATE audit_heads SET pruned_seq = 0");
    EXPECT_EQ(verify().first_bad, 1);
}

TEST_P(AuditRetentionTest, an_early_removal_with_a_note_to_match_is_found_by_a_noted_head) {
    prune_ten_of_fifteen();
    Walk noted{.expected = {noted_head()}};
    const Link head = noted.expected.front().link;
    record_some(shop, 1);
    clock_.advance(days(89));
    write(shop, [&](db::WorkspaceTxn& txn) {  // as retention would, a day too early
        remove_through(txn, head.seq);
        record(txn, system_context(shop, "retention"),
               {.action = actions::audit_pruned,
                .resource_type = "audit_log",
                .resource_id = shop.value,
                .details = render_pruned({.last = head, .entries = 6, .kept = days(90)})},
               clock_.now());
        return true;
    });
    EXPECT_EQ(verify().first_bad, std::nullopt);
    EXPECT_EQ(verify(shop, noted).first_bad, head.seq);
    noted.expected.front().written_at = std::nullopt;
    EXPECT_EQ(verify(shop, noted).first_bad, std::nullopt);
}

TEST_P(AuditRetentionTest, the_newest_entry_removed_after_pruning_is_found) {
    prune_ten_of_fifteen();
    record_some(shop, 1);
    tamper("DELETE FROM audit_logs WHERE seq = 17");
    EXPECT_EQ(verify().first_bad, 17);
}

TEST_P(AuditRetentionTest, the_note_of_pruning_removed_is_found) {
    prune_ten_of_fifteen();
    record_some(shop, 1);
    tamper("DELETE FROM audit_logs WHERE seq = 16");
    EXPECT_EQ(verify().first_bad, 16);
}

TEST_P(AuditRetentionTest, a_changed_note_of_pruning_is_found) {
    prune_ten_of_fifteen();
    const std::string details =
        render_pruned({.last = {12, chain()[1].hash}, .entries = 12, .kept = days(90)});
    tamper("DELETE FROM audit_logs WHERE seq IN (11, 12)");
    tamper("UPDATE audit_logs SET details = '" + details + "' WHERE seq = 16");
    EXPECT_EQ(verify().first_bad, 16);
}

TEST_P(AuditRetentionTest, an_entry_inserted_before_the_first_kept_one_is_found) {
    prune_ten_of_fifteen();
    const std::string rest =
        "action, actor_kind, actor_id, resource_type, resource_id, details, ip, user_agent, "
        "request_id, created_us, hash";
    tamper(
        fmt::format("INSERT INTO audit_logs (workspace_id, seq, {}) SELECT workspace_id, 10, {} "
                    "FROM audit_logs WHERE seq = 11",
                    rest, rest));
    EXPECT_EQ(verify().first_bad, 10);
}

TEST_P(AuditRetentionTest, a_log_that_was_tampered_with_is_not_pruned) {
    record_some(shop, 10);
    tamper("UPDATE audit_logs SET actor_id = 'somebody' WHERE seq = 4");
    record_some(other, 10);
    tamper("DELETE FROM audit_logs WHERE seq = 1 AND workspace_id = '" + other.value + "'");
    clock_.advance(days(91));
    EXPECT_EQ(prune(), 2);
    EXPECT_EQ(verify(shop).first_bad, 4);
    EXPECT_EQ(verify(other).first_bad, 1);
    EXPECT_EQ(chain(shop).size(), 10U);
}

TEST_P(AuditRetentionTest, a_chain_is_walked_in_parts) {
    prune_ten_of_fifteen();
    record_some(shop, 20);  // numbers 11 to 36
    Walk walk{.entries_max = 10};
    std::int64_t entries = 0;
    int parts = 0;
    do {
        const Verified found = verify(shop, walk);
        EXPECT_EQ(found.first_bad, std::nullopt);
        entries += found.entries;
        walk.after = found.next;
        ++parts;
    } while (walk.after);
    EXPECT_EQ(entries, 26);
    EXPECT_EQ(parts, 3);
    tamper("UPDATE audit_logs SET ip = '192.0.2.1' WHERE seq = 25");
    const Verified first = verify(shop, {.entries_max = 10});
    ASSERT_TRUE(first.next);
    const Verified second = verify(shop, {.after = first.next, .entries_max = 10});
    EXPECT_EQ(second.first_bad, 25);
    EXPECT_EQ(second.entries, 4);
}

TEST_P(AuditRetentionTest, a_walk_in_parts_is_not_put_off_by_pruning_between_them) {
    record_some(shop, 30);
    const Verified first = verify(shop, {.entries_max = 10});
    clock_.advance(days(91));
    record_some(shop, 5);
    prune();
    const Verified second = verify(shop, {.after = first.next, .entries_max = 10});
    EXPECT_EQ(second.first_bad, std::nullopt);
    EXPECT_EQ(second.pruned_through, 30);
    EXPECT_FALSE(second.next);
}

TEST_P(AuditRetentionTest, a_step_that_does_not_come_to_its_commit_leaves_everything) {
    record_some(shop, 10);
    clock_.advance(days(91));
    const Result<int> refused = write([&](db::Txn& txn) -> Result<int> {
        EXPECT_TRUE(prune_next(txn, clock_.now()));
        return fail(errors::conflict);
    });
    EXPECT_FALSE(refused.has_value());
    EXPECT_EQ(chain().size(), 10U);
    EXPECT_EQ(verify().entries, 10);
    EXPECT_EQ(prune(), 1);
    EXPECT_EQ(verify().pruned_through, 10);
    EXPECT_EQ(verify().first_bad, std::nullopt);
}

TEST_P(AuditRetentionTest, newest_entries_cut_off_with_a_head_to_match_are_found_by_a_noted_head) {
    record_some(shop, 5);
    const Walk noted{.expected = {noted_head()}};
    EXPECT_EQ(noted.expected.front().link.seq, 5);
    record_some(shop, 2);
    EXPECT_EQ(verify(shop, noted).first_bad, std::nullopt);
    const std::string third = crypto::hex_encode(chain()[2].hash);
    tamper("DELETE FROM audit_logs WHERE seq > 3");
    tamper(fmt::format("UPDATE audit_heads SET seq = 3, hash = {}",
                       database().engine() == db::Engine::sqlite ? fmt::format("X'{}'", third)
                                                                 : fmt::format("'\\x{}'", third)));
    EXPECT_EQ(verify().first_bad, std::nullopt) << "the log alone cannot tell";
    EXPECT_EQ(verify(shop, noted).first_bad, 4);
    clock_.advance(std::chrono::seconds(1));
    record_some(shop, 10);  // and goes on as if nothing had been
    EXPECT_EQ(verify(shop, noted).first_bad, 5);
}

TEST_P(AuditRetentionTest, a_noted_head_that_retention_removed_is_passed_over) {
    record_some(shop, 10);
    Walk noted{.expected = {noted_head()}};
    clock_.advance(days(91));
    record_some(shop, 5);
    noted.expected.push_back(noted_head());
    prune();
    EXPECT_EQ(verify().pruned_through, 10);
    EXPECT_EQ(verify(shop, noted).first_bad, std::nullopt);
    noted.expected.front().link.hash = std::string(32, 'x');
    EXPECT_EQ(verify(shop, noted).first_bad, 10) << "the last one removed is still known";
}

WAPI_ON_BOTH_ENGINES(AuditRetentionTest);

}  // namespace
}  // namespace wapi::audit
