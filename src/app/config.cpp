#include "app/config.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <charconv>
#include <fstream>
#include <limits>
#include <set>

#include "base/crypto.hpp"
#include "base/text.hpp"
#include "features/accounts/accounts.hpp"
#include "features/mailer/mailer.hpp"
#include "features/vault/vault.hpp"

extern char** environ;

namespace wapi::app {
namespace {

[[noreturn]] void refuse(std::string_view name, std::string_view reason) {
    throw Fault("config.invalid", fmt::format("{} {}", name, reason));
}

/// What a secret must have at least: enough to tell a random text from a word or a repetition.
struct Strength {
    std::size_t bytes_min;
    std::size_t distinct_min;  ///< different bytes
};
constexpr Strength session_strength{.bytes_min = 32, .distinct_min = 10};
constexpr Strength app_secret_strength{.bytes_min = 16, .distinct_min = 6};
constexpr Strength verify_token_strength{.bytes_min = 8, .distinct_min = 6};
constexpr Strength metrics_token_strength{.bytes_min = 16, .distinct_min = 6};

constexpr std::string_view from_meta = "copy it from the app's basic settings at Meta";
constexpr std::string_view from_openssl = "make one with: openssl rand -hex 32";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_digit);
}

SecretString check_strength(std::string_view name, const std::string& value,
                            const Strength& strength, std::string_view how) {
    if (value.size() < strength.bytes_min) {
        refuse(name, fmt::format("is too short, it must have {} characters or more: {}",
                                 strength.bytes_min, how));
    }
    if (std::set<char>(value.begin(), value.end()).size() < strength.distinct_min) {
        refuse(name, fmt::format("is too weak, it has few different characters: {}", how));
    }
    return SecretString(std::string_view(value));
}

/// Reads one setting at a time; every reader names the variable when it refuses.
class Reader {
  public:
    explicit Reader(const Settings& settings) : settings_(settings) {}

    [[nodiscard]] std::string text(std::string_view name, std::string_view fallback) const {
        const auto found = settings_.find(name);
        return found == settings_.end() || found->second.empty() ? std::string(fallback)
                                                                 : found->second;
    }
    [[nodiscard]] std::string needed(std::string_view name, std::string_view how) const {
        std::string value = text(name, "");
        if (value.empty()) {
            refuse(name, fmt::format("is missing: {}", how));
        }
        return value;
    }
    [[nodiscard]] SecretString secret(std::string_view name, const Strength& strength,
                                      std::string_view how) const {
        return check_strength(name, needed(name, how), strength, how);
    }
    [[nodiscard]] SecretString optional_secret(std::string_view name, const Strength& strength,
                                               std::string_view how) const {
        const std::string value = text(name, "");
        return value.empty() ? SecretString() : check_strength(name, value, strength, how);
    }
    [[nodiscard]] std::string address(std::string_view name, std::string_view fallback) const {
        std::string value = text(name, fallback);
        boost::system::error_code failed;
        boost::asio::ip::make_address(value, failed);
        if (failed) {
            refuse(name, "must be an IP address to listen on, such as 0.0.0.0 or 127.0.0.1");
        }
        return value;
    }
    [[nodiscard]] std::string web_url(std::string_view name, std::string_view fallback) const {
        std::string value = text(name, fallback);
        const auto url = boost::urls::parse_uri(value);
        const bool web =
            url && (url->scheme() == "https" || url->scheme() == "http") && !url->host().empty();
        if (!value.empty() && !web) {
            refuse(name, "must be a URL that begins with https:// or http://");
        }
        return value;
    }
    [[nodiscard]] std::string database_url(std::string_view name) const {
        std::string value = text(name, "");
        constexpr std::array<std::string_view, 3> schemes{"sqlite://", "postgres://",
                                                          "postgresql://"};
        const auto fits = [&value](std::string_view scheme) { return value.starts_with(scheme); };
        if (!value.empty() && std::ranges::none_of(schemes, fits)) {
            refuse(name, "must begin with postgres:// or sqlite://");
        }
        return value;
    }
    [[nodiscard]] std::string meta_id(std::string_view name) const {
        std::string value = text(name, "");
        if (!value.empty() && !is_digits(value)) {
            refuse(name, "must have digits only, as the app's basic settings at Meta show it");
        }
        return value;
    }
    /// `v25.0`.
    [[nodiscard]] std::string graph_version(std::string_view name,
                                            std::string_view fallback) const {
        std::string value = text(name, fallback);
        const std::string_view all = value;
        const std::size_t dot = all.find('.');
        if (!all.starts_with('v') || dot == std::string_view::npos ||
            !is_digits(all.substr(1, dot - 1)) || !is_digits(all.substr(dot + 1))) {
            refuse(name, "must be a version of Meta's API, such as v25.0");
        }
        return value;
    }
    [[nodiscard]] std::string log_level(std::string_view name, std::string_view fallback) const {
        std::string value = text(name, fallback);
        constexpr std::array<std::string_view, 4> levels{"debug", "info", "warn", "error"};
        if (std::ranges::find(levels, value) == levels.end()) {
            refuse(name, "must be debug, info, warn or error");
        }
        return value;
    }
    [[nodiscard]] std::int64_t number(std::string_view name, std::int64_t fallback,
                                      std::int64_t min, std::int64_t max) const {
        const std::string value = text(name, std::to_string(fallback));
        std::int64_t parsed = 0;
        const auto [end, error] =
            std::from_chars(value.data(), value.data() + value.size(), parsed);
        if (error != std::errc{} || end != value.data() + value.size() || parsed < min ||
            parsed > max) {
            refuse(name, fmt::format("must be a number from {} to {}", min, max));
        }
        return parsed;
    }
    [[nodiscard]] bool flag(std::string_view name, bool fallback) const {
        const std::string value = text(name, fallback ? "true" : "false");
        if (value == "true" || value == "1" || value == "yes") {
            return true;
        }
        if (value == "false" || value == "0" || value == "no") {
            return false;
        }
        refuse(name, "must be true or false");
    }
    [[nodiscard]] std::vector<std::string> list(std::string_view name) const {
        std::vector<std::string> items;
        const std::string all = text(name, "");
        for (std::size_t start = 0; start < all.size();) {
            const std::size_t comma = std::min(all.find(',', start), all.size());
            items.emplace_back(text::trim(std::string_view(all).substr(start, comma - start)));
            start = comma + 1;
        }
        return items;
    }
    [[nodiscard]] std::vector<std::chrono::milliseconds> delays(std::string_view name) const {
        std::vector<std::chrono::milliseconds> delays;
        for (const std::string& item : list(name)) {
            std::int64_t value = 0;
            const auto [end, error] =
                std::from_chars(item.data(), item.data() + item.size(), value);
            if (error != std::errc{} || end != item.data() + item.size() || value < 1) {
                refuse(name, "must be milliseconds, separated by commas");
            }
            delays.emplace_back(value);
        }
        return delays;
    }

  private:
    const Settings& settings_;
};

std::vector<SecretString> app_secrets(const Reader& reader) {
    constexpr std::string_view name = "META_APP_SECRET";
    std::vector<SecretString> secrets;
    for (const std::string& item : reader.list(name)) {
        secrets.push_back(check_strength(name, item, app_secret_strength, from_meta));
    }
    if (secrets.empty()) {
        refuse(name, fmt::format("is missing: {}", from_meta));
    }
    return secrets;
}

net::TrustedProxies trusted_proxies(const Reader& reader) {
    net::TrustedProxies proxies;
    for (const std::string& item : reader.list("TRUSTED_PROXIES")) {
        if (!proxies.add(item)) {
            refuse("TRUSTED_PROXIES",
                   "must be addresses or networks, such as 10.0.0.0/8, separated by commas");
        }
    }
    return proxies;
}

std::string plain_text(const Reader& reader, std::string_view name, std::string_view how) {
    std::string value = reader.needed(name, how);
    const auto plain = [](char c) { return c > ' ' && c < '\x7f'; };
    if (!std::ranges::all_of(value, plain)) {
        refuse(name, "must have no spaces and no special characters");
    }
    return value;
}

/// Nothing unless USE_AWS_SECRETS says so; then all of it must be there.
std::optional<aws_secrets::AwsOptions> read_aws_secrets(const Reader& reader) {
    if (!reader.flag("USE_AWS_SECRETS", false)) {
        return std::nullopt;
    }
    constexpr std::string_view needed = "USE_AWS_SECRETS is on and needs it";
    aws_secrets::AwsOptions options;
    options.region = plain_text(reader, "AWS_REGION", needed);
    const auto of_region = [](char c) { return (c >= 'a' && c <= 'z') || c == '-' || is_digit(c); };
    if (!std::ranges::all_of(options.region, of_region)) {
        refuse("AWS_REGION", "must be the name of a region, such as eu-central-1");
    }
    options.access_key_id = plain_text(reader, "AWS_ACCESS_KEY_ID", needed);
    options.secret_access_key = SecretString(plain_text(reader, "AWS_SECRET_ACCESS_KEY", needed));
    if (!reader.text("AWS_SESSION_TOKEN", "").empty()) {
        options.session_token = SecretString(plain_text(reader, "AWS_SESSION_TOKEN", needed));
    }
    options.endpoint =
        reader.web_url("AWS_ENDPOINT_URL", aws_secrets::aws_endpoint(options.region));
    while (options.endpoint.ends_with('/')) {
        options.endpoint.pop_back();
    }
    const auto url = boost::urls::parse_uri(options.endpoint);
    constexpr std::array<std::string_view, 3> here{"127.0.0.1", "localhost", "[::1]"};
    if (url->scheme() == "http" && std::ranges::find(here, url->host()) == here.end()) {
        refuse("AWS_ENDPOINT_URL",
               "must begin with https://, as secrets go there; http:// is for this machine only");
    }
    return options;
}

/// `smtps://user:password@host:port`: the user's part is taken out of the URL.
void read_smtp_url(const std::string& text, MailConfig& mail) {
    const auto parsed = boost::urls::parse_uri(text);
    const bool mail_url = parsed && (parsed->scheme() == "smtp" || parsed->scheme() == "smtps") &&
                          !parsed->host().empty() && parsed->encoded_path().empty();
    if (!mail_url) {
        refuse("SMTP_URL",
               "must be smtps://user:password@host:465 or smtp://user:password@host:587, with "
               "special characters of user and password as %-codes");
    }
    mail.smtp_user = parsed->user();
    mail.smtp_password = SecretString(parsed->password());
    mail.smtp_url = fmt::format("{}://{}", std::string(parsed->scheme()),
                                std::string(parsed->encoded_host_and_port()));
}

MailConfig read_mail(const Reader& reader, const std::string& public_url) {
    MailConfig mail;
    mail.to_log = reader.flag("MAIL_TO_LOG", false);
    mail.smtp_ca_file = reader.text("SMTP_CA_FILE", "");
    mail.retries = reader.delays("MAIL_RETRY_MS");
    mail.from = reader.text("SMTP_FROM", mail.from);
    const std::string url = reader.text("SMTP_URL", "");
    if (url.empty()) {
        return mail;
    }
    read_smtp_url(url, mail);
    const std::string sender =
        reader.needed("SMTP_FROM", "the sender, as Shop <mail@shop.example>");
    if (!accounts::normalize_email(mailer::parse_sender_address(sender))) {
        refuse("SMTP_FROM", "must be an e-mail address, such as Shop <mail@shop.example>");
    }
    if (public_url.empty()) {
        refuse("PUBLIC_URL", "is missing: mails hold links to it");
    }
    return mail;
}

}  // namespace

Settings read_settings(const std::string& env_file) {
    Settings settings;
    std::ifstream file(env_file);
    for (std::string line; std::getline(file, line);) {
        const std::string_view trimmed = text::trim(line);
        const std::size_t equals = trimmed.find('=');
        if (trimmed.starts_with('#') || equals == std::string_view::npos) {
            continue;
        }
        std::string_view value = text::trim(trimmed.substr(equals + 1));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
            value = value.substr(1, value.size() - 2);
        }
        settings.emplace(text::trim(trimmed.substr(0, equals)), value);
    }
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view pair(*entry);
        const std::size_t equals = pair.find('=');
        if (equals != std::string_view::npos) {
            settings.insert_or_assign(std::string(pair.substr(0, equals)),
                                      std::string(pair.substr(equals + 1)));
        }
    }
    return settings;
}

Config parse_config(const Settings& settings) {
    const Reader reader(settings);
    Config config;
    config.address = reader.address("WAPI_ADDRESS", config.address);
    config.port = static_cast<std::uint16_t>(reader.number("PORT", config.port, 0, 65'535));
    config.data_dir = reader.text("WAPI_DATA_DIR", config.data_dir);
    config.database_url = reader.database_url("DATABASE_URL");
    config.log_level = reader.log_level("LOG_LEVEL", config.log_level);
    config.public_url = reader.web_url("PUBLIC_URL", "");
    config.trusted_proxies = trusted_proxies(reader);
    config.graph_url = reader.web_url("META_GRAPH_URL", config.graph_url);
    config.graph_version = reader.graph_version("META_GRAPH_VERSION", config.graph_version);
    config.app_id = reader.meta_id("META_APP_ID");
    config.app_secrets = app_secrets(reader);
    config.verify_token = reader.secret("META_VERIFY_TOKEN", verify_token_strength,
                                        "any long random text, entered at Meta as well");
    config.token_master_key = SecretString(
        reader.needed("TOKEN_MASTER_KEY", "64 hex characters, as from: openssl rand -hex 32"));
    config.token_master_key_previous = SecretString(reader.text("TOKEN_MASTER_KEY_PREVIOUS", ""));
    master_keys(config);  // made once here for their check: they say what is wrong with them
    config.vault_cache =
        std::chrono::milliseconds(reader.number("VAULT_CACHE_MS", 60'000, 0, 600'000));
    config.aws = read_aws_secrets(reader);
    config.mail = read_mail(reader, config.public_url);
    config.jwt_secret = reader.secret("JWT_SECRET", session_strength, from_openssl);
    config.metrics_token =
        reader.optional_secret("METRICS_TOKEN", metrics_token_strength, from_openssl);
    config.webhook_worker = reader.flag("START_WEBHOOK_WORKER", true);
    config.sender = reader.flag("START_SENDER", true);
    config.worker_concurrency =
        static_cast<std::size_t>(reader.number("WEBHOOK_WORKER_CONCURRENCY", 10, 1, 100));
    config.backlog_max = reader.number("WEBHOOK_BACKLOG_MAX", config.backlog_max, 1,
                                       std::numeric_limits<std::int64_t>::max());
    config.keep_events = std::chrono::days(reader.number("WEBHOOK_KEEP_DAYS", 30, 1, 3'650));
    config.disk_free_mb_min =
        static_cast<std::size_t>(reader.number("WAPI_DISK_FREE_MB_MIN", 512, 0, 1'000'000));
    config.webhook_retries = reader.delays("WEBHOOK_RETRY_MS");
    config.send_retries = reader.delays("SEND_RETRY_MS");
    config.send_lease = std::chrono::milliseconds(
        reader.number("SEND_LEASE_MS", config.send_lease.count(), 1'000, 3'600'000));
    config.persist_webhooks = !reader.flag("WAPI_BENCH_NO_PERSIST", false);
    return config;
}

vault::MasterKeys master_keys(const Config& config) {
    vault::MasterKey current(config.token_master_key);
    if (config.token_master_key_previous.empty()) {
        return vault::MasterKeys(std::move(current));
    }
    return vault::MasterKeys(std::move(current), vault::MasterKey(config.token_master_key_previous,
                                                                  "TOKEN_MASTER_KEY_PREVIOUS"));
}

SecretString derive_key(const Config& config, std::string_view purpose) {
    const vault::MasterKeys keys = master_keys(config);
    return SecretString(crypto::as_text(crypto::hmac_sha256(keys.current().reveal(), purpose)));
}

bool wants_secure_cookies(const Config& config) {
    return !text::to_lower_ascii(config.public_url).starts_with("http://");
}

}  // namespace wapi::app
