// Goal: each filter finds exactly whom it says, alone and together, in pages that are bounded and
// skip nobody; a segment is its filter. Method: a few people with a history on both engines, and
// more than a page may look at.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "features/contact_batches/contact_batches.hpp"
#include "features/contact_lists/contact_lists.hpp"
#include "features/contacts/contacts_access_test_support.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::contact_lists {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using std::chrono_literals::operator""h;
using Names = std::vector<std::string>;

using test::shop;

const db::Sql insert_talk{{
    .name = "contact_lists_filter_test.insert_talk",
    .text = "INSERT INTO conversations (workspace_id, conversation_id, contact_id, phone_number_id,"
            " status, assignee_id, unread_count, read_up_to_us, resolved_us, last_inbound_us,"
            " profile_name, profile_us, last_message_us, last_message_id, created_us)"
            " VALUES ($1, $2, $2, 'number', 'open', NULL, 0, 0, 0, $3, '', 0, 0, '', 0)",
}};

class ContactFilters : public test::EnginesTest {
  protected:
    static Context context() {
        Context made;
        made.workspace = shop;
        made.actor = {ActorKind::user, "user-1"};
        return made;
    }
    ContactId make(const std::string& name, std::vector<std::string> tags = {},
                   boost::json::object attributes = {}) {
        contacts::Draft draft;
        draft.name = name;
        draft.phone = fmt::format("+43660{:07}", ++made_);
        draft.tags = std::move(tags);
        draft.attributes = std::move(attributes);
        return run(contacts_.create(context(), draft)).value().id;
    }
    /// The contact's last message in is so old; epoch when the business wrote only.
    void talk(const ContactId& id, std::optional<std::chrono::hours> ago) {
        const std::int64_t at = ago ? to_us(clock_.now() - *ago) : 0;
        write(shop, [&](db::WorkspaceTxn& txn) { return txn.execute(insert_talk, id, at); });
    }
    Names names(segments::Conditions conditions, const std::string& segment = {}) {
        Names found;
        Filter filter;
        filter.conditions = std::move(conditions);
        filter.segment = segment;
        filter.limit = 2;
        do {
            const Page page = run(service_.list(context(), filter)).value();
            for (const contacts::Contact& contact : page.contacts) {
                found.push_back(contact.name);
            }
            filter.cursor = page.next_cursor;
        } while (!filter.cursor.empty());
        return found;
    }

    contacts::Service contacts_{database(), ids_, clock_};
    Service service_{database(), clock_};
    segments::Service segments_{database(), ids_, clock_};
    int made_ = 0;
};

TEST_P(ContactFilters, tags_and_attributes) {
    make("Ann", {"vip", "gold"}, {{"city", "Vienna"}, {"age", 40}, {"member", true}});
    make("Bob", {"vip"}, {{"city", "Graz"}, {"age", 40.5}, {"quote", "a\"b'\\"}});
    make("Cy", {}, {{"city", "Vienna"}, {"nul", std::string("x\0y", 3)}});
    EXPECT_THAT(names({}), ElementsAre("Cy", "Bob", "Ann"));
    EXPECT_THAT(names({.tags = {"vip"}}), ElementsAre("Bob", "Ann"));
    EXPECT_THAT(names({.tags = {"vip", "gold"}}), ElementsAre("Ann"));
    EXPECT_THAT(names({.tags = {"vip"}, .without_tags = {"gold", "other"}}), ElementsAre("Bob"));
    EXPECT_THAT(names({.without_tags = {"vip"}}), ElementsAre("Cy"));
    EXPECT_THAT(names({.tags = {"vip"}, .attributes = {{"city", "Vienna"}}}), ElementsAre("Ann"));
    EXPECT_THAT(names({.attributes = {{"age", "40"}, {"member", "true"}}}), ElementsAre("Ann"));
    EXPECT_THAT(names({.attributes = {{"age", "40.5"}}}), ElementsAre("Bob"));
    EXPECT_THAT(names({.attributes = {{"quote", "a\"b'\\"}}}), ElementsAre("Bob"));
    EXPECT_THAT(names({.attributes = {{"city", "vienna"}}}), IsEmpty());
    make("Eve", {}, {{"code", "\\u0000"}, {"path", "\\\\u0000"}});
    EXPECT_THAT(names({.attributes = {{"code", "\\u0000"}, {"path", "\\\\u0000"}}}),
                ElementsAre("Eve"))
        << "text that looks like the escape of a NUL is none";
    EXPECT_THAT(names({.attributes = {{"none", ""}}}), IsEmpty());
    make("Di", {}, {{"points", 40.0}, {"depth", -2.0}, {"rate", 0.5}});
    EXPECT_THAT(names({.attributes = {{"points", "40"}, {"depth", "-2"}, {"rate", "0.5"}}}),
                ElementsAre("Di"))
        << "a number is one number however it is written";
}

TEST_P(ContactFilters, when_they_wrote_last_and_who_has_opted_out) {
    talk(make("Today"), 1h);
    talk(make("Lately"), 24h * 20);
    talk(make("Long ago"), 24h * 200);
    talk(make("Written to only"), std::nullopt);
    const ContactId out = make("Nobody");
    write(shop, [&](db::WorkspaceTxn& txn) {
        contacts::save_opt_out(txn, out,
                               {.status = true,
                                .decided_at = clock_.now(),
                                .opted_out_at = clock_.now(),
                                .opted_out_via = "manual",
                                .opted_back_in_at = std::nullopt});
        return true;
    });
    EXPECT_THAT(names({.wrote_within_days = 1}), ElementsAre("Today"));
    EXPECT_THAT(names({.wrote_within_days = 30}), ElementsAre("Lately", "Today"));
    EXPECT_THAT(names({.silent_for_days = 30}),
                ElementsAre("Nobody", "Written to only", "Long ago"));
    EXPECT_THAT(names({.never_wrote = true}), ElementsAre("Nobody", "Written to only"));
    EXPECT_THAT(names({.opted_out = true}), ElementsAre("Nobody"));
    EXPECT_THAT(names({.never_wrote = true, .opted_out = false}), ElementsAre("Written to only"));
}

TEST_P(ContactFilters, a_segment_is_its_filter_and_more_may_be_asked) {
    make("Ann", {"vip", "gold"});
    make("Bob", {"vip"});
    make("Cy", {"gold"});
    const auto vips = run(segments_.create(context(), "Vips", {.tags = {"vip"}})).value();
    EXPECT_THAT(names({}, vips.id), ElementsAre("Bob", "Ann"));
    EXPECT_THAT(names({.tags = {"gold"}}, vips.id), ElementsAre("Ann"));
    EXPECT_THAT(names({.without_tags = {"gold"}}, vips.id), ElementsAre("Bob"));
    make("Di", {}, {{"city", "Vienna"}});
    const auto graz =
        run(segments_.create(context(), "Graz", {.attributes = {{"city", "Graz"}}})).value();
    EXPECT_THAT(names({.attributes = {{"city", "Vienna"}}}, graz.id), IsEmpty()) << "not in it";
    Filter gone;
    gone.segment = "no-such";
    EXPECT_EQ(run(service_.list(context(), gone)).error().kind,
              &segments::errors::segment_not_found);
}

TEST_P(ContactFilters, a_page_looks_at_so_many_and_the_next_goes_on) {
    const ContactId first = make("First", {"rare"});
    constexpr std::size_t others = looked_at_max + 500;
    for (std::size_t at = 0; at < others; at += contact_batches::rows_max) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            std::vector<contact_batches::Row> rows;
            for (std::size_t row = at; row < at + contact_batches::rows_max; ++row) {
                rows.push_back({.phone = fmt::format("43676{:07}", row),
                                .name = "Other",
                                .tags = {"common"},
                                .attributes = {}});
            }
            return contact_batches::apply(txn, ids_, rows,
                                          {.said_at = clock_.now(), .now = clock_.now()})
                .size();
        });
    }
    Filter filter;
    filter.text = "first";
    Page page = run(service_.list(context(), filter)).value();
    EXPECT_TRUE(page.contacts.empty());
    ASSERT_FALSE(page.next_cursor.empty());
    filter.cursor = page.next_cursor;
    page = run(service_.list(context(), filter)).value();
    ASSERT_EQ(page.contacts.size(), 1U);
    EXPECT_EQ(page.contacts[0].id, first);
    EXPECT_TRUE(page.next_cursor.empty());
    EXPECT_EQ(run(service_.list(context(), {.conditions = {.tags = {"rare"}}}))->contacts.size(),
              1U)
        << "a tag leads there at once";
    Context agent = context();
    agent.restrictions = {.member = "user-1", .by_tag = true};
    EXPECT_TRUE(run(service_.list(agent, {}))->contacts.empty()) << "has none of the tags";
    write(shop, [](db::WorkspaceTxn& txn) {
        return txn.execute(contacts::testing::insert_restriction, "rare");
    });
    EXPECT_EQ(run(service_.list(agent, {}))->contacts.size(), 1U) << "so does an agent's only one";
    filter.cursor.clear();
    EXPECT_EQ(run(service_.list(agent, filter))->contacts.size(), 1U);
    write(shop, [](db::WorkspaceTxn& txn) {
        return txn.execute(contacts::testing::insert_restriction, "common");
    });
    filter.cursor = run(service_.list(agent, {.text = "first"}))->next_cursor;
    ASSERT_FALSE(filter.cursor.empty());
    EXPECT_EQ(run(service_.list(agent, filter))->contacts.size(), 1U) << "of two, neither leads";
    const Page common =
        run(service_.list(context(), {.text = "first", .conditions = {.tags = {"common"}}}))
            .value();
    EXPECT_TRUE(common.contacts.empty());
    EXPECT_FALSE(common.next_cursor.empty());
}

WAPI_ON_BOTH_ENGINES(ContactFilters);

}  // namespace
}  // namespace wapi::contact_lists
