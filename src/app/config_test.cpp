// Goal: every setting that is missing, malformed or weak is refused in one sentence that names it,
// and none of what is well is. Method: one table of bad values by variable, laid over good
// settings.
#include "app/config.hpp"

#include <gtest/gtest.h>

namespace wapi::app {
namespace {

constexpr std::string_view good_key =
    "3f8a1c5e9b7d204f6a8c1e3b5d7f90a2c4e6f8091b2d3f4a5c6e7f8192a3b4c5";

Settings good_settings() {
    return {{"TOKEN_MASTER_KEY", std::string(good_key)},
            {"JWT_SECRET", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"},
            {"META_APP_SECRET", "9b7d204f6a8c1e3b5d7f90a2c4e6f809"},
            {"META_VERIFY_TOKEN", "corner-shop-7"}};
}

/// What parse_config says when one variable has this value, or nothing when it takes it.
std::string refusal(const std::string& name, const std::string& value) {
    Settings settings = good_settings();
    settings[name] = value;
    try {
        parse_config(settings);
    } catch (const Fault& fault) {
        return fault.what();
    }
    return {};
}

struct Bad {
    std::string name;
    std::string value;
    std::string reason;  ///< part of the sentence
};

const std::vector<Bad> bad_settings{
    {"TOKEN_MASTER_KEY", "", "is missing"},
    {"TOKEN_MASTER_KEY", "3f8a", "must be 64 hex characters"},
    {"TOKEN_MASTER_KEY", std::string(63, '5') + "g", "not hex"},
    {"TOKEN_MASTER_KEY", std::string(64, '5'), "too weak"},
    {"TOKEN_MASTER_KEY_PREVIOUS", "3f8a", "must be 64 hex characters"},
    {"TOKEN_MASTER_KEY_PREVIOUS", std::string(63, '5') + "g", "not hex"},
    {"TOKEN_MASTER_KEY_PREVIOUS", std::string(64, '5'), "too weak"},
    {"TOKEN_MASTER_KEY_PREVIOUS", std::string(good_key), "is the same as TOKEN_MASTER_KEY"},
    {"VAULT_CACHE_MS", "-1", "from 0 to"},
    {"USE_AWS_SECRETS", "maybe", "true or false"},
    {"JWT_SECRET", "", "is missing"},
    {"JWT_SECRET", "0f1e2d3c4b5a69788796a5b4c3d2e1f", "too short"},
    {"JWT_SECRET", std::string(64, 'a'), "too weak"},
    {"META_APP_SECRET", "", "is missing"},
    {"META_APP_SECRET", "9b7d204f6a8c1e3", "too short"},
    {"META_APP_SECRET", std::string(16, 'a'), "too weak"},
    {"META_APP_SECRET", "9b7d204f6a8c1e3b5d7f90a2c4e6f809," + std::string(32, 'a'), "too weak"},
    {"META_VERIFY_TOKEN", "", "is missing"},
    {"META_VERIFY_TOKEN", "x", "too short"},
    {"META_VERIFY_TOKEN", "xxxxxxxxxxxxxxxx", "too weak"},
    {"METRICS_TOKEN", "x", "too short"},
    {"METRICS_TOKEN", std::string(32, 'a'), "too weak"},
    {"META_APP_ID", "my app", "digits only"},
    {"META_GRAPH_URL", "graph.facebook.com", "https://"},
    {"META_GRAPH_URL", "ftp://graph.facebook.com", "https://"},
    {"META_GRAPH_URL", "https://", "https://"},
    {"META_GRAPH_VERSION", "25.0", "v25.0"},
    {"META_GRAPH_VERSION", "v25", "v25.0"},
    {"META_GRAPH_VERSION", "v25.x", "v25.0"},
    {"PUBLIC_URL", "shop.example.com", "https://"},
    {"SMTP_URL", "mail.shop.example", "smtps://user:password@host"},
    {"SMTP_URL", "https://mail.shop.example", "smtps://user:password@host"},
    {"SMTP_URL", "smtp://", "smtps://user:password@host"},
    {"SMTP_URL", "smtps://mail.shop.example/inbox", "smtps://user:password@host"},
    {"MAIL_TO_LOG", "maybe", "true or false"},
    {"MAIL_RETRY_MS", "soon", "milliseconds"},
    {"TRUSTED_PROXIES", "proxy.example", "addresses or networks"},
    {"TRUSTED_PROXIES", "10.0.0.0/64", "addresses or networks"},
    {"TRUSTED_PROXIES", "10.0.0.1,,10.0.0.2", "addresses or networks"},
    {"TRUSTED_PROXIES", "*", "addresses or networks"},
    {"DATABASE_URL", "mysql://wapi@db/wapi", "postgres://"},
    {"WAPI_ADDRESS", "everywhere", "IP address"},
    {"PORT", "65536", "from 0 to 65535"},
    {"PORT", "http", "from 0 to 65535"},
    {"LOG_LEVEL", "verbose", "debug, info, warn or error"},
    {"LOG_LEVEL", "Info", "debug, info, warn or error"},
    {"START_WEBHOOK_WORKER", "maybe", "true or false"},
    {"START_SENDER", "2", "true or false"},
    {"WAPI_BENCH_NO_PERSIST", "on", "true or false"},
    {"WEBHOOK_WORKER_CONCURRENCY", "0", "from 1 to 100"},
    {"WEBHOOK_BACKLOG_MAX", "-1", "from 1 to"},
    {"WAPI_DISK_FREE_MB_MIN", "1.5", "from 0 to"},
    {"WEBHOOK_RETRY_MS", "1000,soon", "milliseconds"},
    {"SEND_RETRY_MS", "0", "milliseconds"},
    {"SEND_LEASE_MS", "10", "from 1000 to"},
};

TEST(Config, what_is_missing_malformed_or_weak_is_refused_by_name) {
    for (const Bad& bad : bad_settings) {
        const std::string sentence = refusal(bad.name, bad.value);
        EXPECT_NE(sentence.find(bad.name), std::string::npos)
            << bad.name << "=" << bad.value << ": " << sentence;
        EXPECT_NE(sentence.find(bad.reason), std::string::npos)
            << bad.name << "=" << bad.value << ": " << sentence;
    }
}

Settings aws_settings() {
    Settings settings = good_settings();
    settings.merge(Settings{{"USE_AWS_SECRETS", "true"},
                            {"AWS_REGION", "eu-central-1"},
                            {"AWS_ACCESS_KEY_ID", "AKIAEXAMPLEEXAMPLE00"},
                            {"AWS_SECRET_ACCESS_KEY", "example/secret+key/of/forty/characters00"}});
    return settings;
}

std::string aws_refusal(const std::string& name, const std::string& value) {
    Settings settings = aws_settings();
    settings[name] = value;
    try {
        parse_config(settings);
    } catch (const Fault& fault) {
        return fault.what();
    }
    return {};
}

TEST(Config, secrets_at_aws_need_all_of_their_settings) {
    const std::vector<Bad> bad{
        {"AWS_REGION", "", "is missing: USE_AWS_SECRETS is on"},
        {"AWS_REGION", "eu-central-1.evil.example/", "name of a region"},
        {"AWS_ACCESS_KEY_ID", "", "is missing"},
        {"AWS_ACCESS_KEY_ID", "AKIA\r\nX-Evil: 1", "no special characters"},
        {"AWS_SECRET_ACCESS_KEY", "", "is missing"},
        {"AWS_SESSION_TOKEN", "two words", "no spaces"},
        {"AWS_ENDPOINT_URL", "localhost:4566", "https://"},
        {"AWS_ENDPOINT_URL", "http://secrets.example", "for this machine only"},
    };
    for (const Bad& item : bad) {
        const std::string sentence = aws_refusal(item.name, item.value);
        EXPECT_NE(sentence.find(item.name), std::string::npos) << item.name << ": " << sentence;
        EXPECT_NE(sentence.find(item.reason), std::string::npos) << item.name << ": " << sentence;
    }
    EXPECT_EQ(aws_refusal("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"), "");
}

TEST(Config, secrets_are_at_aws_only_when_it_is_said) {
    Settings settings = aws_settings();
    EXPECT_EQ(parse_config(settings).aws->endpoint,
              "https://secretsmanager.eu-central-1.amazonaws.com");
    settings["AWS_ENDPOINT_URL"] = "https://vpce.example/";
    EXPECT_EQ(parse_config(settings).aws->endpoint, "https://vpce.example");
    settings["USE_AWS_SECRETS"] = "false";
    EXPECT_FALSE(parse_config(settings).aws);
}

TEST(Config, a_previous_master_key_is_taken_beside_the_current_one) {
    Settings settings = good_settings();
    EXPECT_FALSE(master_keys(parse_config(settings)).previous());
    settings["TOKEN_MASTER_KEY_PREVIOUS"] =
        "93c1f0a7d25b884e6d1f3a90b7c4e2518f6da3b0c9e1274558ab6cd7ef013249";
    const vault::MasterKeys keys = master_keys(parse_config(settings));
    ASSERT_TRUE(keys.previous());
    EXPECT_EQ(keys.find(keys.previous()->id()), &*keys.previous());
    EXPECT_EQ(keys.find("00000000"), nullptr);
}

TEST(Config, a_refusal_does_not_show_the_secret) {
    for (const Bad& bad : bad_settings) {
        if (bad.value.size() >= 16) {
            EXPECT_EQ(refusal(bad.name, bad.value).find(bad.value), std::string::npos) << bad.name;
        }
    }
}

TEST(Config, good_settings_are_taken_and_the_rest_has_defaults) {
    const Config config = parse_config(good_settings());
    EXPECT_EQ(config.port, 5000);
    EXPECT_EQ(config.graph_url, "https://graph.facebook.com");
    EXPECT_EQ(config.graph_version, "v25.0");
    EXPECT_EQ(config.log_level, "info");
    EXPECT_EQ(config.token_master_key.reveal(), good_key);
    EXPECT_EQ(config.app_secrets.size(), 1U);
    EXPECT_TRUE(config.metrics_token.empty());
    EXPECT_TRUE(config.persist_webhooks);
}

TEST(Config, every_documented_form_is_taken) {
    for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
             {"META_GRAPH_URL", "http://127.0.0.1:8080"},
             {"TRUSTED_PROXIES", "::1"},
             {"PUBLIC_URL", "https://shop.example.com"},
             {"DATABASE_URL", "postgres://wapi@db:5432/wapi"},
             {"DATABASE_URL", "postgresql://wapi@db/wapi"},
             {"DATABASE_URL", "sqlite:///var/lib/wapi/wapi.db"},
             {"WAPI_ADDRESS", "::1"},
             {"META_APP_ID", "901000000000001"},
             {"META_GRAPH_VERSION", "v26.0"},
             {"LOG_LEVEL", "error"},
             {"METRICS_TOKEN", "c4e6f8091b2d3f4a5c6e7f8192a3b4c5"},
             {"META_APP_SECRET",
              "9b7d204f6a8c1e3b5d7f90a2c4e6f809, 1b2d3f4a5c6e7f8192a3b4c5d6e7f809"},
             {"WEBHOOK_RETRY_MS", "1,1, 5"}}) {
        EXPECT_EQ(refusal(name, value), "") << name;
    }
}

TEST(Config, cookies_are_secure_unless_users_come_by_plain_http) {
    const auto secure = [](const std::string& url) {
        Settings settings = good_settings();
        settings["PUBLIC_URL"] = url;
        return wants_secure_cookies(parse_config(settings));
    };
    EXPECT_TRUE(secure(""));
    EXPECT_TRUE(secure("https://shop.example"));
    EXPECT_FALSE(secure("http://127.0.0.1:5000"));
}

TEST(Config, the_mail_servers_user_and_password_are_taken_out_of_its_url) {
    Settings settings = good_settings();
    settings["SMTP_URL"] = "smtps://mail%40shop.example:p%40ss%2Fword%3A1@mail.shop.example:465";
    settings["SMTP_FROM"] = "Corner Shop <mail@shop.example>";
    const auto said = [&settings] {
        try {
            parse_config(settings);
        } catch (const Fault& fault) {
            return std::string(fault.what());
        }
        return std::string();
    };
    EXPECT_NE(said().find("PUBLIC_URL is missing"), std::string::npos) << "links lead there";
    settings["PUBLIC_URL"] = "https://wapi.example";
    const MailConfig mail = parse_config(settings).mail;
    EXPECT_EQ(mail.smtp_url, "smtps://mail.shop.example:465");
    EXPECT_EQ(mail.smtp_user, "mail@shop.example");
    EXPECT_EQ(mail.smtp_password.reveal(), "p@ss/word:1");
    EXPECT_EQ(mail.from, "Corner Shop <mail@shop.example>");
    settings.erase("SMTP_FROM");
    EXPECT_NE(said().find("SMTP_FROM is missing"), std::string::npos);
    settings["SMTP_FROM"] = "Corner Shop";
    EXPECT_NE(said().find("SMTP_FROM must be an e-mail address"), std::string::npos);
    EXPECT_TRUE(parse_config(good_settings()).mail.smtp_url.empty());
    EXPECT_FALSE(parse_config(good_settings()).mail.to_log);
}

TEST(Config, nobody_is_a_trusted_proxy_unless_named) {
    EXPECT_TRUE(parse_config(good_settings()).trusted_proxies.empty());
    Settings settings = good_settings();
    settings["TRUSTED_PROXIES"] = "127.0.0.1, 10.0.0.0/8";
    const Config config = parse_config(settings);
    net::Request request;
    request.headers.emplace_back("x-forwarded-for", "198.51.100.9");
    for (const char* proxy : {"127.0.0.1", "10.1.2.3"}) {
        EXPECT_EQ(config.trusted_proxies.client_of(proxy, request), "198.51.100.9");
    }
}

}  // namespace
}  // namespace wapi::app
