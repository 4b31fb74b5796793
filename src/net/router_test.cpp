// Which route answers which path, and which tables are refused at start.
#include "net/router.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace wapi::net {
namespace {

async::Task<Result<Response>> nothing(Call&) { co_return Response{}; }

Route route(Verb verb, std::string_view path) {
    return {verb, path, Auth::none, "", RateClass::none, 0, path, nothing};
}

std::vector<Route> table() {
    return {
        route(Verb::get, "/"),
        route(Verb::get, "/contacts"),
        route(Verb::post, "/contacts"),
        route(Verb::get, "/contacts/{id}"),
        route(Verb::get, "/contacts/export"),
        route(Verb::put, "/contacts/{contactId}/tags/{tag}"),
        route(Verb::post, "/v{version}/{phone-number-id}/messages"),
        route(Verb::post, "/{other}/{id}/messages"),
        route(Verb::get, "/assets/{path...}"),
        route(Verb::get, "/assets/index"),
    };
}

/// The pattern that answers and its parameters: `/contacts/{id} id=1`.
std::string answer(const Router& router, Verb verb, std::string_view target) {
    const RouteMatch match = router.find(verb, parse_target(target)->segments);
    if (match.route == nullptr) {
        return match.allow.empty() ? "unknown" : "allow " + match.allow;
    }
    std::string text(match.route->path);
    for (const auto& [name, value] : match.params) {
        text += " " + name + "=" + value;
    }
    return text;
}

TEST(Router, finds_text_before_parameters_and_the_rest_last) {
    const Router router(table());
    EXPECT_EQ(answer(router, Verb::get, "/"), "/");
    EXPECT_EQ(answer(router, Verb::get, "/contacts"), "/contacts");
    EXPECT_EQ(answer(router, Verb::get, "/contacts/export"), "/contacts/export");
    EXPECT_EQ(answer(router, Verb::get, "/contacts/exports"), "/contacts/{id} id=exports");
    EXPECT_EQ(answer(router, Verb::get, "/assets/index"), "/assets/index");
    EXPECT_EQ(answer(router, Verb::get, "/assets/a/b.js"), "/assets/{path...} path=a/b.js");
}

TEST(Router, a_parameter_may_follow_text_in_its_segment) {
    const Router router(table());
    EXPECT_EQ(answer(router, Verb::post, "/v25.0/123/messages"),
              "/v{version}/{phone-number-id}/messages version=25.0 phone-number-id=123");
    EXPECT_EQ(answer(router, Verb::post, "/w25.0/123/messages"),
              "/{other}/{id}/messages other=w25.0 id=123");
    EXPECT_EQ(answer(router, Verb::post, "/v/123/messages"),
              "/{other}/{id}/messages other=v id=123");
}

TEST(Router, goes_back_when_text_leads_nowhere) {
    const Router router(table());
    EXPECT_EQ(answer(router, Verb::post, "/contacts/7/messages"),
              "/{other}/{id}/messages other=contacts id=7");
}

TEST(Router, a_parameter_is_never_empty_and_a_last_slash_counts) {
    const Router router(table());
    EXPECT_EQ(answer(router, Verb::get, "/contacts/"), "unknown");
    EXPECT_EQ(answer(router, Verb::get, "/contacts/1/"), "unknown");
    EXPECT_EQ(answer(router, Verb::get, "/Contacts"), "unknown");
}

TEST(Router, a_decoded_slash_stays_in_its_parameter) {
    const Router router(table());
    EXPECT_EQ(answer(router, Verb::put, "/contacts/a%2Fb/tags/c"),
              "/contacts/{contactId}/tags/{tag} contactId=a/b tag=c");
}

TEST(Router, names_the_verbs_of_a_known_path) {
    const Router router(table());
    EXPECT_EQ(answer(router, Verb::delete_, "/contacts"), "allow OPTIONS, GET, HEAD, POST");
    EXPECT_EQ(answer(router, Verb::unknown, "/contacts"), "allow OPTIONS, GET, HEAD, POST");
    EXPECT_EQ(answer(router, Verb::head, "/contacts/1"), "/contacts/{id} id=1");
    EXPECT_EQ(answer(router, Verb::head, "/contacts/1/tags/2"), "allow OPTIONS, PUT");
}

TEST(Router, refuses_tables_that_are_ambiguous_or_malformed) {
    EXPECT_THROW(Router({route(Verb::get, "/a/{x}"), route(Verb::get, "/a/{y}")}),
                 std::logic_error);
    EXPECT_THROW(Router({route(Verb::get, "/a"), route(Verb::get, "/a")}), std::logic_error);
    for (const std::string_view path :
         {"a", "/{}", "/{a}b", "/{a", "/{a...}/b", "/x{a...}", "/{...}"}) {
        EXPECT_THROW(Router({route(Verb::get, path)}), std::logic_error) << path;
    }
}

}  // namespace
}  // namespace wapi::net
