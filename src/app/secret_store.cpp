#include "app/secret_store.hpp"

namespace wapi::app {

SecretStore::SecretStore(const Config& config, net::HttpClient& http, db::Db& db, Rng& rng,
                         const Clock& clock)
    : database_(db, master_keys(config), rng, clock) {
    if (config.aws) {
        caller_ = std::make_unique<aws_secrets::AwsHttpCaller>(http, *config.aws);
        aws_ = std::make_unique<aws_secrets::AwsBackend>(*caller_, db, rng, clock);
        moving_ = std::make_unique<aws_secrets::MovingBackend>(*aws_, database_);
    }
}

vault::SecretBackend& SecretStore::backend() {
    if (moving_) {
        return *moving_;
    }
    return database_;
}

}  // namespace wapi::app
