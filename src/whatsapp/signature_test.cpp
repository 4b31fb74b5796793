// Webhook signatures, appsecret_proof and signed_request: published values, and every way to be
// wrong.
#include "whatsapp/signature.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace wapi::whatsapp {
namespace {

constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";
constexpr std::string_view body =
    R"({"object":"whatsapp_business_account","entry":[{"id":"1","changes":[]}]})";
const std::string signed_header =
    "sha256=2889e173f98c7f2a895a1e54e881a87ed88648e37cb4ddd833a8ae18accdd9ec";
constexpr std::string_view signed_request =
    "HXtb9jY6ypq9mETKy0kt2zDyB7H-0pLeZSKF4GakTg0."
    "eyJ1c2VyX2lkIjoiMjE4NDcxIiwiYWxnb3JpdGhtIjoiSE1BQy1TSEEyNTYiLCJpc3N1ZWRfYXQiOjE3NTk0MDAwMDB9";

std::vector<SecretString> secrets(std::initializer_list<std::string_view> texts) {
    std::vector<SecretString> list;
    for (const std::string_view text : texts) {
        list.emplace_back(text);
    }
    return list;
}

TEST(VerifySignature, accepts_the_example_of_the_documentation) {
    EXPECT_TRUE(verify_signature(signed_header, body, secrets({secret})));
}

TEST(VerifySignature, tries_every_secret) {
    EXPECT_TRUE(verify_signature(signed_header, body, secrets({"old", secret})));
    EXPECT_TRUE(verify_signature(signed_header, body, secrets({secret, "next"})));
    EXPECT_FALSE(verify_signature(signed_header, body, secrets({"old", "next"})));
}

TEST(VerifySignature, without_secrets_nothing_is_accepted) {
    EXPECT_FALSE(verify_signature(signed_header, body, {}));
    const std::string with_empty_key =
        "sha256=" + crypto::hex_encode(crypto::hmac_sha256("", body));
    EXPECT_FALSE(verify_signature(with_empty_key, body, secrets({""})));
}

TEST(VerifySignature, a_changed_byte_anywhere_is_refused) {
    for (std::size_t i = 0; i < body.size(); ++i) {
        std::string changed(body);
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(verify_signature(signed_header, changed, secrets({secret}))) << i;
    }
    for (std::size_t i = 7; i < signed_header.size(); ++i) {
        std::string changed = signed_header;
        changed[i] = changed[i] == '0' ? '1' : '0';
        EXPECT_FALSE(verify_signature(changed, body, secrets({secret}))) << i;
    }
}

TEST(VerifySignature, a_malformed_header_is_refused) {
    const std::string digits = signed_header.substr(7);
    for (const std::string& bad :
         {std::string(), std::string("sha256="), digits, "sha1=" + digits, "SHA256=" + digits,
          "sha256=" + digits + "0", "sha256=" + digits.substr(1), "sha256= " + digits.substr(1),
          "sha256=" + std::string(64, 'x'), " " + signed_header, signed_header + "\n"}) {
        EXPECT_FALSE(verify_signature(bad, body, secrets({secret}))) << bad;
    }
}

TEST(AppsecretProof, matches_the_example_of_the_documentation) {
    EXPECT_EQ(make_appsecret_proof("EAAJtestTOKEN", secret),
              "6dfb86ac4955e77dc36fd50df12bede868145003d5e6563005a31248d3c6cf40");
}

TEST(SignedRequest, opens_the_example_of_the_documentation) {
    EXPECT_EQ(open_signed_request(signed_request, secrets({"other", secret})),
              R"({"user_id":"218471","algorithm":"HMAC-SHA256","issued_at":1759400000})");
}

TEST(SignedRequest, refuses_other_secrets_and_malformed_text) {
    EXPECT_FALSE(open_signed_request(signed_request, secrets({"other"})));
    EXPECT_FALSE(open_signed_request(signed_request, {}));
    const std::string valid(signed_request);
    for (const std::string& bad :
         {std::string(), std::string("."), valid.substr(0, valid.find('.')),
          valid.substr(valid.find('.')), valid.substr(0, valid.size() - 1), valid + ".x"}) {
        EXPECT_FALSE(open_signed_request(bad, secrets({secret}))) << bad;
    }
}

TEST(SignedRequest, a_payload_that_is_not_an_object_is_refused) {
    const std::string payload = crypto::base64url_encode("[1]");
    const std::string signature =
        crypto::base64url_encode(crypto::as_text(crypto::hmac_sha256(secret, payload)));
    EXPECT_FALSE(open_signed_request(signature + "." + payload, secrets({secret})));
}

}  // namespace
}  // namespace wapi::whatsapp
