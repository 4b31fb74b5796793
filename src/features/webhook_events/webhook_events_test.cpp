// Goal: what jobs say about events and items can be read back, and what is damaged is refused.
// Method: rendering and parsing, with texts that only look like it.
#include "features/webhook_events/webhook_events.hpp"

#include <gtest/gtest.h>

namespace wapi::webhook_events {
namespace {

TEST(EventLists, survive_rendering_and_refuse_what_is_none) {
    const std::vector<EventId> ids{EventId{1LL << 62U}, EventId{(1LL << 62U) + 3}, EventId{7}};
    EXPECT_EQ(parse_event_ids(render_event_ids(ids)), ids);
    for (const char* text : {"", "{}", "[1,", "7", R"(["1"])", "[1.5]"}) {
        EXPECT_TRUE(parse_event_ids(text).empty()) << text;
    }
}

TEST(ItemRefs, survive_rendering_and_refuse_what_is_none) {
    const auto read =
        parse_item_ref(render_item_ref({.event = EventId{1LL << 62U}, .ordinal = 999}));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->event, EventId{1LL << 62U});
    EXPECT_EQ(read->ordinal, 999U);
    for (const char* text :
         {"", "{}", "[]", "7", R"({"eventId":1})", R"({"eventId":"1","ordinal":2})"}) {
        EXPECT_FALSE(parse_item_ref(text)) << text;
    }
}

}  // namespace
}  // namespace wapi::webhook_events
