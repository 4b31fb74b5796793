// Goal: codes are those that every app shows, and nothing near them passes.
// Method: the figures of RFC 4226 appendix D, RFC 6238 appendix B and RFC 4648 section 10.
#include "features/second_factor/second_factor_rules.hpp"

#include <gtest/gtest.h>

#include <set>

namespace wapi::second_factor {
namespace {

constexpr std::string_view rfc_secret = "12345678901234567890";

Timestamp at(std::int64_t seconds) { return from_us(seconds * 1'000'000); }

TEST(TotpRules, counters_give_the_codes_of_rfc_4226) {
    constexpr const char* codes[] = {"755224", "287082", "359152", "969429", "338314",
                                     "254676", "287922", "162583", "399871", "520489"};
    for (std::int64_t step = 0; step < 10; ++step) {
        EXPECT_EQ(code_at(rfc_secret, step), codes[step]) << step;
    }
}

TEST(TotpRules, times_give_the_codes_of_rfc_6238) {
    const std::pair<std::int64_t, const char*> figures[] = {{59, "287082"},
                                                            {1'111'111'109, "081804"},
                                                            {1'111'111'111, "050471"},
                                                            {1'234'567'890, "005924"},
                                                            {2'000'000'000, "279037"},
                                                            {20'000'000'000, "353130"}};
    for (const auto& [seconds, code] : figures) {
        EXPECT_EQ(code_at(rfc_secret, step_of(at(seconds))), code) << seconds;
    }
}

TEST(TotpRules, base32_is_that_of_rfc_4648_without_padding) {
    const std::pair<const char*, const char*> figures[] = {{"", ""},
                                                           {"f", "MY"},
                                                           {"fo", "MZXQ"},
                                                           {"foo", "MZXW6"},
                                                           {"foob", "MZXW6YQ"},
                                                           {"fooba", "MZXW6YTB"},
                                                           {"foobar", "MZXW6YTBOI"}};
    for (const auto& [bytes, text] : figures) {
        EXPECT_EQ(base32_encode(bytes), text);
    }
}

TEST(TotpRules, one_step_to_both_sides_is_taken_and_none_that_was_used) {
    const Timestamp now = at(1'111'111'111);
    const std::int64_t present = step_of(now);
    for (std::int64_t off = -3; off <= 3; ++off) {
        const auto found = find_step(rfc_secret, code_at(rfc_secret, present + off), now, 0);
        EXPECT_EQ(found.has_value(), off >= -1 && off <= 1) << off;
    }
    const std::string code = code_at(rfc_secret, present);
    EXPECT_EQ(find_step(rfc_secret, code, now, present - 1), present);
    EXPECT_FALSE(find_step(rfc_secret, code, now, present));
    EXPECT_FALSE(find_step(rfc_secret, code_at(rfc_secret, present - 1), now, present));
    EXPECT_TRUE(find_step(rfc_secret, code_at(rfc_secret, present + 1), now, present));
}

TEST(TotpRules, nothing_but_the_whole_code_passes) {
    const Timestamp now = at(1'111'111'111);
    for (const char* wrong : {"", "0", "50471", "0504710", "050472", "O50471", "      "}) {
        EXPECT_FALSE(find_step(rfc_secret, wrong, now, 0)) << wrong;
    }
    EXPECT_TRUE(find_step(rfc_secret, normalize_code("050 471"), now, 0));
}

TEST(TotpRules, recovery_codes_differ_and_are_read_as_people_type_them) {
    SeededRng rng(7);
    const std::vector<std::string> codes = make_recovery_codes(10, rng);
    EXPECT_EQ(std::set<std::string>(codes.begin(), codes.end()).size(), 10U);
    for (const std::string& code : codes) {
        EXPECT_EQ(code.size(), 19U);
        EXPECT_TRUE(is_recovery_code(normalize_code(code))) << code;
        std::string typed = " " + code + " ";
        for (char& c : typed) {
            c = c == '-' ? ' ' : static_cast<char>(std::tolower(c));
        }
        EXPECT_EQ(recovery_hash(normalize_code(typed)), recovery_hash(normalize_code(code)));
    }
    EXPECT_FALSE(is_recovery_code("123456"));
    EXPECT_FALSE(is_recovery_code("AAAAAAAAAAAAAAA1"));
}

TEST(TotpRules, the_uri_is_one_that_apps_read) {
    EXPECT_EQ(render_uri("ann+x@shop.example", "MZXW6"),
              "otpauth://totp/wApi:ann%2Bx%40shop.example?secret=MZXW6&issuer=wApi");
}

}  // namespace
}  // namespace wapi::second_factor
