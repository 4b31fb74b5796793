// Goal: a key has one spelling, is what chance made it, and never gives more than its maker has.
// Method: examples, and properties over any text and any rights.
#include "features/api_keys/api_keys_rules.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

namespace wapi::api_keys {
namespace {

using access::Permission;
using access::Permissions;

constexpr Timestamp now{std::chrono::seconds(1'800'000'000)};
const std::string sample =
    "wapi_0123456789ab_00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

std::string code(const Result<void>& result) {
    return result ? "ok" : std::string(result.error().kind->code) + " " + result.error().field;
}

TEST(ApiKeyRules, a_key_is_read_as_it_was_made_and_no_two_are_the_same) {
    SeededRng rng(1);
    std::set<std::string> prefixes;
    for (int at = 0; at < 100; ++at) {
        const SecretString key = make_key(rng);
        EXPECT_EQ(key.size(), 82U);
        const auto parts = parse_key(key.reveal());
        ASSERT_TRUE(parts);
        EXPECT_TRUE(key.reveal().starts_with(parts->prefix + "_"));
        EXPECT_EQ(parts->hash, crypto::sha256(key.reveal()));
        prefixes.insert(parts->prefix);
    }
    EXPECT_EQ(prefixes.size(), 100U);
}

TEST(ApiKeyRules, what_is_not_spelt_to_the_letter_is_no_key) {
    ASSERT_TRUE(parse_key(sample));
    EXPECT_EQ(parse_key(sample)->prefix, "wapi_0123456789ab");
    for (const std::string& wrong :
         {std::string(), std::string("wapi_"), sample + "0", sample.substr(0, 81), " " + sample,
          "WAPI" + sample.substr(4), sample.substr(0, 17) + "-" + sample.substr(18),
          sample.substr(0, 81) + "F", sample.substr(0, 81) + "g", "wapi_" + std::string(77, 'a')}) {
        EXPECT_FALSE(parse_key(wrong)) << wrong;
    }
}

RC_GTEST_PROP(ApiKeyRules, any_change_of_a_key_is_another_key_or_none, ()) {
    std::string changed = sample;
    const auto place = *rc::gen::inRange<std::size_t>(0, sample.size());
    changed[place] = *rc::gen::distinctFrom(sample[place]);
    const auto parts = parse_key(changed);
    RC_ASSERT(!parts || parts->hash != parse_key(sample)->hash);
}

TEST(ApiKeyRules, a_draft_asks_for_something_that_its_maker_may_do_until_a_time_to_come) {
    const Permissions view = access::bit(Permission::view_contacts);
    const Permissions send = access::bit(Permission::send_messages);
    EXPECT_EQ(code(check_draft({.name = "x", .permissions = view}, view | send, now)), "ok");
    EXPECT_EQ(code(check_draft({.name = "x", .permissions = 0}, view, now)),
              "invalid_request permissions");
    EXPECT_EQ(code(check_draft({.name = "x", .permissions = view | send}, view, now)),
              "api_key_beyond_rights permissions");
    EXPECT_EQ(code(check_draft({.name = "x", .permissions = view, .expires_at = now}, view, now)),
              "invalid_request expiresAt");
    EXPECT_EQ(code(check_draft(
                  {.name = "x", .permissions = view, .networks = {"10.0.0.0/8", "10.0.0.0/40"}},
                  view, now)),
              "invalid_request allowedNetworks[1]");
}

TEST(ApiKeyRules, an_address_must_be_on_the_list_if_there_is_one) {
    EXPECT_TRUE(allows_address({}, "203.0.113.7"));
    EXPECT_TRUE(allows_address({"192.0.2.1", "203.0.113.0/24"}, "203.0.113.7"));
    EXPECT_FALSE(allows_address({"192.0.2.1", "203.0.113.0/24"}, "203.0.114.7"));
    EXPECT_FALSE(allows_address({"192.0.2.1"}, ""));
    EXPECT_FALSE(allows_address({"damaged"}, "192.0.2.1")) << "an unreadable list lets nobody in";
}

TEST(ApiKeyRules, the_keys_used_most_lately_are_remembered_in_bounded_memory) {
    RecentKeys recent;
    const auto hash = [](std::size_t index) { return "hash " + std::to_string(index); };
    for (std::size_t index = 0; index < 3 * RecentKeys::generation_max; ++index) {
        recent.add(hash(index));
        recent.add("used all the time");
        ASSERT_TRUE(recent.contains(hash(index)));
    }
    EXPECT_TRUE(recent.contains("used all the time"));
    EXPECT_FALSE(recent.contains(hash(0)));
    recent.forget("used all the time");
    EXPECT_FALSE(recent.contains("used all the time"));
}

TEST(ApiKeyRules, a_use_is_noted_once_a_minute) {
    EXPECT_TRUE(is_use_stale(std::nullopt, now));
    EXPECT_FALSE(is_use_stale(now, now));
    EXPECT_FALSE(is_use_stale(now - std::chrono::seconds(59), now));
    EXPECT_TRUE(is_use_stale(now - std::chrono::minutes(1), now));
    EXPECT_TRUE(is_use_stale(now + std::chrono::seconds(1), now)) << "the clock was set back";
}

access::StoredRights any_maker() {
    const auto roles = std::vector<std::string>{"owner", "manager", "agent", "viewer", "custom"};
    const auto all = *access::find_built_in("owner");
    access::StoredRights maker;
    maker.user = UserId("maker");
    maker.role = *rc::gen::elementOf(roles);
    maker.role_permissions = access::render_names(*rc::gen::arbitrary<Permissions>() & all);
    maker.granted = access::render_names(*rc::gen::arbitrary<Permissions>() & all);
    maker.denied = access::render_names(*rc::gen::arbitrary<Permissions>() & all);
    maker.has_tags = *rc::gen::arbitrary<bool>();
    maker.has_phones = *rc::gen::arbitrary<bool>();
    maker.settings = *rc::gen::arbitrary<bool>() ? R"({"inbox":{"showUnassigned":true}})" : "{}";
    return maker;
}

RC_GTEST_PROP(ApiKeyRights, a_key_has_what_was_chosen_and_its_maker_has_and_sees_no_more, ()) {
    const access::StoredRights maker = any_maker();
    const Permissions chosen = *rc::gen::arbitrary<Permissions>();
    const access::Rights own = access::decide_rights(maker);
    const access::Rights key = access::decide_key_rights(maker, chosen);
    RC_ASSERT(key.permissions == (own.permissions & chosen));
    const Restrictions& seen = key.restrictions;
    RC_ASSERT(seen.by_tag == own.restrictions.by_tag);
    RC_ASSERT(seen.by_number == own.restrictions.by_number);
    RC_ASSERT(seen.assigned_only || !own.restrictions.assigned_only);
    RC_ASSERT(seen.assigned_only ==
              !access::allows(own.permissions & chosen, "viewAllConversations"));
    RC_ASSERT(seen.member == (seen.bits() == 0 ? "" : "maker"));
}

}  // namespace
}  // namespace wapi::api_keys
