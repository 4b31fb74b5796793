// Goal: the list finds exactly what was asked for, in the order of the last message, over all pages
// and by whatever index; its rows say what is stored. Method: the store on both
// engines, each filter compared with a plain sieve of the same conversations.
#include <gtest/gtest.h>

#include <set>

#include "features/inbox/inbox.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::inbox {
namespace {

using namespace std::chrono_literals;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");
const UserId adam("adam");
const UserId eve("eve");

const db::Sql insert_contact{{
    .name = "inbox_list_test.insert_contact",
    .text = "INSERT INTO contacts (workspace_id, contact_id, name, name_by_hand, phone, tags,"
            " attributes, opted_out, opt_out_decided_us, opted_out_via, created_us)"
            " VALUES ($1, $2, $3, 0, '15550002222', $4, '{}', 1, 0, '', 0)",
}};
const db::Sql insert_tag{{
    .name = "inbox_list_test.insert_tag",
    .text = "INSERT INTO contact_tags (workspace_id, contact_id, tag) VALUES ($1, $2, $3)",
}};
const db::Sql insert_user{{
    .name = "inbox_list_test.insert_user",
    .text = "INSERT INTO users (user_id, email, name, password_hash, created_us)"
            " VALUES ($1, $1, 'Adam Smith', '', 0)",
    .scope = db::Scope::system,
}};
const db::Sql insert_message{{
    .name = "inbox_list_test.insert_message",
    .text = "INSERT INTO messages (workspace_id, message_id, conversation_id, contact_id,"
            " phone_number_id, wa_message_id, direction, type, status, text, content, purpose,"
            " timestamp_us, error_message, created_us) VALUES ($1, $2, $3, '', '', 'wamid.1',"
            " 'inbound', 'text', 'received', $4, '', 'service', 7000000, '', 0)",
}};
const db::Sql insert_limit{{
    .name = "inbox_list_test.insert_limit",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, $2, $3, $4)",
}};
// More of one number than are looked up one by one, of a state that is not listed.
const db::Sql insert_of_number{{
    .name = "inbox_list_test.insert_of_number",
    .text = "INSERT INTO conversations (workspace_id, conversation_id, contact_id,"
            " phone_number_id, status, assignee_id, unread_count, read_up_to_us, resolved_us,"
            " last_inbound_us, profile_name, profile_us, last_message_us, last_message_id,"
            " created_us) WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1"
            " FROM numbers WHERE n < 500) SELECT $1, 'many-' || n, 'many-' || n, $2, 'none', NULL,"
            " 0, 0, 0, 0, '', 0, 0, '', 0 FROM numbers",
}};

/// A conversation as the test made it.
struct Made {
    ConversationId id = {};
    std::string contact = {};
    std::string number = {};
    std::string status = {};
    std::string assignee = {};
    std::string tag = {};
    bool unread = false;
    std::int64_t at_us = 0;
};

class InboxListTest : public test::EnginesTest {
  protected:
    /// Every combination of state, assignee, number, tag and unread, at times that repeat.
    void fill() {
        std::int64_t at_s = 0;
        for (const std::string status : {"open", "snoozed", "resolved"}) {
            for (const std::string assignee : {"", "adam", "eve"}) {
                for (unsigned bits = 0; bits < 8; ++bits) {
                    at_s = (at_s * 7 + 3) % 31;
                    make({.id = {},
                          .contact = "p" + std::to_string(made_.size()),
                          .number = (bits & 1U) != 0 ? "1" : "2",
                          .status = status,
                          .assignee = assignee,
                          .tag = (bits & 2U) != 0 ? "vip" : "",
                          .unread = (bits & 4U) != 0,
                          .at_us = at_s * 1'000'000 + 1});
                }
            }
        }
    }
    void make(Made wanted) {
        const ContactId contact(wanted.contact);
        Context context;
        context.workspace = shop;
        wanted.id = write(shop, [&](db::WorkspaceTxn& txn) {
            txn.execute(insert_contact, contact, "Person " + wanted.contact,
                        wanted.tag.empty() ? "[]" : "[\"" + wanted.tag + "\"]");
            if (!wanted.tag.empty()) {
                txn.execute(insert_tag, contact, wanted.tag);
            }
            const Conversation talk =
                open(txn, ids_, contact, PhoneNumberId(wanted.number), clock_.now());
            note_inbound(txn, talk,
                         {.message = MessageId("m-" + wanted.contact),
                          .at = from_us(wanted.at_us),
                          .profile_name = {}});
            if (!wanted.unread) {
                mark_read(txn, talk.id);
            }
            if (!wanted.assignee.empty()) {
                set_assignee(txn, {.conversation = talk.id, .to = UserId(wanted.assignee)});
            }
            return talk.id;
        });
        if (wanted.status == "snoozed") {
            ASSERT_TRUE(run(service_.snooze(context, wanted.id, clock_.now() + 1h, {})));
        } else if (wanted.status == "resolved") {
            ASSERT_TRUE(run(service_.resolve(context, wanted.id, {})));
        }
        made_.push_back(std::move(wanted));
    }
    /// Ids over all pages of three.
    std::vector<std::string> found(Filter filter) {
        std::vector<std::string> ids;
        filter.limit = 3;
        do {
            const Page page =
                read(shop, [&](db::WorkspaceTxn& txn) { return list(txn, filter).value(); });
            for (const Entry& entry : page.conversations) {
                ids.push_back(entry.id.value);
            }
            filter.cursor = page.next_cursor;
        } while (!filter.cursor.empty());
        return ids;
    }
    template <class Sieve>
    std::vector<std::string> sieved(Sieve sieve) {
        std::vector<Made> kept;
        std::ranges::copy_if(made_, std::back_inserter(kept), sieve);
        std::ranges::sort(kept, [](const Made& one, const Made& other) {
            return std::pair(one.at_us, one.id) > std::pair(other.at_us, other.id);
        });
        std::vector<std::string> ids;
        for (const Made& one : kept) {
            ids.push_back(one.id.value);
        }
        return ids;
    }
    static bool fits(const Made& one, const Filter& filter) {
        const std::string assignee = one.assignee.empty() ? "none" : one.assignee;
        return (filter.contact.empty() || one.contact == filter.contact) &&
               (filter.status.empty() || one.status == filter.status) &&
               (filter.assignee.empty() || assignee == filter.assignee) &&
               (filter.number.empty() || one.number == filter.number) &&
               (filter.tag.empty() || one.tag == filter.tag) && (!filter.unread_only || one.unread);
    }
    /// Whether a member with these restrictions sees it, who has the tag `vip` and the numbers
    /// of `own_numbers_`.
    bool is_seen(const Made& one, const Restrictions& seen) const {
        const bool own =
            one.assignee == seen.member || (seen.unassigned_too && one.assignee.empty());
        return (!seen.assigned_only || own) && (!seen.by_tag || one.tag == "vip") &&
               (!seen.by_number || own_numbers_.contains(one.number));
    }
    void expect_sieved(const Filter& filter) {
        EXPECT_EQ(found(filter), sieved([&](const Made& one) {
                      return fits(one, filter) && is_seen(one, filter.restrictions);
                  }))
            << filter.contact << '|' << filter.status << '|' << filter.assignee << '|'
            << filter.number << '|' << filter.tag << '|' << filter.unread_only << '|'
            << filter.restrictions.bits();
    }
    void limit_adam(const std::string& kind, const std::string& value) {
        write(shop,
              [&](db::WorkspaceTxn& txn) { return txn.execute(insert_limit, adam, kind, value); });
    }

    Service service_{database(), clock_};
    std::vector<Made> made_;
    std::set<std::string> own_numbers_;
};

TEST_P(InboxListTest, every_combination_of_filters_finds_what_fits_newest_first) {
    fill();
    const Restrictions own{.member = "adam", .assigned_only = true};
    const Restrictions own_or_free{.member = "adam", .assigned_only = true, .unassigned_too = true};
    for (const std::string status : {"", "open", "snoozed", "resolved"}) {
        for (const std::string assignee : {"", "none", "adam", "eve"}) {
            for (const Restrictions& seen : {Restrictions{}, own, own_or_free}) {
                expect_sieved({.status = status, .assignee = assignee, .restrictions = seen});
                expect_sieved({.status = status,
                               .assignee = assignee,
                               .number = "1",
                               .tag = "vip",
                               .unread_only = true,
                               .restrictions = seen});
            }
        }
    }
    expect_sieved({.contact = "p5"});
    expect_sieved({.contact = "p5", .tag = "vip"});
    expect_sieved({.tag = "nobody's"});
}

TEST_P(InboxListTest, each_filter_alone_finds_what_fits) {
    fill();
    for (const std::string status : {"", "open"}) {
        for (const std::string assignee : {"", "none", "adam"}) {
            expect_sieved({.status = status, .assignee = assignee, .number = "1"});
            expect_sieved({.status = status, .assignee = assignee, .unread_only = true});
            expect_sieved(
                {.status = status, .assignee = assignee, .number = "2", .unread_only = true});
        }
    }
    expect_sieved({.number = "nobody's"});
    write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(insert_of_number, "1"); });
    expect_sieved({.status = "open", .number = "1"});
    expect_sieved({.status = "open", .number = "1", .unread_only = true});
}

TEST_P(InboxListTest, who_sees_some_numbers_or_tags_finds_all_of_these_and_no_more) {
    fill();
    limit_adam("tag", "vip");
    const auto expect_each = [this] {
        for (const bool by_tag : {false, true}) {
            const Restrictions seen{.member = "adam", .by_tag = by_tag, .by_number = true};
            for (const std::string status : {"", "open"}) {
                expect_sieved({.status = status, .restrictions = seen});
                expect_sieved({.status = status, .number = "1", .restrictions = seen});
                expect_sieved({.status = status, .unread_only = true, .restrictions = seen});
                expect_sieved({.status = status, .tag = "vip", .restrictions = seen});
            }
            expect_sieved({.contact = "p5", .restrictions = seen});
        }
    };
    own_numbers_ = {"1"};
    limit_adam("phone", "1");
    expect_each();
    own_numbers_.insert("2");
    limit_adam("phone", "2");
    expect_each();
    for (int number = 10; number < 20; ++number) {  // more than are looked at one by one
        limit_adam("phone", std::to_string(number));
    }
    expect_each();
    expect_sieved({.restrictions = {.member = "adam", .by_tag = true}});
}

TEST_P(InboxListTest, who_sees_their_own_and_nobodys_finds_these_on_their_numbers) {
    fill();
    own_numbers_ = {"1"};
    limit_adam("phone", "1");
    for (const bool by_number : {false, true}) {
        const Restrictions seen{.member = "adam",
                                .by_number = by_number,
                                .assigned_only = true,
                                .unassigned_too = true};
        for (const std::string status : {"", "open"}) {
            expect_sieved({.status = status, .restrictions = seen});
            expect_sieved({.status = status, .unread_only = true, .restrictions = seen});
            expect_sieved({.status = status, .number = "1", .restrictions = seen});
            expect_sieved({.status = status, .assignee = "none", .restrictions = seen});
            expect_sieved({.status = status, .assignee = "eve", .restrictions = seen});
        }
    }
}

TEST_P(InboxListTest, a_tag_that_very_many_bear_is_found_as_well) {
    fill();
    limit_adam("tag", "vip");
    write(shop, [&](db::WorkspaceTxn& txn) {
        for (int index = 0; index < 4'000; ++index) {
            txn.execute(insert_tag, ContactId("q" + std::to_string(index)), "vip");
        }
        return true;
    });
    expect_sieved({.tag = "vip"});
    expect_sieved({.status = "open", .assignee = "adam", .tag = "vip"});
    expect_sieved({.restrictions = {.member = "adam", .by_tag = true}});
    own_numbers_ = {"1", "2"};
    limit_adam("phone", "1");
    limit_adam("phone", "2");
    expect_sieved({.restrictions = {.member = "adam", .by_tag = true, .by_number = true}});
}

TEST_P(InboxListTest, a_row_says_everything_that_is_shown) {
    make({.contact = "ann",
          .number = "1",
          .status = "snoozed",
          .assignee = "adam",
          .tag = "vip",
          .unread = true,
          .at_us = 7'000'000});
    write(shop, [&](db::WorkspaceTxn& txn) {
        txn.txn().execute(insert_user, adam);
        return txn.execute(insert_message, "m-ann", made_[0].id, std::string(400, 'x'));
    });
    const Page page = read(shop, [](db::WorkspaceTxn& txn) { return list(txn, {}).value(); });
    ASSERT_EQ(page.conversations.size(), 1U);
    const Entry& entry = page.conversations[0];
    EXPECT_EQ(entry.contact_name, "Person ann");
    EXPECT_EQ(entry.contact_phone, "15550002222");
    EXPECT_EQ(entry.contact_tags, std::vector<std::string>{"vip"});
    EXPECT_TRUE(entry.contact_opted_out);
    EXPECT_EQ(entry.assignee_name, "Adam Smith");
    EXPECT_EQ(entry.unread_count, 1);
    EXPECT_EQ(entry.snoozed_until, clock_.now() + 1h);
    ASSERT_TRUE(entry.preview);
    EXPECT_EQ(entry.preview->text, std::string(preview_characters_max, 'x'));
    EXPECT_EQ(entry.preview->timestamp, from_us(7'000'000));
    const Entry one =
        read(shop, [&](db::WorkspaceTxn& txn) { return get_entry(txn, entry.id, {}).value(); });
    EXPECT_EQ(one.contact_name, entry.contact_name);
    EXPECT_EQ(one.preview->text, entry.preview->text);
}

TEST_P(InboxListTest, a_state_that_is_none_is_refused) {
    const auto refused =
        read(shop, [](db::WorkspaceTxn& txn) { return list(txn, {.status = "closed"}); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "status");
}

WAPI_ON_BOTH_ENGINES(InboxListTest);

}  // namespace
}  // namespace wapi::inbox
