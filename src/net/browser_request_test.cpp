// What browsers send: cookies, forms, and requests of other sites.
#include "net/browser_request.hpp"

#include <gtest/gtest.h>

namespace wapi::net {
namespace {

TEST(BrowserRequest, a_cookie_is_found_by_its_whole_name) {
    EXPECT_EQ(find_cookie("wapi_refresh=x", "wapi_refresh"), "x");
    EXPECT_EQ(find_cookie("a=1;  wapi_refresh=x.y ;b=2", "wapi_refresh"), "x.y");
    EXPECT_EQ(find_cookie("not_wapi_refresh=x; wapi_refresh2=y", "wapi_refresh"), "");
    EXPECT_EQ(find_cookie("", "wapi_refresh"), "");
    EXPECT_EQ(find_cookie(";;=;", "wapi_refresh"), "");
}

Request posted(std::string type, std::string body, std::string site = "") {
    Request request;
    request.headers = {{"content-type", std::move(type)}, {"sec-fetch-site", std::move(site)}};
    request.body = std::move(body);
    return request;
}

TEST(BrowserRequest, json_and_forms_give_the_same_fields) {
    const auto fields = parse_fields(posted("application/json; charset=utf-8", R"({"a":"b c"})"));
    ASSERT_TRUE(fields);
    EXPECT_EQ(fields->at("a").as_string(), "b c");
    const auto form = parse_fields(posted("Application/X-WWW-Form-Urlencoded", "a=b+c&d=%C3%A9"));
    ASSERT_TRUE(form);
    EXPECT_EQ(form->at("a").as_string(), "b c");
    EXPECT_EQ(form->at("d").as_string(), "é");
    EXPECT_FALSE(parse_fields(posted("application/x-www-form-urlencoded", "a=%F")));
    EXPECT_FALSE(parse_fields(posted("application/json", "a=b")));
}

TEST(BrowserRequest, another_site_can_send_nothing_that_counts) {
    EXPECT_TRUE(check_sender(posted("application/json", "{}", "same-origin")));
    EXPECT_TRUE(check_sender(posted("", "")));
    EXPECT_EQ(check_sender(posted("text/plain", "{}")).error().kind->code,
              "unsupported_media_type");
    EXPECT_EQ(check_sender(posted("application/json", "{}", "cross-site")).error().kind->code,
              "forbidden");
    EXPECT_EQ(check_sender(posted("", "", "cross-site")).error().kind->code, "forbidden");
}

}  // namespace
}  // namespace wapi::net
