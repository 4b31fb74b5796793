// Goal: the routes of contacts check what they take, filter and page exactly, and show nothing of
// another workspace. Method: the handlers in process on both engines.
#include "features/contacts/contacts_http.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/json.hpp"
#include "features/audit/audit.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::contacts {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");

class ContactsHttpTest : public test::EnginesTest {
  protected:
    struct Ask {
        net::Verb verb = net::Verb::get;
        std::string body = {};
        std::string id = {};
        std::vector<std::pair<std::string, std::string>> query = {};
        WorkspaceId workspace = shop;
    };
    Result<net::Response> call(const Ask& ask) {
        const std::string_view path = ask.id.empty() ? "/api/v1/contacts" : "/api/v1/contacts/{id}";
        for (const net::Route& route : routes_) {
            if (route.path == path && route.verb == ask.verb) {
                net::Call request;
                request.request.body = ask.body;
                request.request.query = ask.query;
                request.request.params = {{"id", ask.id}};
                request.context.workspace = ask.workspace;
                return run(route.handler(request));
            }
        }
        throw std::runtime_error("no such route");
    }
    Result<net::Response> create(const std::string& body) {
        return call({.verb = net::Verb::post, .body = body});
    }
    std::string made(const std::string& body) {
        return std::string(parsed(create(body)).at("id").as_string());
    }
    static json::object parsed(const Result<net::Response>& response) {
        return json::parse_object(response.value().body).value();
    }
    static std::string refusal(const Result<net::Response>& response) {
        return response ? "ok"
                        : std::string(response.error().kind->code) + " " + response.error().field;
    }
    /// Names on the page that these parameters give, in order.
    std::vector<std::string> names(std::vector<std::pair<std::string, std::string>> query,
                                   const WorkspaceId& workspace = shop) {
        std::vector<std::string> found;
        const json::object page = parsed(call({.query = std::move(query), .workspace = workspace}));
        for (const json::value& contact : page.at("contacts").as_array()) {
            found.emplace_back(contact.at("name").as_string());
        }
        return found;
    }
    std::int64_t count_audit(std::string_view action) {
        Context context;
        context.workspace = shop;
        audit::Service service(database());
        return run(service.list(context, {.action = std::string(action)}))->total;
    }
    using Names = std::vector<std::string>;

    Service service_{database(), ids_, clock_};
    std::vector<net::Route> routes_ = contacts_routes(service_);
};

TEST_P(ContactsHttpTest, a_created_contact_is_read_back_as_it_was_given) {
    const Result<net::Response> response =
        create(R"({"name":"Ann Lee","phone":"+1 (555) 000-2222","tags":["vip"],)"
               R"("attributes":{"city":"Rome"}})");
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 201);
    const json::object contact = parsed(response);
    EXPECT_EQ(contact.at("phone"), "+15550002222");
    EXPECT_EQ(contact.at("tags").as_array().at(0), "vip");
    EXPECT_EQ(contact.at("attributes").as_object().at("city"), "Rome");
    EXPECT_EQ(contact.at("optOut").as_object().at("status"), false);
    EXPECT_EQ(contact.at("createdAt"), "2026-01-01T00:00:00.000Z");
    const std::string id(contact.at("id").as_string());
    EXPECT_EQ(parsed(call({.id = id})), contact);
    EXPECT_EQ(count_audit("contact.created"), 1);
}

TEST_P(ContactsHttpTest, a_phone_is_known_however_it_is_written) {
    made(R"({"name":"Ann","phone":"+15550002222"})");
    EXPECT_EQ(refusal(create(R"({"phone":"001 555 000 2222"})")), "contact_exists phone");
    made(R"({"name":"Ana","phone":"+55 11 8765-4321"})");
    EXPECT_EQ(refusal(create(R"({"phone":"+5511987654321"})")), "contact_exists phone");
    EXPECT_EQ(names({{"phone", "+55 (11) 98765-4321"}}), Names{"Ana"});
    EXPECT_EQ(names({{"phone", "+15550009999"}}), Names{});
    EXPECT_EQ(names({{"phone", "nonsense"}}), Names{});
}

TEST_P(ContactsHttpTest, bodies_that_are_wrong_are_refused_by_field) {
    std::string many_tags = R"({"phone":"+15550002222","tags":["a")";
    for (std::size_t i = 0; i < tags_max; ++i) {
        many_tags += R"(,"a")";
    }
    const std::vector<std::pair<std::string, std::string>> cases{
        {"[]", "malformed_json "},
        {"{}", "invalid_request phone"},
        {R"({"phone":""})", "invalid_request phone"},
        {R"({"phone":"12"})", "invalid_phone phone"},
        {R"({"phone":"+15550002222","name":7})", "invalid_request name"},
        {R"({"phone":"+15550002222","name":")" + std::string(name_bytes_max + 1, 'x') + R"("})",
         "invalid_request name"},
        {R"({"phone":"+15550002222","tags":[""]})", "invalid_request tags[0]"},
        {R"({"phone":"+15550002222","tags":")" + std::string(3, 'x') + R"("})",
         "invalid_request tags"},
        {R"({"phone":"+15550002222","attributes":[]})", "invalid_request attributes"},
        {R"({"phone":"+15550002222","attributes":{"a":")" + std::string(attributes_bytes_max, 'x') +
             R"("}})",
         "invalid_request attributes"},
        {many_tags + "]}", "invalid_request tags"},
    };
    for (const auto& [body, expected] : cases) {
        EXPECT_EQ(refusal(create(body)), expected) << body.substr(0, 60);
    }
    EXPECT_EQ(count_audit("contact.created"), 0);
}

TEST_P(ContactsHttpTest, a_change_touches_only_what_it_names) {
    const std::string id =
        made(R"({"name":"Ann","phone":"+15550002222","tags":["vip"],"attributes":{"a":1}})");
    const json::object changed =
        parsed(call({.verb = net::Verb::patch, .body = R"({"name":"Ann Lee"})", .id = id}));
    EXPECT_EQ(changed.at("name"), "Ann Lee");
    EXPECT_EQ(changed.at("tags").as_array().size(), 1U);
    EXPECT_EQ(changed.at("attributes").as_object().at("a"), 1);
    const json::object emptied =
        parsed(call({.verb = net::Verb::patch, .body = R"({"tags":[]})", .id = id}));
    EXPECT_TRUE(emptied.at("tags").as_array().empty());
    EXPECT_EQ(emptied.at("name"), "Ann Lee");
    EXPECT_EQ(
        refusal(call({.verb = net::Verb::patch, .body = R"({"phone":"+15550003333"})", .id = id})),
        "invalid_request phone");
    EXPECT_EQ(count_audit("contact.updated"), 2);
}

TEST_P(ContactsHttpTest, another_workspace_sees_and_changes_nothing) {
    const std::string id = made(R"({"name":"Ann","phone":"+15550002222"})");
    EXPECT_EQ(refusal(call({.id = id, .workspace = other_shop})), "contact_not_found ");
    EXPECT_EQ(refusal(call({.verb = net::Verb::patch,
                            .body = R"({"name":"X"})",
                            .id = id,
                            .workspace = other_shop})),
              "contact_not_found ");
    EXPECT_EQ(names({}, other_shop), Names{});
    EXPECT_EQ(names({{"phone", "+15550002222"}}, other_shop), Names{});
    EXPECT_EQ(names({}), Names{"Ann"});
}

TEST_P(ContactsHttpTest, text_is_found_in_name_or_phone_without_case) {
    made(R"({"name":"Ann Lee","phone":"+15550002222"})");
    made(R"({"name":"Bob","phone":"+15550003333"})");
    EXPECT_EQ(names({{"q", "LEE"}}), Names{"Ann Lee"});
    EXPECT_EQ(names({{"q", "3333"}}), Names{"Bob"});
    EXPECT_EQ(names({{"q", "1555000"}}), (Names{"Bob", "Ann Lee"}));
    EXPECT_EQ(names({{"q", "nobody"}}), Names{});
}

TEST_P(ContactsHttpTest, signs_of_patterns_are_found_as_themselves) {
    made(R"({"name":"100% wool","phone":"+15550002222"})");
    made(R"({"name":"a_b","phone":"+15550003333"})");
    made(R"({"name":"wow!","phone":"+15550004444"})");
    made(R"({"name":"axb","phone":"+15550005555"})");
    EXPECT_EQ(names({{"q", "%"}}), Names{"100% wool"});
    EXPECT_EQ(names({{"q", "a_b"}}), Names{"a_b"});
    EXPECT_EQ(names({{"q", "!"}}), Names{"wow!"});
    EXPECT_EQ(names({{"q", "'; DROP TABLE contacts; --"}}), Names{});
}

TEST_P(ContactsHttpTest, a_tag_is_found_whole) {
    made(R"({"name":"Ann","phone":"+15550002222","tags":["vip","north \"a\""]})");
    made(R"({"name":"Bob","phone":"+15550003333","tags":["vip2","v_p"]})");
    EXPECT_EQ(names({{"tag", "vip"}}), Names{"Ann"});
    EXPECT_EQ(names({{"tag", "v_p"}}), Names{"Bob"});
    EXPECT_EQ(names({{"tag", "north \"a\""}}), Names{"Ann"});
    EXPECT_EQ(names({{"tag", "vi"}}), Names{});
}

TEST_P(ContactsHttpTest, pages_hold_every_contact_once_newest_first) {
    std::set<std::string> expected;
    for (int i = 0; i < 25; ++i) {
        expected.insert(made(fmt::format(R"({{"phone":"+155500020{:02}"}})", i)));
        clock_.advance(std::chrono::milliseconds(1));
    }
    std::vector<std::string> seen;
    std::string cursor;
    do {
        const json::object page = parsed(call({.query = {{"limit", "10"}, {"cursor", cursor}}}));
        for (const json::value& contact : page.at("contacts").as_array()) {
            seen.emplace_back(contact.at("id").as_string());
        }
        const json::value& next = page.at("nextCursor");
        cursor = next.is_null() ? "" : std::string(next.as_string());
    } while (!cursor.empty());
    EXPECT_EQ(seen.size(), 25U);
    EXPECT_EQ(std::set(seen.begin(), seen.end()), expected);
    EXPECT_TRUE(std::ranges::is_sorted(seen, std::greater<>()));
    for (const char* limit : {"0", "201", "ten", "-1"}) {
        EXPECT_EQ(refusal(call({.query = {{"limit", limit}}})), "invalid_request limit");
    }
}

WAPI_ON_BOTH_ENGINES(ContactsHttpTest);

}  // namespace
}  // namespace wapi::contacts
