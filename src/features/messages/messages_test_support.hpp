// What the tests of messages share: a workspace with a number that can send, and a customer who
// writes.
#pragma once

#include <string>

#include "features/audit/audit.hpp"
#include "features/contacts/contacts.hpp"
#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"
#include "features/messages/outbox.hpp"
#include "features/numbers/numbers.hpp"
#include "features/templates/templates.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::messages::testing {

inline const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
inline const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");
inline const PhoneNumberId shop_number("1080000000001");
inline const PhoneNumberId second_number("1080000000002");
inline const std::string ann_phone = "15550002222";

inline const db::Sql insert_workspace{{
    .name = "messages_test.insert_workspace",
    .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us)"
            " VALUES ($1, 'Demo Shop', 'enterprise', '{}', 0)",
}};

class MessagesTest : public test::EnginesTest {
  protected:
    MessagesTest() {
        write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(insert_workspace); });
        save_number(shop, shop_number);
    }
    void save_number(const WorkspaceId& workspace, const PhoneNumberId& id,
                     std::string_view status = numbers::status::connected,
                     const std::string& reason = {}) {
        numbers::Number number;
        number.workspace = workspace;
        number.phone_number_id = id;
        number.waba_id = WabaId("209");
        number.display_phone = "+15550001111";
        number.status = status;
        number.status_reason = reason;
        number.connected_at = clock_.now();
        write(workspace, [&](db::WorkspaceTxn& txn) {
            numbers::save_number(txn, number);
            return true;
        });
    }
    /// A text from a customer, now.
    InboundResult receive(const std::string& text, const std::string& phone = ann_phone,
                          const WorkspaceId& workspace = shop,
                          const PhoneNumberId& number = shop_number) {
        whatsapp::InboundMessage message;
        message.wa_message_id = "wamid.IN." + std::to_string(++received_);
        message.sender.phone = phone;
        message.sender.profile_name = "Ann";
        message.timestamp = clock_.now();
        message.type = whatsapp::MessageType::text;
        message.type_name = "text";
        message.text = text;
        message.json = R"({"type":"text"})";
        return write(workspace, [&](db::WorkspaceTxn& txn) {
            return store_inbound(txn, ids_, number, message, clock_.now());
        });
    }
    static Draft text_to(const std::string& phone, const std::string& text = "Hello Ann") {
        Draft draft;
        draft.to.phone = phone;
        draft.content = text;
        return draft;
    }
    static Draft template_to(const std::string& phone, const std::string& name) {
        Draft draft;
        draft.to.phone = phone;
        draft.content = TemplateRequest{.name = name, .language = "en", .components = "[]"};
        return draft;
    }
    void save_template(const std::string& name, const std::string& category,
                       const std::string& status = "APPROVED") {
        const templates::Template stored{
            .waba_id = WabaId("209"),
            .name = name,
            .language = "en",
            .meta_id = "99",
            .category = category,
            .status = status,
            .parameter_format = "POSITIONAL",
            .components = R"([{"type":"BODY","text":"Big sale today"}])",
            .updated_at = clock_.now()};
        write(shop, [&](db::WorkspaceTxn& txn) {
            templates::save_template(txn, stored);
            return true;
        });
    }
    Result<Message> commit(const Draft& draft, const WorkspaceId& workspace = shop) {
        return write(workspace, [&](db::WorkspaceTxn& txn) {
            return commit_send(txn, ids_, context_of(workspace), draft, clock_.now());
        });
    }
    /// The wire code of a refusal, or "ok".
    std::string answer_to(const Draft& draft, const WorkspaceId& workspace = shop) {
        const Result<Message> message = commit(draft, workspace);
        return message ? "ok" : std::string(message.error().kind->code);
    }
    static Context context_of(const WorkspaceId& workspace) {
        Context context;
        context.workspace = workspace;
        context.actor = {ActorKind::user, "user-1"};
        return context;
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
    std::int64_t count_audit(std::string_view action) {
        audit::Service service(database());
        return run(service.list(context_of(shop), {.action = std::string(action)}))->total;
    }
    queue::Counts count_outbox() {
        return read([&](db::Txn& txn) {
            return queue::count(txn, "outbox:*", std::nullopt, clock_.now());
        });
    }

    int received_ = 0;
};

}  // namespace wapi::messages::testing
