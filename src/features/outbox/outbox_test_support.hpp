// What the tests of the outbox share: messages that wait, and the steps of a send by hand.
#pragma once

#include <string>
#include <utility>

#include "features/messages/messages_test_support.hpp"
#include "features/outbox/outbox.hpp"
#include "features/outbox/outbox_steps.hpp"

namespace wapi::outbox::testing {

using namespace messages::testing;
using messages::Message;
using messages::Purpose;
namespace status = messages::status;

inline const queue::RetryPolicy retries{{std::chrono::minutes(1), std::chrono::minutes(5),
                                         std::chrono::minutes(15), std::chrono::hours(1)}};
inline constexpr std::chrono::milliseconds lease_time{90'000};

class OutboxTest : public MessagesTest {
  protected:
    OutboxTest() : thread_(receive("hi")), ann_(thread_.contact) {}
    /// Stores a message and puts it into the outbox, as the send gate does it.
    MessageId queue_reply(const messages::InboundResult& to, const Reply& wanted) {
        const MessageId id = reply(to, wanted);
        write(shop, [&](db::WorkspaceTxn& txn) {
            enqueue(txn, ids_, messages::find(txn, id).value(), clock_.now());
            return true;
        });
        return id;
    }
    MessageId queued_text() { return queue_reply(thread_, {}); }
    MessageId queued_marketing() { return queue_reply(thread_, {.purpose = Purpose::marketing}); }

    outbox::LeaseResult lease() {
        return write([&](db::Txn& txn) {
            return outbox::lease(txn,
                                 {queue_of(shop_number), clock_.now(), lease_time, 10, retries});
        });
    }
    outbox::Begun turn(const outbox::Leased& leased) {
        return write(
            shop, [&](db::WorkspaceTxn& txn) { return outbox::begin(txn, leased, clock_.now()); });
    }
    /// The last step before the call. Nothing: it may be made.
    std::optional<outbox::Dropped> begin(const outbox::Leased& leased) {
        const outbox::Begun begun = turn(leased);
        EXPECT_NE(begun.turn, outbox::Turn::later);
        EXPECT_EQ(begun.dropped.has_value(), begun.turn == outbox::Turn::over);
        return begun.dropped;
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

    messages::InboundResult thread_;
    ContactId ann_;
};

}  // namespace wapi::outbox::testing
