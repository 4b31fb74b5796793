// Goal: the routes of the audit log check what they take, show only the workspace's own entries,
// and an export holds them all, once, whatever its size. Method: the handlers in process on both
// engines; an export's body is taken piece by piece, as a connection does.
#include "features/audit_logs/audit_logs_http.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/json.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::audit_logs {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other("22222222-2222-7222-8222-222222222222");

class AuditLogsHttpTest : public test::EnginesTest {
  protected:
    using Query = std::vector<std::pair<std::string, std::string>>;

    void record_some(int count, const std::string& details = "{}",
                     const WorkspaceId& workspace = shop) {
        write(workspace, [&](db::WorkspaceTxn& txn) {
            Context context;
            context.actor = {ActorKind::user, "user-1"};
            context.user_agent = "=cmd|' /C calc'!A0";
            for (int index = 0; index < count; ++index) {
                audit::record(txn, context,
                              {.action = audit::actions::contact_created,
                               .resource_type = "contact",
                               .resource_id = "contact-" + std::to_string(index),
                               .details = details},
                              clock_.now());
            }
            return true;
        });
    }
    Result<net::Response> get(std::string_view path, Query query = {}) {
        for (const net::Route& route : routes_) {
            if (route.path == path) {
                net::Call call;
                call.request.query = std::move(query);
                call.context.workspace = shop;
                call.context.actor = {ActorKind::user, "user-2"};
                call.context.restrictions = restrictions_;
                return run(route.handler(call));
            }
        }
        throw std::runtime_error("no such route");
    }
    json::object page(Query query = {}) {
        return json::parse_object(get("/api/v1/audit-logs", std::move(query))->body).value();
    }
    json::object verified(Query query = {}) {
        return json::parse_object(get("/api/v1/audit-logs/verify", std::move(query))->body).value();
    }
    Result<net::Response> ask_export(Query query) {
        return get("/api/v1/audit-logs/export", std::move(query));
    }
    /// The pieces of an export.
    std::vector<std::string> pieces(const Result<net::Response>& response) {
        std::vector<std::string> all;
        for (;;) {
            std::string piece = run(response->source->next());
            if (piece.empty()) {
                return all;
            }
            all.push_back(std::move(piece));
        }
    }
    std::string text_of(Query query) {
        std::string text;
        for (const std::string& piece : pieces(ask_export(std::move(query)))) {
            text += piece;
        }
        return text;
    }
    static std::string refusal(const Result<net::Response>& response) {
        return response ? "ok"
                        : std::string(response.error().kind->code) + " " + response.error().field;
    }

    Restrictions restrictions_;  ///< of who asks
    audit::Service service_{database()};
    Exporter exporter_{database(), clock_};
    std::vector<net::Route> routes_ = audit_logs_routes({.audit = service_, .exporter = exporter_});
};

TEST_P(AuditLogsHttpTest, a_page_shows_entries_with_their_hash_and_leads_to_the_next) {
    record_some(3);
    record_some(2, "{}", other);
    const json::object first = page({{"limit", "2"}});
    EXPECT_EQ(first.at("total"), 3);
    ASSERT_EQ(first.at("logs").as_array().size(), 2U);
    const json::value& newest = first.at("logs").at(0);
    EXPECT_EQ(newest.at("id"), "3");
    EXPECT_EQ(newest.at("actor").at("id"), "user-1");
    EXPECT_EQ(newest.at("hash").as_string().size(), 64U);
    const std::string cursor(first.at("nextCursor").as_string());
    const json::object second = page({{"limit", "2"}, {"cursor", cursor}});
    ASSERT_EQ(second.at("logs").as_array().size(), 1U);
    EXPECT_EQ(second.at("logs").at(0).at("id"), "1");
    EXPECT_TRUE(second.at("nextCursor").is_null());
}

TEST_P(AuditLogsHttpTest, every_filter_is_a_parameter) {
    record_some(3);
    EXPECT_EQ(page({{"resourceId", "contact-1"}}).at("total"), 1);
    EXPECT_EQ(page({{"action", "user.login"}}).at("total"), 0);
    for (const char* filter : {"userId", "ip", "requestId", "resourceType", "resourceId"}) {
        EXPECT_EQ(page({{filter, "nobody"}}).at("total"), 0) << filter;
    }
    EXPECT_EQ(page({{"userId", "user-1"}, {"actorKind", "user"}}).at("total"), 3);
    EXPECT_EQ(page({{"actorKind", "api_key"}}).at("total"), 0);
    EXPECT_EQ(page({{"actorKind", "operator"}}).at("total"), 0);
    EXPECT_EQ(page({{"from", "2026-01-01T00:00:00Z"}}).at("total"), 3);
    EXPECT_EQ(page({{"to", "2026-01-01T00:00:00Z"}}).at("total"), 0);
}

TEST_P(AuditLogsHttpTest, parameters_that_are_wrong_are_refused_by_name) {
    for (const std::string_view path : {"/api/v1/audit-logs", "/api/v1/audit-logs/export"}) {
        for (const auto& [name, value] : Query{{"from", "yesterday"},
                                               {"to", "2026-13-01"},
                                               {"actorKind", "robot"},
                                               {"action", std::string(257, 'a')},
                                               {"ip", std::string(257, '1')}}) {
            EXPECT_EQ(refusal(get(path, {{name, value}, {"format", "csv"}})),
                      "invalid_request " + name);
        }
    }
    for (const char* path : {"/api/v1/audit-logs", "/api/v1/audit-logs/verify"}) {
        for (const char* cursor : {"7", "x-1", "-", "1-2-3"}) {
            EXPECT_EQ(refusal(get(path, {{"cursor", cursor}})), "invalid_request cursor") << path;
        }
    }
    EXPECT_EQ(refusal(get("/api/v1/audit-logs", {{"limit", "201"}})), "invalid_request limit");
    for (const char* format : {"", "xml", "CSV"}) {
        EXPECT_EQ(refusal(ask_export({{"format", format}})), "invalid_request format");
    }
    EXPECT_EQ(page().at("total"), 0);  // what was refused left no `data.exported`
}

TEST_P(AuditLogsHttpTest, who_sees_a_part_of_the_conversations_is_shown_nothing_of_the_others) {
    write(shop, [&](db::WorkspaceTxn& txn) {
        for (const char* type : {"conversation", "message", "user"}) {
            audit::record(txn, {},
                          {.action = audit::actions::conversation_assigned,
                           .resource_type = type,
                           .resource_id = "x"},
                          clock_.now());
        }
        return true;
    });
    EXPECT_EQ(page().at("total"), 3);
    restrictions_ = {.member = "user-2", .assigned_only = true};
    EXPECT_EQ(page().at("total"), 1);
    for (const char* type : {"conversation", "message"}) {
        EXPECT_EQ(page({{"resourceType", type}}).at("total"), 0);
        EXPECT_EQ(text_of({{"format", "jsonl"}, {"resourceType", type}}), "");
    }
    const std::string text = text_of({{"format", "jsonl"}});
    EXPECT_EQ(text.find(R"("type":"conversation")"), text.npos) << text;
    EXPECT_EQ(text.find(R"("type":"message")"), text.npos) << text;
    EXPECT_NE(text.find(R"("type":"user")"), text.npos) << text;
}

TEST_P(AuditLogsHttpTest, an_export_that_takes_too_long_breaks_off) {
    record_some(static_cast<int>(export_rows_max) + 1);
    const Result<net::Response> response = ask_export({{"format", "jsonl"}});
    EXPECT_NE(run(response->source->next()), "");
    clock_.advance(export_time_max + std::chrono::seconds(1));
    EXPECT_THROW(run(response->source->next()), Fault);
}

TEST_P(AuditLogsHttpTest, json_lines_hold_every_entry_once_newest_first) {
    record_some(static_cast<int>(export_rows_max) * 2 + 50);
    record_some(2, "{}", other);
    const Result<net::Response> response = ask_export({{"format", "jsonl"}});
    EXPECT_EQ(response->content_type, "application/x-ndjson");
    const std::vector<std::string> all = pieces(response);
    EXPECT_EQ(all.size(), 3U);
    std::string text;
    for (const std::string& piece : all) {
        text += piece;
    }
    std::vector<int> seen;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const json::object entry = json::parse_object(line).value();
        seen.push_back(std::stoi(std::string(entry.at("id").as_string())));
        EXPECT_EQ(entry.size(), 10U);
    }
    ASSERT_EQ(seen.size(), export_rows_max * 2 + 51);  // and the export's own
    EXPECT_TRUE(std::ranges::is_sorted(seen, std::ranges::greater{}));
    EXPECT_EQ(seen.front(), static_cast<int>(export_rows_max) * 2 + 51);
    EXPECT_EQ(seen.back(), 1);
}

TEST_P(AuditLogsHttpTest, csv_has_a_head_and_no_formula) {
    record_some(1, R"({"note":"a, \"b\""})");
    const std::string text = text_of({{"format", "csv"}, {"action", "contact.created"}});
    const std::size_t head = text.find("\r\n");
    EXPECT_EQ(text.substr(0, head + 2), csv_head());
    const std::string row = text.substr(head + 2);
    EXPECT_TRUE(
        row.starts_with("1,2026-01-01T00:00:00.000Z,contact.created,user,user-1,contact,"
                        "contact-0,,\"'=cmd|' /C calc'!A0\",,"))
        << row;
    EXPECT_NE(row.find(R"("{""note"":""a, \""b\""""}")"), std::string::npos) << row;
    EXPECT_EQ(row.find("\r\n"), row.size() - 2);
}

TEST_P(AuditLogsHttpTest, an_export_leaves_its_entry_with_what_was_asked) {
    record_some(1);
    text_of({{"format", "csv"}, {"resourceId", "contact-0"}, {"from", "2026-01-01"}});
    const json::object found = page({{"action", "data.exported"}});
    ASSERT_EQ(found.at("total"), 1);
    const json::value& entry = found.at("logs").at(0);
    EXPECT_EQ(entry.at("actor").at("id"), "user-2");
    EXPECT_EQ(entry.at("resource").at("type"), "audit_log");
    EXPECT_EQ(json::render(entry.at("details")),
              R"({"format":"csv","filter":{"resourceId":"contact-0",)"
              R"("from":"2026-01-01T00:00:00.000Z"}})");
}

TEST_P(AuditLogsHttpTest, an_export_of_nothing_is_a_head_or_nothing) {
    EXPECT_EQ(text_of({{"format", "csv"}, {"action", "user.login"}}), csv_head());
    EXPECT_EQ(text_of({{"format", "jsonl"}, {"action", "user.login"}}), "");
}

TEST_P(AuditLogsHttpTest, entries_written_meanwhile_do_not_disturb_an_export) {
    record_some(static_cast<int>(export_rows_max) + 10);
    const Result<net::Response> response =
        ask_export({{"format", "jsonl"}, {"action", "contact.created"}});
    std::string text = run(response->source->next());
    clock_.advance(std::chrono::seconds(1));
    record_some(50);
    text += run(response->source->next());
    EXPECT_EQ(run(response->source->next()), "");
    EXPECT_EQ(std::ranges::count(text, '\n'), static_cast<long>(export_rows_max) + 10);
}

TEST_P(AuditLogsHttpTest, a_third_export_at_once_is_told_to_wait) {
    std::vector<Result<net::Response>> open;
    for (int index = 0; index < exports_max; ++index) {
        open.push_back(ask_export({{"format", "csv"}}));
        ASSERT_TRUE(open.back());
    }
    EXPECT_EQ(refusal(ask_export({{"format", "csv"}})), "too_many_exports ");
    open.pop_back();  // as when its client has gone away
    EXPECT_EQ(refusal(ask_export({{"format", "csv"}})), "ok");
    EXPECT_EQ(page({{"action", "data.exported"}}).at("total"), exports_max + 1);
}

TEST_P(AuditLogsHttpTest, verification_tells_what_it_found) {
    EXPECT_EQ(json::render(verified()),
              R"({"entries":0,"prunedThrough":null,"firstBadEntry":null,"whole":true,)"
              R"("nextCursor":null})");
    record_some(5);
    EXPECT_EQ(verified().at("entries"), 5);
    write([](db::Txn& txn) {
        txn.connection().execute_text("UPDATE audit_logs SET ip = '192.0.2.1' WHERE seq = 4");
        return true;
    });
    EXPECT_EQ(json::render(verified()),
              R"({"entries":3,"prunedThrough":null,"firstBadEntry":"4","whole":false,)"
              R"("nextCursor":null})");
}

TEST_P(AuditLogsHttpTest, a_call_verifies_a_bounded_part_and_the_next_goes_on) {
    record_some(static_cast<int>(audit::verified_in_call_max) + 5);
    const json::object first = verified();
    EXPECT_EQ(first.at("entries"), audit::verified_in_call_max);
    EXPECT_TRUE(first.at("whole").is_null());
    const std::string cursor(first.at("nextCursor").as_string());
    const json::object second = verified({{"cursor", cursor}});
    EXPECT_EQ(second.at("entries"), 5);
    EXPECT_EQ(second.at("whole"), true);
    EXPECT_TRUE(second.at("nextCursor").is_null());
}

WAPI_ON_BOTH_ENGINES(AuditLogsHttpTest);

}  // namespace
}  // namespace wapi::audit_logs
