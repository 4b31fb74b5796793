// Goal: the routes of contacts check what they take, and show nothing of another workspace.
// Method: the handlers in process on both engines.
#include "features/contacts/contacts_http.hpp"

#include <gtest/gtest.h>

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
        WorkspaceId workspace = shop;
    };
    Result<net::Response> call(const Ask& ask) {
        const std::string_view path = ask.id.empty() ? "/api/v1/contacts" : "/api/v1/contacts/{id}";
        for (const net::Route& route : routes_) {
            if (route.path == path && route.verb == ask.verb) {
                net::Call request;
                request.request.body = ask.body;
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
    std::int64_t count_audit(std::string_view action) {
        Context context;
        context.workspace = shop;
        audit::Service service(database());
        return run(service.list(context, {.action = std::string(action)}))->total;
    }

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
    EXPECT_EQ(parsed(call({.id = id})).at("name"), "Ann");
}

WAPI_ON_BOTH_ENGINES(ContactsHttpTest);

}  // namespace
}  // namespace wapi::contacts
