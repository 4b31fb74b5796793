// Webhook bodies in Meta's shapes: see body_factory.hpp.
#include "bench/load/body_factory.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "bench/load/customer.hpp"
#include "bench/load/message_content.hpp"
#include "bench/load/meta_json.hpp"
#include "bench/load/seeded_random.hpp"

namespace wapi::load {
namespace {

constexpr std::uint64_t bodies_per_second = 50;  // of WhatsApp time, not of sending
constexpr std::array<std::string_view, 3> status_names{"sent", "delivered", "read"};

/// Everything up to the list of messages or statuses, which the caller appends and closes.
void open_envelope(std::string& json, const BodyMix& mix, std::string_view phone_number_id,
                   const Customer& customer) {
    json += R"({"object":"whatsapp_business_account","entry":[{)";
    append_field(json, "id", mix.waba_id);
    json += R"(,"changes":[{"value":{"messaging_product":"whatsapp","metadata":{)";
    append_field(json, "display_phone_number", "15550001111");
    append_field(json, "phone_number_id", phone_number_id);
    json += R"(},"contacts":[{"profile":{)";
    append_field(json, "name", customer.name);
    json += '}';
    append_field(json, "wa_id", customer.wa_id);
    append_field(json, "user_id", customer.user_id);
    json += "}]";
}

constexpr std::string_view close_envelope = R"(}]},"field":"messages"}]}]})";

}  // namespace

const std::string& BodyFactory::phone_number_id(std::uint64_t contact) const {
    return mix_.phone_number_ids[contact % mix_.phone_number_ids.size()];
}

std::string BodyFactory::seconds(std::uint64_t index) const {
    return fmt::format("{}",
                       mix_.start_seconds + static_cast<std::int64_t>(index / bodies_per_second));
}

std::uint64_t BodyFactory::status_count(std::uint64_t count) const {
    return count / 100 * mix_.status_percent + count % 100 * mix_.status_percent / 100;
}

Body BodyFactory::make(std::uint64_t index) const {
    return status_count(index + 1) > status_count(index) ? make_status(index) : make_message(index);
}

Body BodyFactory::make_message(std::uint64_t index) const {
    SeededRandom random(mix_bits(mix_.seed) + index);
    const std::uint64_t contact = random.below(mix_.contacts);
    const Customer customer = make_customer(contact);
    Body body;
    body.wamid = make_wamid(customer, mix_.seed, index, false);
    body.json.reserve(1'536);
    open_envelope(body.json, mix_, phone_number_id(contact), customer);
    body.json += R"(,"messages":[{)";
    append_field(body.json, "from", customer.wa_id);
    append_field(body.json, "from_user_id", customer.user_id);
    append_field(body.json, "id", body.wamid);
    append_field(body.json, "timestamp", seconds(index));
    append_content(body.json, ContentChoice{random.next(), mix_.seed, mix_.stop_per_mille},
                   customer);
    body.json += close_envelope;
    return body;
}

Body BodyFactory::make_status(std::uint64_t index) const {
    const std::uint64_t ordinal = status_count(index);
    const std::uint64_t outbound = ordinal / status_names.size();
    SeededRandom random(mix_bits(~mix_.seed) + outbound);
    const std::uint64_t contact = random.below(mix_.contacts);
    const Customer customer = make_customer(contact);
    Body body;
    body.wamid = make_wamid(customer, mix_.seed, outbound, true);
    body.status = status_names[ordinal % status_names.size()];
    body.json.reserve(1'024);
    open_envelope(body.json, mix_, phone_number_id(contact), customer);
    body.json += R"(,"statuses":[{)";
    append_field(body.json, "id", body.wamid);
    append_field(body.json, "status", body.status);
    append_field(body.json, "timestamp", seconds(index));
    append_field(body.json, "recipient_id", customer.wa_id);
    append_field(body.json, "recipient_user_id", customer.user_id);
    // Pricing comes on sent and on one of delivered and read.
    if (body.status != "read") {
        static constexpr std::array<std::string_view, 3> categories{"utility", "marketing",
                                                                    "authentication"};
        body.json += R"(,"pricing":{"billable":true,"pricing_model":"PMP","type":"regular")";
        append_field(body.json, "category", categories[outbound % categories.size()]);
        body.json += '}';
    }
    body.json += close_envelope;
    return body;
}

}  // namespace wapi::load
