// What the tests of the outbox share: messages that wait, and the steps of a send by hand.
#pragma once

#include <string>
#include <utility>

#include "features/messages/messages_test_support.hpp"

namespace wapi::messages::testing {

inline const queue::RetryPolicy retries{{std::chrono::minutes(1), std::chrono::minutes(5),
                                         std::chrono::minutes(15), std::chrono::hours(1)}};
inline constexpr std::chrono::milliseconds lease_time{90'000};

class OutboxTest : public MessagesTest {
  protected:
    OutboxTest() : ann_(receive("hi").contact) { save_template("sale", "MARKETING"); }
    MessageId queued_text() { return commit(text_to("+15550002222"))->id; }
    MessageId queued_marketing() { return commit(template_to("+15550002222", "sale"))->id; }

    outbox::LeaseResult lease() {
        return write([&](db::Txn& txn) {
            return outbox::lease(
                txn, {outbox_queue(shop_number), clock_.now(), lease_time, 10, retries});
        });
    }
    /// The last step before the call. Nothing: it may be made.
    std::optional<outbox::Dropped> begin(const outbox::Leased& leased) {
        return write(shop, [&](db::WorkspaceTxn& txn) { return outbox::begin(txn, leased); });
    }
    std::optional<Message> record(const outbox::Leased& leased,
                                  std::optional<whatsapp::SendOutcome> outcome) {
        return write(shop, [&](db::WorkspaceTxn& txn) {
            return outbox::record(
                txn,
                {.leased = leased, .outcome = outcome, .retries = retries, .now = clock_.now()});
        });
    }
    /// Leases the only waiting message and begins its call.
    outbox::Leased begin_one() {
        outbox::LeaseResult found = lease();
        EXPECT_EQ(found.leased.size(), 1U);
        EXPECT_FALSE(begin(found.leased.at(0)));
        return found.leased[0];
    }
    /// The same, and records the outcome.
    Message attempt(whatsapp::SendOutcome outcome) {
        return record(begin_one(), std::move(outcome)).value();
    }
    static whatsapp::Accepted accepted(const std::string& wamid) {
        whatsapp::Accepted answer;
        answer.wa_message_id = WaMessageId(wamid);
        return answer;
    }
    static whatsapp::Refused refused(int code, int http_status = 400) {
        whatsapp::Refused answer;
        answer.code = code;
        answer.http_status = http_status;
        return answer;
    }
    std::int64_t waiting() {
        const queue::Counts counts = count_outbox();
        return counts.pending + counts.delayed;
    }

    ContactId ann_;
};

}  // namespace wapi::messages::testing
