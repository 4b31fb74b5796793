// Goal: only tokens we signed, unexpired and with our one algorithm, are read.
// Method: forged headers and signatures, each built as an attacker would, against the real codec.
#include "features/session_tokens/session_tokens.hpp"

#include <gtest/gtest.h>

namespace wapi::session_tokens {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view secret = "0f1e2d3c4b5a69788796a5b4c3d2e1f0-test";
constexpr Timestamp now{std::chrono::hours(24 * 365 * 50)};

TokenCodec codec() { return TokenCodec(SecretString(secret)); }

AccessClaims claims() {
    return {UserId(std::string_view("u1")), WorkspaceId(std::string_view("w1")), "s1"};
}

std::string_view refusal(const std::string& token, Timestamp time = now) {
    const Result<AccessClaims> read = codec().read(token, time);
    return read ? "accepted" : read.error().kind->code;
}

std::string sign(const std::string& header, const std::string& payload) {
    const std::string head =
        crypto::base64url_encode(header) + "." + crypto::base64url_encode(payload);
    return head + "." +
           crypto::base64url_encode(crypto::as_text(crypto::hmac_sha256(secret, head)));
}

TEST(TokenCodec, a_token_reads_back_until_it_expires) {
    const std::string token = codec().make(claims(), now);
    const Result<AccessClaims> read = codec().read(token, now);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->user_id, claims().user_id);
    EXPECT_EQ(read->workspace, claims().workspace);
    EXPECT_EQ(read->session_id, "s1");
    EXPECT_EQ(refusal(token, now + access_token_time - std::chrono::seconds(1)), "accepted");
    EXPECT_EQ(refusal(token, now + access_token_time), "token_expired");
}

TEST(TokenCodec, the_written_form_is_a_plain_hs256_jwt) {
    const std::string token = codec().make(claims(), now);
    const std::string header = *crypto::base64url_decode(token.substr(0, token.find('.')));
    EXPECT_EQ(header, R"({"alg":"HS256","typ":"JWT"})");
}

TEST(TokenCodec, any_changed_character_is_refused) {
    const std::string token = codec().make(claims(), now);
    for (std::size_t index = 0; index < token.size(); ++index) {
        std::string changed = token;
        changed[index] = changed[index] == 'A' ? 'B' : 'A';
        EXPECT_EQ(refusal(changed), "unauthorized") << index;
    }
}

TEST(TokenCodec, a_signature_has_one_spelling) {
    constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const std::string token = codec().make(claims(), now);
    EXPECT_EQ(refusal(token), "accepted");
    // 32 bytes are 43 digits; the last one has two bits that decoders ignore.
    const std::size_t last = alphabet.find(token.back());
    for (std::size_t spare = 1; spare < 4; ++spare) {
        const std::string same_bytes =
            token.substr(0, token.size() - 1) + alphabet[(last & ~3UZ) | ((last + spare) & 3U)];
        EXPECT_EQ(refusal(same_bytes), "unauthorized") << same_bytes;
    }
    for (const char* tail : {"=", "==", "A", "\n", " "}) {
        EXPECT_EQ(refusal(token + tail), "unauthorized") << tail;
    }
}

TEST(TokenCodec, the_algorithm_cannot_be_chosen_by_the_token) {
    const std::string payload =
        R"({"exp":99999999999,"iat":1,"iss":"wapi","sid":"s1","sub":"u1","wid":"w1"})";
    EXPECT_EQ(refusal(sign(R"({"alg":"HS256","typ":"JWT"})", payload)), "accepted");
    for (const char* header :
         {R"({"alg":"none","typ":"JWT"})", R"({"alg":"NONE"})", R"({"alg":"HS384","typ":"JWT"})",
          R"({"alg":"RS256","typ":"JWT"})", R"({"typ":"JWT"})", R"({"alg":1})",
          R"({"typ":"JWT","alg":"HS256"})", R"({"alg":"HS256","typ":"JWT","kid":"../../x"})"}) {
        EXPECT_EQ(refusal(sign(header, payload)), "unauthorized") << header;
    }
    const std::string unsigned_token = crypto::base64url_encode(R"({"alg":"none"})") + "." +
                                       crypto::base64url_encode(payload) + ".";
    EXPECT_EQ(refusal(unsigned_token), "unauthorized");
}

TEST(TokenCodec, signed_payloads_of_another_shape_are_refused_without_a_crash) {
    const std::string header = R"({"alg":"HS256","typ":"JWT"})";
    for (const char* payload :
         {"", "{}", "[]", "1", "not json", R"({"iss":"wapi"})", R"({"iss":1,"exp":99999999999})",
          R"({"iss":"other","exp":99999999999,"sub":"u","wid":"w","sid":"s"})",
          R"({"iss":"wapi","exp":"soon","sub":"u","wid":"w","sid":"s"})",
          R"({"iss":"wapi","exp":99999999999,"sub":1,"wid":2,"sid":3})"}) {
        EXPECT_EQ(refusal(sign(header, payload)), "unauthorized") << payload;
    }
}

TEST(TokenCodec, texts_that_are_no_token_are_refused) {
    for (const std::string& token :
         {std::string(), std::string("."), std::string(".."), std::string("a.b.c"),
          std::string("a.b.c.d"), std::string(5'000, 'a'), std::string("\0\0.\0", 4)}) {
        EXPECT_EQ(refusal(token), "unauthorized");
    }
}

TEST(TokenCodec, a_token_of_another_secret_is_refused) {
    const TokenCodec other(SecretString("another-secret-of-enough-length-0123456789"sv));
    EXPECT_EQ(refusal(other.make(claims(), now)), "unauthorized");
}

TEST(TokenCodec, short_and_monotonous_secrets_are_refused_in_plain_words) {
    const auto message = [](std::string_view text) -> std::string {
        try {
            TokenCodec{SecretString(text)};
        } catch (const Fault& fault) {
            return fault.what();
        }
        return "accepted";
    };
    EXPECT_NE(message("").find("32 bytes or more, it has 0"), std::string::npos);
    EXPECT_NE(message(std::string(31, 'x')).find("it has 31"), std::string::npos);
    EXPECT_NE(message(std::string(40, 'x')).find("too weak"), std::string::npos);
    EXPECT_EQ(message(secret), "accepted");
}

}  // namespace
}  // namespace wapi::session_tokens
