// Goal: the hash of an audit entry is fixed for ever and tells any two entries apart.
// Method: a known answer computed by hand from the written form, and entries that differ in one
// place.
#include "features/audit/audit_rules.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/json.hpp"

namespace wapi::audit {
namespace {

constexpr std::array all_actions{
    actions::user_login,
    actions::user_login_failed,
    actions::user_logout,
    actions::user_created,
    actions::user_updated,
    actions::user_deleted,
    actions::user_password_changed,
    actions::user_password_reset_requested,
    actions::user_password_reset,
    actions::user_email_verified,
    actions::user_second_factor_enabled,
    actions::user_second_factor_disabled,
    actions::user_second_factor_reset,
    actions::user_recovery_code_used,
    actions::user_recovery_codes_renewed,
    actions::contact_created,
    actions::contact_updated,
    actions::contact_deleted,
    actions::contact_imported,
    actions::contact_exported,
    actions::contact_opted_out,
    actions::contact_opted_in,
    actions::contact_manually_opted_out,
    actions::contact_manually_opted_in,
    actions::conversation_assigned,
    actions::conversation_resolved,
    actions::conversation_reopened,
    actions::conversation_snoozed,
    actions::conversation_noted,
    actions::conversation_note_removed,
    actions::quick_reply_created,
    actions::quick_reply_updated,
    actions::quick_reply_deleted,
    actions::view_created,
    actions::view_updated,
    actions::view_deleted,
    actions::segment_created,
    actions::segment_updated,
    actions::segment_deleted,
    actions::message_sent,
    actions::message_failed,
    actions::campaign_created,
    actions::campaign_started,
    actions::campaign_paused,
    actions::campaign_completed,
    actions::template_created,
    actions::template_submitted,
    actions::template_approved,
    actions::template_rejected,
    actions::template_paused,
    actions::template_deleted,
    actions::settings_updated,
    actions::team_member_invited,
    actions::team_member_added,
    actions::team_member_removed,
    actions::team_permissions_changed,
    actions::api_key_created,
    actions::api_key_updated,
    actions::api_key_revoked,
    actions::waba_connected,
    actions::waba_disconnected,
    actions::waba_verified,
    actions::waba_disabled,
    actions::waba_subscribed,
    actions::phone_claimed,
    actions::phone_released,
    actions::phone_registered,
    actions::token_stored,
    actions::token_accessed,
    actions::token_rotated,
    actions::token_refreshed,
    actions::token_expired,
    actions::token_revoked,
    actions::token_rejected,
    actions::webhook_rejected,
    actions::webhook_failed,
    actions::webhook_replayed,
    actions::webhook_discarded,
    actions::workspace_suspended,
    actions::workspace_resumed,
    actions::operator_created,
    actions::operator_removed,
    actions::operator_login,
    actions::operator_login_failed,
    actions::data_exported,
    actions::data_erased,
    actions::data_seeded,
    actions::audit_pruned,
};

StoredEntry sample() {
    StoredEntry entry;
    entry.seq = 1;
    entry.action = "user.login";
    entry.actor_kind = "user";
    entry.actor_id = "u1";
    entry.resource_type = "user";
    entry.resource_id = "u1";
    entry.details = "{}";
    entry.ip = "127.0.0.1";
    entry.user_agent = "test";
    entry.request_id = "r1";
    entry.created_at = from_us(1'767'225'600'000'000);
    return entry;
}

std::string hash_of(const StoredEntry& entry, std::string_view workspace = "w1") {
    return crypto::hex_encode(entry_hash(crypto::as_text(genesis), WorkspaceId(workspace), entry));
}

TEST(AuditRules, the_hash_covers_the_previous_hash_and_each_field_after_its_length) {
    std::string bytes(32, '\0');
    for (const std::string_view field : {"w1", "1", "user.login", "user", "u1", "user", "u1", "{}",
                                         "127.0.0.1", "test", "r1", "1767225600000000"}) {
        bytes.append(7, '\0');
        bytes.push_back(static_cast<char>(field.size()));
        bytes.append(field);
    }
    EXPECT_EQ(hash_of(sample()), crypto::hex_encode(crypto::sha256(bytes)));
}

TEST(AuditRules, the_hash_of_a_known_entry_never_changes) {
    EXPECT_EQ(hash_of(sample()),
              "90c103ab9e2b85e1bd30a40909b0e0c55320bfedb1340bbf094ce3f5adf040bc");
}

TEST(AuditRules, text_moved_from_one_field_to_the_next_gives_another_hash) {
    StoredEntry left = sample();
    left.actor_id = "ab";
    left.resource_type = "c";
    StoredEntry right = sample();
    right.actor_id = "a";
    right.resource_type = "bc";
    EXPECT_NE(hash_of(left), hash_of(right));
}

TEST(AuditRules, a_change_of_any_field_changes_the_hash) {
    std::set<std::string> hashes{hash_of(sample()), hash_of(sample(), "w2")};
    const auto add = [&hashes](auto change) {
        StoredEntry entry = sample();
        change(entry);
        hashes.insert(hash_of(entry));
    };
    add([](StoredEntry& entry) { entry.seq = 2; });
    add([](StoredEntry& entry) { entry.action = "user.logout"; });
    add([](StoredEntry& entry) { entry.actor_kind = "system"; });
    add([](StoredEntry& entry) { entry.actor_id = "u2"; });
    add([](StoredEntry& entry) { entry.resource_type = "contact"; });
    add([](StoredEntry& entry) { entry.resource_id = "u2"; });
    add([](StoredEntry& entry) { entry.details = R"({"a":1})"; });
    add([](StoredEntry& entry) { entry.ip = "127.0.0.2"; });
    add([](StoredEntry& entry) { entry.user_agent = "other"; });
    add([](StoredEntry& entry) { entry.request_id = "r2"; });
    add([](StoredEntry& entry) { entry.created_at += std::chrono::microseconds(1); });
    EXPECT_EQ(hashes.size(), 13U);
}

TEST(AuditRules, what_is_stored_is_valid_text_within_its_limits) {
    Context context;
    context.actor = {ActorKind::user, "u1"};
    context.user_agent = std::string("bad\xff\0agent", 10) + std::string(1'000, 'x');
    const StoredEntry stored = to_stored(
        context, {.action = actions::user_login, .resource_type = "user", .resource_id = "u1"}, 1,
        from_us(0));
    EXPECT_LE(stored.user_agent.size(), 260U);
    EXPECT_EQ(stored.user_agent.find('\0'), std::string::npos);
    EXPECT_EQ(stored.user_agent.find('\xff'), std::string::npos);
    EXPECT_EQ(stored.actor_kind, "user");
}

TEST(AuditRules, details_that_are_no_json_object_or_too_large_are_replaced_by_a_note) {
    for (const std::string& details : {std::string("not json"), std::string("[1]"),
                                       R"({"a":")" + std::string(9'000, 'x') + R"("})"}) {
        const StoredEntry stored = to_stored({},
                                             {.action = actions::user_login,
                                              .resource_type = "user",
                                              .resource_id = "u1",
                                              .details = details},
                                             1, from_us(0));
        EXPECT_TRUE(stored.details.starts_with(R"({"detailsDropped":true)"))
            << details.substr(0, 20);
    }
}

TEST(AuditRules, actions_are_written_once_each_as_area_dot_verb) {
    std::set<std::string_view> seen;
    for (const std::string_view action : all_actions) {
        EXPECT_TRUE(seen.insert(action).second) << action;
        EXPECT_EQ(std::ranges::count(action, '.'), 1) << action;
    }
    EXPECT_GE(seen.size(), 50U);  // those of product.md section 1.5 and a few more
}

TEST(AuditRules, a_moment_is_read_with_or_without_time_and_fraction) {
    EXPECT_EQ(parse_moment("2026-01-01"), from_us(1'767'225'600'000'000));
    EXPECT_EQ(parse_moment("2026-01-01T00:00:01Z"), from_us(1'767'225'601'000'000));
    EXPECT_EQ(parse_moment("2026-01-01T00:00:00.25Z"), from_us(1'767'225'600'250'000));
}

TEST(AuditRules, a_moment_that_is_none_is_refused) {
    for (const char* text : {"", "yesterday", "2026-13-01", "2026-02-30", "2026-01-01T25:00:00Z",
                             "2026-01-01T00:00:00", "2026-01-01T00:00:00+02:00", "12026-01-01"}) {
        EXPECT_FALSE(parse_moment(text)) << text;
    }
}

TEST(AuditRules, what_was_pruned_is_read_back_from_its_entry_alone) {
    StoredEntry entry = sample();
    entry.action = actions::audit_pruned;
    entry.details = render_pruned(
        {.last = {12, std::string(32, 'h')}, .entries = 5, .kept = std::chrono::days(90)});
    const auto pruned = read_pruned(entry);
    ASSERT_TRUE(pruned);
    EXPECT_EQ(pruned->last, (Link{12, std::string(32, 'h')}));
    EXPECT_EQ(pruned->entries, 5);
    EXPECT_EQ(pruned->kept, std::chrono::days(90));
    for (const char* details : {"{}", "[]", R"({"through":0,"hash":"00"})",
                                R"({"through":1,"hash":"zz","entries":1,"retentionDays":90})"}) {
        entry.details = details;
        EXPECT_FALSE(read_pruned(entry)) << details;
    }
    EXPECT_FALSE(read_pruned(sample()));
}

TEST(AuditRules, entries_are_kept_for_ninety_days_or_longer_if_the_workspace_says_so) {
    using std::chrono::days;
    EXPECT_EQ(retention_of("{}"), days(90));
    EXPECT_EQ(retention_of(R"({"audit":{"retentionDays":365}})"), days(365));
    for (const char* settings :
         {"", "no json", R"({"audit":{"retentionDays":1}})", R"({"audit":{"retentionDays":-5}})",
          R"({"audit":{"retentionDays":"365"}})", R"({"audit":7})"}) {
        EXPECT_EQ(retention_of(settings), days(90)) << settings;
    }
    EXPECT_EQ(retention_of(R"({"audit":{"retentionDays":99999}})"), days(3'650));
    EXPECT_EQ(retention_of(R"({"note":"\u0000","audit":{"retentionDays":365}})"), days(365))
        << "stored before bodies with a NUL were refused";
}

TEST(AuditRules, a_retention_below_ninety_days_and_what_is_none_are_refused) {
    const auto refused = [](const char* settings) {
        const Result<void> fits = check_settings(json::parse_object(settings).value());
        return fits ? "" : std::string(fits.error().kind->code) + " " + fits.error().field;
    };
    for (const char* settings : {"{}", R"({"audit":{}})", R"({"audit":{"retentionDays":90}})",
                                 R"({"audit":{"retentionDays":3650}})", R"({"optOut":{}})"}) {
        EXPECT_EQ(refused(settings), "") << settings;
    }
    for (const char* settings :
         {R"({"audit":{"retentionDays":89}})", R"({"audit":{"retentionDays":3651}})",
          R"({"audit":{"retentionDays":"90"}})", R"({"audit":{"retentionDays":90.5}})"}) {
        EXPECT_EQ(refused(settings), "invalid_request settings.audit.retentionDays") << settings;
    }
    EXPECT_EQ(refused(R"({"audit":7})"), "invalid_request settings.audit");
    EXPECT_EQ(refused(R"({"audit":{"days":90}})"), "invalid_request settings.audit.days");
}

TEST(AuditRules, cursors_are_read_back_and_others_refused) {
    const Link link{7, std::string("\x00\xff", 2) + std::string(30, 'x')};
    EXPECT_EQ(parse_link(render_link(link)), link);
    EXPECT_EQ(parse_place(render_place({1'767'225'600'000'000, 12})),
              (Place{1'767'225'600'000'000, 12}));
    for (const char* text :
         {"", "-", "1", "1-", "-1-2", "1-2-3", "x-1", "1- 2", "1-0", "99999999999999999999-1"}) {
        EXPECT_FALSE(parse_link(text)) << text;
        if (std::string_view(text) != "1-0") {
            EXPECT_FALSE(parse_place(text)) << text;
        }
    }
}

}  // namespace
}  // namespace wapi::audit
