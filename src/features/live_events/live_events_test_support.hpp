// What the tests of live events share: what acts announce is collected, and becomes events when the
// test says so.
#pragma once

#include "features/live_events/live_events.hpp"
#include "features/messages/messages_test_support.hpp"

namespace wapi::live_events::testing {

using messages::testing::shop;
using messages::testing::shop_number;

inline const db::Sql insert_limit{{
    .name = "live_events_test.insert_limit",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, $2, $3, $4)",
}};
inline const db::Sql insert_member{{
    .name = "live_events_test.insert_member",
    .text = "INSERT INTO members (workspace_id, user_id, role, created_us)"
            " VALUES ($1, $2, 'agent', 0)",
}};
inline const db::Sql use_round_robin{{
    .name = "live_events_test.use_round_robin",
    .text = "UPDATE workspaces SET settings = '{\"inbox\":{\"assignment\":\"round_robin\"}}'"
            " WHERE workspace_id = $1",
}};

class LiveEventsTest : public messages::testing::MessagesTest {
  protected:
    LiveEventsTest() {
        database().on_announced([this](std::vector<db::Announcement> announcements) {
            std::ranges::move(announcements, std::back_inserter(announced_));
        });
    }

    /// The events of what was announced since the last time.
    std::vector<Event> take_events() {
        io_.restart();
        io_.poll();
        const std::vector<db::Announcement> batch = std::exchange(announced_, {});
        return read(shop, [&](db::WorkspaceTxn& txn) { return load_events(txn, batch); });
    }
    template <class Result>
    static bool is_done(const Result& result) {
        EXPECT_TRUE(result) << result.error().message;
        return result.has_value();
    }

    std::vector<db::Announcement> announced_;
};

}  // namespace wapi::live_events::testing
