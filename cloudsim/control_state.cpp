// Control calls about the whole: state, what was sent, faults, reset, sign-up codes.
#include <fmt/format.h>

#include <charconv>
#include <unordered_map>

#include "cloudsim/control.hpp"
#include "cloudsim/message_life.hpp"

namespace wapi::cloudsim {
namespace {

constexpr std::size_t sent_page_max = 10'000;

json::object render_counters(Simulator& simulator) {
    const Counters& counters = simulator.counters();
    const SenderStats& sender = simulator.webhooks().stats();
    json::object refused;
    for (const auto& [code, count] : counters.refused_by_code) {
        refused[std::to_string(code)] = count;
    }
    return json::object{{"graph_calls", counters.graph_calls},
                        {"accepted", counters.accepted},
                        {"dropped_answers", counters.dropped_answers},
                        {"inbound", counters.inbound},
                        {"refused_by_code", std::move(refused)},
                        {"webhook_posts", sender.posts},
                        {"webhook_delivered", sender.delivered},
                        {"webhook_changes_delivered", sender.changes_delivered},
                        {"webhook_failed", sender.failed},
                        {"webhook_dropped", sender.dropped},
                        {"webhook_last_status", sender.last_status},
                        {"webhook_waiting", simulator.webhooks().waiting()},
                        {"statuses_held", simulator.held().size()},
                        {"scheduled", simulator.scheduler().pending()}};
}

json::array render_wabas(Simulator& simulator) {
    json::array wabas;
    for (const Waba& waba : simulator.world().wabas()) {
        json::array templates;
        for (const Template& entry : waba.templates) {
            templates.push_back(json::object{{"name", entry.name},
                                             {"language", entry.language},
                                             {"category", entry.category},
                                             {"status", entry.status}});
        }
        json::array phones;
        for (const std::string& id : waba.phone_ids) {
            phones.emplace_back(id);
        }
        wabas.push_back(json::object{{"id", waba.id},
                                     {"name", waba.name},
                                     {"business_id", waba.business_id},
                                     {"subscribed", waba.subscribed},
                                     {"phone_number_ids", std::move(phones)},
                                     {"templates", std::move(templates)}});
    }
    return wabas;
}

json::array render_tokens(Simulator& simulator) {
    json::array tokens;
    for (const AccessToken& token : simulator.tokens().all()) {
        json::array wabas;
        for (const std::string& id : token.waba_ids) {
            wabas.emplace_back(id);
        }
        tokens.push_back(
            json::object{{"access_token", token.value}, {"waba_ids", std::move(wabas)}});
    }
    return tokens;
}

json::array render_numbers(Simulator& simulator) {
    json::array numbers;
    for (const PhoneNumber& phone : simulator.world().phones()) {
        numbers.push_back(json::object{{"id", phone.id},
                                       {"waba_id", phone.waba_id},
                                       {"display_phone_number", phone.display},
                                       {"verified_name", phone.verified_name},
                                       {"registered", phone.registered}});
    }
    return numbers;
}

std::size_t number_param(const net::Request& request, std::string_view name, std::size_t fallback) {
    const std::string_view text = request.query_param(name);
    std::size_t number = fallback;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

json::object render_sent(const Message& message) {
    return json::object{{"id", message.id},
                        {"phone_number_id", message.phone->id},
                        {"to", message.customer->key},
                        {"type", message.type},
                        {"biz_opaque_callback_data", message.callback_data},
                        {"status", state_name(message.state)},
                        {"at_us", to_us(message.at)}};
}

// Keys that occur more than once, with their counts: what at-most-once tests look at.
json::object repeated(const std::unordered_map<std::string, std::size_t>& counts) {
    json::object found;
    for (const auto& [key, count] : counts) {
        if (count > 1) {
            found[key] = count;
        }
    }
    return found;
}

}  // namespace

ControlReply show_state(Simulator& simulator, ControlCall&) {
    const Options& options = simulator.options();
    json::array customers;
    for (const Customer& customer : simulator.world().customers()) {
        if (customers.size() >= 1000) {
            break;
        }
        json::object entry{{"key", customer.key},           {"wa_id", customer.phone},
                           {"user_id", customer.user_id},   {"name", customer.name},
                           {"username", customer.username}, {"language", customer.language},
                           {"greeting", customer.greeting}};
        entry["phone_hidden"] = customer.phone_hidden;
        entry["marketing_stopped"] = customer.marketing_stopped;
        customers.push_back(std::move(entry));
    }
    return json::object{{"app_id", options.app_id},
                        {"app_secret", options.app_secret},
                        {"verify_token", options.verify_token},
                        {"webhook_url", simulator.webhook_url()},
                        {"seed", options.seed},
                        {"tokens", render_tokens(simulator)},
                        {"wabas", render_wabas(simulator)},
                        {"numbers", render_numbers(simulator)},
                        {"customers", std::move(customers)},
                        {"faults", render_faults(simulator.faults())},
                        {"counters", render_counters(simulator)}};
}

ControlReply list_sent(Simulator& simulator, ControlCall& call) {
    const auto& sent = simulator.world().sent();
    const std::size_t begin = number_param(call.request, "after", 0);
    const std::size_t limit = number_param(call.request, "limit", sent_page_max);
    json::array page;
    for (std::size_t i = begin; i < sent.size() && page.size() < limit; ++i) {
        page.push_back(render_sent(*sent[i]));
    }
    std::unordered_map<std::string, std::size_t> by_recipient;
    std::unordered_map<std::string, std::size_t> by_callback_data;
    for (const Message* message : sent) {
        ++by_recipient[message->customer->key];
        if (!message->callback_data.empty()) {
            ++by_callback_data[message->callback_data];
        }
    }
    json::object recipients;
    for (const auto& [key, count] : by_recipient) {
        recipients[key] = count;
    }
    return json::object{{"total", sent.size()},
                        {"messages", std::move(page)},
                        {"per_recipient", std::move(recipients)},
                        {"distinct_callback_data", by_callback_data.size()},
                        {"repeated_callback_data", repeated(by_callback_data)}};
}

ControlReply set_faults(Simulator& simulator, ControlCall& call) {
    if (auto done = apply_faults(simulator.faults(), call.body); !done) {
        return std::unexpected(done.error());
    }
    if (!simulator.faults().hold_statuses) {
        release_held(simulator);
    }
    return render_faults(simulator.faults());
}

ControlReply reset_simulator(Simulator& simulator, ControlCall& call) {
    simulator.reset();
    return show_state(simulator, call);
}

ControlReply make_code(Simulator& simulator, ControlCall& call) {
    auto id = json::optional_string(call.body, "waba_id");
    if (!id) {
        return std::unexpected(id.error());
    }
    World& world = simulator.world();
    const Waba* waba = *id ? world.find_waba(**id) : &world.wabas().front();
    if (waba == nullptr) {
        return fail_field(errors::not_found, "waba_id");
    }
    const json::object data{{"phone_number_id", waba->phone_ids.front()},
                            {"waba_id", waba->id},
                            {"business_id", waba->business_id}};
    return json::object{
        {"code", simulator.tokens().issue_code(world, waba->id, simulator.now())},
        {"event",
         json::object{{"type", "WA_EMBEDDED_SIGNUP"}, {"event", "FINISH"}, {"data", data}}}};
}

}  // namespace wapi::cloudsim
