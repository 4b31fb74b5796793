// Control calls about customers: add, write, read, threads, preferences, scripts.
#include "cloudsim/control.hpp"
#include "cloudsim/customers.hpp"
#include "cloudsim/message_life.hpp"
#include "cloudsim/message_view.hpp"

namespace wapi::cloudsim {
namespace {

// The customer of the path; a phone number nobody described yet gets a customer made up.
Result<Customer*> find_customer_of(Simulator& simulator, const std::string& key) {
    if (Customer* customer = simulator.world().find_customer(key)) {
        return customer;
    }
    const std::string digits = key.starts_with('+') ? key.substr(1) : key;
    const bool is_phone = digits.size() >= 7 && digits.size() <= 15 &&
                          digits.find_first_not_of("0123456789") == std::string::npos;
    if (!is_phone) {
        return fail(errors::not_found, "There is no such customer.");
    }
    return &simulator.world().customer_of_phone(digits);
}

struct Pair {
    Customer* customer;
    PhoneNumber* phone;
};

Result<Pair> find_pair(Simulator& simulator, ControlCall& call) {
    auto customer = find_customer_of(simulator, call.key);
    if (!customer) {
        return std::unexpected(customer.error());
    }
    // GET calls name the number in the query.
    if (const auto id = call.request.query_param("phone_number_id"); !id.empty()) {
        call.body["phone_number_id"] = id;
    }
    auto phone = find_phone_of(simulator, call.body);
    if (!phone) {
        return std::unexpected(phone.error());
    }
    return Pair{*customer, *phone};
}

}  // namespace

ControlReply add_customer(Simulator& simulator, ControlCall& call) {
    Customer customer;
    auto phone = json::optional_string(call.body, "wa_id", {7, 16});
    if (!phone) {
        return std::unexpected(phone.error());
    }
    auto user_id = json::optional_string(call.body, "user_id", {4, 140});
    if (!user_id) {
        return std::unexpected(user_id.error());
    }
    auto name = json::require_string(call.body, "name", {1, 200});
    if (!name) {
        return std::unexpected(name.error());
    }
    auto username = json::optional_string(call.body, "username", {1, 100});
    if (!username) {
        return std::unexpected(username.error());
    }
    auto hidden = json::optional_bool(call.body, "phone_hidden");
    if (!hidden) {
        return std::unexpected(hidden.error());
    }
    customer.phone = phone->value_or("");
    if (customer.phone.starts_with('+')) {
        customer.phone.erase(0, 1);
    }
    customer.user_id = user_id->value_or("");
    customer.name = *name;
    customer.username = username->value_or("");
    customer.phone_hidden = hidden->value_or(customer.phone.empty());
    World& world = simulator.world();
    for (const std::string& key : {customer.phone, customer.user_id}) {
        if (!key.empty() && world.find_customer(key) != nullptr) {
            return fail(errors::conflict, "There is such a customer already.");
        }
    }
    const Customer& added = world.add_customer(std::move(customer));
    return json::object{{"key", added.key}, {"wa_id", added.phone}, {"user_id", added.user_id}};
}

ControlReply write_message(Simulator& simulator, ControlCall& call) {
    auto pair = find_pair(simulator, call);
    if (!pair) {
        return std::unexpected(pair.error());
    }
    auto content = read_customer_content(simulator, *pair->phone, *pair->customer, call.body);
    if (!content) {
        return std::unexpected(content.error());
    }
    auto seconds = json::optional_int(call.body, "timestamp", {0, 4'000'000'000});
    if (!seconds) {
        return std::unexpected(seconds.error());
    }
    const Timestamp at = *seconds ? Timestamp{std::chrono::seconds(**seconds)} : simulator.now();
    const Written written =
        write_as_customer(simulator, *pair->phone, *pair->customer, std::move(*content), at);
    return json::object{{"waMessageId", written.message->id},
                        {"webhook", written.published ? "queued" : "not_subscribed"}};
}

ControlReply list_thread(Simulator& simulator, ControlCall& call) {
    auto pair = find_pair(simulator, call);
    if (!pair) {
        return std::unexpected(pair.error());
    }
    const Thread& thread = simulator.world().thread_of(*pair->phone, *pair->customer);
    json::array messages;
    for (const Message* message : thread.messages) {
        messages.push_back(render_message_view(simulator.world(), *message));
    }
    const bool typing = thread.typing_until && *thread.typing_until > simulator.now();
    return json::object{{"customer", pair->customer->key},
                        {"phone_number_id", pair->phone->id},
                        {"typing", typing},
                        {"messages", std::move(messages)}};
}

ControlReply read_messages(Simulator& simulator, ControlCall& call) {
    auto pair = find_pair(simulator, call);
    if (!pair) {
        return std::unexpected(pair.error());
    }
    return json::object{{"read", read_thread(simulator, *pair->phone, *pair->customer)}};
}

ControlReply set_preference(Simulator& simulator, ControlCall& call) {
    auto key = json::require_string(call.body, "customer");
    if (!key) {
        return std::unexpected(key.error());
    }
    auto value = json::require_string(call.body, "value");
    if (!value) {
        return std::unexpected(value.error());
    }
    if (*value != "stop" && *value != "resume") {
        return fail_field(errors::invalid_request, "value", "stop or resume");
    }
    call.key = *key;
    auto pair = find_pair(simulator, call);
    if (!pair) {
        return std::unexpected(pair.error());
    }
    pair->customer->marketing_stopped = *value == "stop";
    const bool published = simulator.publish(
        pair->phone, render_preference(*pair->phone, *pair->customer, *value, simulator.now()));
    return json::object{{"webhook", published ? "queued" : "not_subscribed"}};
}

ControlReply run_script(Simulator& simulator, ControlCall& call) {
    auto steps = json::require_array(call.body, "steps", 10'000);
    if (!steps) {
        return std::unexpected(steps.error());
    }
    auto count = start_script(simulator, **steps);
    if (!count) {
        return std::unexpected(count.error());
    }
    return json::object{{"scheduled", *count}};
}

}  // namespace wapi::cloudsim
