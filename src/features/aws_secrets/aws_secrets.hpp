// Secrets kept in AWS Secrets Manager instead of the database, which then holds none.
//
// The AWS secret of a workspace holds all its secrets, so that every change is read, change, write;
// those of the installation itself, one of each person with a second factor, are in 64 of them.
// Two that meet do not lose one another: a new version becomes current only in place of the version
// that was read, else the change is made again on what is there now.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "features/aws_secrets/aws_secrets_rules.hpp"
#include "features/vault/vault.hpp"

namespace wapi::aws_secrets {

inline constexpr std::chrono::milliseconds aws_call_max{5'000};  ///< one call, its repetitions in
inline constexpr std::chrono::milliseconds aws_pause_first{50};  ///< before a repetition; doubled
inline constexpr int aws_change_attempts_max = 5;

struct AwsAnswer {
    int status = 0;  ///< 0: there was no answer
    SecretString body{};
};

/// How AWS is called; over HTTP by AwsHttpCaller.
class AwsCaller {
  public:
    virtual ~AwsCaller() = default;
    /// `action` is one of the service's, such as GetSecretValue. Network thread.
    virtual async::Task<AwsAnswer> call(std::string action, SecretString body,
                                        std::chrono::milliseconds timeout) = 0;
};

class AwsBackend final : public vault::SecretBackend {
  public:
    /// `call_max`: how long a call and its repetitions may take.
    AwsBackend(AwsCaller& caller, db::Db& db, Rng& rng, const Clock& clock,
               std::chrono::milliseconds call_max = aws_call_max)
        : caller_(caller), db_(db), rng_(rng), clock_(clock), call_max_(call_max) {}

    /// Errors: invalid_request (size), secret_store_unavailable, secret_store_refused.
    async::Task<Result<void>> store(Context context, std::string name,
                                    SecretString secret) override;
    /// As store, but leaves a secret that is there as it is: false.
    async::Task<Result<bool>> store_missing(Context context, std::string name, SecretString secret);
    /// Removes the secret if it is this one. Errors: as remove, but for secret_not_found.
    async::Task<Result<void>> take_back(Context context, std::string name, SecretString secret);
    /// Errors: secret_not_found, vault_secret_invalid (the AWS secret is not one that we wrote),
    /// secret_store_unavailable, secret_store_refused.
    async::Task<Result<SecretString>> read(Context context, std::string name) override;
    /// Takes the name out; the AWS secret stays, if need be empty: one that is deleted could not be
    /// made again for days, and might take a secret along that was stored at the same moment.
    async::Task<Result<void>> remove(Context context, std::string name) override;

  private:
    struct Reply {
        AwsOutcome outcome;
        SecretString body;
    };
    /// An AWS secret, and whose it is.
    struct Place {
        WorkspaceId workspace;
        std::string bundle;
    };
    async::Task<Result<Reply>> call(WorkspaceId workspace, std::string action, SecretString body);
    async::Task<Result<Bundle>> get(Place place);
    async::Task<Result<bool>> save(Place place, Bundle bundle, std::string version);
    /// What becomes of a name in a bundle; its errors end the change. True: it is to be saved.
    using Edit = std::function<Result<bool>(Bundle&)>;
    /// False: there was nothing to change.
    async::Task<Result<bool>> change(Place place, Edit edit);
    static std::vector<Place> places_of(const WorkspaceId& workspace, const std::string& name);
    async::Task<Result<bool>> put(Context context, std::string name, SecretString secret,
                                  bool replace);
    async::Task<> record(Context context, std::string_view action, std::string name);
    AwsCaller& caller_;
    db::Db& db_;
    Rng& rng_;
    const Clock& clock_;
    std::chrono::milliseconds call_max_;
};

}  // namespace wapi::aws_secrets
