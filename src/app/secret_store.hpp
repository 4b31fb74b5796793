// Where this installation keeps its secrets: built once, for the server and the command line.
#pragma once

#include <memory>

#include "app/config.hpp"
#include "features/aws_secrets/aws_secrets_http.hpp"
#include "features/aws_secrets/aws_secrets_moving.hpp"
#include "features/vault/vault.hpp"
#include "net/http_client.hpp"

namespace wapi::app {

/// What the arguments name must outlive it.
class SecretStore {
  public:
    SecretStore(const Config& config, net::HttpClient& http, db::Db& db, Rng& rng,
                const Clock& clock);

    /// AWS Secrets Manager when it is configured, before the database; else the database.
    [[nodiscard]] vault::SecretBackend& backend();
    /// nullptr unless AWS is configured.
    [[nodiscard]] aws_secrets::MovingBackend* moving() { return moving_.get(); }

  private:
    vault::DatabaseBackend database_;
    std::unique_ptr<aws_secrets::AwsHttpCaller> caller_;
    std::unique_ptr<aws_secrets::AwsBackend> aws_;
    std::unique_ptr<aws_secrets::MovingBackend> moving_;
};

}  // namespace wapi::app
