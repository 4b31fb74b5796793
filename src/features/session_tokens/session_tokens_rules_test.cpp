// Goal: refresh tokens and challenges read back as they were made, and no changed one does.
// Method: texts changed in every character, other keys, cut and malformed ones.
#include <gtest/gtest.h>

#include "features/session_tokens/session_tokens.hpp"

namespace wapi::session_tokens {
namespace {

TEST(SessionTokenRules, a_refresh_token_reads_back_and_no_changed_one_does) {
    SeededRng rng(3);
    const RefreshToken token = make_refresh_token("0198-session", rng);
    const std::string text(render_refresh_token(token, "key").reveal());
    const std::optional<RefreshToken> read = read_refresh_token(text, "key");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->session_id, token.session_id);
    EXPECT_EQ(read->secret, token.secret);
    EXPECT_FALSE(read_refresh_token(text, "other key"));
    for (std::size_t index = 0; index < text.size(); ++index) {
        std::string changed = text;
        changed[index] = changed[index] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(read_refresh_token(changed, "key")) << index;
    }
    EXPECT_FALSE(read_refresh_token("", "key"));
    EXPECT_FALSE(read_refresh_token("..", "key"));
}

TEST(SessionTokenRules, the_next_token_is_always_the_same_one_and_only_the_key_makes_it) {
    SeededRng rng(4);
    const RefreshToken used = make_refresh_token("0198-session", rng);
    const RefreshToken next = next_refresh_token(used, "key");
    EXPECT_EQ(next.session_id, used.session_id);
    EXPECT_NE(next.secret, used.secret);
    EXPECT_EQ(next_refresh_token(used, "key").secret, next.secret);
    EXPECT_NE(next_refresh_token(used, "other key").secret, next.secret);
    EXPECT_NE(next_refresh_token({"0199-session", used.secret}, "key").secret, next.secret);
    const std::string text(render_refresh_token(next, "key").reveal());
    ASSERT_TRUE(read_refresh_token(text, "key"));
    EXPECT_EQ(read_refresh_token(text, "key")->secret, next.secret);
}

TEST(SessionTokenRules, a_challenge_is_the_same_again_for_the_same_password_and_key_only) {
    const Challenge challenge{UserId("0198-user"), from_us(1'700'000'000'000'000)};
    const std::string text(render_challenge(challenge, "hash", "key").reveal());
    const std::optional<Challenge> read = read_challenge(text);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->user_id, challenge.user_id);
    EXPECT_EQ(read->expires_at, challenge.expires_at);
    EXPECT_EQ(render_challenge(*read, "hash", "key").reveal(), text);
    EXPECT_NE(render_challenge(*read, "other", "key").reveal(), text);
    EXPECT_NE(render_challenge(*read, "hash", "other").reveal(), text);
    for (std::size_t index = 0; index < text.size(); ++index) {
        std::string changed = text;
        changed[index] = changed[index] == '1' ? '2' : '1';
        const std::optional<Challenge> claim = read_challenge(changed);
        EXPECT_FALSE(claim && render_challenge(*claim, "hash", "key").reveal() == changed) << index;
    }
    for (const char* wrong : {"", ".", "..", "a.b.c", "a.1", "a.", "1.1e5"}) {
        const std::optional<Challenge> claim = read_challenge(wrong);
        EXPECT_FALSE(claim && render_challenge(*claim, "hash", "key").reveal() == wrong) << wrong;
    }
    EXPECT_FALSE(read_challenge("a.1." + std::string(300, 'x')));
}

}  // namespace
}  // namespace wapi::session_tokens
