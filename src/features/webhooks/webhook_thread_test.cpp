// Goal: a thread shows messages of one second of WhatsApp in the order in which their webhooks were
// stored, whatever the worker does with them, and no answer above what it answers; of what came in
// twice the webhook that is processed first counts (docs/adr/0007). Method: whole bodies through
// the queue on both engines, in one batch, one by one and the other way round.
#include <gtest/gtest.h>

#include <algorithm>

#include "features/audit/audit.hpp"
#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"
#include "features/sending/sending.hpp"
#include "features/webhooks/webhooks_test_support.hpp"

namespace wapi::webhooks {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

const Author ann{.phone = "15550002222", .bsuid = {}, .username = {}, .name = "Ann"};

class WebhookThreadTest : public WebhooksTest {
  protected:
    WebhookThreadTest() {
        clock_.set(from_us(1'764'000'000'400'000));
        make_workspace(shop);
        connect(shop, shop_number);
    }
    /// What Ann wrote in this second of WhatsApp.
    json::object text(const std::string& body) {
        return text_change(shop_number, ann, "wamid." + body, now_s(), body);
    }
    void store_each(const Texts& bodies) {
        std::vector<std::string> stored;
        for (const std::string& body : bodies) {
            stored.push_back(body_of(text(body)));
            clock_.advance(20ms);
        }
        store_together(stored);
    }
    inbox::Conversation talk() {
        return read(shop, [](db::WorkspaceTxn& txn) {
            return inbox::list(txn, {}).value().conversations.at(0);
        });
    }
    /// The thread from the top, read in pages of two; of one direction only if it is given.
    Texts thread(std::string_view direction = {}) {
        const ConversationId id = talk().id;
        Texts texts;
        std::string cursor;
        do {
            const messages::Page page = read(shop, [&](db::WorkspaceTxn& txn) {
                return messages::list(txn, id, cursor, 2).value();
            });
            for (const messages::Message& message : page.messages) {
                if (direction.empty() || message.direction == direction) {
                    texts.push_back(message.text);
                }
            }
            cursor = page.next_cursor;
        } while (!cursor.empty());
        std::ranges::reverse(texts);
        return texts;
    }
    std::string last_text() {
        const inbox::Conversation one = talk();
        return read(shop, [&](db::WorkspaceTxn& txn) {
            return messages::find(txn, one.last_message).value().text;
        });
    }
    void answer(const std::string& text) {
        sending::Draft draft;
        draft.to.phone = "+" + ann.phone;
        draft.content = text;
        write(shop, [&](db::WorkspaceTxn& txn) {
            return sending::commit_send(txn, ids_, audit::system_context(shop, ""), draft,
                                        clock_.now());
        }).value();
    }
};

const Texts words{"hello", "I bought a lamp", "last week", "it does not work",
                  "see",   "the switch",      "so",        "I want to return it"};

TEST_P(WebhookThreadTest, messages_of_one_second_stay_in_the_order_of_their_webhooks) {
    store_each(words);
    drain();
    EXPECT_EQ(thread(), words);
    EXPECT_EQ(last_text(), words.back());
    EXPECT_EQ(talk().unread_count, static_cast<std::int64_t>(words.size()));
}

TEST_P(WebhookThreadTest, messages_of_one_webhook_stay_in_the_order_of_its_items) {
    json::array changes;
    for (const std::string& body : words) {
        changes.push_back(text(body));
    }
    store_body(body_of(std::move(changes)));
    drain();
    EXPECT_EQ(thread(), words);
}

TEST_P(WebhookThreadTest, a_word_that_decides_is_shown_where_it_came_in) {
    const Texts mixed{"hello", "STOP", "what now", "START", "I want to return it"};
    store_each(mixed);
    drain();
    EXPECT_EQ(thread("inbound"), mixed);
}

TEST_P(WebhookThreadTest, what_comes_in_again_or_is_processed_late_stays_where_it_was) {
    store_each({"first"});
    store_each({"second"});
    drain();
    store_each({"first"});  // Meta has not seen our answer
    clock_.advance(1min);
    drain();
    EXPECT_EQ(thread(), (Texts{"first", "second"}));
    EXPECT_EQ(last_text(), "second");
}

TEST_P(WebhookThreadTest, what_comes_in_twice_has_the_place_of_the_webhook_processed_first) {
    const EventId first = store_body(body_of(text("first")));
    store_each({"second"});
    store_each({"first"});
    // Whoever has taken the first webhook is slower than the worker that takes the others.
    execute(fmt::format("UPDATE jobs SET run_at_us = {} WHERE id = {}", to_us(clock_.now() + 1min),
                        first.value));
    drain();
    EXPECT_EQ(thread(), (Texts{"second", "first"}));
    clock_.advance(2min);
    EXPECT_EQ(drain(), 1U);
    EXPECT_EQ(thread(), (Texts{"second", "first"})) << "it stays";
    EXPECT_EQ(last_text(), "first");
}

TEST_P(WebhookThreadTest, an_answer_is_not_shown_above_what_it_answers) {
    for (const auto behind : {0ms, 30ms, 900ms}) {
        SCOPED_TRACE(behind.count());
        clock_.advance(1h);
        store_each({fmt::format("question {}", behind.count())});
        drain();
        clock_.set(from_us(now_s() * 1'000'000) - behind);  // whole second, as WhatsApp says it
        answer(fmt::format("one {}", behind.count()));
        answer(fmt::format("two {}", behind.count()));
        const Texts all = thread();
        const Texts newest(all.end() - 3, all.end());
        EXPECT_EQ(newest, (Texts{fmt::format("question {}", behind.count()),
                                 fmt::format("one {}", behind.count()),
                                 fmt::format("two {}", behind.count())}));
        EXPECT_EQ(last_text(), newest.back());
    }
}

TEST_P(WebhookThreadTest, a_time_of_tomorrow_moves_no_answer_there) {
    store_body(body_of(
        text_change(shop_number, ann, "wamid.tomorrow", now_s() + 86'400, "from tomorrow")));
    drain();
    answer("today");
    EXPECT_EQ(thread(), (Texts{"today", "from tomorrow"}));
}

WAPI_ON_BOTH_ENGINES(WebhookThreadTest);

}  // namespace
}  // namespace wapi::webhooks
