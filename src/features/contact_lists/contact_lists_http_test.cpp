// Goal: the list of contacts filters and pages exactly, and shows nothing of another workspace.
// Method: the handlers in process on both engines.
#include "features/contact_lists/contact_lists_http.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "base/json.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::contact_lists {
namespace {

using Names = std::vector<std::string>;
using Query = std::vector<std::pair<std::string, std::string>>;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");

class ContactListsHttpTest : public test::EnginesTest {
  protected:
    Result<net::Response> list(const Query& query, const WorkspaceId& workspace = shop) {
        net::Call call;
        call.request.query = query;
        call.context.workspace = workspace;
        return run(contact_lists_routes(service_).at(0).handler(call));
    }
    /// Returns the id.
    std::string make(const std::string& name, const std::string& phone,
                     std::vector<std::string> tags = {}) {
        contacts::Draft draft;
        draft.name = name;
        draft.phone = phone;
        draft.tags = std::move(tags);
        Context context;
        context.workspace = shop;
        return run(contacts_.create(context, draft)).value().id.value;
    }
    static json::object parsed(const Result<net::Response>& response) {
        return json::parse_object(response.value().body).value();
    }
    static std::string refusal(const Result<net::Response>& response) {
        return response ? "ok"
                        : std::string(response.error().kind->code) + " " + response.error().field;
    }
    /// Names on the page that these parameters give, in order.
    Names names(const Query& query, const WorkspaceId& workspace = shop) {
        Names found;
        const json::object page = parsed(list(query, workspace));
        for (const json::value& contact : page.at("contacts").as_array()) {
            found.emplace_back(contact.at("name").as_string());
        }
        return found;
    }

    contacts::Service contacts_{database(), ids_, clock_};
    Service service_{database(), clock_};
};

TEST_P(ContactListsHttpTest, a_phone_is_found_however_it_is_written) {
    make("Ann", "+15550002222");
    make("Ana", "+55 11 8765-4321");
    EXPECT_EQ(names({{"phone", "+55 (11) 98765-4321"}}), Names{"Ana"});
    EXPECT_EQ(names({{"phone", "+15550009999"}}), Names{});
    EXPECT_EQ(names({{"phone", "nonsense"}}), Names{});
}

TEST_P(ContactListsHttpTest, another_workspace_sees_nothing) {
    make("Ann", "+15550002222");
    EXPECT_EQ(names({}, other_shop), Names{});
    EXPECT_EQ(names({{"phone", "+15550002222"}}, other_shop), Names{});
    EXPECT_EQ(names({}), Names{"Ann"});
}

TEST_P(ContactListsHttpTest, text_is_found_in_name_or_phone_without_case) {
    make("Ann Lee", "+15550002222");
    make("Bob", "+15550003333");
    EXPECT_EQ(names({{"q", "LEE"}}), Names{"Ann Lee"});
    EXPECT_EQ(names({{"q", "3333"}}), Names{"Bob"});
    EXPECT_EQ(names({{"q", "1555000"}}), (Names{"Bob", "Ann Lee"}));
    EXPECT_EQ(names({{"q", "nobody"}}), Names{});
}

TEST_P(ContactListsHttpTest, signs_of_patterns_are_found_as_themselves) {
    make("100% wool", "+15550002222");
    make("a_b", "+15550003333");
    make("wow!", "+15550004444");
    make("axb", "+15550005555");
    EXPECT_EQ(names({{"q", "%"}}), Names{"100% wool"});
    EXPECT_EQ(names({{"q", "a_b"}}), Names{"a_b"});
    EXPECT_EQ(names({{"q", "!"}}), Names{"wow!"});
    EXPECT_EQ(names({{"q", "'; DROP TABLE contacts; --"}}), Names{});
}

TEST_P(ContactListsHttpTest, a_tag_is_found_whole) {
    make("Ann", "+15550002222", {"vip", "north \"a\""});
    make("Bob", "+15550003333", {"vip2", "v_p"});
    EXPECT_EQ(names({{"tag", "vip"}}), Names{"Ann"});
    EXPECT_EQ(names({{"tag", "v_p"}}), Names{"Bob"});
    EXPECT_EQ(names({{"tag", "north \"a\""}}), Names{"Ann"});
    EXPECT_EQ(names({{"tag", "vi"}}), Names{});
}

TEST_P(ContactListsHttpTest, pages_hold_every_contact_once_newest_first) {
    std::set<std::string> expected;
    for (int i = 0; i < 25; ++i) {
        expected.insert(make("", fmt::format("+155500020{:02}", i)));
        clock_.advance(std::chrono::milliseconds(1));
    }
    std::vector<std::string> seen;
    std::string cursor;
    do {
        const json::object page = parsed(list({{"limit", "10"}, {"cursor", cursor}}));
        for (const json::value& contact : page.at("contacts").as_array()) {
            seen.emplace_back(contact.at("id").as_string());
        }
        const json::value& next = page.at("nextCursor");
        cursor = next.is_null() ? "" : std::string(next.as_string());
    } while (!cursor.empty());
    EXPECT_EQ(seen.size(), 25U);
    EXPECT_EQ(std::set(seen.begin(), seen.end()), expected);
    EXPECT_TRUE(std::ranges::is_sorted(seen, std::greater<>()));
    for (const char* limit : {"0", "201", "ten", "-1"}) {
        EXPECT_EQ(refusal(list({{"limit", limit}})), "invalid_request limit");
    }
}

WAPI_ON_BOTH_ENGINES(ContactListsHttpTest);

}  // namespace
}  // namespace wapi::contact_lists
