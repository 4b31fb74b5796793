// Goal: only what Meta has signed for this app, now and by HMAC-SHA256, revokes or deletes; what it
// names is revoked wholly, audited and nothing else is touched. Method: the handlers in process
// with the real vault on both engines, and every way to be wrong.
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "features/audit/audit.hpp"
#include "features/meta_callbacks/meta_callbacks_http.hpp"
#include "features/meta_callbacks/meta_callbacks_request.hpp"
#include "features/meta_callbacks/meta_callbacks_store.hpp"
#include "features/numbers/numbers.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::meta_callbacks {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";
const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other("22222222-2222-7222-8222-222222222222");

std::string sign(const std::string& content, std::string_view key = secret) {
    const std::string payload = crypto::base64url_encode(content);
    return crypto::base64url_encode(crypto::as_text(crypto::hmac_sha256(key, payload))) + "." +
           payload;
}

class MetaCallbacksTest : public test::EnginesTest {
  protected:
    MetaCallbacksTest() {
        connect(shop, "209", "108", "218471");
        connect(shop, "210", "109", "218471");
        connect(other, "211", "110", "999");
    }
    void connect(const WorkspaceId& workspace, const char* waba, const char* phone,
                 const char* user) {
        numbers::Number number;
        number.workspace = workspace;
        number.phone_number_id = PhoneNumberId(phone);
        number.waba_id = WabaId(waba);
        number.status = numbers::status::connected;
        number.connected_at = clock_.now();
        write(workspace, [&](db::WorkspaceTxn& txn) {
            note_grant(txn, number.waba_id, user, clock_.now());
            return numbers::save_number(txn, number);
        });
        EXPECT_TRUE(run(vault_.store(audit::system_context(workspace, ""), number.token_name(),
                                     SecretString(std::string_view("EAAJ")))));
    }
    std::string content(const std::string& user = "218471", std::chrono::seconds ago = 0s,
                        const std::string& algorithm = "HMAC-SHA256") {
        return fmt::format(R"({{"user_id":"{}","algorithm":"{}","issued_at":{}}})", user, algorithm,
                           to_us(clock_.now() - ago) / 1'000'000);
    }
    Result<net::Response> call(std::string_view operation, const std::string& body,
                               const std::string& code = {}) {
        for (const net::Route& route : routes_) {
            if (route.operation_id == operation) {
                net::Call request;
                request.request.body = body;
                request.request.params = {{"code", code}};
                request.request.headers = {{"host", "wapi.example"}};
                return run(route.handler(request));
            }
        }
        throw std::runtime_error("no such route");
    }
    static std::string refusal(const Result<net::Response>& response) {
        return response ? "ok" : std::string(response.error().kind->code);
    }
    std::string status_of(const WorkspaceId& workspace, const char* phone) {
        return read(workspace, [&](db::WorkspaceTxn& txn) {
            return numbers::find_number(txn, PhoneNumberId(phone)).value().status;
        });
    }
    bool has_token(const WorkspaceId& workspace, const std::string& waba) {
        return run(vault_.read(audit::system_context(workspace, ""), "token:" + waba)).has_value();
    }
    std::int64_t count_audit(std::string_view action, const WorkspaceId& workspace = shop) {
        Context context;
        context.workspace = workspace;
        audit::Service log(database());
        return run(log.list(context, {.action = std::string(action)}))->total;
    }
    std::size_t grants(const std::string& user) {
        return read([&](db::Txn& txn) {
            return store::list_grants(txn, {.meta_user_id = user, .issued_at = clock_.now()})
                .size();
        });
    }

    vault::DatabaseBackend backend_{
        database(),
        vault::MasterKey(SecretString(
            std::string_view("3f8a1c5e9b7d204f6a8c1e3b5d7f90a2c4e6f8091b2d3f4a5c6e7f8192a3b4c5"))),
        rng_, clock_};
    vault::Vault vault_{backend_, database(), clock_};
    std::vector<SecretString> secrets_{SecretString(std::string_view("older-secret")),
                                       SecretString(secret)};
    Service service_{{.db = database(), .vault = vault_, .clock = clock_, .app_secrets = secrets_}};
    std::vector<net::Route> routes_ = meta_callback_routes(service_, "");
};

TEST_P(MetaCallbacksTest, deauthorizing_revokes_every_account_of_the_user_and_no_other) {
    ASSERT_EQ(refusal(call("receiveDeauthorize", "signed_request=" + sign(content()))), "ok");
    for (const auto& [waba, phone] : {std::pair{"209", "108"}, std::pair{"210", "109"}}) {
        EXPECT_FALSE(has_token(shop, waba));
        EXPECT_EQ(status_of(shop, phone), numbers::status::reconnect);
    }
    EXPECT_TRUE(has_token(other, "211"));
    EXPECT_EQ(status_of(other, "110"), numbers::status::connected);
    EXPECT_EQ(count_audit("token.revoked"), 2);
    EXPECT_EQ(count_audit("waba.disconnected"), 2);
    EXPECT_EQ(count_audit("token.revoked", other), 0);
    ASSERT_EQ(refusal(call("receiveDeauthorize", "signed_request=" + sign(content()))), "ok");
    EXPECT_EQ(count_audit("waba.disconnected"), 2) << "a repetition changes nothing";
}

TEST_P(MetaCallbacksTest, a_repetition_leaves_what_was_connected_again_since) {
    const std::string request = "signed_request=" + sign(content());
    for (const char* operation : {"receiveDeauthorize", "receiveDataDeletion"}) {
        ASSERT_EQ(refusal(call(operation, request)), "ok");
    }
    clock_.advance(1h);
    connect(shop, "209", "108", "218471");
    for (const char* operation : {"receiveDeauthorize", "receiveDataDeletion"}) {
        ASSERT_EQ(refusal(call(operation, request)), "ok");
    }
    EXPECT_TRUE(has_token(shop, "209"));
    EXPECT_EQ(status_of(shop, "108"), numbers::status::connected);
    EXPECT_EQ(grants("218471"), 1U);
    ASSERT_EQ(refusal(call("receiveDeauthorize", "signed_request=" + sign(content()))), "ok");
    EXPECT_FALSE(has_token(shop, "209")) << "a new one takes it back";
}

TEST_P(MetaCallbacksTest, a_user_nobody_knows_is_answered_like_any_other) {
    EXPECT_EQ(refusal(call("receiveDeauthorize", "signed_request=" + sign(content("5")))), "ok");
    EXPECT_EQ(grants("218471"), 2U);
}

TEST_P(MetaCallbacksTest, a_deletion_is_answered_with_code_and_page) {
    const std::string request = sign(content());
    const auto answer = call("receiveDataDeletion", "signed_request=" + request);
    ASSERT_TRUE(answer);
    const json::object body = json::parse_object(answer->body).value();
    const std::string code(body.at("confirmation_code").as_string());
    EXPECT_TRUE(is_confirmation_code(code));
    EXPECT_EQ(body.at("url").as_string(), "http://wapi.example/api/v1/meta/data-deletion/" + code);
    EXPECT_EQ(grants("218471"), 0U);
    EXPECT_FALSE(has_token(shop, "209"));
    const auto page = call("getDataDeletion", "", code);
    ASSERT_TRUE(page);
    EXPECT_NE(page->body.find("Completed"), std::string::npos);
    EXPECT_EQ(page->body.find("218471"), std::string::npos);
    std::string padded = request;
    padded.insert(padded.find('.'), "%3D");
    for (const std::string& repetition : {request, padded}) {
        const auto again = call("receiveDataDeletion", "signed_request=" + repetition);
        ASSERT_TRUE(again);
        EXPECT_EQ(json::parse_object(again->body).value().at("confirmation_code").as_string(),
                  code);
    }
}

TEST_P(MetaCallbacksTest, a_page_is_shown_for_a_code_that_was_given_only) {
    for (const std::string& code : {std::string(), std::string(32, 'a'), std::string("../../x"),
                                    std::string(32, 'A'), std::string(33, 'a')}) {
        EXPECT_EQ(refusal(call("getDataDeletion", "", code)), "deletion_request_not_found");
    }
}

TEST_P(MetaCallbacksTest, what_is_not_signed_for_this_app_now_is_refused) {
    const std::string good = sign(content());
    std::string changed = sign(content("218472"));
    changed.replace(0, changed.find('.'), good.substr(0, good.find('.')));
    const std::vector<std::string> bad{
        "",
        ".",
        "garbage",
        std::string(10'000, 'a'),
        sign(content(), "another-secret"),
        changed,
        good.substr(0, good.size() - 1),
        good + "=x",
        sign(content("218471", 25h)),
        sign(content("218471", -11min)),
        sign(content("218471", 0s, "HMAC-SHA1")),
        sign(content("218471", 0s, "none")),
        sign(content("218471", 0s, "hmac-sha256")),
        sign(content("")),
        sign(content("21 8471")),
        sign(content(std::string(65, '1'))),
        sign(R"({"user_id":"218471","algorithm":"HMAC-SHA256"})"),
        sign(R"({"user_id":"218471","algorithm":"HMAC-SHA256","issued_at":"now"})"),
        sign(R"({"user_id":"218471","algorithm":"HMAC-SHA256","issued_at":99999999999999999999})"),
        sign(R"({"user_id":["218471"],"algorithm":"HMAC-SHA256","issued_at":1})"),
        sign("[]"),
        sign("{")};
    for (const std::string& text : bad) {
        for (const char* operation : {"receiveDeauthorize", "receiveDataDeletion"}) {
            EXPECT_EQ(refusal(call(operation, "signed_request=" + text)), "signed_request_refused")
                << text;
        }
    }
    for (const std::string& form :
         {std::string(), std::string("other=1"), "x" + good, std::string("signed_request=%zz")}) {
        EXPECT_EQ(refusal(call("receiveDeauthorize", form)), "invalid_request") << form;
    }
    EXPECT_TRUE(has_token(shop, "209"));
    EXPECT_EQ(grants("218471"), 2U);
}

TEST_P(MetaCallbacksTest, every_secret_of_a_rotation_signs_and_an_empty_one_never) {
    EXPECT_EQ(
        refusal(call("receiveDeauthorize", "signed_request=" + sign(content("5"), "older-secret"))),
        "ok");
    const std::vector<SecretString> empty{SecretString()};
    EXPECT_FALSE(parse_signed_request(sign(content(), ""), empty, clock_.now()));
}

WAPI_ON_BOTH_ENGINES(MetaCallbacksTest);

}  // namespace
}  // namespace wapi::meta_callbacks
