// Goal: a STOP has all its effects at once and once, every way in which one can come counts, and
// order does not matter. Method: stored inbound messages and members' acts on both engines, with a
// clock moved by hand; the confirmation is looked for among the messages.
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "features/opt_out/opt_out_test_support.hpp"
#include "features/sending/sending.hpp"

namespace wapi::opt_out {
namespace {

using namespace testing;

TEST_P(OptOutTest, a_stop_is_recorded_audited_and_confirmed_and_cancels_what_is_queued) {
    const ContactId ann = receive("hello");
    sending::Draft draft;
    draft.to.contact_id = ann.value;
    draft.content = std::string("Your order is ready");
    const MessageId queued =
        write(shop,
              [&](db::WorkspaceTxn& txn) {
                  return sending::commit_send(txn, ids_, member(), draft, clock_.now());
              })
            .value()
            .id;
    clock_.advance(1min);
    receive("  Stop! ");
    const contacts::OptOut now = state(ann);
    EXPECT_TRUE(now.status);
    EXPECT_EQ(now.opted_out_at, clock_.now());
    EXPECT_EQ(now.opted_out_via, "message");
    EXPECT_EQ(count_audit("contact.opted_out"), 1);
    ASSERT_EQ(confirmations().size(), 1U);
    EXPECT_NE(confirmations()[0].find("unsubscribed"), std::string::npos);
    const auto cancelled =
        read(shop, [&](db::WorkspaceTxn& txn) { return messages::find(txn, queued).value(); });
    EXPECT_EQ(cancelled.status, messages::status::cancelled);
    EXPECT_EQ(cancelled.error_message, "opted_out");
}

TEST_P(OptOutTest, a_repeated_stop_is_not_confirmed_again) {
    const ContactId ann = receive("STOP");
    const Timestamp first = clock_.now();
    clock_.advance(1min);
    receive("stop");
    receive("STOP", 30s);
    EXPECT_EQ(confirmations().size(), 1U);
    EXPECT_EQ(count_audit("contact.opted_out"), 1);
    EXPECT_GT(state(ann).opted_out_at, first);
}

TEST_P(OptOutTest, a_start_brings_the_customer_back_with_one_confirmation) {
    const ContactId ann = receive("STOP");
    clock_.advance(1min);
    receive("START");
    EXPECT_FALSE(state(ann).status);
    EXPECT_EQ(state(ann).opted_back_in_at, clock_.now());
    ASSERT_EQ(confirmations().size(), 2U);
    EXPECT_NE(confirmations()[1].find("Welcome back"), std::string::npos);
    EXPECT_EQ(count_audit("contact.opted_in"), 1);
    receive("START");
    EXPECT_EQ(confirmations().size(), 2U);
}

TEST_P(OptOutTest, a_start_cancels_the_confirmation_of_the_stop_that_has_not_left) {
    receive("STOP");
    clock_.advance(1min);
    receive("START");
    EXPECT_EQ(confirmations(2), (std::vector<std::string>{"cancelled", "queued"}));
}

TEST_P(OptOutTest, only_the_confirmation_of_a_stop_may_pass_an_opt_out) {
    receive("STOP");
    clock_.advance(1min);
    receive("START");
    EXPECT_EQ(confirmations(1), (std::vector<std::string>{"confirmation", "service"}));
}

TEST_P(OptOutTest, a_start_of_who_never_left_is_not_confirmed) {
    const ContactId ann = receive("START");
    EXPECT_FALSE(state(ann).status);
    EXPECT_EQ(state(ann).opted_back_in_at, std::nullopt);
    EXPECT_TRUE(confirmations().empty());
    EXPECT_EQ(count_audit("contact.opted_in"), 0);
}

TEST_P(OptOutTest, a_late_stop_does_not_undo_a_newer_start) {
    const ContactId ann = receive("START");
    receive("STOP", 60s);
    EXPECT_FALSE(state(ann).status);
    EXPECT_EQ(state(ann).opted_out_at, clock_.now() - 60s) << "it is on record";
    EXPECT_TRUE(confirmations().empty());
}

TEST_P(OptOutTest, yes_is_a_start_only_for_who_has_opted_out) {
    const ContactId ann = receive("yes");
    EXPECT_EQ(state(ann).decided_at, Timestamp{});
    clock_.advance(1min);
    receive("STOP");
    EXPECT_TRUE(state(ann).status);
    clock_.advance(1min);
    receive("Yes");
    EXPECT_FALSE(state(ann).status);
}

TEST_P(OptOutTest, a_yes_of_who_is_back_already_is_only_an_answer) {
    const ContactId ann = receive("STOP");
    clock_.advance(1min);
    receive("START");
    const Timestamp back = clock_.now();
    clock_.advance(1min);
    receive("yes");
    EXPECT_EQ(state(ann).opted_back_in_at, back);
    receive("STOP", 90s);
    EXPECT_EQ(state(ann).opted_back_in_at, back);
}

TEST_P(OptOutTest, of_several_yes_before_their_stop_the_first_one_counts) {
    const ContactId ann = receive("yes", 10s);
    receive("yes");
    receive("STOP", 60s);
    EXPECT_EQ(state(ann).opted_back_in_at, clock_.now() - 10s);
    receive("STOP", 5s);
    EXPECT_EQ(state(ann).opted_back_in_at, clock_.now());
}

TEST_P(OptOutTest, a_yes_that_arrives_before_its_stop_counts_when_the_stop_comes) {
    const ContactId ann = receive("yes");
    receive("STOP", 60s);
    EXPECT_FALSE(state(ann).status);
    EXPECT_EQ(state(ann).opted_back_in_at, clock_.now());
}

TEST_P(OptOutTest, a_pressed_yes_that_arrives_before_its_stop_counts_too) {
    whatsapp::InboundMessage message;
    message.sender.phone = ann_phone;
    message.timestamp = clock_.now();
    message.type = whatsapp::MessageType::button;
    message.text = "Come back";
    message.payload = "YES";
    message.json = R"({"button":{"text":"Come back","payload":"YES"}})";
    const ContactId ann = receive(message);
    prefer(whatsapp::PreferenceValue::stop, 60s);
    EXPECT_FALSE(state(ann).status);
}

TEST_P(OptOutTest, a_yes_in_the_caption_of_a_picture_is_no_start) {
    whatsapp::InboundMessage picture;
    picture.sender.phone = ann_phone;
    picture.timestamp = clock_.now();
    picture.type = whatsapp::MessageType::image;
    picture.text = "yes";
    const ContactId ann = receive(picture);
    receive("STOP", 60s);
    EXPECT_TRUE(state(ann).status);
}

TEST_P(OptOutTest, a_text_that_is_edited_into_a_stop_is_one_and_into_a_start_is_none) {
    const auto edited = [this](const std::string& body, const std::string& type) {
        whatsapp::InboundMessage message = text(body, clock_.now());
        message.type = whatsapp::MessageType::edit;
        message.subtype = type;
        message.context_message_id = "wamid.1";
        return message;
    };
    const ContactId ann = receive("Hello", 60s);
    receive(edited("STOP", "image"));
    receive(edited("please stop by at 5", "text"));
    EXPECT_FALSE(state(ann).status) << "a caption, and a longer sentence";
    receive(edited("Stop!", "text"));
    EXPECT_TRUE(state(ann).status);
    clock_.advance(1s);
    receive(edited("START", "text"));
    EXPECT_TRUE(state(ann).status);
}

TEST_P(OptOutTest, a_button_or_list_reply_can_be_a_stop) {
    for (const whatsapp::MessageType type :
         {whatsapp::MessageType::button, whatsapp::MessageType::interactive}) {
        const ContactId ann = press("No thanks", "STOP_PROMOTIONS", type);
        EXPECT_TRUE(state(ann).status);
        clock_.advance(1s);
        press("Start", "x", type);
        EXPECT_FALSE(state(ann).status);
        clock_.advance(1s);
    }
}

TEST_P(OptOutTest, outside_the_window_a_stop_counts_without_a_confirmation) {
    const ContactId ann = receive("STOP", 25h);
    EXPECT_TRUE(state(ann).status);
    EXPECT_TRUE(confirmations().empty());
    EXPECT_EQ(count_audit("contact.opted_out"), 1);
}

TEST_P(OptOutTest, a_number_that_cannot_send_does_not_stop_the_opt_out) {
    write(shop, [](db::WorkspaceTxn& txn) {
        return numbers::set_status(txn, shop_number, numbers::status::reconnect, "limited");
    });
    EXPECT_TRUE(state(receive("STOP")).status);
    EXPECT_TRUE(confirmations().empty());
}

TEST_P(OptOutTest, words_of_the_workspace_count_and_removed_ones_do_not) {
    set_words(R"({"optOut":{"stopAdded":["Basta Ya"],"stopRemoved":["quit"],)"
              R"("startAdded":["volver"],"startRemoved":["resume"]}})");
    const ContactId ann = receive("¡basta ya!");
    EXPECT_TRUE(state(ann).status);
    clock_.advance(1s);
    receive("resume");
    EXPECT_TRUE(state(ann).status);
    receive("Volver");
    EXPECT_FALSE(state(ann).status);
    clock_.advance(1s);
    receive("quit");
    EXPECT_FALSE(state(ann).status);
    set_words("{}");
    receive("quit");
    EXPECT_TRUE(state(ann).status) << "a change of the settings counts at once";
}

TEST_P(OptOutTest, settings_of_the_wrong_shape_leave_the_built_in_words) {
    for (const char* settings : {"[]", R"({"optOut":7})", R"({"optOut":{"stopAdded":"x"}})",
                                 R"({"optOut":{"stopAdded":[1,null]}})"}) {
        set_words(settings);
        const ContactId ann = receive("STOP");
        EXPECT_TRUE(state(ann).status) << settings;
        clock_.advance(1s);
        receive("START");
        clock_.advance(1s);
    }
}

WAPI_ON_BOTH_ENGINES(OptOutTest);

TEST(OptOutSettings, of_another_form_than_lists_of_words_are_refused_by_name) {
    const auto refused_field = [](const std::string& settings) {
        const Result<void> fits = check_settings(json::parse_object(settings).value());
        return fits ? "none" : fits.error().field;
    };
    const std::string longest(word_bytes_max, 'x');
    for (const std::string& settings :
         {std::string("{}"), std::string(R"({"optOut":{}})"),
          std::string(R"({"optOut":{"stopAdded":["Basta ya"],"startRemoved":[]},"other":7})"),
          R"({"optOut":{"startAdded":[")" + longest + R"("]}})"}) {
        EXPECT_EQ(refused_field(settings), "none") << settings;
    }
    EXPECT_EQ(refused_field(R"({"optOut":7})"), "settings.optOut");
    EXPECT_EQ(refused_field(R"({"optOut":{"stopWords":[]}})"), "settings.optOut.stopWords");
    for (const std::string& list : {std::string(R"("x")"), std::string("null"), std::string("[1]"),
                                    std::string(R"([""])"), "[\"" + longest + "x\"]"}) {
        EXPECT_EQ(refused_field(R"({"optOut":{"stopAdded":)" + list + "}}"),
                  "settings.optOut.stopAdded")
            << list;
    }
}

}  // namespace
}  // namespace wapi::opt_out
