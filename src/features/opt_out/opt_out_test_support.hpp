// What the tests of opt-out share: a shop with a number, customers who write, and members who
// decide.
#pragma once

#include <string>
#include <vector>

#include "features/messages/messages.hpp"
#include "features/opt_out/opt_out.hpp"
#include "tests/support/shop.hpp"

namespace wapi::opt_out::testing {

using namespace std::chrono_literals;

using test::ann_phone;
using test::other_shop;
using test::shop;
using test::shop_number;

inline const db::Sql set_settings{{
    .name = "opt_out_test.set_settings",
    .text = "UPDATE workspaces SET settings = $2 WHERE workspace_id = $1",
}};
inline const db::Sql confirmations_sql{{
    .name = "opt_out_test.confirmations",
    .text =
        "SELECT text, purpose, status FROM messages WHERE workspace_id = $1"
        " AND direction = 'outbound' AND (text LIKE '%unsubscribed%' OR text LIKE 'Welcome back%')"
        " ORDER BY created_us, message_id",
}};

class OptOutTest : public test::ShopTest {
  protected:
    OptOutTest() {
        make_workspace(shop);
        save_number(shop, shop_number);
        clock_.advance(1h);
    }
    /// What the webhook worker does with a customer's message.
    ContactId receive(whatsapp::InboundMessage message) {
        message.wa_message_id = "wamid." + std::to_string(++received_);
        message.json = message.json.empty() ? "{}" : message.json;
        return write(shop, [&](db::WorkspaceTxn& txn) {
            const auto stored = messages::store_inbound(
                txn, ids_, {.number = shop_number, .event = ids_.event_id()}, message,
                clock_.now());
            apply_message(txn, ids_, {stored.contact, shop_number}, message, clock_.now());
            return stored.contact;
        });
    }
    static whatsapp::InboundMessage text(const std::string& body, Timestamp at) {
        whatsapp::InboundMessage message;
        message.sender.phone = ann_phone;
        message.timestamp = at;
        message.type = whatsapp::MessageType::text;
        message.text = body;
        return message;
    }
    ContactId receive_at(const std::string& body, Timestamp at) { return receive(text(body, at)); }
    ContactId receive(const std::string& body, std::chrono::seconds ago = 0s) {
        return receive_at(body, clock_.now() - ago);
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
    void prefer(whatsapp::PreferenceValue value, std::chrono::seconds ago = 0s,
                const std::string& category = "marketing_messages") {
        whatsapp::UserPreference preference;
        preference.phone = ann_phone;
        preference.category = category;
        preference.value = value;
        preference.timestamp = clock_.now() - ago;
        write(shop, [&](db::WorkspaceTxn& txn) {
            apply_preference(txn, ids_, {.confirm_from = shop_number, .event = ids_.event_id()},
                             preference, clock_.now());
            return true;
        });
    }
    void set_words(const std::string& settings) {
        write(shop, [&](db::WorkspaceTxn& txn) { return txn.execute(set_settings, settings); });
    }
    contacts::OptOut state(const ContactId& id) {
        return read(shop,
                    [&](db::WorkspaceTxn& txn) { return contacts::get(txn, id).value().opt_out; });
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
    static Context member(const WorkspaceId& workspace = shop) { return context_of(workspace); }

    Service service_{database(), ids_, clock_};
    int received_ = 0;
};

}  // namespace wapi::opt_out::testing
