// The console's files, page and policy, as the program answers them.
#include "app/console_http.hpp"

#include <gtest/gtest.h>

namespace wapi::app {
namespace {

TEST(Console, every_file_has_a_known_type_and_forms_that_are_smaller) {
    ASSERT_FALSE(embedded_console().empty());
    std::string_view before;
    for (const ConsoleFile& file : embedded_console()) {
        EXPECT_LT(before, file.path);
        before = file.path;
        EXPECT_NE(content_type_of(file.path), "application/octet-stream") << file.path;
        EXPECT_FALSE(file.plain.empty()) << file.path;
        EXPECT_LT(file.brotli.size(), file.plain.size()) << file.path;
        EXPECT_LT(file.gzip.size(), file.plain.size()) << file.path;
    }
}

TEST(Console, the_page_has_one_mark_for_the_nonce_and_no_script_or_style_in_place) {
    std::string page;
    for (const ConsoleFile& file : embedded_console()) {
        if (file.path == "index.html") {
            page = page_with_nonce(file.plain, "n0nce");
        }
    }
    EXPECT_NE(page.find("content=\"n0nce\""), std::string::npos);
    EXPECT_EQ(page.find("__WAPI"), std::string::npos);
    EXPECT_EQ(page.find("<style"), std::string::npos);
    EXPECT_EQ(page.find("<script>"), std::string::npos);
    EXPECT_EQ(page.find(" style="), std::string::npos);
}

TEST(Console, every_mark_is_replaced_and_a_nonce_that_holds_the_mark_ends) {
    EXPECT_EQ(page_with_nonce("a__WAPI_CSP_NONCE__b__WAPI_CSP_NONCE__", "x"), "axbx");
    EXPECT_EQ(page_with_nonce("__WAPI_CSP_NONCE__", "__WAPI_CSP_NONCE__"), "__WAPI_CSP_NONCE__");
    EXPECT_EQ(page_with_nonce("", "x"), "");
}

}  // namespace
}  // namespace wapi::app
