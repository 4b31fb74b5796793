// An AWS Secrets Manager in memory, for tests of the backend: it keeps versions and stages as the
// reference describes them, and fails when it is told to.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "base/json.hpp"
#include "features/aws_secrets/aws_secrets.hpp"

namespace wapi::aws_secrets {

/// Versions and stages of AWS secrets by name.
class FakeAws final : public AwsCaller {
  public:
    struct Secret {
        std::map<std::string, std::string> versions;
        std::string current;
    };

    async::Task<AwsAnswer> call(std::string action, SecretString body,
                                std::chrono::milliseconds /*timeout*/) override {
        ++calls;
        if (fault_times > 0) {
            --fault_times;
            co_return answer(fault_status, R"({"__type":")" + fault_type + R"("})");
        }
        const json::object request = *json::parse_object(body.reveal());
        if (before_promotion && action == "UpdateSecretVersionStage") {
            std::exchange(before_promotion, nullptr)();
        }
        if (before_creation && action == "CreateSecret") {
            std::exchange(before_creation, nullptr)();
        }
        AwsAnswer made = act(action, request);
        co_return lose_answer_of == action ? (lose_answer_of.clear(), AwsAnswer{}) : made;
    }

    std::map<std::string, Secret> secrets;
    int calls = 0;
    int fault_times = 0;
    int fault_status = 400;
    std::string fault_type;
    std::string lose_answer_of;  ///< of the next such call
    std::function<void()> before_promotion;
    std::function<void()> before_creation;

  private:
    static AwsAnswer answer(int status, const std::string& body) {
        return {status, SecretString(std::string_view(body))};
    }
    static AwsAnswer refusal(const std::string& type) {
        return answer(400, R"({"__type":")" + type + R"("})");
    }
    static std::string text(const json::object& request, std::string_view field) {
        return *json::require_string(request, field, {.bytes_max = 1 << 20, .trim = false});
    }
    AwsAnswer act(const std::string& action, const json::object& request) {
        const std::string name = text(request, action == "CreateSecret" ? "Name" : "SecretId");
        if (action == "CreateSecret") {
            if (secrets.contains(name)) {
                return refusal("ResourceExistsException");
            }
            Secret& made = secrets[name];
            made.current = text(request, "ClientRequestToken");
            made.versions[made.current] = text(request, "SecretString");
            return answer(200, "{}");
        }
        const auto found = secrets.find(name);
        if (found == secrets.end()) {
            return refusal("ResourceNotFoundException");
        }
        Secret& secret = found->second;
        if (action == "GetSecretValue") {
            return answer(
                200, json::render(json::object{{"SecretString", secret.versions.at(secret.current)},
                                               {"VersionId", secret.current}}));
        }
        if (action == "PutSecretValue") {
            secret.versions[text(request, "ClientRequestToken")] = text(request, "SecretString");
            return answer(200, "{}");
        }
        if (secret.current != text(request, "RemoveFromVersionId")) {
            return refusal("InvalidParameterException");
        }
        secret.current = text(request, "MoveToVersionId");
        return answer(200, "{}");
    }
};

}  // namespace wapi::aws_secrets
