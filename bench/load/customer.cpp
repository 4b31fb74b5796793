// Made-up customers and message ids: see customer.hpp.
#include "bench/load/customer.hpp"

#include <array>
#include <cstddef>
#include <string_view>

#include <fmt/format.h>

#include "bench/load/seeded_random.hpp"

namespace wapi::load {
namespace {

std::string base64(std::string_view bytes) {
    static constexpr std::string_view alphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        std::uint32_t group = 0;
        for (std::size_t step = 0; step < 3; ++step) {
            const bool present = at + step < bytes.size();
            const auto byte = present ? static_cast<unsigned char>(bytes[at + step]) : 0U;
            group = (group << 8U) | byte;
        }
        out += alphabet[(group >> 18U) & 63U];
        out += alphabet[(group >> 12U) & 63U];
        out += at + 1 < bytes.size() ? alphabet[(group >> 6U) & 63U] : '=';
        out += at + 2 < bytes.size() ? alphabet[group & 63U] : '=';
    }
    return out;
}

}  // namespace

Customer make_customer(std::uint64_t index) {
    const auto& all = countries();
    const Country& country = all[index % all.size()];
    SeededRandom random(index);
    std::uint64_t span = 1;
    for (std::size_t digit = 1; digit < country.digits; ++digit) {
        span *= 10;
    }
    // The index itself ends the number, so that two customers never share one.
    const std::uint64_t national = span * random.between(2, 8) + index % span;
    return Customer{&country,
                    fmt::format("{} {}", country.first_names[random.below(6)],
                                country.last_names[random.below(4)]),
                    fmt::format("{}{}", country.dial_code, national),
                    fmt::format("{}.{}", country.code, 1'000'000'000'000'000 + index * 7'919)};
}

std::string make_wamid(const Customer& customer, std::uint64_t seed, std::uint64_t number,
                       bool outbound) {
    const std::uint64_t unique = mix_bits(number + seed * 0x9e3779b97f4a7c15ULL);
    // The shape of a real id: a header, the customer's number, the direction, a random name.
    std::string bytes = "\x1d\x14\x0b";
    bytes += customer.wa_id;
    bytes += outbound ? "\x15\x02\x11\x18\x12" : "\x15\x02\x12\x18\x14";
    bytes += fmt::format("{}{:016X}", outbound ? "9F" : "3EB0", unique);
    return "wamid." + base64(bytes);
}

}  // namespace wapi::load
