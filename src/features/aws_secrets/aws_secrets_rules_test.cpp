// Goal: what is sent to AWS Secrets Manager is what its reference says, and each kind of answer is
// understood. Method: the texts themselves.
#include "features/aws_secrets/aws_secrets_rules.hpp"

#include <gtest/gtest.h>

namespace wapi::aws_secrets {
namespace {

using namespace std::string_view_literals;

AwsOutcome outcome(std::string_view type, int status = 400,
                   std::string_view action = "PutSecretValue") {
    const std::string body = R"({"__type":")" + std::string(type) + R"(","Message":"no"})";
    return judge_answer(action, status, body).outcome;
}

TEST(AwsSecretsRules, requests_have_the_fields_of_the_reference) {
    const SecretString value("{}"sv);
    EXPECT_EQ(bundle_name(WorkspaceId("w1")), "wapi-tokens-w1");
    EXPECT_EQ(bundle_name(WorkspaceId("w1"), "token:1"), "wapi-tokens-w1");
    EXPECT_EQ(render_get("n"), R"({"SecretId":"n","VersionStage":"AWSCURRENT"})");
    EXPECT_EQ(render_create("n", value, "v").reveal(),
              R"({"Name":"n","SecretString":"{}","ClientRequestToken":"v"})");
    EXPECT_EQ(render_put("n", value, "v").reveal(),
              R"({"SecretId":"n","SecretString":"{}","ClientRequestToken":"v",)"
              R"("VersionStages":["wapi-pending"]})");
    EXPECT_EQ(render_promote("n", "v2", "v1"),
              R"({"SecretId":"n","VersionStage":"AWSCURRENT","MoveToVersionId":"v2",)"
              R"("RemoveFromVersionId":"v1"})");
}

TEST(AwsSecretsRules, thirty_thousand_second_factors_fit_into_the_installations_aws_secrets) {
    constexpr int people = 30'000;
    constexpr std::size_t entry_bytes = 120;  // name and value of one with their punctuation
    std::map<std::string, std::size_t> sizes;
    for (int person = 0; person < people; ++person) {
        sizes[bundle_name(WorkspaceId(platform_workspace),
                          "totp:" + std::to_string(person) + ":1")] += entry_bytes;
    }
    EXPECT_EQ(sizes.size(), platform_shards);
    for (const auto& [name, bytes] : sizes) {
        EXPECT_TRUE(name.starts_with("wapi-tokens-" + std::string(platform_workspace) + "-"));
        EXPECT_LT(bytes, bundle_bytes_max) << name;
    }
}

TEST(AwsSecretsRules, a_bundle_is_read_back_whatever_its_names_and_secrets_hold) {
    Bundle bundle;
    bundle.secrets.emplace("token:\"1\"", SecretString("a\\b\"c\n"sv));
    bundle.secrets.emplace("pin:2", SecretString("1234"sv));
    std::string body = R"({"VersionId":"v1","SecretString":)";
    body += boost::json::serialize(boost::json::string(render_bundle(bundle)->reveal())) + "}";
    const std::optional<Bundle> found = parse_bundle(body);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->version, "v1");
    ASSERT_EQ(found->secrets.size(), 2U);
    EXPECT_EQ(found->secrets.at("token:\"1\"").reveal(), "a\\b\"c\n");
}

TEST(AwsSecretsRules, what_we_did_not_write_is_no_bundle) {
    for (const std::string_view body :
         {"", "{", "[]", R"({"VersionId":"v"})", R"({"SecretString":"{}"})",
          R"({"VersionId":"v","SecretString":"plain"})", R"({"VersionId":"v","SecretString":"[]"})",
          R"({"VersionId":"v","SecretString":"{\"a\":1}"})",
          R"({"VersionId":"v","SecretBinary":""})"}) {
        EXPECT_FALSE(parse_bundle(body)) << body;
    }
    EXPECT_TRUE(parse_bundle(R"({"VersionId":"v","SecretString":"{}"})"));
}

TEST(AwsSecretsRules, a_bundle_above_the_limit_of_aws_is_not_rendered) {
    Bundle bundle;
    for (int i = 0; i < 16; ++i) {
        bundle.secrets.emplace(std::to_string(i), SecretString(std::string(4'000, 'x')));
    }
    EXPECT_TRUE(render_bundle(bundle));
    bundle.secrets.emplace("more", SecretString(std::string(4'000, 'x')));
    EXPECT_FALSE(render_bundle(bundle));
}

TEST(AwsSecretsRules, answers_are_told_apart) {
    EXPECT_EQ(judge_answer("GetSecretValue", 200, "{}").outcome, AwsOutcome::done);
    EXPECT_EQ(outcome("ResourceNotFoundException"), AwsOutcome::not_found);
    EXPECT_EQ(outcome("com.amazonaws.secretsmanager#ResourceNotFoundException"),
              AwsOutcome::not_found);
    EXPECT_EQ(outcome("ResourceExistsException"), AwsOutcome::overtaken);
    EXPECT_EQ(outcome("InvalidParameterException", 400, "UpdateSecretVersionStage"),
              AwsOutcome::overtaken);
    EXPECT_EQ(outcome("InvalidParameterException"), AwsOutcome::refused);
    for (const std::string_view type : {"ThrottlingException"sv, "InternalServiceError"sv}) {
        EXPECT_EQ(outcome(type), AwsOutcome::again) << type;
    }
    for (const int status : {0, 429, 500, 503}) {
        EXPECT_EQ(judge_answer("GetSecretValue", status, "<html>").outcome, AwsOutcome::again);
    }
    for (const std::string_view type :
         {"AccessDeniedException"sv, "InvalidSignatureException"sv, "ExpiredTokenException"sv,
          "UnrecognizedClientException"sv, "DecryptionFailure"sv, "InvalidRequestException"sv}) {
        EXPECT_EQ(outcome(type), AwsOutcome::refused) << type;
    }
    EXPECT_EQ(judge_answer("GetSecretValue", 400, "no JSON").type, "status 400");
}

}  // namespace
}  // namespace wapi::aws_secrets
