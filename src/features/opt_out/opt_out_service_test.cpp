// Goal: a STOP has all its effects at once and once, every way in which one can come counts, and
// order does not matter. Method: stored inbound messages and members' acts on both engines, with a
// clock moved by hand; the confirmation is looked for among the messages.
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "features/audit/audit.hpp"
#include "features/messages/messages.hpp"
#include "features/numbers/numbers.hpp"
#include "features/opt_out/opt_out.hpp"
#include "features/opt_out/opt_out_http.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::opt_out {
namespace {

using namespace std::chrono_literals;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");
const PhoneNumberId shop_number("1080000000001");
const std::string ann_phone = "15550002222";

const db::Sql insert_workspace{{
    .name = "opt_out_test.insert_workspace",
    .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us)"
            " VALUES ($1, 'Demo Shop', 'pro', '{}', 0)",
}};
const db::Sql set_settings{{
    .name = "opt_out_test.set_settings",
    .text = "UPDATE workspaces SET settings = $2 WHERE workspace_id = $1",
}};
const db::Sql confirmations_sql{{
    .name = "opt_out_test.confirmations",
    .text = "SELECT text, purpose FROM messages WHERE workspace_id = $1 AND direction = 'outbound'"
            " AND (text LIKE '%unsubscribed%' OR text LIKE 'Welcome back%')"
            " ORDER BY created_us, message_id",
}};

class OptOutTest : public test::EnginesTest {
  protected:
    OptOutTest() {
        numbers::Number number;
        number.workspace = shop;
        number.phone_number_id = shop_number;
        number.waba_id = WabaId("209");
        number.display_phone = "+15550001111";
        number.status = numbers::status::connected;
        number.connected_at = clock_.now();
        write(shop, [&](db::WorkspaceTxn& txn) {
            numbers::save_number(txn, number);
            return txn.execute(insert_workspace);
        });
        clock_.advance(1h);
    }
    /// What the webhook worker does with a customer's message.
    ContactId receive(whatsapp::InboundMessage message) {
        message.wa_message_id = "wamid." + std::to_string(++received_);
        message.json = message.json.empty() ? "{}" : message.json;
        return write(shop, [&](db::WorkspaceTxn& txn) {
            const auto stored =
                messages::store_inbound(txn, ids_, shop_number, message, clock_.now());
            apply_message(txn, ids_, {stored.contact, shop_number}, message, clock_.now());
            return stored.contact;
        });
    }
    ContactId receive(const std::string& text, std::chrono::seconds ago = 0s) {
        whatsapp::InboundMessage message;
        message.sender.phone = ann_phone;
        message.timestamp = clock_.now() - ago;
        message.type = whatsapp::MessageType::text;
        message.text = text;
        return receive(message);
    }
    ContactId press(const std::string& title, const std::string& payload,
                    whatsapp::MessageType type) {
        whatsapp::InboundMessage message;
        message.sender.phone = ann_phone;
        message.timestamp = clock_.now();
        message.type = type;
        message.text = title;
        message.payload = payload;
        return receive(message);
    }
    void prefer(whatsapp::PreferenceValue value, std::chrono::seconds ago = 0s) {
        whatsapp::UserPreference preference;
        preference.phone = ann_phone;
        preference.value = value;
        preference.timestamp = clock_.now() - ago;
        write(shop, [&](db::WorkspaceTxn& txn) {
            apply_preference(txn, ids_, preference, clock_.now());
            return true;
        });
    }
    void set_words(const std::string& settings) {
        write(shop, [&](db::WorkspaceTxn& txn) { return txn.execute(set_settings, settings); });
    }
    contacts::OptOut state(const ContactId& id) {
        return read(shop, [&](db::WorkspaceTxn& txn) { return contacts::find_opt_out(txn, id); })
            .value();
    }
    /// Text or, as column 1, purpose of each confirmation.
    std::vector<std::string> confirmations(std::size_t column = 0) {
        return read(shop, [column](db::WorkspaceTxn& txn) {
            std::vector<std::string> values;
            for (const db::Row row : txn.query(confirmations_sql)) {
                values.push_back(row.string(column));
            }
            return values;
        });
    }
    Context member(const WorkspaceId& workspace = shop) {
        Context context;
        context.workspace = workspace;
        context.actor = {ActorKind::user, "user-1"};
        return context;
    }
    std::int64_t count_audit(std::string_view action) {
        audit::Service service(database());
        return run(service.list(member(), {.action = std::string(action)}))->total;
    }

    Service service_{database(), ids_, clock_};
    int received_ = 0;
};

TEST_P(OptOutTest, a_stop_is_recorded_audited_and_confirmed_and_cancels_what_is_queued) {
    const ContactId ann = receive("hello");
    messages::Draft draft;
    draft.to.contact_id = ann.value;
    draft.content = std::string("Your order is ready");
    const MessageId queued =
        write(shop,
              [&](db::WorkspaceTxn& txn) {
                  return messages::commit_send(txn, ids_, member(), draft, clock_.now());
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
    EXPECT_EQ(confirmations().size(), 2U) << "the second STOP was passed when it came";
}

TEST_P(OptOutTest, a_member_opts_out_who_came_back_by_yes_at_a_later_time_than_ours) {
    const ContactId ann = receive("STOP", 60s);
    receive("yes", -5s);
    EXPECT_FALSE(state(ann).status);
    ASSERT_TRUE(run(service_.opt_out(member(), ann)));
    EXPECT_TRUE(state(ann).status);
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

TEST_P(OptOutTest, metas_own_preference_counts_without_a_confirmation) {
    prefer(whatsapp::PreferenceValue::stop);
    const ContactId ann = receive("hello");
    EXPECT_TRUE(state(ann).status);
    EXPECT_EQ(state(ann).opted_out_via, "meta");
    EXPECT_TRUE(confirmations().empty());
    clock_.advance(1s);
    prefer(whatsapp::PreferenceValue::unknown);
    EXPECT_TRUE(state(ann).status);
    prefer(whatsapp::PreferenceValue::resume);
    EXPECT_FALSE(state(ann).status);
}

TEST_P(OptOutTest, outside_the_window_a_stop_counts_without_a_confirmation) {
    const ContactId ann = receive("STOP", 25h);
    EXPECT_TRUE(state(ann).status);
    EXPECT_TRUE(confirmations().empty());
    EXPECT_EQ(count_audit("contact.opted_out"), 1);
}

TEST_P(OptOutTest, a_number_that_cannot_send_does_not_stop_the_opt_out) {
    write(shop, [](db::WorkspaceTxn& txn) {
        return numbers::set_status(txn, shop_number, numbers::status::paused, "limited");
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

TEST_P(OptOutTest, a_member_opts_a_contact_out_and_in_by_hand) {
    const ContactId ann = receive("hello");
    const Result<contacts::Contact> out = run(service_.opt_out(member(), ann));
    ASSERT_TRUE(out);
    EXPECT_TRUE(out->opt_out.status);
    EXPECT_EQ(out->opt_out.opted_out_via, "manual");
    clock_.advance(1s);
    ASSERT_TRUE(run(service_.opt_out(member(), ann)));
    EXPECT_EQ(count_audit("contact.manually_opted_out"), 1) << "repeating it changes nothing";
    clock_.advance(1s);
    EXPECT_FALSE(run(service_.opt_in(member(), ann))->opt_out.status);
    EXPECT_EQ(count_audit("contact.manually_opted_in"), 1);
    EXPECT_TRUE(confirmations().empty());
}

TEST_P(OptOutTest, a_members_act_that_changes_nothing_leaves_what_is_on_record) {
    const ContactId ann = receive("STOP");
    const contacts::OptOut before = state(ann);
    clock_.advance(1min);
    EXPECT_TRUE(run(service_.opt_out(member(), ann))->opt_out.status);
    EXPECT_EQ(state(ann).opted_out_via, "message");
    EXPECT_EQ(state(ann).opted_out_at, before.opted_out_at);
    EXPECT_EQ(state(ann).decided_at, before.decided_at);
    receive("START");
    const contacts::OptOut back = state(ann);
    clock_.advance(1min);
    EXPECT_FALSE(run(service_.opt_in(member(), ann))->opt_out.status);
    EXPECT_EQ(state(ann).opted_back_in_at, back.opted_back_in_at);
    EXPECT_EQ(count_audit("contact.manually_opted_out"), 0);
    EXPECT_EQ(count_audit("contact.manually_opted_in"), 0);
}

TEST_P(OptOutTest, another_workspace_cannot_touch_the_contact) {
    const ContactId ann = receive("hello");
    const Result<contacts::Contact> refused = run(service_.opt_out(member(other_shop), ann));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, &contacts::errors::contact_not_found);
    EXPECT_FALSE(state(ann).status);
}

TEST_P(OptOutTest, the_routes_answer_with_the_contact) {
    const ContactId ann = receive("hello");
    for (const net::Route& route : opt_out_routes(service_)) {
        net::Call call;
        call.request.params = {{"id", ann.value}};
        call.context = member();
        const Result<net::Response> response = run(route.handler(call));
        ASSERT_TRUE(response);
        const json::object body = json::parse_object(response->body).value();
        EXPECT_EQ(body.at("optOut").as_object().at("status"),
                  route.path == "/api/v1/contacts/{id}/opt-out");
        clock_.advance(1s);
    }
}

WAPI_ON_BOTH_ENGINES(OptOutTest);

}  // namespace
}  // namespace wapi::opt_out
