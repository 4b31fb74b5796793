// Goal: Meta's answers are read as meta/cloud-api.md and meta/sending.md show them, and the odd
// ones too. Method: the documented JSON, and the shapes that are known to differ from it.
#include "whatsapp/graph_parse.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "whatsapp/graph_client.hpp"

namespace wapi::whatsapp {
namespace {

boost::json::object parse(std::string_view text) { return boost::json::parse(text).as_object(); }

template <class Ending>
const Ending* ended_as(const SendOutcome& outcome) {
    return std::get_if<Ending>(&outcome);
}

TEST(GraphParse, an_accepted_message_gives_its_id_and_recipient) {
    const SendOutcome outcome = parse_send_answer(
        200,
        R"({"messaging_product":"whatsapp","contacts":[{"input":"+15550002222",)"
        R"("wa_id":"15550002222"}],"messages":[{"id":"wamid.A","message_status":"accepted"}]})");
    const Accepted* accepted = ended_as<Accepted>(outcome);
    ASSERT_NE(accepted, nullptr);
    EXPECT_EQ(accepted->wa_message_id.value, "wamid.A");
    EXPECT_EQ(accepted->wa_id, "15550002222");
    EXPECT_EQ(accepted->message_status, "accepted");
}

TEST(GraphParse, a_message_to_a_business_scoped_id_names_no_phone) {
    const SendOutcome outcome = parse_send_answer(
        200,
        R"({"contacts":[{"input":"US.1349","user_id":"US.1349"}],"messages":[{"id":"wamid.B"}]})");
    const Accepted* accepted = ended_as<Accepted>(outcome);
    ASSERT_NE(accepted, nullptr);
    EXPECT_EQ(accepted->user_id, "US.1349");
    EXPECT_TRUE(accepted->wa_id.empty());
}

TEST(GraphParse, an_error_envelope_is_a_refusal_with_its_codes) {
    const SendOutcome outcome = parse_send_answer(
        400,
        R"({"error":{"message":"(#131009) Parameter value is not valid","type":"OAuthException",)"
        R"("code":131009,"error_data":{"messaging_product":"whatsapp","details":"Check it."},)"
        R"("error_subcode":2494010,"fbtrace_id":"AbC"}})");
    const Refused* refused = ended_as<Refused>(outcome);
    ASSERT_NE(refused, nullptr);
    EXPECT_EQ(refused->code, 131009);
    EXPECT_EQ(refused->subcode, 2494010);
    EXPECT_EQ(refused->details, "Check it.");
    EXPECT_EQ(refused->trace_id, "AbC");
    EXPECT_EQ(refused->http_status, 400);
    EXPECT_EQ(refused->advice().error_class, ErrorClass::fix);
}

TEST(GraphParse, odd_envelopes_are_read_as_far_as_they_go) {
    const auto refused = [](std::string_view body, int status = 400) {
        const auto answer = parse_answer(status, body);
        return std::get<Refused>(answer.error());
    };
    EXPECT_EQ(refused(R"({"error":{"code":"131049"}})").code, 131049);
    EXPECT_EQ(refused(R"({"error":{"code":1,"error_data":"plain text"}})").details, "plain text");
    EXPECT_EQ(refused(R"({"error":{"code":1,"error_user_msg":"say this"}})").details, "say this");
    EXPECT_EQ(refused(R"({"error":{"code":0}})").code, 0);
    EXPECT_EQ(refused(R"({"error":{}})").code, std::nullopt);
    EXPECT_EQ(refused(R"({"error":{"code":99999999999999}})").code, std::nullopt);
    EXPECT_EQ(refused(R"({"error":{"code":-1}})").code, std::nullopt);
    EXPECT_EQ(refused(R"({"error":{"code":4}})", 200).code, 4);
    EXPECT_EQ(refused("<html>", 404).http_status, 404);
    EXPECT_LE(refused(R"({"error":{"message":")" + std::string(5'000, 'x') + R"("}})").title.size(),
              1'000U);
}

TEST(GraphParse, a_4xx_of_a_proxy_is_judged_by_its_status_and_blames_no_token) {
    const auto advice = [](int status, std::string_view body = "<html>") {
        return std::get<Refused>(parse_send_answer(status, body)).advice().error_class;
    };
    EXPECT_EQ(advice(429), ErrorClass::transient_refused);
    EXPECT_EQ(advice(429, R"({"error":{"message":"slow down"}})"), ErrorClass::transient_refused);
    EXPECT_EQ(advice(408), ErrorClass::transient);
    EXPECT_EQ(advice(404), ErrorClass::fix);
    for (const int status : {401, 403, 429}) {
        const SendOutcome outcome = parse_send_answer(status, "<html>");
        EXPECT_FALSE(is_token_refusal(std::get<Refused>(outcome))) << status;
        EXPECT_EQ(std::get<Refused>(outcome).advice().scope, BreakScope::none) << status;
    }
}

TEST(GraphParse, what_cannot_be_understood_may_have_been_processed) {
    for (const auto& [status, body] :
         {std::pair{500, "oops"}, std::pair{503, ""}, std::pair{502, "<html>"}, std::pair{200, ""},
          std::pair{200, "[]"}, std::pair{200, "not json"}, std::pair{302, "{}"},
          std::pair{200, "{}"}, std::pair{200, R"({"messages":[]})"},
          std::pair{200, R"({"messages":[{}]})"}, std::pair{200, R"({"messages":"x"})"}}) {
        EXPECT_NE(ended_as<Uncertain>(parse_send_answer(status, body)), nullptr)
            << status << " " << body;
    }
}

TEST(GraphParse, a_5xx_with_an_envelope_is_a_refusal_that_the_catalogue_judges) {
    const SendOutcome outcome = parse_send_answer(503, R"({"error":{"code":2,"message":"down"}})");
    const Refused* refused = ended_as<Refused>(outcome);
    ASSERT_NE(refused, nullptr);
    EXPECT_EQ(refused->advice().error_class, ErrorClass::transient);
    EXPECT_FALSE(is_surely_refused(refused->advice().error_class));
}

TEST(GraphParse, deep_nesting_is_refused_and_not_followed) {
    const std::string deep = std::string(10'000, '[') + std::string(10'000, ']');
    EXPECT_NE(ended_as<Uncertain>(parse_send_answer(200, deep)), nullptr);
}

TEST(GraphParse, a_token_inspection_names_its_accounts) {
    const TokenInfo info = parse_token_info(parse(
        R"({"app_id":"67","type":"SYSTEM_USER","expires_at":1764600000,"is_valid":true,)"
        R"("scopes":["whatsapp_business_management","whatsapp_business_messaging"],)"
        R"("granular_scopes":[{"scope":"whatsapp_business_management","target_ids":["209",210]},)"
        R"({"scope":"whatsapp_business_messaging","target_ids":["211"]}]})"));
    EXPECT_TRUE(info.is_valid);
    EXPECT_EQ(info.app_id, "67");
    EXPECT_EQ(info.expires_at, Timestamp{std::chrono::seconds(1764600000)});
    EXPECT_EQ(info.scopes.size(), 2U);
    EXPECT_EQ(info.waba_ids, (std::vector<std::string>{"209", "210"}));
}

TEST(GraphParse, a_grant_without_targets_covers_all_accounts_and_0_never_expires) {
    const TokenInfo info =
        parse_token_info(parse(R"({"is_valid":true,"expires_at":0,)"
                               R"("granular_scopes":[{"scope":"whatsapp_business_management"}]})"));
    EXPECT_FALSE(info.waba_ids);
    EXPECT_FALSE(info.expires_at);
    EXPECT_FALSE(parse_token_info({}).is_valid);
    EXPECT_FALSE(parse_token_info(parse(R"({"expires_at":9223372036854775807})")).expires_at);
}

TEST(GraphParse, a_number_is_read_with_its_throughput) {
    const PhoneInfo phone = parse_phone_info(
        parse(R"({"id":"108","display_phone_number":"+1 555-000-1111","verified_name":"Demo",)"
              R"("quality_rating":"GREEN","status":"CONNECTED","throughput":{"level":"HIGH"},)"
              R"("code_verification_status":"VERIFIED","is_on_biz_app":true})"));
    EXPECT_EQ(phone.id.value, "108");
    EXPECT_EQ(phone.throughput_level, "HIGH");
    EXPECT_TRUE(phone.is_on_biz_app);
    EXPECT_EQ(parse_phone_info(parse(R"({"id":108})")).id.value, "108");
}

TEST(GraphParse, a_cursor_counts_only_while_there_is_a_next_page) {
    EXPECT_EQ(next_cursor(parse(R"({"paging":{"cursors":{"after":"Q"},"next":"https://x"}})")),
              "Q");
    EXPECT_EQ(next_cursor(parse(R"({"paging":{"cursors":{"after":"Q"}}})")), "");
    EXPECT_EQ(next_cursor(parse("{}")), "");
}

TEST(GraphParse, token_refusals_and_waits_become_clear_errors) {
    const auto code = [](int number, int status = 400) {
        Refused refused;
        refused.code = number;
        refused.http_status = status;
        return to_error(refused).kind->code;
    };
    EXPECT_EQ(code(190, 401), "token_invalid");
    EXPECT_EQ(code(0, 401), "token_invalid");
    EXPECT_EQ(code(4), "meta_rate_limited");
    EXPECT_EQ(code(133016), "meta_rate_limited");
    EXPECT_EQ(code(2, 503), "meta_unavailable");
    EXPECT_EQ(code(100), "meta_refused");
    EXPECT_EQ(to_error(NotSent{"dns"}).kind, &errors::meta_unavailable);
    EXPECT_EQ(to_error(Uncertain{"time-out"}).kind, &errors::meta_unavailable);
}

}  // namespace
}  // namespace wapi::whatsapp
