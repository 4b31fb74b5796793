// Acts of virtual customers. See customers.hpp.
#include "cloudsim/customers.hpp"

#include <charconv>

#include "cloudsim/webhook_render.hpp"

namespace wapi::cloudsim {
namespace {

// The newest message the business sent in the thread that a button press can refer to.
const Message* last_outbound(Simulator& simulator, const PhoneNumber& phone,
                             const Customer& customer) {
    const Thread& thread = simulator.world().thread_of(phone, customer);
    for (auto position = thread.messages.rbegin(); position != thread.messages.rend(); ++position) {
        if ((*position)->direction == Direction::outbound) {
            return *position;
        }
    }
    return nullptr;
}

json::object read_button(const json::object& body) {
    const json::value* payload = json::find_field(body, "payload");
    const json::value text = body.contains("text") ? body.at("text") : json::value("");
    return json::object{{"type", "button"},
                        {"button", json::object{{"payload", payload != nullptr ? *payload : text},
                                                {"text", text}}}};
}

Result<json::object> read_interactive(const json::object& body) {
    auto kind = json::optional_string(body, "kind");
    auto id = json::require_string(body, "id", {1, 256});
    auto title = json::require_string(body, "title", {1, 256});
    if (!kind) {
        return std::unexpected(kind.error());
    }
    if (!id) {
        return std::unexpected(id.error());
    }
    if (!title) {
        return std::unexpected(title.error());
    }
    const std::string name = kind->value_or("button_reply");
    json::object reply{{"type", name}};
    reply[name] = json::object{{"id", *id}, {"title", *title}};
    return json::object{{"type", "interactive"}, {"interactive", std::move(reply)}};
}

std::string_view text_in(const json::object& body, std::string_view field) {
    const json::value* value = json::find_field(body, field);
    return value != nullptr && value->is_string() ? std::string_view(value->as_string()) : "";
}

template <class Visit>
void visit_objects(const json::object& body, std::string_view field, Visit visit) {
    const json::value* list = json::find_field(body, field);
    if (list == nullptr || !list->is_array()) {
        return;
    }
    for (const json::value& item : list->as_array()) {
        if (item.is_object()) {
            visit(item.as_object());
        }
    }
}

void note_raw_message(Simulator& simulator, const PhoneNumber& phone, const json::object& content) {
    World& world = simulator.world();
    const std::string_view id = text_in(content, "id");
    const std::string_view from = text_in(content, "from");
    if (id.empty() || from.empty() || world.find_message(id) != nullptr) {
        return;
    }
    Message message;
    message.id = id;
    message.direction = Direction::inbound;
    message.phone = &phone;
    message.customer = &world.customer_of_phone(std::string(from));
    message.type = text_in(content, "type");
    message.body = json::render(content);
    message.state = MessageState::sent;
    std::int64_t seconds = 0;
    const std::string_view stamp = text_in(content, "timestamp");
    std::from_chars(stamp.data(), stamp.data() + stamp.size(), seconds);
    message.at = std::min(simulator.now(), Timestamp{std::chrono::seconds(seconds)});
    world.add_message(std::move(message));
}

struct ScriptStep {
    std::int64_t after_ms = 0;
    std::string customer_key;
    std::string phone_id;
    json::object content;
};

Result<ScriptStep> read_step(Simulator& simulator, const json::value& item) {
    if (!item.is_object()) {
        return fail_field(errors::invalid_request, "steps", "Steps are objects.");
    }
    const json::object& body = item.as_object();
    auto after = json::require_int(body, "after_ms", {0, 86'400'000});
    if (!after) {
        return std::unexpected(after.error());
    }
    auto key = json::require_string(body, "customer");
    if (!key) {
        return std::unexpected(key.error());
    }
    const Customer* customer = simulator.world().find_customer(*key);
    if (customer == nullptr) {
        return fail_field(errors::not_found, "customer", "No such customer.");
    }
    auto phone = find_phone_of(simulator, body);
    if (!phone) {
        return std::unexpected(phone.error());
    }
    auto content = read_customer_content(simulator, **phone, *customer, body);
    if (!content) {
        return std::unexpected(content.error());
    }
    return ScriptStep{*after, customer->key, (*phone)->id, std::move(*content)};
}

}  // namespace

Result<PhoneNumber*> find_phone_of(Simulator& simulator, const json::object& body) {
    auto id = json::optional_string(body, "phone_number_id");
    if (!id) {
        return std::unexpected(id.error());
    }
    if (!*id) {
        return &simulator.world().phones().front();
    }
    PhoneNumber* phone = simulator.world().find_phone(**id);
    if (phone == nullptr) {
        return fail_field(errors::not_found, "phone_number_id", "There is no such number.");
    }
    return phone;
}

Result<json::object> read_customer_content(Simulator& simulator, const PhoneNumber& phone,
                                           const Customer& customer, const json::object& body) {
    if (const json::value* whole = json::find_field(body, "message"); whole != nullptr) {
        if (!whole->is_object() || text_in(whole->as_object(), "type").empty()) {
            return fail_field(errors::invalid_request, "message", "An object with a type.");
        }
        return whole->as_object();
    }
    auto type = json::optional_string(body, "type");
    if (!type) {
        return std::unexpected(type.error());
    }
    json::object content;
    if (type->value_or("text") == "text") {
        auto text = json::require_string(body, "text", {1, 65'536, false});
        if (!text) {
            return std::unexpected(text.error());
        }
        content = {{"type", "text"}, {"text", json::object{{"body", *text}}}};
    } else if (**type == "button") {
        content = read_button(body);
    } else if (**type == "interactive") {
        auto interactive = read_interactive(body);
        if (!interactive) {
            return interactive;
        }
        content = std::move(*interactive);
    } else {
        return fail_field(errors::invalid_request, "type",
                          "For this type, send a whole `message`.");
    }
    std::string context(text_in(body, "context_id"));
    const bool is_press = type->value_or("text") != "text";
    if (context.empty() && is_press) {
        if (const Message* last = last_outbound(simulator, phone, customer)) {
            context = last->id;
        }
    }
    if (!context.empty()) {
        content["context"] = json::object{{"from", phone.digits}, {"id", context}};
    }
    return content;
}

Written write_as_customer(Simulator& simulator, const PhoneNumber& phone, const Customer& customer,
                          json::object content, Timestamp at) {
    World& world = simulator.world();
    Message message;
    message.id = world.make_message_id(customer.phone);
    message.direction = Direction::inbound;
    message.phone = &phone;
    message.customer = &customer;
    message.type = text_in(content, "type");
    message.body = json::render(content);
    message.at = at;
    message.state = MessageState::sent;
    ++simulator.counters().inbound;
    simulator.limits().take_throughput(phone.id, simulator.now());
    const Message& added = world.add_message(std::move(message));
    json::object rendered = render_inbound_message(customer, added.id, at, content);
    const bool published =
        simulator.publish(&phone, render_inbound(phone, customer, std::move(rendered)));
    return {&added, published};
}

void note_raw_messages(Simulator& simulator, const json::object& body) {
    visit_objects(body, "entry", [&](const json::object& entry) {
        visit_objects(entry, "changes", [&](const json::object& change) {
            const json::value* value = json::find_field(change, "value");
            if (value == nullptr || !value->is_object()) {
                return;
            }
            const json::object& content = value->as_object();
            const PhoneNumber* phone =
                simulator.world().find_phone(text_in(content, "metadata.phone_number_id"));
            if (phone == nullptr) {
                return;
            }
            visit_objects(content, "messages", [&](const json::object& message) {
                note_raw_message(simulator, *phone, message);
            });
        });
    });
}

Result<std::size_t> start_script(Simulator& simulator, const json::array& steps) {
    std::vector<ScriptStep> read;
    for (const json::value& item : steps) {
        auto step = read_step(simulator, item);
        if (!step) {
            return std::unexpected(step.error());
        }
        read.push_back(std::move(*step));
    }
    for (ScriptStep& step : read) {
        const std::chrono::milliseconds delay(step.after_ms);
        simulator.scheduler().after(delay, [&simulator, step = std::move(step)] {
            const Customer* customer = simulator.world().find_customer(step.customer_key);
            const PhoneNumber* phone = simulator.world().find_phone(step.phone_id);
            if (customer == nullptr || phone == nullptr) {
                return;
            }
            write_as_customer(simulator, *phone, *customer, step.content, simulator.now());
        });
    }
    return read.size();
}

}  // namespace wapi::cloudsim
