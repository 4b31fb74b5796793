// Goal: a timeline holds every message, note and decision about a contact once, newest first, over
// pages of any size, and nothing that its reader may not see. Method: rows with times by hand,
// several of one moment, on both engines.
#include <gtest/gtest.h>

#include <algorithm>

#include "features/access/access.hpp"
#include "features/audit/audit.hpp"
#include "features/contacts/contacts.hpp"
#include "features/inbox/inbox.hpp"
#include "features/timeline/timeline_http.hpp"
#include "features/timeline/timeline_rules.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::timeline {
namespace {

using namespace std::chrono_literals;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");

const db::Sql insert_message{{
    .name = "timeline_test.insert_message",
    .text = "INSERT INTO messages (workspace_id, message_id, conversation_id, contact_id,"
            " phone_number_id, wa_message_id, direction, type, status, text, content, purpose,"
            " timestamp_us, error_message, created_us) VALUES ($1, $2, $3, '', '1', $2,"
            " 'inbound', 'text', 'received', $2, '', 'service', $4, '', 0)",
}};
const db::Sql insert_member{{
    .name = "timeline_test.insert_member",
    .text = "INSERT INTO members (workspace_id, user_id, role, created_us)"
            " VALUES ($1, $2, 'agent', 0)",
}};

class TimelineTest : public test::EnginesTest {
  protected:
    void SetUp() override {
        write(shop, [&](db::WorkspaceTxn& txn) {
            ann_ = contacts::resolve(txn, ids_,
                                     {.phone = "15550002222",
                                      .bsuid = {},
                                      .username = {},
                                      .name = "Ann",
                                      .seen_at = clock_.now()},
                                     clock_.now())
                       .id;
            for (const char* number : {"1", "2"}) {
                talks_.push_back(
                    inbox::open(txn, ids_, ann_, PhoneNumberId(number), clock_.now()).id);
            }
            return txn.execute(insert_member, "adam");
        });
    }
    static Context olga(const Restrictions& restrictions = {}) {
        Context context;
        context.workspace = shop;
        context.actor = {ActorKind::user, "olga"};
        context.restrictions = restrictions;
        return context;
    }
    /// A message, a note and an assignment in each conversation and an opt-out, all of one moment.
    void fill_moment() {
        for (const ConversationId& talk : talks_) {
            const std::string id = "m" + std::to_string(++messages_);
            write(shop, [&](db::WorkspaceTxn& txn) {
                return txn.execute(insert_message, id, talk, clock_.now());
            });
            ASSERT_TRUE(run(notes_.add(olga(), talk, {.text = "note of " + id, .mentions = {}})));
            const bool is_free = (messages_ - 1) / 2 % 2 == 0;  // two messages a moment
            const auto to = is_free ? std::optional(UserId("adam")) : std::nullopt;
            ASSERT_TRUE(run(inbox_.assign(olga(), talk, to)));
        }
        write(shop, [&](db::WorkspaceTxn& txn) {
            audit::record(txn, olga(),
                          {.action = audit::actions::contact_manually_opted_out,
                           .resource_type = "contact",
                           .resource_id = ann_.value},
                          clock_.now());
            audit::record(txn, olga(),
                          {.action = audit::actions::contact_updated,
                           .resource_type = "contact",
                           .resource_id = ann_.value},
                          clock_.now());
            return true;
        });
        clock_.advance(1s);
    }
    std::vector<Place> places(std::size_t limit, const Context& context) {
        std::vector<Place> found;
        std::string cursor;
        do {
            const Page page = run(service_.list(context, ann_, cursor, limit)).value();
            EXPECT_LE(page.entries.size(), limit);
            for (const Entry& entry : page.entries) {
                found.push_back(place_of(entry));
            }
            cursor = page.next_cursor;
        } while (!cursor.empty());
        return found;
    }

    ContactId ann_;
    std::vector<ConversationId> talks_;
    int messages_ = 0;
    Service service_{database()};
    inbox::Service inbox_{database(), clock_};
    conversation_notes::Service notes_{database(), ids_, clock_};
};

TEST_P(TimelineTest, holds_everything_once_newest_first_in_pages_of_any_size) {
    for (int moment = 0; moment < 3; ++moment) {
        fill_moment();
    }
    const std::vector<Place> all = places(200, olga());
    EXPECT_EQ(all.size(), 3U * 7U) << "2 messages, 2 notes, 2 assignments, 1 opt-out each";
    EXPECT_TRUE(std::ranges::is_sorted(all, std::greater<>()));
    for (const std::size_t limit : {1U, 2U, 3U, 5U, 21U}) {
        EXPECT_EQ(places(limit, olga()), all) << limit;
    }
}

TEST_P(TimelineTest, shows_conversations_that_may_be_seen_and_their_notes_and_decisions) {
    fill_moment();
    write(shop, [&](db::WorkspaceTxn& txn) {
        inbox::set_assignee(txn, {.conversation = talks_[0]});
        inbox::set_assignee(txn, {.conversation = talks_[1], .to = UserId("adam")});
        return true;
    });
    const Context adam = olga({.member = "adam", .assigned_only = true});
    EXPECT_EQ(places(200, adam).size(), 4U) << "of one conversation, and the opt-out";
    EXPECT_EQ(places(200, olga({.member = "eve", .assigned_only = true})).size(), 1U);
    const auto hidden = run(service_.list(olga({.member = "eve", .by_tag = true}), ann_, "", 10));
    ASSERT_FALSE(hidden);
    EXPECT_EQ(hidden.error().kind, &contacts::errors::contact_not_found);
    Context stranger = olga();
    stranger.workspace = other_shop;
    EXPECT_FALSE(run(service_.list(stranger, ann_, "", 10)));
}

TEST(TimelineRules, a_bound_needs_no_id_that_is_above_all_others) {
    const Place note{.time_us = 7, .kind = Kind::note, .id = "n1"};
    const Bound of_notes = bound_of(note, Kind::note);
    EXPECT_EQ(std::pair(of_notes.time_us, of_notes.id),
              (std::pair<std::int64_t, std::string>(7, "n1")));
    const Bound of_messages = bound_of(note, Kind::message);
    EXPECT_EQ(std::pair(of_messages.time_us, of_messages.id),
              (std::pair<std::int64_t, std::string>(7, "")));
    const Bound of_events = bound_of(note, Kind::event);
    EXPECT_EQ(std::pair(of_events.time_us, of_events.id),
              (std::pair<std::int64_t, std::string>(8, "")))
        << "all of the moment, whose ids may sort behind any punctuation";
    EXPECT_EQ(bound_of(Place{}, Kind::message).time_us, INT64_MAX);
}

TEST_P(TimelineTest, bad_cursors_are_refused_and_entries_are_rendered) {
    fill_moment();
    for (const char* cursor : {"9223372036854775807_1_n", "x", "1", "1_", "1_3_a", "_1_a", "1_1",
                               "99999999999999999999_1_a"}) {
        const auto refused = run(service_.list(olga(), ann_, cursor, 10));
        ASSERT_FALSE(refused) << cursor;
        EXPECT_EQ(refused.error().field, "cursor");
    }
    net::Call call;
    call.request.params = {{"id", ann_.value}};
    call.context = olga();
    const auto answer = run(timeline_routes(service_).at(0).handler(call));
    ASSERT_TRUE(answer);
    for (const char* part : {R"("kind":"message")", R"("kind":"note")", R"("kind":"event")",
                             R"("text":"note of m1")", R"("action":"conversation.assigned")"}) {
        EXPECT_NE(answer->body.find(part), std::string::npos) << part;
    }
}

WAPI_ON_BOTH_ENGINES(TimelineTest);

}  // namespace
}  // namespace wapi::timeline
