// Goal: webhook bytes look like Meta's and are signed so that a correct receiver takes them.
// Method: known answers; the signature vectors of shared/meta/signature_example.txt.
#include "cloudsim/webhook_render.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "cloudsim/ascii_json.hpp"

namespace wapi::cloudsim {
namespace {

constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";

TEST(AsciiJson, escapes_slashes_and_everything_beyond_ascii_in_lower_case_hex) {
    const json::value content = json::object{{"a/b", "é 😀 \"\\ \n\t\x01"}};
    EXPECT_EQ(render_ascii(content), R"({"a\/b":"\u00e9 \ud83d\ude00 \"\\ \n\t\u0001"})");
}

TEST(AsciiJson, renders_every_kind_of_value) {
    const std::string text = R"({"a":[1,-2,true,false,null,{},[]],"b":18446744073709551615})";
    EXPECT_EQ(render_ascii(boost::json::parse(text)), text);
}

TEST(AsciiJson, reads_back_as_the_same_value) {
    const json::value content =
        boost::json::parse(R"(["مرحبا","山田","\u0000","\ud83d\ude00",0.5,"/"])");
    EXPECT_EQ(boost::json::parse(render_ascii(content)), content);
}

// Any text of pieces that JSON writes differently: bare, escaped by name, by code, by two codes.
rc::Gen<std::string> any_text() {
    const std::vector<std::string> pieces{"a",      " ",      "/",          "\\",
                                          "\"",     "\n",     "\x01",       "\x7f",
                                          "\u00e9", "\u0633", "\U0001f600", std::string(1, '\0')};
    return rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(pieces)),
                        [](const std::vector<std::string>& chosen) {
                            std::string text;
                            for (const std::string& piece : chosen) {
                                text += piece;
                            }
                            return text;
                        });
}

RC_GTEST_PROP(AsciiJson, any_text_reads_back_and_is_ascii_without_a_bare_slash, ()) {
    const std::string text = *any_text();
    const std::string rendered = render_ascii(json::value(text));
    RC_ASSERT(boost::json::parse(rendered) == json::value(text));
    RC_ASSERT(std::ranges::all_of(rendered, [](char c) { return c >= 0x20 && c < 0x7F; }));
    for (std::size_t at = rendered.find('/'); at != std::string::npos;
         at = rendered.find('/', at + 1)) {
        RC_ASSERT(rendered[at - 1] == '\\');
    }
}

TEST(Signature, matches_the_known_vector) {
    const std::string body =
        R"({"object":"whatsapp_business_account","entry":[{"id":"1","changes":[]}]})";
    EXPECT_EQ(render_signature(secret, body),
              "sha256=2889e173f98c7f2a895a1e54e881a87ed88648e37cb4ddd833a8ae18accdd9ec");
    bool has_legacy = false;
    for (const auto& [name, value] : render_headers(secret, body)) {
        has_legacy = has_legacy || (name == "X-Hub-Signature" && value.starts_with("sha1=") &&
                                    value.size() == 45);
    }
    EXPECT_TRUE(has_legacy);
}

class RenderedChange : public ::testing::Test {
  protected:
    Message message_to(const Customer& customer, bool by_phone) {
        Message message;
        message.id = "wamid.X";
        message.phone = &world_->phones().front();
        message.customer = &customer;
        message.callback_data = "m=42";
        message.addressed_by_phone = by_phone;
        return message;
    }
    static json::object first_of(const Change& change, std::string_view list) {
        return change.value.at(list).as_array().at(0).as_object();
    }

    std::unique_ptr<World> world_ = make_default_world(1);
    Timestamp at_{std::chrono::seconds(1'759'400'001)};
};

TEST_F(RenderedChange, a_status_carries_pricing_contact_and_our_callback_data) {
    const Customer& ann = world_->customers().front();
    const Change change = render_status(message_to(ann, true), {MessageState::sent, true, 0}, at_);
    const json::object status = first_of(change, "statuses");
    EXPECT_EQ(status.at("status"), "sent");
    EXPECT_EQ(status.at("timestamp"), "1759400001");
    EXPECT_EQ(status.at("recipient_id"), "15550002222");
    EXPECT_EQ(status.at("biz_opaque_callback_data"), "m=42");
    EXPECT_EQ(status.at("pricing").at("category"), "service");
    EXPECT_EQ(first_of(change, "contacts").at("wa_id"), "15550002222");
}

TEST_F(RenderedChange, a_failed_status_has_errors_and_no_contacts) {
    const Customer& ann = world_->customers().front();
    const Change change =
        render_status(message_to(ann, true), {MessageState::failed, false, 131026}, at_);
    EXPECT_FALSE(change.value.contains("contacts"));
    const json::object status = first_of(change, "statuses");
    EXPECT_EQ(status.at("errors").at(0).at("code"), 131026);
    EXPECT_FALSE(status.contains("pricing"));
}

TEST_F(RenderedChange, a_username_adopter_has_no_phone_fields) {
    const Customer& layla = *world_->find_customer("layla");
    const json::object content =
        render_inbound_message(layla, "wamid.I", at_, json::object{{"type", "text"}});
    const Change inbound = render_inbound(world_->phones().front(), layla, content);
    EXPECT_FALSE(first_of(inbound, "messages").contains("from"));
    EXPECT_EQ(first_of(inbound, "messages").at("from_user_id"), json::value(layla.user_id));
    EXPECT_FALSE(first_of(inbound, "contacts").contains("wa_id"));
    const Change status =
        render_status(message_to(layla, false), {MessageState::delivered, true, 0}, at_);
    EXPECT_FALSE(first_of(status, "statuses").contains("recipient_id"));
    EXPECT_EQ(first_of(status, "statuses").at("recipient_user_id"), json::value(layla.user_id));
}

TEST_F(RenderedChange, an_envelope_has_one_entry_for_each_waba) {
    const json::object envelope = render_envelope(
        {{"1", "messages", {}}, {"2", "messages", {}}, {"1", "user_preferences", {}}});
    const json::array& entries = envelope.at("entry").as_array();
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries.at(0).at("id"), "1");
    EXPECT_EQ(entries.at(0).at("changes").as_array().size(), 2U);
    EXPECT_EQ(entries.at(1).at("changes").at(0).at("field"), "messages");
}

}  // namespace
}  // namespace wapi::cloudsim
