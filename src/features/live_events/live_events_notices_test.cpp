// Goal: the texts between nodes hold every announcement in order within their bound, and a text of
// another version or of nobody's does no harm.
// Method: there and back.
#include <gtest/gtest.h>

#include "features/contacts/contacts.hpp"
#include "features/live_events/live_events.hpp"
#include "features/messages/messages.hpp"

namespace wapi::live_events {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");

TEST(Notices, hold_every_announcement_in_order_within_the_bound) {
    std::vector<db::Announcement> all;
    for (int index = 0; index < 100; ++index) {
        all.push_back({.kind = messages::message_created,
                       .workspace = shop,
                       .id = "id \" " + std::to_string(index),
                       .detail = R"({"tags":["é"]})"});
    }
    std::vector<std::string> ids;
    const std::vector<std::string> texts = render_notices(all, 1'000);
    EXPECT_GT(texts.size(), 1U);
    for (const std::string& text : texts) {
        EXPECT_LE(text.size(), 1'000U);
        for (const db::Announcement& one : parse_notice(text)) {
            EXPECT_EQ(one.kind, messages::message_created);
            EXPECT_EQ(one.workspace, shop);
            EXPECT_EQ(one.detail, all.front().detail);
            ids.push_back(one.id);
        }
    }
    ASSERT_EQ(ids.size(), all.size());
    EXPECT_EQ(ids.back(), all.back().id);
}

TEST(Notices, what_does_not_fit_becomes_a_refetch_and_what_is_unknown_nothing) {
    const db::Announcement large{.kind = contacts::contact_changed,
                                 .workspace = shop,
                                 .id = "1",
                                 .detail = std::string(1'000, 'x')};
    const auto texts = render_notices(std::span(&large, 1), 1'000);
    ASSERT_EQ(texts.size(), 1U);
    EXPECT_EQ(parse_notice(texts[0]).at(0).kind, everything_changed);
    for (const std::string_view wrong :
         {"", "{", "{}", "[1]", "[[]]", R"([["message.created","w","i"]])",
          R"([["message.created","w","i",7]])", R"([["later.kind","w","i",""]])"}) {
        EXPECT_TRUE(parse_notice(wrong).empty()) << wrong;
    }
}

TEST(Notices, tell_what_has_clients_fetch_anew) {
    for (const std::string_view kind : {contacts::contact_erased, contacts::contacts_changed}) {
        const db::Announcement one{.kind = kind, .workspace = shop, .id = "1", .detail = {}};
        const auto texts = render_notices(std::span(&one, 1), 1'000);
        ASSERT_EQ(texts.size(), 1U) << kind;
        EXPECT_EQ(parse_notice(texts[0]).at(0).kind, kind);
    }
}

}  // namespace
}  // namespace wapi::live_events
