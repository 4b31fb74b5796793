// Goal: who sees an event is what the table of features/access says, an event id reads as it was
// written, and nobody learns of the going of what they never saw.
// Method: cases, and properties over random rights and facts.
#include "features/live_events/live_events.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace wapi::live_events {
namespace {

Facts talk(std::optional<std::string> assignee = {}) {
    return {.subject = Subject::conversation,
            .assignee = std::move(assignee),
            .numbers = {"101"},
            .tags = {"vip"}};
}

Rights rights_of(const Restrictions& restrictions, std::vector<std::string> tags = {},
                 std::vector<std::string> numbers = {}) {
    return {.views_contacts = true,
            .restrictions = restrictions,
            .tags = std::move(tags),
            .numbers = std::move(numbers)};
}

TEST(DecideVisible, follows_the_table_of_access) {
    EXPECT_TRUE(decide_visible(rights_of({}), talk()));
    EXPECT_FALSE(decide_visible({}, talk())) << "without viewContacts";
    EXPECT_TRUE(decide_visible(rights_of({.member = "m", .by_tag = true}, {"vip"}), talk()));
    EXPECT_FALSE(decide_visible(rights_of({.member = "m", .by_tag = true}, {"new"}), talk()));
    EXPECT_TRUE(decide_visible(rights_of({.member = "m", .by_number = true}, {}, {"101"}), talk()));
    EXPECT_FALSE(
        decide_visible(rights_of({.member = "m", .by_number = true}, {}, {"102"}), talk()));
    const Rights own = rights_of({.member = "m", .assigned_only = true});
    EXPECT_TRUE(decide_visible(own, talk("m")));
    EXPECT_FALSE(decide_visible(own, talk("n")));
    EXPECT_FALSE(decide_visible(own, talk()));
    EXPECT_TRUE(decide_visible(
        rights_of({.member = "m", .assigned_only = true, .unassigned_too = true}), talk()));
}

TEST(DecideVisible, a_contact_on_no_number_is_seen_and_assignment_does_not_count) {
    Facts contact{.subject = Subject::contact};
    EXPECT_TRUE(decide_visible(
        rights_of({.member = "m", .by_number = true, .assigned_only = true}, {}, {"101"}),
        contact));
    contact.numbers = {"102"};
    EXPECT_FALSE(
        decide_visible(rights_of({.member = "m", .by_number = true}, {}, {"101"}), contact));
}

TEST(DecideVisible, what_is_gone_is_shown_to_who_sees_everything) {
    const Facts gone{.subject = Subject::conversation, .known = false};
    EXPECT_TRUE(decide_visible(rights_of({}), gone));
    EXPECT_FALSE(decide_visible(rights_of({.member = "m", .by_tag = true}, {"vip"}), gone));
}

/// Small ranges, so that sets meet often.
rc::Gen<std::vector<std::string>> any_names() {
    return rc::gen::map(rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 5)),
                        [](const std::vector<int>& numbers) {
                            std::set<std::string> names;
                            for (const int number : numbers) {
                                names.insert(std::to_string(number));
                            }
                            return std::vector<std::string>(names.begin(), names.end());
                        });
}
Rights any_rights() {
    Restrictions seen{.member = "m",
                      .by_tag = *rc::gen::arbitrary<bool>(),
                      .by_number = *rc::gen::arbitrary<bool>(),
                      .assigned_only = *rc::gen::arbitrary<bool>(),
                      .unassigned_too = *rc::gen::arbitrary<bool>()};
    return rights_of(seen, *any_names(), *any_names());
}
Facts any_facts() {
    const int who = *rc::gen::inRange(0, 3);
    return {.subject = Subject::conversation,
            .assignee = who == 0 ? std::nullopt : std::optional<std::string>(who == 1 ? "m" : "n"),
            .numbers = {std::to_string(*rc::gen::inRange(1, 5))},
            .tags = *any_names()};
}

RC_GTEST_PROP(DecideVisible, a_further_restriction_never_shows_more, ()) {
    const Rights wide = any_rights();
    const Facts facts = any_facts();
    Rights narrow = wide;
    narrow.restrictions.by_tag = true;
    narrow.restrictions.by_number = true;
    narrow.restrictions.assigned_only = true;
    RC_ASSERT(!decide_visible(narrow, facts) || decide_visible(wide, facts));
}

RC_GTEST_PROP(DecideVerdict, a_removal_comes_to_who_saw_it_and_does_not_any_more, ()) {
    const Rights rights = any_rights();
    const Facts now = any_facts();
    std::vector<Facts> before;
    for (int count = *rc::gen::inRange(0, 3); count > 0; --count) {
        before.push_back(any_facts());
    }
    const bool saw = std::ranges::any_of(
        before, [&](const Facts& facts) { return decide_visible(rights, facts); });
    const Verdict verdict = decide_verdict(rights, now, before);
    RC_ASSERT((verdict == Verdict::event) == decide_visible(rights, now));
    RC_ASSERT((verdict == Verdict::removal) == (!decide_visible(rights, now) && saw));
}

TEST(EventIds, read_as_they_were_written_and_nothing_else_does) {
    const auto id = parse_event_id("0123456789abcdef-42");
    ASSERT_TRUE(id);
    EXPECT_EQ(render_event_id(*id), "0123456789abcdef-42");
    for (const std::string_view wrong :
         {"", "-", "a-", "-1", "a-1x", "a- 1", "a--1", "a", "a-99999999999999999999999",
          "0123456789012345678901234567890123-1"}) {
        EXPECT_FALSE(parse_event_id(wrong)) << wrong;
    }
}

Event event_of(const std::string& id, Facts facts, std::optional<Facts> before = {}) {
    return {.type = "conversation.changed",
            .id = id,
            .data = R"({"conversation":{}})",
            .removed = "conversation.removed",
            .facts = std::move(facts),
            .before = std::move(before)};
}

TEST(Ring, keeps_the_newest_within_count_and_bytes) {
    constexpr std::size_t much = 1 << 20;
    Ring ring("e", 3);
    EXPECT_EQ(ring.last_id(), "e-0");
    for (int index = 0; index < 5; ++index) {
        ring.add(event_of(std::to_string(index), talk()), much);
    }
    EXPECT_EQ(ring.first(), 3U);
    EXPECT_EQ(ring.next(), 6U);
    EXPECT_EQ(ring.after("e-2"), 3U) << "the last that still leads on";
    EXPECT_EQ(ring.after("e-5"), 6U);
    EXPECT_FALSE(ring.after("e-1")) << "one is lost";
    EXPECT_FALSE(ring.after("e-6")) << "not there yet";
    EXPECT_FALSE(ring.after("f-4")) << "of another epoch";
    ring.add(event_of("9", talk()), 1);
    EXPECT_EQ(ring.first(), 6U) << "the newest stays whatever its size";
    EXPECT_GT(ring.bytes(), 0U);
}

TEST(Ring, counts_the_tags_and_numbers_of_its_subjects) {
    Facts tagged = talk();
    tagged.tags = std::vector<std::string>(100, std::string(1'000, 't'));
    Ring ring("e", 3);
    ring.add(event_of("1", talk(), tagged), 1 << 20);
    EXPECT_GT(ring.bytes(), 100'000U);
    ring.add(event_of("2", tagged), 1 << 20);
    EXPECT_GT(ring.bytes(), 200'000U);
}

TEST(Ring, an_event_is_decided_by_the_facts_of_now) {
    const Rights own = rights_of({.member = "m", .assigned_only = true});
    const Rights other = rights_of({.member = "n", .assigned_only = true});
    Ring ring("e", 10);
    ring.add(event_of("1", talk("m")), 1 << 20);
    EXPECT_NE(ring.frame_for(1, own), nullptr);
    ring.add(event_of("1", talk("n"), talk("m")), 1 << 20);
    EXPECT_EQ(ring.frame_for(1, own), nullptr) << "no message of it any more";
    ASSERT_NE(ring.frame_for(2, own), nullptr);
    EXPECT_EQ(*ring.frame_for(2, own),
              R"({"type":"conversation.removed","id":"e-2","data":{"id":"1"}})");
    EXPECT_NE(ring.frame_for(1, other), nullptr) << "the thread is theirs now";
    EXPECT_EQ(*ring.frame_for(2, other),
              R"({"type":"conversation.changed","id":"e-2","data":{"conversation":{}}})");
}

}  // namespace
}  // namespace wapi::live_events
