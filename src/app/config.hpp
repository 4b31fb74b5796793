// Settings: from the environment and a .env file (the environment wins), checked before anything
// starts.
//
// Names and defaults: product.md section 1.6 and README.md. What is missing, malformed or weak is
// refused in one plain sentence that names the variable.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto.hpp"
#include "base/error.hpp"
#include "features/aws_secrets/aws_secrets_http.hpp"
#include "net/trusted_proxies.hpp"

namespace wapi::app {

/// How mail is sent (app/mail.hpp).
struct MailConfig {
    std::string smtp_url;  ///< SMTP_URL without user and password; empty: no mail
    std::string smtp_user;
    SecretString smtp_password;
    std::string smtp_ca_file;             ///< SMTP_CA_FILE; empty: the system's certificates
    std::string from = "wapi@localhost";  ///< SMTP_FROM
    bool to_log = false;                  ///< MAIL_TO_LOG, when there is no SMTP_URL
    std::vector<std::chrono::milliseconds> retries;  ///< MAIL_RETRY_MS, for tests
};

struct Config {
    std::string address = "0.0.0.0";      ///< WAPI_ADDRESS
    std::uint16_t port = 5000;            ///< PORT
    std::string data_dir = "data";        ///< WAPI_DATA_DIR
    std::string database_url;             ///< DATABASE_URL; default: SQLite in data_dir
    std::string log_level = "info";       ///< LOG_LEVEL
    std::string public_url;               ///< PUBLIC_URL
    net::TrustedProxies trusted_proxies;  ///< TRUSTED_PROXIES, comma separated
    std::string graph_url = "https://graph.facebook.com";  ///< META_GRAPH_URL
    std::string graph_version = "v25.0";                   ///< META_GRAPH_VERSION
    std::string app_id;                                    ///< META_APP_ID
    std::vector<SecretString>
        app_secrets;                ///< META_APP_SECRET, comma separated while one is rotated
    SecretString verify_token;      ///< META_VERIFY_TOKEN
    SecretString token_master_key;  ///< TOKEN_MASTER_KEY
    SecretString token_master_key_previous;  ///< TOKEN_MASTER_KEY_PREVIOUS; empty: none
    /// How long an opened secret stays in memory: VAULT_CACHE_MS.
    std::chrono::milliseconds vault_cache = vault::cache_time;
    std::optional<aws_secrets::AwsOptions> aws;  ///< USE_AWS_SECRETS and AWS_...
    SecretString jwt_secret;                     ///< JWT_SECRET
    SecretString metrics_token;                  ///< METRICS_TOKEN; empty: none
    MailConfig mail;
    bool webhook_worker = true;               ///< START_WEBHOOK_WORKER
    bool sender = true;                       ///< START_SENDER
    std::size_t worker_concurrency = 10;      ///< WEBHOOK_WORKER_CONCURRENCY
    std::int64_t backlog_max = 2'000'000;     ///< WEBHOOK_BACKLOG_MAX
    std::chrono::hours keep_events{30 * 24};  ///< WEBHOOK_KEEP_DAYS
    std::size_t disk_free_mb_min = 512;       ///< WAPI_DISK_FREE_MB_MIN
    /// WEBHOOK_RETRY_MS and SEND_RETRY_MS: comma separated delays, for tests and demonstrations.
    std::vector<std::chrono::milliseconds> webhook_retries;
    std::vector<std::chrono::milliseconds> send_retries;
    /// SEND_LEASE_MS: when a send whose process died is found, to be repeated as SEND_RETRY_MS
    /// says. Shorter than a call to Meta may take, live calls are doubled: for tests only.
    std::chrono::milliseconds send_lease{90'000};
    bool persist_webhooks = true;  ///< false by WAPI_BENCH_NO_PERSIST=1, for one benchmark only
};

using Settings = std::map<std::string, std::string, std::less<>>;

/// The environment, filled up with `NAME=value` lines of the file when it exists.
Settings read_settings(const std::string& env_file);

/// False only when users reach the server by plain http, as PUBLIC_URL says.
bool wants_secure_cookies(const Config& config);

/// The keys that TOKEN_MASTER_KEY and TOKEN_MASTER_KEY_PREVIOUS give.
vault::MasterKeys master_keys(const Config& config);
/// 32 bytes for one purpose, made of the current master key: the same on all nodes, another after a
/// rotation.
SecretString derive_key(const Config& config, std::string_view purpose);

/// Errors: Fault `config.invalid` or `config.token_master_key`, whose text says which variable to
/// mend and how.
Config parse_config(const Settings& settings);

}  // namespace wapi::app
