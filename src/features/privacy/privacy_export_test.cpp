// Goal: an export holds everything about the contact, in pages, and nothing about anybody else or
// to anybody else; a new table cannot be forgotten. Method: handlers in process on both engines;
// the list of tables comes from the migrations.
#include <gtest/gtest.h>

#include <map>

#include "features/conversation_notes/conversation_notes.hpp"
#include "features/inbox/inbox.hpp"
#include "features/privacy/privacy_http.hpp"
#include "features/privacy/privacy_store.hpp"
#include "features/privacy/privacy_test_support.hpp"

namespace wapi::privacy::testing {
namespace {

class ExportTest : public PrivacyTest {
  protected:
    Result<net::Response> call(std::string_view operation, const std::string& id,
                               const std::string& body = {}, Context context = context_of(),
                               const std::string& cursor = {}) {
        for (const net::Route& route : routes_) {
            if (route.operation_id == operation) {
                net::Call request;
                request.request.body = body;
                request.request.params = {{"id", id}};
                request.request.query = {{"cursor", cursor}};
                request.context = std::move(context);
                return run(route.handler(request));
            }
        }
        throw std::runtime_error("no such route");
    }
    static std::string refusal(const Result<net::Response>& response) {
        return response ? "ok"
                        : std::string(response.error().kind->code) + " " + response.error().field;
    }
    std::vector<net::Route> routes_ = privacy_routes(service_);
};

TEST_P(ExportTest, holds_everything_about_the_contact_and_nobody_else) {
    write_text(ann, "wamid.A1", "I like the blue bicycle");
    write_text(bob, "wamid.B1", "And I the green one");
    ASSERT_EQ(send(ann, "Your blue bicycle is ready"), "ok");
    const std::string id = find_contact(ann).value().value;
    const Result<net::Response> answer = call("exportContactData", id);
    ASSERT_TRUE(answer);
    for (const char* part :
         {"15550002222", "US.1349", "annlee77", "Ann Leewood", "I like the blue bicycle",
          "Your blue bicycle is ready", "wamid.A1", "contact.created", "message.sent"}) {
        EXPECT_NE(answer->body.find(part), std::string::npos) << part;
    }
    for (const char* part : {"15550003333", "Bob", "green", "user-1"}) {
        EXPECT_EQ(answer->body.find(part), std::string::npos) << part;
    }
    const json::object body = json::parse_object(answer->body).value();
    EXPECT_EQ(body.at("messages").as_array().size(), 2U);
    EXPECT_EQ(body.at("conversations").as_array().size(), 1U);
    EXPECT_EQ(body.at("contact").as_object().at("identities").as_array().size(), 3U);
    EXPECT_TRUE(body.at("nextCursor").is_null());
    EXPECT_EQ(count_audit("data.exported"), 1);
}

TEST_P(ExportTest, pages_hold_each_message_once) {
    for (int index = 0; index < 7; ++index) {
        write_text(ann, "wamid.A" + std::to_string(index), "text " + std::to_string(index));
    }
    const ContactId id = find_contact(ann).value();
    std::vector<std::string> texts;
    store::Position position;
    for (int pages = 0; pages < 4; ++pages) {
        const store::Messages page = read(shop, [&](db::WorkspaceTxn& txn) {
            return store::list_messages(txn, id, position, 2, {});
        });
        for (const json::value& message : page.messages) {
            texts.emplace_back(message.at("text").as_string());
        }
        ASSERT_EQ(page.next.has_value(), pages < 3);
        position = page.next.value_or(store::Position{});
    }
    std::ranges::sort(texts);
    EXPECT_EQ(std::ranges::unique(texts).size(), 0U);
    EXPECT_EQ(texts.size(), 7U);
}

TEST_P(ExportTest, pages_hold_each_note_once_and_messages_behind_the_notes) {
    write_text(ann, "wamid.A1", "I like the blue bicycle");
    const ContactId id = find_contact(ann).value();
    const ConversationId talk = read(shop, [&](db::WorkspaceTxn& txn) {
        return inbox::find_latest_of_contact(txn, id).value().id;
    });
    conversation_notes::Service notes(database(), ids_, clock_);
    for (int index = 0; index < 7; ++index) {
        ASSERT_TRUE(
            run(notes.add(context_of(), talk, {.text = std::to_string(index), .mentions = {}})));
    }
    std::vector<std::string> texts;
    store::NotePosition position;
    for (int pages = 0; pages < 4; ++pages) {
        const store::Notes page = read(shop, [&](db::WorkspaceTxn& txn) {
            return store::list_notes(txn, id, position, 2, {});
        });
        for (const json::value& note : page.notes) {
            texts.emplace_back(note.at("text").as_string());
        }
        ASSERT_EQ(page.next.has_value(), pages < 3);
        position = page.next.value_or(store::NotePosition{});
    }
    std::ranges::sort(texts);
    EXPECT_EQ(texts, (std::vector<std::string>{"0", "1", "2", "3", "4", "5", "6"}));
    const auto rest = call("exportContactData", id.value, {}, context_of(), "notes_0_");
    const json::object body = json::parse_object(rest.value().body).value();
    EXPECT_FALSE(body.contains("contact"));
    EXPECT_EQ(body.at("notes").as_array().size(), 7U);
    EXPECT_EQ(body.at("messages").as_array().size(), 1U);
    EXPECT_TRUE(body.at("nextCursor").is_null());
}

TEST_P(ExportTest, a_page_behind_the_first_holds_messages_only_and_is_on_record_too) {
    write_text(ann, "wamid.A1", "I like the blue bicycle");
    const std::string id = find_contact(ann).value().value;
    const auto answer = call("exportContactData", id, {}, context_of(), "a_1_b");
    ASSERT_TRUE(answer);
    const json::object body = json::parse_object(answer->body).value();
    EXPECT_FALSE(body.contains("contact"));
    EXPECT_EQ(count_audit("data.exported"), 1) << "also for a cursor that nobody gave";
    EXPECT_NE(lines_with(R"({"continued":true})"), "");
    const auto all = call("exportContactData", id, {}, context_of(), "_0_");
    EXPECT_NE(all->body.find("blue bicycle"), std::string::npos);
    EXPECT_EQ(count_audit("data.exported"), 2);
    for (const char* bad : {"x", "a_b", "a__b", "a_1x_b", "a_99999999999999999999_b"}) {
        EXPECT_EQ(refusal(call("exportContactData", id, {}, context_of(), bad)),
                  "invalid_request cursor")
            << bad;
    }
    EXPECT_EQ(count_audit("data.exported"), 2) << "a refusal is none";
}

TEST_P(ExportTest, entries_are_of_what_the_member_may_see_and_say_when_they_are_cut) {
    write_text(ann, "wamid.A1", "I like the blue bicycle");
    ASSERT_EQ(send(ann, "Your blue bicycle is ready"), "ok");
    const ContactId id = find_contact(ann).value();
    const auto entries = [&](std::size_t limit, const Restrictions& restrictions) {
        return read(shop, [&](db::WorkspaceTxn& txn) {
            return store::list_entries(txn, id, limit, restrictions);
        });
    };
    const store::Entries all = entries(100, {});
    EXPECT_FALSE(all.cut);
    EXPECT_NE(json::render(all.entries).find("message.sent"), std::string::npos);
    const store::Entries exact = entries(all.entries.size(), {});
    EXPECT_FALSE(exact.cut);
    const store::Entries less = entries(all.entries.size() - 1, {});
    EXPECT_TRUE(less.cut);
    EXPECT_EQ(less.entries.size(), all.entries.size() - 1);
    const store::Entries seen = entries(100, {.member = "user-1", .assigned_only = true});
    EXPECT_NE(json::render(seen.entries).find("contact.created"), std::string::npos);
    EXPECT_EQ(json::render(seen.entries).find("message.sent"), std::string::npos);
    const json::object body = json::parse_object(call("exportContactData", id.value)->body).value();
    EXPECT_FALSE(body.at("auditLogCut").as_bool());
}

TEST_P(ExportTest, who_may_not_see_the_contact_gets_and_erases_nothing) {
    write_text(ann, "wamid.A1", "I like the blue bicycle");
    const std::string id = find_contact(ann).value().value;
    Context restricted = context_of();
    restricted.restrictions = {.member = "user-1", .by_tag = true};
    for (const Context& context : {context_of(other_shop), restricted}) {
        EXPECT_EQ(refusal(call("exportContactData", id, {}, context)), "contact_not_found ");
        EXPECT_EQ(refusal(call("eraseContact", id, R"({"confirm":")" + id + "\"}", context)),
                  "contact_not_found ");
    }
    Context assigned = context_of();
    assigned.restrictions = {.member = "user-1", .assigned_only = true};
    const auto answer = call("exportContactData", id, {}, assigned);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->body.find("blue bicycle"), std::string::npos);
    EXPECT_TRUE(find_contact(ann));
}

TEST_P(ExportTest, erasing_wants_the_id_repeated) {
    write_text(ann, "wamid.A1", "I like the blue bicycle");
    const std::string id = find_contact(ann).value().value;
    EXPECT_EQ(refusal(call("eraseContact", id, "{}")), "invalid_request confirm");
    EXPECT_EQ(refusal(call("eraseContact", id, R"({"confirm":"yes"})")), "invalid_request confirm");
    EXPECT_EQ(refusal(call("eraseContact", id, "no")), "malformed_json ");
    const auto answer = call("eraseContact", id, R"({"confirm":")" + id + "\"}");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 202);
    const json::object erasure = json::parse_object(answer->body).value().at("erasure").as_object();
    EXPECT_EQ(erasure.at("status").as_string(), "running");
    const std::string erasure_id(erasure.at("id").as_string());
    run(eraser_.run_open());
    EXPECT_NE(call("getErasure", erasure_id)->body.find("completed"), std::string::npos);
    EXPECT_EQ(refusal(call("getErasure", erasure_id, {}, context_of(other_shop))),
              "erasure_not_found ");
    EXPECT_EQ(refusal(call("eraseContact", id, R"({"confirm":")" + id + "\"}")),
              "contact_not_found ");
}

WAPI_ON_BOTH_ENGINES(ExportTest);

/// Where an erasure deals with each table, or why it need not.
const std::map<std::string, std::string_view> tables{
    {"contacts", "erased"},
    {"contact_identities", "erased"},
    {"contact_tags", "erased"},
    {"conversations", "erased"},
    {"messages", "erased"},
    {"early_statuses", "erased"},
    {"idempotency_keys", "erased"},
    {"dead_letters", "erased"},
    {"search_documents", "erased"},
    {"conversation_notes", "erased"},
    {"quick_replies", "the team"},
    {"saved_views", "the team"},
    {"assignment_heads", "numbers only"},
    {"overview_heads", "times only"},
    {"notice_nodes", "numbers of connections only"},
    {"overview_quarters", "counts only"},
    {"assignment_turns", "the team"},
    {"assignment_releases", "the team"},
    {"search_queue", "ids of messages and contacts only"},
    {"webhook_events", "searched and redacted"},
    {"contact_imports", "gone within a day unless started, and 30 days after its end"},
    {"contact_import_chunks", "go as their rows are done, or within a day"},
    {"contact_import_refused", "cells erased; gone after 30 days"},
    {"contact_import_refused_phones", "last digits of numbers; gone after 30 days"},
    {"contact_segments", "the business"},
    {"jobs", "ids of messages and events only"},
    {"erased_identities", "keyed hashes"},
    {"erasures", "traces are sealed, and empty once complete"},
    {"audit_logs", "ids only, by the rule of features/audit"},
    {"audit_heads", "numbers and hashes"},
    {"schema_migrations", "the program's own"},
    {"workspaces", "the business"},
    {"users", "the team"},
    {"members", "the team"},
    {"member_restrictions", "the team"},
    {"team_roles", "the team"},
    {"team_invites", "the team"},
    {"sessions", "the team"},
    {"account_links", "the team"},
    {"second_factors", "the team"},
    {"recovery_codes", "the team"},
    {"api_keys", "the team"},
    {"operators", "the operator"},
    {"operator_sessions", "the operator"},
    {"vault_keys", "the business"},
    {"vault_secrets", "the business"},
    {"phone_numbers", "the business"},
    {"templates", "the business"},
    {"rate_limits", "the operator"},
    {"workspace_rate_limits", "the operator"},
    {"deletion_requests", "codes and times only"},
    {"meta_grants", "the team: who connected at Meta; removed by their request"},
};

TEST(PrivacyTables, every_table_has_been_thought_of) {
    for (const std::string& table : table_names()) {
        EXPECT_TRUE(tables.contains(table))
            << table << " is new: does it hold customers' data? Then privacy_store.cpp exports and"
            << " erases it; say so here.";
    }
}

}  // namespace
}  // namespace wapi::privacy::testing
