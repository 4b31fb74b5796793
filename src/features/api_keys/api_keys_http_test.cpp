// Goal: the routes check what they take and show the key once; what begins as a key is read as one
// and everything else as a session. Method: handlers and dispatcher in process on both engines.
#include "features/api_keys/api_keys_http.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"
#include "net/dispatcher.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::api_keys {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const std::string olga = "aaaaaaaa-0000-7000-8000-000000000001";

/// Knows the token `session`, which may do everything.
class OneSession final : public net::Authenticator {
  public:
    async::Task<Result<Context>> authenticate(const net::Request& request) override {
        if (request.bearer_token() != "session") {
            co_return fail(wapi::errors::unauthorized);
        }
        Context context;
        context.workspace = shop;
        context.actor = {ActorKind::user, olga};
        context.role = "owner";
        context.permissions = *access::find_built_in("owner");
        co_return context;
    }
    [[nodiscard]] bool allowed(const Context& context, std::string_view permission) const override {
        return access::allows(context.permissions, permission);
    }
};

class ApiKeysHttpTest : public test::EnginesTest {
  protected:
    ApiKeysHttpTest() {
        write([&](db::Txn& txn) {
            const std::string workspace = "'" + shop.value + "'";
            txn.connection().execute_text(
                "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us) VALUES (" +
                workspace + ", 'Shop', 'free', '{}', 0)");
            txn.connection().execute_text(
                "INSERT INTO members (workspace_id, user_id, role, created_us) VALUES (" +
                workspace + ", '" + olga + "', 'owner', 0)");
            return true;
        });
    }
    std::vector<net::Route> routes() {
        std::vector<net::Route> all = api_keys_routes(service_);
        const auto who = [](net::Call& call) -> async::Task<Result<net::Response>> {
            co_return net::json_response("\"" + call.context.actor.id + "\"");
        };
        all.push_back({net::Verb::get, "/contacts", net::Auth::api_key, "viewContacts",
                       net::RateClass::none, 0, "listThings", who});
        all.push_back({net::Verb::post, "/sends", net::Auth::api_key, "sendMessages",
                       net::RateClass::none, 0, "sendThing", who});
        all.push_back(
            {net::Verb::get, "/me", net::Auth::session, "", net::RateClass::none, 0, "getMe", who});
        return all;
    }
    net::Response ask(net::Verb verb, std::string target, std::string_view token,
                      std::string body = {}) {
        net::Request request;
        request.verb = verb;
        request.target = std::move(target);
        request.body = std::move(body);
        request.remote_ip = "192.0.2.1";
        request.headers.emplace_back("authorization", "Bearer " + std::string(token));
        std::string allow;
        const net::Route* found = dispatcher_.route(request, allow).value();
        return run(dispatcher_.run(*found, std::move(request)));
    }
    net::Response create(std::string body) {
        return ask(net::Verb::post, "/api/v1/api-keys", "session", std::move(body));
    }
    static json::object parsed(const net::Response& response) {
        return json::parse_object(response.body).value();
    }
    static std::string refusal(const net::Response& response) {
        const json::object error = parsed(response).at("error").as_object();
        const json::value* field = error.if_contains("field");
        return std::string(error.at("code").as_string()) +
               (field == nullptr ? "" : " " + std::string(field->as_string()));
    }

    async::Tasks tasks_{io_};
    Service service_{
        {.tasks = tasks_, .db = database(), .ids = ids_, .clock = clock_, .rng = rng_}};
    OneSession sessions_;
    KeyAuthenticator authenticator_{service_, sessions_};
    net::Dispatcher dispatcher_{routes(), &authenticator_, [] { return "request"; }};
};

TEST_P(ApiKeysHttpTest, a_key_is_shown_once) {
    const net::Response made = create(
        R"({"name":" Web shop ","permissions":["viewContacts"],"expiresAt":"2100-01-01T00:00:00Z",)"
        R"("allowedNetworks":["192.0.2.0/24"]})");
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(made.headers.at(0).second, "no-store");
    const std::string secret(parsed(made).at("secret").as_string());
    const json::object key = parsed(made).at("apiKey").as_object();
    EXPECT_EQ(key.at("name"), "Web shop");
    EXPECT_EQ(key.at("createdBy"), olga.c_str());
    EXPECT_EQ(key.at("expiresAt"), "2100-01-01T00:00:00.000Z");
    EXPECT_TRUE(key.at("lastUsedAt").is_null());
    EXPECT_EQ(ask(net::Verb::get, "/contacts", secret).body, json::render(key.at("id")));
    ASSERT_TRUE(run(tasks_.join(std::chrono::seconds(10))));
    const net::Response listed = ask(net::Verb::get, "/api/v1/api-keys", "session");
    EXPECT_EQ(listed.body.find(secret.substr(18)), std::string::npos);
    const json::object shown = parsed(listed).at("apiKeys").as_array().at(0).as_object();
    EXPECT_EQ(shown.at("prefix"), secret.substr(0, 17).c_str());
    EXPECT_EQ(shown.at("lastUsedIp"), "192.0.2.1");
}

TEST_P(ApiKeysHttpTest, what_a_key_lacks_and_what_is_not_for_keys_is_refused) {
    const std::string secret(
        parsed(create(R"({"name":"x","permissions":["viewContacts","manageIntegrations"]})"))
            .at("secret")
            .as_string());
    EXPECT_EQ(refusal(ask(net::Verb::post, "/sends", secret)), "forbidden");
    EXPECT_EQ(refusal(ask(net::Verb::get, "/me", secret)), "session_required");
    EXPECT_EQ(refusal(ask(net::Verb::get, "/api/v1/api-keys", secret)), "session_required");
    EXPECT_EQ(refusal(ask(net::Verb::post, "/api/v1/api-keys", secret, "{}")), "session_required");
    EXPECT_EQ(ask(net::Verb::get, "/me", "session").status, 200);
    EXPECT_EQ(ask(net::Verb::get, "/contacts", "session").body, "\"" + olga + "\"");
    EXPECT_EQ(refusal(ask(net::Verb::get, "/contacts", "nobody")), "unauthorized");
    EXPECT_EQ(refusal(ask(net::Verb::get, "/contacts", "wapi_")), "unauthorized");
}

TEST_P(ApiKeysHttpTest, wrong_input_is_refused_by_name) {
    for (const auto& [body, answer] :
         {std::pair{R"({"permissions":["viewContacts"]})", "invalid_request name"},
          {R"({"name":" ","permissions":["viewContacts"]})", "invalid_request name"},
          {R"({"name":"x"})", "invalid_request permissions"},
          {R"({"name":"x","permissions":[]})", "invalid_request permissions"},
          {R"({"name":"x","permissions":["viewContacts","all"]})",
           "invalid_request permissions[1]"},
          {R"({"name":"x","permissions":["viewContacts"],"expiresAt":"soon"})",
           "invalid_request expiresAt"},
          {R"({"name":"x","permissions":["viewContacts"],"expiresAt":"2001-01-01T00:00:00Z"})",
           "invalid_request expiresAt"},
          {R"({"name":"x","permissions":["viewContacts"],"allowedNetworks":["home"]})",
           "invalid_request allowedNetworks[0]"},
          {R"({"name":"x","permissions":["viewContacts"],"allowedNetworks":"10.0.0.1"})",
           "invalid_request allowedNetworks"}}) {
        EXPECT_EQ(refusal(create(body)), answer) << body;
    }
}

TEST_P(ApiKeysHttpTest, a_change_says_what_it_changes) {
    const std::string id(parsed(create(R"({"name":"x","permissions":["viewContacts"],)"
                                       R"("allowedNetworks":["10.0.0.1"]})"))
                             .at("apiKey")
                             .at("id")
                             .as_string());
    const std::string path = "/api/v1/api-keys/" + id;
    const auto renamed = parsed(ask(net::Verb::patch, path, "session", R"({"name":"Till"})"));
    EXPECT_EQ(renamed.at("name"), "Till");
    EXPECT_EQ(renamed.at("allowedNetworks").as_array().size(), 1U);
    const auto opened = parsed(ask(net::Verb::patch, path, "session", R"({"allowedNetworks":[]})"));
    EXPECT_EQ(opened.at("name"), "Till");
    EXPECT_TRUE(opened.at("allowedNetworks").as_array().empty());
    EXPECT_EQ(refusal(ask(net::Verb::patch, path, "session", R"({"allowedNetworks":["x"]})")),
              "invalid_request allowedNetworks[0]");
    EXPECT_EQ(ask(net::Verb::delete_, path, "session").status, 200);
    EXPECT_EQ(refusal(ask(net::Verb::delete_, path, "session")), "api_key_not_found");
}

WAPI_ON_BOTH_ENGINES(ApiKeysHttpTest);

}  // namespace
}  // namespace wapi::api_keys
