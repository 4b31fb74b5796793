// Goal: the search that an erasure leaves behind keeps how far it came, serves several erasures at
// once, and misses nothing that was stored in the moment of the erasure. Method: stored bodies on
// both engines, and a transaction of PostgreSQL that is held open across the erasure.
#include <gtest/gtest.h>

#include <future>

#include "features/messages/messages.hpp"
#include "features/privacy/privacy_test_support.hpp"

namespace wapi::privacy::testing {
namespace {

using webhooks::testing::text_change;

const db::Sql progress_sql{{
    .name = "privacy_search_test.progress",
    .text = "SELECT next_event, last_event FROM erasures WHERE workspace_id = $1",
}};

std::string wamid_of(const Author& author) {
    return "wamid." + crypto::base64_encode(std::string("\x1d\x0b", 2) + author.phone + "\x15");
}

class SearchTest : public PrivacyTest {
  protected:
    Erasure begin_erasing(const Author& author) {
        const ContactId id = find_contact(author).value();
        return run(service_.erase(context_of(), id, id.value)).value();
    }
    std::int64_t redacted(const Erasure& erasure) {
        return run(service_.find(context_of(), erasure.id)).value().events_redacted;
    }
};

TEST_P(SearchTest, keeps_how_far_it_came_also_where_it_finds_nothing) {
    write_text(ann, "wamid.A1", "Hello");
    constexpr std::size_t bodies = 18 * webhook_events::redact_step_events_max - 10;
    for (std::size_t index = 0; index < bodies; ++index) {
        store_body(body_of(
            text_change(shop_number, bob, "wamid.B" + std::to_string(index), now_s(), "And I")));
    }
    begin_erasing(ann);
    EXPECT_EQ(run(eraser_.run_open()), 1U);
    const db::Rows kept = read(shop, [](db::WorkspaceTxn& txn) { return txn.query(progress_sql); });
    const EventId next{kept[0].integer(0)};
    const EventId last{kept[0].integer(1)};
    EXPECT_GT(next, EventId{});
    // The step with Ann's body and sixteen more were saved; what follows was not worth it.
    const webhook_events::RedactStep left = read([&](db::Txn& txn) {
        return webhook_events::find_traces(txn, next, last, {.phones = {bob.phone}});
    });
    EXPECT_EQ(left.matches.size(), bodies + 1 - 17 * webhook_events::redact_step_events_max);
}

TEST_P(SearchTest, serves_several_erasures_and_counts_for_each) {
    write_text(ann, "wamid.A1", "blue bicycle");
    deliver(body_of(
        boost::json::array{text_change(shop_number, ann, "wamid.A2", now_s(), "red trailer"),
                           text_change(shop_number, bob, "wamid.B1", now_s(), "green one")}));
    write_text(ann, "wamid.D1", "still a customer there", 0s, other_number);
    const Erasure of_ann = begin_erasing(ann);
    const Erasure of_bob = begin_erasing(bob);
    EXPECT_EQ(run(eraser_.run_open()), 2U);
    EXPECT_EQ(redacted(of_ann), 2);
    EXPECT_EQ(redacted(of_bob), 1);
    for (const char* gone : {"blue bicycle", "red trailer", "green one"}) {
        EXPECT_EQ(lines_with(gone), "") << gone;
    }
    EXPECT_NE(lines_with("still a customer there"), "");
    EXPECT_EQ(run(eraser_.run_open()), 0U);
}

TEST_P(SearchTest, takes_early_statuses_of_the_person_alone) {
    write_text(ann, "wamid.A1", "Hello");
    for (const Author& author : {ann, bob}) {
        deliver(body_of(webhooks::testing::status_change(
            shop_number, {.wamid = wamid_of(author), .status = "sent", .at_s = now_s()})));
        EXPECT_NE(lines_with(wamid_of(author)), "");
    }
    begin_erasing(ann);
    EXPECT_EQ(run(eraser_.run_open()), 1U);
    EXPECT_EQ(lines_with("early_statuses:").find(wamid_of(ann)), std::string::npos);
    EXPECT_NE(lines_with("early_statuses:").find(wamid_of(bob)), std::string::npos);
}

/// Only there one transaction can pass another.
class SearchMomentTest : public SearchTest {};

TEST_P(SearchMomentTest, waits_for_a_status_that_did_not_know_of_the_erasure) {
    write_text(ann, "wamid.A1", "Hello");
    std::promise<void> written;
    std::promise<void> erased;
    std::thread worker([&] {
        write(shop, [&](db::WorkspaceTxn& txn) {
            whatsapp::StatusUpdate update;
            update.wa_message_id = wamid_of(ann);
            update.status = whatsapp::DeliveryStatus::sent;
            update.timestamp = clock_.now();
            messages::apply_status(txn, PhoneNumberId(shop_number), update, clock_.now());
            written.set_value();
            erased.get_future().wait();
            return true;
        });
    });
    written.get_future().wait();
    const Erasure erasure = begin_erasing(ann);
    Eraser impatient(tasks_, database(), clock_, std::chrono::milliseconds(0));
    EXPECT_EQ(run(impatient.run_open()), 0U) << "the status may still come";
    EXPECT_FALSE(run(service_.find(context_of(), erasure.id)).value().completed_at);
    erased.set_value();
    worker.join();
    EXPECT_NE(lines_with(wamid_of(ann)), "");
    EXPECT_EQ(run(eraser_.run_open()), 1U);
    EXPECT_EQ(lines_with(wamid_of(ann)), "");
}

WAPI_ON_BOTH_ENGINES(SearchTest);
WAPI_ON_POSTGRES(SearchMomentTest);

}  // namespace
}  // namespace wapi::privacy::testing
