// Goal: settings become a configuration, and a wrong one is refused by name. Method: settings as a
// map, on both sides of each rule.
#include "app/config.hpp"

#include <gtest/gtest.h>

namespace wapi::app {
namespace {

Settings settings_with(std::string_view name, std::string_view value) {
    return {{"META_APP_SECRET", "0123456789abcdef"},
            {"META_VERIFY_TOKEN", "verify"},
            {"TOKEN_MASTER_KEY", std::string(64, 'a')},
            {"JWT_SECRET", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"},
            {std::string(name), std::string(value)}};
}

/// What is said when the settings are refused; empty when they are not.
std::string refusal(std::string_view name, std::string_view value) {
    try {
        parse_config(settings_with(name, value));
    } catch (const Fault& fault) {
        return fault.what();
    }
    return {};
}

TEST(Config, cookies_are_secure_unless_users_come_by_plain_http) {
    const auto secure = [](std::string_view url) {
        return wants_secure_cookies(parse_config(settings_with("PUBLIC_URL", url)));
    };
    EXPECT_TRUE(secure(""));
    EXPECT_TRUE(secure("https://shop.example"));
    EXPECT_TRUE(secure("HTTPS://shop.example"));
    EXPECT_TRUE(secure("shop.example"));
    EXPECT_FALSE(secure("http://127.0.0.1:5000"));
    EXPECT_FALSE(secure("HTTP://127.0.0.1:5000"));
}

TEST(Config, nobody_is_a_trusted_proxy_unless_named) {
    EXPECT_TRUE(parse_config(settings_with("PORT", "5000")).trusted_proxies.empty());
    const Config config = parse_config(settings_with("TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/8"));
    net::Request request;
    request.headers.emplace_back("x-forwarded-for", "198.51.100.9");
    for (const char* proxy : {"127.0.0.1", "10.1.2.3"}) {
        EXPECT_EQ(config.trusted_proxies.client_of(proxy, request), "198.51.100.9");
    }
}

TEST(Config, a_trusted_proxy_that_is_no_address_is_refused_by_name) {
    for (const char* value : {"proxy.example", "10.0.0.0/64", "10.0.0.1,,10.0.0.2", "*"}) {
        EXPECT_TRUE(refusal("TRUSTED_PROXIES", value).contains("TRUSTED_PROXIES must be")) << value;
    }
    EXPECT_EQ(refusal("TRUSTED_PROXIES", "::1"), "");
}

}  // namespace
}  // namespace wapi::app
