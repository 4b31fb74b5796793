// What is said to AWS Secrets Manager and what its answers mean: pure functions on JSON text.
//
// A workspace has one AWS secret, `wapi-tokens-{workspaceId}`, whose value is a JSON object of
// names and secrets. Source: API reference of AWS Secrets Manager 2017-10-17 (GetSecretValue,
// CreateSecret, PutSecretValue, UpdateSecretVersionStage, Common Errors).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto.hpp"
#include "base/ids.hpp"

namespace wapi::aws_secrets {

inline constexpr std::size_t bundle_bytes_max = 65'536;  ///< of an AWS secret's value

/// All secrets of one workspace, and the version of the AWS secret that they were read from.
struct Bundle {
    std::map<std::string, SecretString, std::less<>> secrets;
    std::string version{};  ///< empty: there is no AWS secret
};

enum class AwsOutcome {
    done,
    not_found,  ///< there is no such AWS secret
    overtaken,  ///< somebody else has created or changed it meanwhile
    again,      ///< throttled, or AWS failed: the same call may be repeated
    refused     ///< rights, credentials, or what AWS does not take
};

struct AwsVerdict {
    AwsOutcome outcome = AwsOutcome::refused;
    std::string type{};  ///< AWS's name of the error, for the log
};

/// So many AWS secrets hold those of the installation itself, among them one of each person with a
/// second factor: some 500 fit in one.
inline constexpr unsigned platform_shards = 64;

/// The AWS secret of all of a workspace's own secrets.
std::string bundle_name(const WorkspaceId& workspace);
/// The AWS secret that this secret is put in: the workspace's, or one of the installation's shards.
std::string bundle_name(const WorkspaceId& workspace, std::string_view name);

/// The value of an AWS secret. Nothing when it is larger than `bundle_bytes_max`.
std::optional<SecretString> render_bundle(const Bundle& bundle);

std::string render_get(std::string_view name);
/// `version` is our name of the new version, 32 to 64 characters; a repetition is known by it.
SecretString render_create(std::string_view name, const SecretString& value,
                           std::string_view version);
/// Adds a version that is not current yet.
SecretString render_put(std::string_view name, const SecretString& value, std::string_view version);
/// Makes `version` the current one, if `before` still is.
std::string render_promote(std::string_view name, std::string_view version,
                           std::string_view before);

/// What an answer to this action means. `status` 0: there was none.
AwsVerdict judge_answer(std::string_view action, int status, std::string_view body);

/// The bundle in a good answer of GetSecretValue. Nothing when it is none that we wrote: no JSON
/// object of texts.
std::optional<Bundle> parse_bundle(std::string_view body);

}  // namespace wapi::aws_secrets
