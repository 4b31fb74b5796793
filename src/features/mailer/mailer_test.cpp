// Goal: a mail that was promised is sent: after failures, restarts and crashes, with the same link
// and Message-ID; what can never be sent becomes a dead letter; the queue holds no token. Method:
// the mailer on both engines against a mail box that fails as told, a clock moved by hand.
#include "features/mailer/mailer.hpp"

#include <gtest/gtest.h>

#include "tests/support/mail_box.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::mailer {
namespace {

const db::Sql payloads_sql{{
    .name = "mailer_test.payloads",
    .text = "SELECT payload, kind, subject FROM jobs",
    .scope = db::Scope::system,
}};

class MailerTest : public test::EnginesTest {
  protected:
    void SetUp() override { compose_by(mailer_); }
    void compose_by(Mailer& mailer) {
        mailer.set_composer("hello", [this, &mailer](db::Txn&, const Wish& wish, Timestamp) {
            ++composed_;
            return wanted_ ? std::optional(Letter{
                                 .to = "ann@shop.example",
                                 .subject = "Hello",
                                 .text = mailer.link("/hello", mailer.token("hello", wish.seed))})
                           : std::nullopt;
        });
    }
    std::string enqueue(std::string_view kind = "hello") {
        return write([&](db::Txn& txn) {
            return mailer_.enqueue(txn, {.kind = kind, .workspace = {}, .payload = "{}"},
                                   clock_.now());
        });
    }
    queue::Counts counts() {
        return read([&](db::Txn& txn) {
            return queue::count(txn, queue_name, std::nullopt, clock_.now());
        });
    }
    static test::MailBox::Outcome outcome(Delivery delivery) { return {delivery, "told to"}; }

    bool wanted_ = true;
    int composed_ = 0;
    async::Tasks tasks_{io_};
    test::MailBox box_;
    Mailer mailer_{
        {.tasks = tasks_, .db = database(), .ids = ids_, .clock = clock_, .transport = &box_},
        test::mail_options()};
};

TEST_P(MailerTest, a_wish_is_sent_once_and_leaves_the_queue) {
    const std::string seed = enqueue();
    EXPECT_TRUE(run(mailer_.send_due()));
    ASSERT_EQ(box_.mails.size(), 1U);
    EXPECT_EQ(box_.mails[0].from, "mail@wapi.example");
    EXPECT_EQ(box_.mails[0].to, "ann@shop.example");
    EXPECT_EQ(test::token_in(box_.mails[0]), mailer_.token("hello", seed).reveal());
    EXPECT_EQ(test::text_of(box_.mails[0]),
              "https://wapi.example/hello#token=" + test::token_in(box_.mails[0]));
    EXPECT_FALSE(run(mailer_.send_due()));
    EXPECT_EQ(counts().pending + counts().delayed + counts().dead, 0);
}

TEST_P(MailerTest, a_mail_that_fails_is_sent_later_with_the_same_link_and_id) {
    box_.next = {outcome(Delivery::delayed), outcome(Delivery::delayed)};
    const std::string seed = enqueue();
    EXPECT_TRUE(run(mailer_.send_due()));
    EXPECT_FALSE(run(mailer_.send_due())) << "not before its delay is over";
    EXPECT_EQ(counts().delayed, 1);
    clock_.advance(std::chrono::seconds(10));
    EXPECT_TRUE(run(mailer_.send_due()));
    clock_.advance(std::chrono::minutes(1));
    EXPECT_TRUE(run(mailer_.send_due()));
    ASSERT_EQ(box_.mails.size(), 1U);
    EXPECT_EQ(test::token_in(box_.mails[0]), mailer_.token("hello", seed).reveal());
    EXPECT_TRUE(box_.mails[0].message.contains("Message-ID: <" + seed + "@wapi.example>"));
    EXPECT_EQ(box_.calls, 3);
}

TEST_P(MailerTest, what_a_server_never_takes_is_a_dead_letter_at_once) {
    box_.next = {outcome(Delivery::refused)};
    enqueue();
    EXPECT_TRUE(run(mailer_.send_due()));
    EXPECT_EQ(counts().dead, 1);
    EXPECT_EQ(box_.calls, 1);
}

TEST_P(MailerTest, a_server_that_stays_down_makes_a_dead_letter_that_can_be_replayed) {
    for (int attempt = 0; attempt < 7; ++attempt) {
        box_.next.push_back(outcome(Delivery::delayed));
    }
    const std::string seed = enqueue();
    for (const std::chrono::milliseconds delay : test::mail_options().retries.delays) {
        EXPECT_TRUE(run(mailer_.send_due()));
        clock_.advance(delay);
    }
    EXPECT_TRUE(run(mailer_.send_due()));
    EXPECT_EQ(counts().dead, 1);
    const EventId id{std::stoll(seed)};
    ASSERT_TRUE(write(
        [&](db::Txn& txn) { return queue::replay_dead(txn, std::nullopt, id, clock_.now()); }));
    EXPECT_TRUE(run(mailer_.send_due()));
    ASSERT_EQ(box_.mails.size(), 1U);
    EXPECT_EQ(test::token_in(box_.mails[0]), mailer_.token("hello", seed).reveal());
}

TEST_P(MailerTest, a_mail_of_a_process_that_died_is_taken_up_by_another) {
    const std::string seed = enqueue();
    write([&](db::Txn& txn) {  // leased, and then the process is gone
        return queue::lease(txn, queue_name, clock_.now(), std::chrono::minutes(5), 4).size();
    });
    EXPECT_FALSE(run(mailer_.send_due()));
    clock_.advance(std::chrono::minutes(5));
    Mailer other(
        {.tasks = tasks_, .db = database(), .ids = ids_, .clock = clock_, .transport = &box_},
        test::mail_options());
    compose_by(other);
    EXPECT_TRUE(run(other.send_due()));
    ASSERT_EQ(box_.mails.size(), 1U);
    EXPECT_EQ(test::token_in(box_.mails[0]), mailer_.token("hello", seed).reveal());
}

TEST_P(MailerTest, what_is_not_wanted_any_more_or_too_old_is_not_sent) {
    wanted_ = false;
    enqueue();
    EXPECT_TRUE(run(mailer_.send_due()));
    wanted_ = true;
    enqueue();
    enqueue("of a later version");
    clock_.advance(wish_time_max);
    EXPECT_TRUE(run(mailer_.send_due()));
    EXPECT_EQ(box_.calls, 0);
    EXPECT_EQ(composed_, 1);
    EXPECT_EQ(counts().pending + counts().delayed + counts().dead, 0);
}

TEST_P(MailerTest, a_wish_of_a_newer_version_waits_for_it) {
    enqueue("of a later version");
    EXPECT_TRUE(run(mailer_.send_due()));
    EXPECT_EQ(counts().delayed, 1);
    mailer_.set_composer("of a later version", [](db::Txn&, const Wish&, Timestamp) {
        return std::optional(Letter{.to = "ann@shop.example", .subject = "Hello", .text = "new"});
    });
    clock_.advance(std::chrono::seconds(10));
    EXPECT_TRUE(run(mailer_.send_due()));
    EXPECT_EQ(box_.mails.size(), 1U);
}

TEST_P(MailerTest, a_letter_that_cannot_be_written_becomes_a_dead_letter_and_holds_up_no_other) {
    mailer_.set_composer("broken", [](db::Txn&, const Wish&, Timestamp) -> std::optional<Letter> {
        throw std::out_of_range("no such field");
    });
    enqueue("broken");
    enqueue();
    EXPECT_TRUE(run(mailer_.send_due()));
    EXPECT_EQ(box_.mails.size(), 1U);
    EXPECT_EQ(counts().delayed, 1);
    for (const std::chrono::milliseconds delay : test::mail_options().retries.delays) {
        clock_.advance(delay);
        EXPECT_TRUE(run(mailer_.send_due()));
    }
    EXPECT_EQ(counts().dead, 1);
    EXPECT_EQ(counts().pending + counts().delayed, 0);
    EXPECT_EQ(box_.calls, 1);
}

TEST_P(MailerTest, an_address_and_an_asker_get_so_many_mails_in_a_quarter_of_an_hour) {
    const auto counted = [&](const std::string& to, const std::string& asker) {
        return mailer_.count({.to = to, .asker = asker}).has_value();
    };
    for (int mail = 0; mail < mails_per_address_max; ++mail) {
        EXPECT_TRUE(counted("ann@shop.example", "asker " + std::to_string(mail)));
    }
    EXPECT_FALSE(counted("ann@shop.example", "another asker"));
    for (int mail = 0; mail < mails_per_asker_max; ++mail) {
        EXPECT_TRUE(counted("person" + std::to_string(mail) + "@shop.example", "another asker"))
            << "one that was refused does not count for its asker";
    }
    const Result<void> refused =
        mailer_.count({.to = "bob@shop.example", .asker = "another asker"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, &errors::too_many_mails);
    EXPECT_EQ(refused.error().retry_after, std::chrono::minutes(15));
    mailer_.give_back({.to = "person0@shop.example", .asker = "another asker"});
    EXPECT_TRUE(counted("bob@shop.example", "another asker"));
    clock_.advance(std::chrono::minutes(15));
    EXPECT_TRUE(counted("ann@shop.example", "another asker"));
}

TEST_P(MailerTest, ten_thousand_addresses_that_are_used_up_keep_nobody_else_waiting) {
    for (int index = 0; index < 10'000; ++index) {
        const std::string name = std::to_string(index);
        for (int mail = 0; mail < mails_per_address_max; ++mail) {
            ASSERT_TRUE(mailer_.count({.to = name + "@shop.example", .asker = name}));
        }
    }
    EXPECT_TRUE(mailer_.count({.to = "ann@shop.example", .asker = "somebody else"}));
}

TEST_P(MailerTest, the_queue_holds_no_token_and_without_the_key_none_is_made) {
    const std::string seed = enqueue();
    const SecretString token = mailer_.token("hello", seed);
    const std::string row = read([](db::Txn& txn) {
        const db::Rows rows = txn.query(payloads_sql);
        return rows[0].string(0) + rows[0].string(1) + rows[0].string(2);
    });
    EXPECT_FALSE(row.contains(token.reveal()));
    Options options = test::mail_options();
    options.key = SecretString(std::string_view("another key of the mail tests, 32 bytes"));
    const Mailer other({.tasks = tasks_, .db = database(), .ids = ids_, .clock = clock_}, options);
    EXPECT_NE(other.token("hello", seed).reveal(), token.reveal());
    EXPECT_NE(mailer_.token("other", seed).reveal(), token.reveal());
    EXPECT_NE(mailer_.token("hello", seed + "0").reveal(), token.reveal());
    EXPECT_EQ(token.size(), 43U);
}

TEST_P(MailerTest, without_a_mail_server_it_says_so) {
    const Mailer none({.tasks = tasks_, .db = database(), .ids = ids_, .clock = clock_},
                      test::mail_options());
    EXPECT_FALSE(none.check());
    EXPECT_EQ(none.check().error().kind, &errors::mail_not_set_up);
    EXPECT_TRUE(mailer_.check());
}

WAPI_ON_BOTH_ENGINES(MailerTest);

}  // namespace
}  // namespace wapi::mailer
