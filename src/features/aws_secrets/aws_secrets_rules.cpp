#include "features/aws_secrets/aws_secrets_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/json.hpp"

namespace wapi::aws_secrets {
namespace {

constexpr std::string_view pending_stage = "wapi-pending";
constexpr std::string_view current_stage = "AWSCURRENT";

SecretString render_secret(const json::object& object) {
    return SecretString(json::render(object));
}

bool is_one_of(std::string_view type, std::initializer_list<std::string_view> types) {
    return std::ranges::find(types, type) != types.end();
}

/// `com.amazonaws.secretsmanager#ResourceNotFoundException`, with or without what stands before.
std::string error_type(std::string_view body) {
    const Result<json::object> answer = json::parse_object(body);
    if (!answer) {
        return {};
    }
    const Result<std::string> type = json::require_string(*answer, "__type");
    return type ? type->substr(type->find('#') + 1) : std::string();
}

}  // namespace

std::string bundle_name(const WorkspaceId& workspace) { return "wapi-tokens-" + workspace.value; }

std::string bundle_name(const WorkspaceId& workspace, std::string_view name) {
    if (workspace.value != platform_workspace) {
        return bundle_name(workspace);
    }
    const unsigned shard = crypto::sha256(name)[0] % platform_shards;
    return fmt::format("{}-{:02x}", bundle_name(workspace), shard);
}

std::optional<SecretString> render_bundle(const Bundle& bundle) {
    json::object object;
    for (const auto& [name, secret] : bundle.secrets) {
        object.emplace(name, secret.reveal());
    }
    SecretString value = render_secret(object);
    return value.size() <= bundle_bytes_max ? std::optional(std::move(value)) : std::nullopt;
}

std::string render_get(std::string_view name) {
    return json::render(json::object{{"SecretId", name}, {"VersionStage", current_stage}});
}

SecretString render_create(std::string_view name, const SecretString& value,
                           std::string_view version) {
    return render_secret(
        {{"Name", name}, {"SecretString", value.reveal()}, {"ClientRequestToken", version}});
}

SecretString render_put(std::string_view name, const SecretString& value,
                        std::string_view version) {
    return render_secret({{"SecretId", name},
                          {"SecretString", value.reveal()},
                          {"ClientRequestToken", version},
                          {"VersionStages", json::array{pending_stage}}});
}

std::string render_promote(std::string_view name, std::string_view version,
                           std::string_view before) {
    return json::render(json::object{{"SecretId", name},
                                     {"VersionStage", current_stage},
                                     {"MoveToVersionId", version},
                                     {"RemoveFromVersionId", before}});
}

AwsVerdict judge_answer(std::string_view action, int status, std::string_view body) {
    if (status == 200) {
        return {AwsOutcome::done};
    }
    std::string type = error_type(body);
    // What AWS says of a version that is no longer the current one.
    const bool moved = action == "UpdateSecretVersionStage" && type == "InvalidParameterException";
    AwsOutcome outcome = AwsOutcome::refused;
    if (status == 0 || status == 429 || status >= 500 ||
        is_one_of(type, {"ThrottlingException", "Throttling", "TooManyRequestsException",
                         "RequestLimitExceeded", "InternalServiceError"})) {
        outcome = AwsOutcome::again;
    } else if (type == "ResourceNotFoundException") {
        outcome = AwsOutcome::not_found;
    } else if (moved || type == "ResourceExistsException") {
        outcome = AwsOutcome::overtaken;
    }
    return {outcome, type.empty() ? "status " + std::to_string(status) : std::move(type)};
}

std::optional<Bundle> parse_bundle(std::string_view body) {
    const Result<json::object> answer = json::parse_object(body);
    if (!answer) {
        return std::nullopt;
    }
    const Result<std::string> value = json::require_string(
        *answer, "SecretString", {.bytes_max = bundle_bytes_max, .trim = false});
    const Result<std::string> version = json::require_string(*answer, "VersionId");
    const Result<json::object> object =
        value ? json::parse_object(*value) : std::unexpected(value.error());
    if (!object || !version) {
        return std::nullopt;
    }
    Bundle bundle{.secrets = {}, .version = *version};
    for (const auto& item : *object) {
        const boost::json::string* secret = item.value().if_string();
        if (secret == nullptr) {
            return std::nullopt;
        }
        bundle.secrets.emplace(std::string(item.key()),
                               SecretString(std::string_view(secret->data(), secret->size())));
    }
    return bundle;
}

}  // namespace wapi::aws_secrets
