// Goal: seeded shops are as large as asked for, the same for the same number, and what the API's
// services read is in order. Method: the rules alone; the service on both engines.
#include "features/seed/seed.hpp"

#include <gtest/gtest.h>

#include <set>

#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"
#include "features/opt_out/opt_out_rules.hpp"
#include "features/seed/seed_rules.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::seed {
namespace {

const Timestamp now = from_us(1'790'000'000'000'000);

Writer writer(std::uint64_t seed) {
    return Writer({.seed = seed, .shop = 3, .agents = 2, .now = now, .age = std::chrono::days(30)});
}

TEST(SeedRules, messages_are_spread_exactly_and_each_conversation_has_one) {
    for (const auto& [conversations, messages, longest] :
         {std::tuple{1U, 1U, 0U}, {7U, 7U, 0U}, {100U, 2'000U, 0U}, {100U, 2'000U, 1'500U}}) {
        Spread spread(conversations, messages, longest);
        std::mt19937_64 random(5);
        std::size_t sum = 0;
        for (std::size_t n = 0; n < conversations; ++n) {
            const std::size_t count = spread.next(random);
            EXPECT_GE(count, 1U);
            if (n == 0 && longest > 0) {
                EXPECT_EQ(count, longest);
            }
            sum += count;
        }
        EXPECT_EQ(sum, messages);
    }
}

TEST(SeedRules, one_number_gives_one_story) {
    const Talk first = writer(1).write(8, 12);
    Writer other = writer(1);
    other.write(7, 3);
    const Talk again = other.write(8, 12);
    EXPECT_EQ(first.customer.name, again.customer.name);
    EXPECT_EQ(first.lines.back().text, again.lines.back().text);
    EXPECT_EQ(first.lines.front().at, again.lines.front().at);
    std::set<std::string> texts;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        texts.insert(writer(seed).write(8, 12).lines.front().text);
    }
    EXPECT_GT(texts.size(), 10U);
}

TEST(SeedRules, talks_are_what_webhooks_could_have_left) {
    Writer made = writer(1);
    std::set<std::string> numbers;
    int opted_out = 0;
    for (std::size_t n = 0; n < 2'000; ++n) {
        const Talk talk = made.write(n, 1 + n % 40);
        ASSERT_EQ(talk.lines.size(), 1 + n % 40);
        numbers.insert(talk.customer.wa_id);
        EXPECT_LE(talk.customer.wa_id.size(), 15U);
        EXPECT_TRUE(std::ranges::is_sorted(talk.lines, {}, &Line::at));
        EXPECT_LE(talk.lines.back().at, now);
        EXPECT_LE(talk.unread, std::ssize(talk.lines));
        for (const Line& line : talk.lines) {
            EXPECT_FALSE(line.text.empty());
            EXPECT_EQ(line.text.find('{'), std::string::npos) << line.text;
            EXPECT_EQ(line.inbound, line.status == messages::status::received);
        }
        if (talk.customer.opted_out_at) {
            ++opted_out;
            EXPECT_TRUE(talk.lines.back().is_confirmation);
            EXPECT_EQ(opt_out::classify(talk.lines.end()[-2].text, {}, false),
                      opt_out::Keyword::stop);
        }
    }
    EXPECT_EQ(numbers.size(), 2'000U);
    EXPECT_GT(opted_out, 20);
    EXPECT_LT(opted_out, 120);
}

TEST(SeedRules, a_size_that_cannot_be_is_refused) {
    const auto field = [](const Size& size) {
        const Result<void> right = check_size(size);
        return right ? "ok" : std::string(right.error().field);
    };
    EXPECT_EQ(field({}), "ok");
    EXPECT_EQ(field({.workspaces = 0}), "workspaces");
    EXPECT_EQ(field({.workspaces = 5, .conversations = 4}), "conversations");
    EXPECT_EQ(field({.conversations = 100, .messages = 99}), "messages");
    EXPECT_EQ(field({.conversations = 100, .messages = 199, .longest_thread = 101}), "messages");
    EXPECT_EQ(field({.age = std::chrono::days(0)}), "days");
}

class SeedTest : public test::EnginesTest {
  protected:
    struct Found {
        std::size_t conversations = 0;
        std::size_t messages = 0;
    };
    /// What the inbox shows, page by page.
    Found find(const WorkspaceId& workspace) {
        Found found;
        for (const std::string_view status :
             {inbox::status::open, inbox::status::snoozed, inbox::status::resolved}) {
            const auto page = read(workspace, [&](db::WorkspaceTxn& txn) {
                return inbox::list(txn, {.status = std::string(status), .limit = 100});
            });
            for (const inbox::Entry& entry : page->conversations) {
                EXPECT_FALSE(entry.contact_name.empty());
                ++found.conversations;
                found.messages += count_messages(workspace, entry);
            }
        }
        return found;
    }
    /// Of the thread, whose newest message the entry must know.
    std::size_t count_messages(const WorkspaceId& workspace, const inbox::Entry& entry) {
        std::size_t count = 0;
        std::string cursor;
        do {
            const auto page = read(workspace, [&](db::WorkspaceTxn& txn) {
                return messages::list(txn, entry.id, cursor, 50);
            });
            if (count == 0) {
                EXPECT_EQ(page->messages.front().text, entry.preview->text);
            }
            count += page->messages.size();
            cursor = page->next_cursor;
        } while (!cursor.empty());
        return count;
    }
    Service service_{database(), ids_, clock_};
};

TEST_P(SeedTest, shops_are_read_back_whole) {
    const auto shops = run(service_.run(
        {.size = {.workspaces = 2, .conversations = 41, .messages = 600, .longest_thread = 90}}));
    ASSERT_TRUE(shops);
    ASSERT_EQ(shops->size(), 2U);
    EXPECT_EQ(shops->at(0).conversations, 21U);
    EXPECT_EQ(shops->at(1).conversations, 20U);
    EXPECT_EQ(shops->at(0).messages + shops->at(1).messages, 600U);
    for (const Shop& shop : *shops) {
        EXPECT_EQ(shop.emails.size(), 6U);
        const Found found = find(shop.workspace);
        EXPECT_EQ(found.conversations, shop.conversations);
        EXPECT_EQ(found.messages, shop.messages);
    }
}

TEST_P(SeedTest, a_workspace_that_is_named_must_be_there) {
    const auto refused =
        run(service_.run({.workspace = WorkspaceId("11111111-1111-7111-8111-111111111111")}));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().field, "workspace");
    const auto shops = run(service_.run({.size = {.conversations = 3, .messages = 9}}));
    ASSERT_TRUE(shops);
    const auto fill = [&](std::uint64_t seed) {
        return run(service_.run({.seed = seed,
                                 .size = {.conversations = 2, .messages = 4},
                                 .workspace = shops->front().workspace}));
    };
    EXPECT_EQ(fill(1).error().field, "seed");
    EXPECT_EQ(fill(2)->front().emails.size(), 5U);
    EXPECT_EQ(find(shops->front().workspace).conversations, 5U);
}

WAPI_ON_BOTH_ENGINES(SeedTest);

}  // namespace
}  // namespace wapi::seed
