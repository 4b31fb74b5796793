// Inside the slice: what customers and agents of each language say and are called.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace wapi::seed {

/// A short talk, customer and agent by turns, the customer first. `{n}` becomes a number, `{p}` a
/// product of the shop.
using Topic = std::array<std::string_view, 6>;

struct Language {
    std::string_view code;     ///< ISO 639-1
    std::string_view country;  ///< calling code and area, digits
    std::array<std::string_view, 8> first_names;
    std::array<std::string_view, 8> last_names;
    std::array<std::string_view, 4> cities;
    std::array<std::string_view, 5> products;
    std::array<Topic, 4> topics;
    std::string_view stop;  ///< how a customer opts out
};

std::span<const Language> languages();

}  // namespace wapi::seed
