// Indexes and ids of the simulated world. See world.hpp.
#include "cloudsim/world.hpp"

#include <fmt/format.h>

#include "base/crypto.hpp"

namespace wapi::cloudsim {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

template <class Map>
auto find_in(Map& map, std::string_view key) -> typename Map::mapped_type {
    const auto found = map.find(std::string(key));
    return found == map.end() ? nullptr : found->second;
}

}  // namespace

std::string_view state_name(MessageState state) {
    constexpr std::string_view names[] = {"accepted", "sent", "delivered", "read", "failed"};
    return names[static_cast<std::size_t>(state)];
}

Waba& World::add_waba(Waba waba) {
    Waba& added = wabas_.emplace_back(std::move(waba));
    waba_index_[added.id] = &added;
    return added;
}

PhoneNumber& World::add_phone(PhoneNumber phone) {
    PhoneNumber& added = phones_.emplace_back(std::move(phone));
    phone_index_[added.id] = &added;
    if (Waba* waba = find_waba(added.waba_id)) {
        waba->phone_ids.push_back(added.id);
    }
    return added;
}

Template& World::add_template(Waba& waba, Template entry) {
    entry.id = fmt::format("5460000{:06}", ++template_sequence_);
    return waba.templates.emplace_back(std::move(entry));
}

Customer& World::add_customer(Customer customer) {
    if (customer.user_id.empty()) {
        customer.user_id = fmt::format("US.{:020}", rng_.next_u64());
    }
    customer.key = customer.phone.empty() ? customer.user_id : customer.phone;
    Customer& added = customers_.emplace_back(std::move(customer));
    customer_index_[added.key] = &added;
    customer_index_[added.user_id] = &added;
    if (!added.username.empty()) {
        customer_index_[added.username] = &added;
    }
    return added;
}

Message& World::add_message(Message message) {
    Message& added = messages_.emplace_back(std::move(message));
    message_index_[added.id] = &added;
    Thread& thread = thread_of(*added.phone, *added.customer);
    thread.messages.push_back(&added);
    if (added.direction == Direction::outbound) {
        sent_.push_back(&added);
        thread.typing_until.reset();
    } else if (!thread.last_inbound || *thread.last_inbound < added.at) {
        thread.last_inbound = added.at;
    }
    return added;
}

Waba* World::find_waba(std::string_view id) { return find_in(waba_index_, id); }

PhoneNumber* World::find_phone(std::string_view id) { return find_in(phone_index_, id); }

PhoneNumber* World::find_phone_by_digits(std::string_view digits) {
    for (PhoneNumber& phone : phones_) {
        if (phone.digits == digits) {
            return &phone;
        }
    }
    return nullptr;
}

Customer* World::find_customer(std::string_view key) {
    if (key.starts_with('+') || key.starts_with('@')) {
        key.remove_prefix(1);
    }
    return find_in(customer_index_, key);
}

Customer& World::customer_of_phone(const std::string& digits) {
    if (const auto found = customer_index_.find(digits); found != customer_index_.end()) {
        return *found->second;
    }
    Customer customer;
    customer.phone = digits;
    customer.name = "Customer " + digits.substr(digits.size() > 4 ? digits.size() - 4 : 0);
    customer.language = "en";
    return add_customer(std::move(customer));
}

Message* World::find_message(std::string_view id) { return find_in(message_index_, id); }

Thread& World::thread_of(const PhoneNumber& phone, const Customer& customer) {
    return threads_[fmt::format("{}|{}", phone.id, customer.key)];
}

std::pair<Waba*, Template*> World::find_template(std::string_view id) {
    for (Waba& waba : wabas_) {
        for (Template& entry : waba.templates) {
            if (entry.id == id) {
                return {&waba, &entry};
            }
        }
    }
    return {nullptr, nullptr};
}

std::string World::make_message_id(std::string_view digits) {
    // Meta's ids are base64 of a small record: the peer's number and 18 hex digits of its own.
    std::string bytes("\x1c\x18", 2);
    bytes += static_cast<char>(digits.size());
    bytes += digits;
    bytes.append("\x15\x02\x00\x11\x18\x12", 6);
    bytes += fmt::format("{:08X}{:010X}", ++message_sequence_, rng_.next_u64() & 0xffffffffffULL);
    bytes += '\0';
    return "wamid." + crypto::base64_encode(bytes);
}

std::string World::make_text(std::size_t length) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i) {
        text += alphabet[random_below(alphabet.size())];
    }
    return text;
}

std::uint64_t World::random_below(std::uint64_t limit) {
    return limit == 0 ? 0 : rng_.next_u64() % limit;
}

bool World::chance(double probability) {
    if (probability <= 0) {
        return false;
    }
    return static_cast<double>(random_below(1'000'000)) < probability * 1'000'000;
}

}  // namespace wapi::cloudsim
