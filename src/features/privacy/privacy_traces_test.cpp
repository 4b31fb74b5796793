// Goal: wamids that name somebody are known, cursors and traces come back as they were written, and
// others are refused. Method: values by hand.
#include "features/privacy/privacy_traces.hpp"

#include <gtest/gtest.h>

#include "base/crypto.hpp"

namespace wapi::privacy {
namespace {

TEST(PrivacyTraces, a_wamid_names_whose_number_its_bytes_hold) {
    const std::vector<std::string> ann{"15550002222", "US.1349"};
    const std::string bytes = std::string("\x1d\x0b", 2) + "15550002222\x15\x02";
    EXPECT_TRUE(names_one_of("wamid." + crypto::base64_encode(bytes), ann));
    EXPECT_TRUE(names_one_of("wamid." + crypto::base64url_encode(bytes), ann));
    EXPECT_TRUE(names_one_of("wamid.15550002222", ann));
    EXPECT_FALSE(names_one_of("wamid." + crypto::base64_encode("\x1d\x0b"
                                                               "15550003333"),
                              ann));
    for (const char* other : {"", "wamid.", "wamid.!!", "x"}) {
        EXPECT_FALSE(names_one_of(other, ann)) << other;
    }
    EXPECT_FALSE(names_one_of("wamid.x", std::vector<std::string>{""}));
}

TEST(PrivacyTraces, traces_come_back) {
    const webhook_events::Traces traces{.numbers = {PhoneNumberId("108"), PhoneNumberId("109")},
                                        .phones = {"15550002222"},
                                        .bsuids = {"US.1349"},
                                        .usernames = {"a \"name\""}};
    const auto read = parse_traces(render_traces(traces));
    ASSERT_TRUE(read);
    EXPECT_EQ(read->numbers, traces.numbers);
    EXPECT_EQ(read->phones, traces.phones);
    EXPECT_EQ(read->bsuids, traces.bsuids);
    EXPECT_EQ(read->usernames, traces.usernames);
    EXPECT_FALSE(parse_traces(""));
    EXPECT_FALSE(parse_traces("[]"));
}

TEST(PrivacyTraces, cursors_come_back_and_others_are_refused) {
    const auto read =
        parse_cursor(render_cursor({.messages = {"talk-1", 1'759'400'000'000'000, "message-1"}}));
    ASSERT_TRUE(read);
    EXPECT_FALSE(read->notes);
    EXPECT_EQ(read->messages.conversation, "talk-1");
    EXPECT_EQ(read->messages.timestamp_us, 1'759'400'000'000'000);
    EXPECT_EQ(read->messages.message, "message-1");
    const auto notes =
        parse_cursor(render_cursor({.notes = store::NotePosition{1'759'400'000'000'000, "n_1"}}));
    ASSERT_TRUE(notes && notes->notes);
    EXPECT_EQ(notes->notes->created_us, 1'759'400'000'000'000);
    EXPECT_EQ(notes->notes->note, "n_1");
    const auto beginning = parse_cursor("");
    EXPECT_TRUE(beginning && beginning->notes && beginning->notes->note.empty());
    for (const char* bad : {"x", "a_b", "a__b", "a_1x_b", "a_-_b", "a_99999999999999999999_b"}) {
        EXPECT_FALSE(parse_cursor(bad)) << bad;
    }
}

}  // namespace
}  // namespace wapi::privacy
