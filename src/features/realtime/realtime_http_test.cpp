// Goal: only our own pages, and programs, open a connection for live events.
// Method: the route with the headers of a browser.
#include <gtest/gtest.h>

#include "features/realtime/realtime_http.hpp"
#include "features/realtime/realtime_test_support.hpp"

namespace wapi::realtime {
namespace {

using namespace testing;

using Origins = std::vector<std::string>;

class RealtimeHttpTest : public RealtimeTest {
  protected:
    /// What a browser is told that asks under the name `host`.
    int status(const std::string& public_url, const std::string& host, const Origins& origins) {
        net::Call call;
        call.request.verb = net::Verb::get;
        call.request.headers = {{"host", host},
                                {"upgrade", "websocket"},
                                {"connection", "Upgrade"},
                                {"sec-websocket-version", "13"},
                                {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="}};
        for (const std::string& origin : origins) {
            call.request.headers.emplace_back("origin", origin);
        }
        const auto routes = realtime_routes({*service_, public_url});
        const auto answer = run(routes.at(0).handler(call));
        return answer ? answer->status : answer.error().kind->status;
    }
};

TEST_P(RealtimeHttpTest, a_page_is_of_the_site_that_public_url_names_and_of_no_other) {
    const std::string ours = "https://wapi.example/";
    EXPECT_EQ(status(ours, "wapi.example", {"https://wapi.example"}), 101);
    EXPECT_EQ(status(ours, "127.0.0.1:5000", {"https://WAPI.example"}), 101);
    EXPECT_EQ(status("https://wapi.example:443/x", "wapi.example", {"https://wapi.example"}), 101);
    EXPECT_EQ(status("http://wapi.example:80", "wapi.example", {"http://wapi.example"}), 101);
    EXPECT_EQ(status("http://wapi.example:5000", "x", {"http://wapi.example:5000"}), 101);
    EXPECT_EQ(status(ours, "evil.example", {"https://evil.example"}), 403)
        << "whoever points a name at the server chooses the Host header";
    EXPECT_EQ(status(ours, "wapi.example", {"http://wapi.example"}), 403);
    EXPECT_EQ(status(ours, "wapi.example", {"null"}), 403);
    EXPECT_EQ(status(ours, "wapi.example", {""}), 403);
}

TEST_P(RealtimeHttpTest, without_public_url_it_is_of_the_server_asked) {
    EXPECT_EQ(status("", "127.0.0.1:5000", {"http://127.0.0.1:5000"}), 101);
    EXPECT_EQ(status("", "wapi.example", {"https://wapi.example"}), 101);
    EXPECT_EQ(status("", "wapi.example", {"https://evil.example"}), 403);
}

TEST_P(RealtimeHttpTest, a_program_names_none_and_nobody_names_two) {
    EXPECT_EQ(status("https://wapi.example", "wapi.example", {}), 101);
    EXPECT_EQ(status("https://wapi.example", "wapi.example",
                     {"https://wapi.example", "https://evil.example"}),
              403);
    EXPECT_EQ(status("", "wapi.example", {"https://wapi.example", "https://wapi.example"}), 403);
}

WAPI_ON_BOTH_ENGINES(RealtimeHttpTest);

}  // namespace
}  // namespace wapi::realtime
