// Goal: e-mail addresses hold their rules.
// Method: examples on both sides of each limit.
#include "base/email_address.hpp"

#include <gtest/gtest.h>

namespace wapi {
namespace {

TEST(EmailAddress, an_email_address_is_trimmed_and_lower_cased) {
    EXPECT_EQ(normalize_email("  Ann.Lee+x@Shop.Example \n").value(), "ann.lee+x@shop.example");
}

TEST(EmailAddress, what_is_no_email_address_is_refused) {
    for (const char* text : {"",
                             "ann",
                             "@shop.example",
                             "ann@",
                             "ann@shop",
                             "ann@@shop.example",
                             "ann lee@shop.example",
                             "ann@shop..example",
                             "ann@.example",
                             "ann@shop.example.",
                             "ann@-shop.example",
                             "<ann@shop.example>",
                             "ann@shop.exam ple",
                             "ann,bob@shop.example",
                             "ann\xe2\x80\x8b@shop.example",
                             "ann\xe2\x80\xae@shop.example",
                             "ann\xc2\xa0@shop.example",
                             "ann\xc2\x85@shop.example",
                             "ann@shop\xe2\x80\x8b.example",
                             "\xef\xbb\xbf@shop.example"}) {
        EXPECT_FALSE(normalize_email(text)) << text;
    }
    EXPECT_FALSE(normalize_email(std::string(65, 'a') + "@shop.example"));
    EXPECT_FALSE(normalize_email("a@" + std::string(260, 'b') + ".example"));
}

}  // namespace
}  // namespace wapi
