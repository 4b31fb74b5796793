// POST /{phone}/messages: validation in Meta's order, acceptance, read marks.
//
// Order: token and node (router), number registered, recipient, content, 24 h window, template and
// its parameters, throughput, pair rate. Source: shared/meta/cloud-api.md "Simulator checklist",
// sending.md.
#include <fmt/format.h>

#include "cloudsim/graph.hpp"
#include "cloudsim/message_life.hpp"
#include "cloudsim/message_validation.hpp"
#include "cloudsim/template_check.hpp"

namespace wapi::cloudsim {
namespace {

constexpr std::chrono::hours window_length{24};
constexpr std::chrono::seconds typing_shown{25};

struct Draft {
    Recipient recipient;
    std::string type;
    Customer* customer = nullptr;
    const Template* entry = nullptr;
};

using Check = std::expected<void, GraphError>;

Check take_code_fault(Faults& faults) {
    if (faults.code == 0 || faults.code_times == 0) {
        return {};
    }
    --faults.code_times;
    return refuse(faults.code);
}

std::expected<Customer*, GraphError> find_addressee(World& world, const Recipient& recipient) {
    if (!recipient.digits.empty()) {
        return &world.customer_of_phone(recipient.digits);
    }
    Customer* customer = world.find_customer(recipient.user_id);
    if (customer == nullptr) {
        return refuse(131009, "Recipient is not a user of this portfolio");
    }
    return customer;
}

Check check_window(Simulator& simulator, const GraphCall& call, const Draft& draft) {
    if (simulator.options().open_windows) {
        return {};
    }
    const Thread& thread = simulator.world().thread_of(*call.phone, *draft.customer);
    const bool open = thread.last_inbound && simulator.now() - *thread.last_inbound < window_length;
    if (open) {
        return {};
    }
    return refuse(131047,
                  "Message failed to send because more than 24 hours have passed since the "
                  "customer last replied to this number.");
}

Check check_template_message(const GraphCall& call, Draft& draft) {
    const json::object& content = call.body.at("template").as_object();
    auto entry = find_sendable_template(*call.waba, content);
    if (!entry) {
        return std::unexpected(entry.error());
    }
    draft.entry = *entry;
    if ((*entry)->category == "AUTHENTICATION" && draft.recipient.digits.empty()) {
        return refuse(131062);
    }
    return check_parameters(**entry, content);
}

Check check_pace(Simulator& simulator, const GraphCall& call, const Draft& draft) {
    if (simulator.options().no_limits) {
        return {};
    }
    if (!simulator.limits().take_throughput(call.phone->id, simulator.now())) {
        return refuse(130429,
                      "Message failed to send because there were too many messages sent from "
                      "this phone number in a short period of time");
    }
    if (!simulator.limits().take_pair(call.phone->id + "|" + draft.customer->key,
                                      simulator.now())) {
        return refuse(131056,
                      "Message failed to send because there were too many messages sent from "
                      "this phone number to the same phone number in a short period of time.");
    }
    return {};
}

std::expected<Draft, GraphError> check_message(Simulator& simulator, GraphCall& call) {
    Draft draft;
    auto recipient = read_recipient(call.body, call.phone->digits, call.phone->country_code);
    if (!recipient) {
        return std::unexpected(recipient.error());
    }
    draft.recipient = std::move(*recipient);
    auto type = check_content(call.body);
    if (!type) {
        return std::unexpected(type.error());
    }
    draft.type = std::move(*type);
    auto customer = find_addressee(simulator.world(), draft.recipient);
    if (!customer) {
        return std::unexpected(customer.error());
    }
    draft.customer = *customer;
    const Check fits = draft.type == "template" ? check_template_message(call, draft)
                                                : check_window(simulator, call, draft);
    if (!fits) {
        return std::unexpected(fits.error());
    }
    if (auto done = check_pace(simulator, call, draft); !done) {
        return std::unexpected(done.error());
    }
    const std::string& digits = draft.customer->phone;
    if (fails_first(digits) && simulator.world().failed_once.insert(digits).second) {
        return refuse(131000);
    }
    return draft;
}

Message& accept(Simulator& simulator, GraphCall& call, const Draft& draft) {
    Message message;
    message.id = simulator.world().make_message_id(draft.customer->phone);
    message.phone = call.phone;
    message.customer = draft.customer;
    message.type = draft.type;
    message.body = std::move(call.request.body);
    message.callback_data = call.parameter("biz_opaque_callback_data").value_or("");
    message.addressed_by_phone = !draft.recipient.digits.empty();
    message.at = simulator.now();
    if (draft.entry != nullptr) {
        message.template_id = draft.entry->id;
        message.category = draft.entry->category == "MARKETING" ? "marketing"
                           : draft.entry->category == "UTILITY" ? "utility"
                                                                : "authentication";
    }
    ++simulator.counters().accepted;
    return simulator.world().add_message(std::move(message));
}

json::object render_accepted(const Message& message, const Draft& draft) {
    json::object contact{{"input", draft.recipient.input}};
    if (message.addressed_by_phone) {
        contact["wa_id"] = draft.recipient.digits;
    } else {
        contact["user_id"] = draft.recipient.user_id;
    }
    json::object accepted{{"id", message.id}};
    if (draft.entry != nullptr) {
        accepted["message_status"] = "accepted";
    }
    json::object answer{{"messaging_product", "whatsapp"}};
    answer["contacts"] = json::array{std::move(contact)};
    answer["messages"] = json::array{std::move(accepted)};
    return answer;
}

// {"status":"read","message_id":...}: the message and all before it in its thread.
GraphReply mark_read(Simulator& simulator, GraphCall& call) {
    if (call.parameter("status") != "read") {
        return refuse(100, "Param status must be one of {read}");
    }
    const auto id = call.parameter("message_id");
    if (!id) {
        return refuse(100, "The parameter message_id is required.");
    }
    const Message* target = simulator.world().find_message(*id);
    if (target == nullptr || target->direction != Direction::inbound ||
        target->phone != call.phone) {
        return refuse(131009, "Message id is not one of a message to this number");
    }
    Thread& thread = simulator.world().thread_of(*call.phone, *target->customer);
    for (Message* message : thread.messages) {
        if (message->direction == Direction::inbound && message->at <= target->at) {
            message->state = MessageState::read;
        }
    }
    if (call.body.contains("typing_indicator")) {
        thread.typing_until = simulator.now() + typing_shown;
    }
    return success();
}

}  // namespace

GraphReply post_message(Simulator& simulator, GraphCall& call) {
    if (!call.phone->registered) {
        return refuse(133010);
    }
    if (auto done = check_frame(call.body); !done) {
        return std::unexpected(done.error());
    }
    if (call.body.contains("status")) {
        return mark_read(simulator, call);
    }
    if (auto done = take_code_fault(simulator.faults()); !done) {
        return std::unexpected(done.error());
    }
    auto draft = check_message(simulator, call);
    if (!draft) {
        return std::unexpected(draft.error());
    }
    Message& message = accept(simulator, call, *draft);
    start_life(simulator, message);
    if (simulator.faults().drop_answer_next > 0) {
        --simulator.faults().drop_answer_next;
        ++simulator.counters().dropped_answers;
        call.abandon = true;
    }
    return render_accepted(message, *draft);
}

}  // namespace wapi::cloudsim
