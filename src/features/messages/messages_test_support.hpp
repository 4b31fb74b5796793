// What the tests of messages share: a workspace with a number that can send, and a customer who
// writes.
#pragma once

#include <fmt/format.h>

#include <string>

#include "features/contacts/contacts.hpp"
#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"
#include "queue/queue.hpp"
#include "tests/support/shop.hpp"

namespace wapi::messages::testing {

using test::ann_phone;
using test::other_shop;
using test::second_number;
using test::shop;
using test::shop_number;

class MessagesTest : public test::ShopTest {
  protected:
    MessagesTest() {
        make_workspace(shop);
        save_number(shop, shop_number);
    }
    /// What a customer writes now.
    whatsapp::InboundMessage text_of(const std::string& text,
                                     const std::string& phone = ann_phone) {
        whatsapp::InboundMessage message;
        message.wa_message_id = "wamid.IN." + std::to_string(++received_);
        message.sender.phone = phone;
        message.sender.profile_name = "Ann";
        message.timestamp = clock_.now();
        message.type = whatsapp::MessageType::text;
        message.type_name = "text";
        message.text = text;
        message.json = R"({"type":"text"})";
        return message;
    }
    InboundResult receive(const std::string& text, const std::string& phone = ann_phone,
                          const WorkspaceId& workspace = shop,
                          const PhoneNumberId& number = shop_number) {
        const whatsapp::InboundMessage message = text_of(text, phone);
        return write(workspace, [&](db::WorkspaceTxn& txn) {
            return store_inbound(txn, ids_, {.number = number, .event = ids_.event_id()}, message,
                                 clock_.now());
        });
    }
    struct Reply {
        Purpose purpose = Purpose::service;
        std::string text = "Hello Ann";
        PhoneNumberId number = shop_number;
    };
    /// A text of ours to somebody who has written, as the send gate stores it; in no outbox.
    MessageId reply(const InboundResult& to, const Reply& wanted) {
        const Message message{
            .id = ids_.make<MessageId>(),
            .conversation = to.conversation,
            .contact = to.contact,
            .phone_number_id = wanted.number,
            .wa_message_id = {},
            .direction = "outbound",
            .type = "text",
            .status = std::string(status::queued),
            .text = wanted.text,
            .content = fmt::format(R"({{"text":{{"body":"{}"}},"type":"text"}})", wanted.text),
            .purpose = wanted.purpose,
            .timestamp = clock_.now(),
            .error_code = std::nullopt,
            .error_message = {}};
        write(shop, [&](db::WorkspaceTxn& txn) {
            store_outbound(txn, message, clock_.now());
            return true;
        });
        return message.id;
    }
    Message get(const MessageId& id) {
        return read(shop, [&](db::WorkspaceTxn& txn) { return find(txn, id); }).value();
    }
    void set_opt_out(const ContactId& id, bool status) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            contacts::save_opt_out(txn, id,
                                   {.status = status,
                                    .decided_at = clock_.now(),
                                    .opted_out_at = clock_.now(),
                                    .opted_out_via = "message",
                                    .opted_back_in_at = std::nullopt});
            return true;
        });
    }
    void apply(const std::string& wamid, whatsapp::DeliveryStatus status, Timestamp at,
               const std::string& callback = {}, int error_code = 0) {
        whatsapp::StatusUpdate update;
        update.wa_message_id = wamid;
        update.status = status;
        update.timestamp = at;
        update.callback_data = callback;
        if (error_code != 0) {
            update.errors.push_back({.code = error_code, .title = "failed", .details = {}});
        }
        write(shop, [&](db::WorkspaceTxn& txn) {
            apply_status(txn, shop_number, update, clock_.now());
            return true;
        });
    }
    queue::Counts count_outbox() {
        return read([&](db::Txn& txn) {
            return queue::count(txn, "outbox:*", std::nullopt, clock_.now());
        });
    }

    int received_ = 0;
};

}  // namespace wapi::messages::testing
