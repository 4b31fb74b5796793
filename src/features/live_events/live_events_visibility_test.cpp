// Goal: what `decide_visible` says in memory is what the conditions of access say in the database.
// Method: random teams, tags, numbers and assignments on both engines; every member is asked about
// every conversation and contact, by statement and by rule.
#include <gtest/gtest.h>

#include "features/access/access.hpp"
#include "features/live_events/live_events.hpp"
#include "features/live_events/live_events_test_support.hpp"

namespace wapi::live_events {
namespace {

using namespace testing;

const std::vector<std::string> tags{"vip", "new", "old"};
const std::vector<std::string> numbers_of_shop{"1080000000001", "1080000000002", "1080000000003"};

constexpr int members = 12;
constexpr int contacts_count = 10;

class LiveEventsVisibilityTest : public LiveEventsTest {
  protected:
    bool toss() { return rng_.next_u64() % 2 == 0; }
    std::string member(std::uint64_t index) { return "member-" + std::to_string(index); }

    /// A customer who has talked on random numbers.
    void add_contact(db::WorkspaceTxn& txn, int index) {
        const std::string phone = "1555000" + std::to_string(1000 + index);
        const contacts::Resolved contact = contacts::resolve(
            txn, ids_,
            {.phone = phone, .bsuid = {}, .username = {}, .name = "Ann", .seen_at = clock_.now()},
            clock_.now());
        contacts_.push_back(contact.id);
        for (const std::string& number : numbers_of_shop) {
            if (toss()) {
                const auto talk =
                    inbox::open(txn, ids_, contact.id, PhoneNumberId(number), clock_.now());
                conversations_.push_back(talk.id);
                if (toss()) {
                    inbox::set_assignee(txn, {.conversation = talk.id,
                                              .to = UserId(member(rng_.next_u64() % members))});
                }
            }
        }
    }
    void tag(const ContactId& contact) {
        contacts::Draft draft;
        draft.tags.emplace();
        for (const std::string& tag : tags) {
            if (toss()) {
                draft.tags->push_back(tag);
            }
        }
        contacts::Service service(database(), ids_, clock_);
        EXPECT_TRUE(run(service.change(context_of(shop), contact, draft)));
    }
    Rights add_member(db::WorkspaceTxn& txn, const std::string& name) {
        Rights rights{.views_contacts = true,
                      .restrictions = {.member = name,
                                       .by_tag = toss(),
                                       .by_number = toss(),
                                       .assigned_only = toss(),
                                       .unassigned_too = toss()}};
        for (const std::string& tag : tags) {
            if (toss()) {
                txn.execute(insert_limit, name, "tag", tag);
            }
        }
        for (const std::string& number : numbers_of_shop) {
            if (toss()) {
                txn.execute(insert_limit, name, "phone", number);
            }
        }
        const access::Assigned assigned = access::list_assigned(txn, UserId(name));
        rights.tags = assigned.tags;
        rights.numbers = assigned.numbers;
        return rights;
    }
    /// The facts as the loader finds them, by way of an announcement.
    static Facts facts_of(db::WorkspaceTxn& txn, std::string_view kind, const std::string& id) {
        const db::Announcement announced{.kind = kind, .workspace = txn.workspace(), .id = id};
        return load_events(txn, std::span(&announced, 1)).at(0).facts;
    }

    std::vector<ContactId> contacts_;
    std::vector<ConversationId> conversations_;
};

TEST_P(LiveEventsVisibilityTest, the_rule_and_the_statements_agree) {
    std::vector<Rights> team;
    write(shop, [&](db::WorkspaceTxn& txn) {
        for (int index = 0; index < contacts_count; ++index) {
            add_contact(txn, index);
        }
        for (int index = 0; index < members; ++index) {
            team.push_back(add_member(txn, member(static_cast<std::uint64_t>(index))));
        }
        return true;
    });
    for (const ContactId& contact : contacts_) {
        tag(contact);
    }
    int seen = 0;
    int hidden = 0;
    read(shop, [&](db::WorkspaceTxn& txn) {
        for (const Rights& rights : team) {
            for (const ConversationId& id : conversations_) {
                const bool sees = inbox::get(txn, id, rights.restrictions).has_value();
                const Facts facts = facts_of(txn, inbox::conversation_changed, id.value);
                EXPECT_EQ(decide_visible(rights, facts), sees) << rights.restrictions.bits();
                EXPECT_EQ(find_seen(txn, id, rights.restrictions).has_value(), sees);
                ++(sees ? seen : hidden);
            }
            for (const ContactId& id : contacts_) {
                const bool sees = contacts::get(txn, id, rights.restrictions).has_value();
                const Facts facts = facts_of(txn, contacts::contact_changed, id.value);
                EXPECT_EQ(decide_visible(rights, facts), sees) << rights.restrictions.bits();
            }
        }
        return true;
    });
    EXPECT_GT(seen, 10) << "the sample shows both answers";
    EXPECT_GT(hidden, 10);
}

WAPI_ON_BOTH_ENGINES(LiveEventsVisibilityTest);

}  // namespace
}  // namespace wapi::live_events
