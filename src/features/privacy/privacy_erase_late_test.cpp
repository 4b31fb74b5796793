// Goal: what Meta delivers again or late about somebody who was erased is not stored, alone, and
// leaves nothing; what is newer or somebody else's is. Method: real webhook bodies through the real
// worker on both engines.
#include <gtest/gtest.h>

#include "features/privacy/privacy_erase_test_support.hpp"

namespace wapi::privacy::testing {
namespace {

using webhooks::testing::change_of;
using webhooks::testing::status_change;
using webhooks::testing::text_change;

class EraseLateTest : public EraseTest {};

TEST_P(EraseLateTest, a_replay_brings_nothing_back) {
    fill();
    erase(ann);
    clock_.advance(1h);
    replay_everything();
    EXPECT_FALSE(find_contact(ann));
    expect_nothing_of_ann();
}

TEST_P(EraseLateTest, what_meta_delivers_late_is_not_stored) {
    fill();
    const std::int64_t before = now_s();
    erase(ann);
    clock_.advance(1h);
    deliver(body_of(boost::json::array{
        text_change(shop_number, ann, "wamid.A9", before - 5, "blue bicycle again"),
        text_change(shop_number, bob, "wamid.B9", before - 5, "Bob once more")}));
    EXPECT_FALSE(find_contact(ann));
    expect_nothing_of_ann();
    EXPECT_NE(lines_with("Bob once more"), "");
}

TEST_P(EraseLateTest, a_late_stop_that_cannot_be_read_wholly_is_not_stored_and_a_newer_one_counts) {
    fill();
    const std::int64_t before = now_s();
    erase(ann);
    clock_.advance(1h);
    const auto stop_without_id = [](std::int64_t at_s) {
        boost::json::object change = text_change(shop_number, ann, "wamid.A9", at_s, "STOP");
        change["value"].as_object()["messages"].as_array()[0].as_object().erase("id");
        return body_of(std::move(change));
    };
    deliver(stop_without_id(before - 5));
    EXPECT_FALSE(find_contact(ann));
    expect_nothing_of_ann();
    deliver(stop_without_id(now_s()));
    EXPECT_TRUE(opt_out_of(ann).status);
}

TEST_P(EraseLateTest, what_the_phone_app_tells_late_is_taken_out_of_its_raw_body) {
    fill();
    const std::int64_t before = now_s() - 5;
    erase(ann);
    clock_.advance(1h);
    const auto echo_to = [&](const Author& author, const std::string& text, std::int64_t at_s) {
        return change_of(
            shop_number, "smb_message_echoes",
            {{"message_echoes", boost::json::array{{{"id", "wamid.E" + text},
                                                    {"from", "15550001111"},
                                                    {"to", author.phone},
                                                    {"timestamp", std::to_string(at_s)},
                                                    {"type", "text"},
                                                    {"text", {{"body", text}}}}}}});
    };
    deliver(body_of(boost::json::array{echo_to(ann, "late blue bicycle", before),
                                       echo_to(ann, "newer echo", now_s()),
                                       echo_to(bob, "late green one", before)}));
    const auto thread_of = [](const Author& author, const std::string& text) {
        return boost::json::value{
            {"id", author.phone},
            {"messages", boost::json::array{{{"from", author.phone}, {"text", text}}}}};
    };
    deliver(body_of(change_of(
        shop_number, "history",
        {{"history",
          boost::json::array{{{"threads", boost::json::array{thread_of(ann, "a red trailer"),
                                                             thread_of(bob, "Bob's past")}}}}}})));
    deliver(body_of(change_of(
        shop_number, "smb_app_state_sync",
        {{"state_sync",
          boost::json::array{
              {{"contact", {{"full_name", ann.name}, {"phone_number", "+" + ann.phone}}}}}}})));
    for (const char* gone : {"late blue bicycle", "a red trailer", ann.name.c_str()}) {
        EXPECT_EQ(lines_with(gone), "") << gone;
    }
    for (const char* kept : {"newer echo", "late green one", "Bob's past"}) {
        EXPECT_NE(lines_with(kept), "") << kept;
    }
}

TEST_P(EraseLateTest, everybody_in_a_large_body_is_recognised) {
    boost::json::array changes;
    const auto author_of = [](int index) {
        return Author{.phone = "1555777" + std::to_string(1000 + index),
                      .bsuid = "US." + std::to_string(1000 + index)};
    };
    for (int index = 0; index < 45; ++index) {
        changes.push_back(text_change(shop_number, author_of(index),
                                      "wamid.L" + std::to_string(index), now_s() - 60, "Hello"));
    }
    const std::string body = body_of(changes);
    deliver(body);
    const std::set<int> erased{0, 31, 32, 44};
    for (const int index : erased) {
        erase(author_of(index));
    }
    clock_.advance(1h);
    deliver(body);
    for (int index = 0; index < 45; ++index) {
        EXPECT_EQ(find_contact(author_of(index)).has_value(), !erased.contains(index)) << index;
    }
}

TEST_P(EraseLateTest, what_a_neighbour_writes_about_the_person_is_kept_and_applied) {
    const Author textual{.phone = ann.phone, .bsuid = ann.bsuid, .username = "text"};
    write_text(textual, "wamid.A1", "Hello");
    store_body(body_of(text_change(shop_number, bob, "wamid.B1", now_s() - 1, ann.phone)));
    erase(ann);
    EXPECT_NE(lines_with("wamid.B1"), "") << "stored, not yet processed";
    drain();
    ASSERT_TRUE(find_contact(bob));
    EXPECT_NE(lines_with("messages:").find("wamid.B1"), std::string::npos);
}

TEST_P(EraseLateTest, a_late_update_is_dropped_alone_and_a_newer_one_beside_it_stays) {
    fill();
    const std::int64_t before = now_s();
    erase(ann);
    clock_.advance(1h);
    boost::json::object change =
        text_change(shop_number, ann, "wamid.A8", before - 5, "blue bicycle again");
    boost::json::object newer =
        text_change(shop_number, ann, "wamid.A9", now_s(), "I came back myself");
    change["value"].as_object()["messages"].as_array().push_back(
        newer["value"].as_object()["messages"].as_array()[0]);
    const EventId event = deliver(body_of(change));
    const std::string body =
        read([&](db::Txn& txn) { return webhook_events::find_body(txn, event).value(); });
    EXPECT_EQ(body.find("blue bicycle"), std::string::npos);
    EXPECT_NE(body.find("I came back myself"), std::string::npos);
    EXPECT_NE(body.find(ann.name), std::string::npos) << "the newer one needs its contact";
    EXPECT_TRUE(find_contact(ann));
}

TEST_P(EraseLateTest, late_statuses_of_erased_messages_leave_nothing) {
    fill();
    const ContactId contact = find_contact(ann).value();
    const std::string sent = read(shop, [&](db::WorkspaceTxn& txn) {
        return inbox::find_latest_of_contact(txn, contact).value().last_message.value;
    });
    erase(ann);
    clock_.advance(1h);
    for (const std::string& callback : {sent, std::string()}) {
        deliver(body_of(status_change(shop_number, {.wamid = "wamid.OUT1",
                                                    .status = "delivered",
                                                    .at_s = now_s(),
                                                    .callback_data = callback,
                                                    .error_code = 131050})));
    }
    EXPECT_FALSE(find_contact(ann));
    EXPECT_EQ(lines_with("wamid.OUT1"), "");
}

WAPI_ON_BOTH_ENGINES(EraseLateTest);

}  // namespace
}  // namespace wapi::privacy::testing
