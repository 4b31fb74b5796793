// What the tests of sending share: drafts, templates to be sent, and the answer of the send gate.
#pragma once

#include <string>

#include "features/messages/messages_test_support.hpp"
#include "features/outbox/outbox.hpp"
#include "features/outbox/outbox_steps.hpp"
#include "features/sending/sending.hpp"
#include "features/templates/templates.hpp"

namespace wapi::sending::testing {

using namespace messages::testing;
using messages::InboundResult;
using messages::Message;
using messages::Purpose;
namespace status = messages::status;

class SendingTest : public MessagesTest {
  protected:
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
    Result<messages::Message> commit(const Draft& draft, const WorkspaceId& workspace = shop) {
        return write(workspace, [&](db::WorkspaceTxn& txn) {
            return commit_send(txn, ids_, context_of(workspace), draft, clock_.now());
        });
    }
    /// The wire code of a refusal, or "ok".
    std::string answer_to(const Draft& draft, const WorkspaceId& workspace = shop) {
        const Result<messages::Message> message = commit(draft, workspace);
        return message ? "ok" : std::string(message.error().kind->code);
    }
};

}  // namespace wapi::sending::testing
