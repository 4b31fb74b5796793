// What the made-up customers are called and what they write: names and phrases in eight languages.
//
// Real traffic is not ASCII: escapes make Hindi and Arabic texts six bytes a letter, which costs a
// parser more than English does. So each country has its own words.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace wapi::load {

/// A country whose customers write in one language.
struct Country {
    std::string_view dial_code;  ///< digits before the national number
    std::size_t digits;          ///< length of the national number
    std::string_view code;       ///< two letters, the start of a business-scoped user id
    std::array<std::string_view, 6> first_names;
    std::array<std::string_view, 4> last_names;
    std::array<std::string_view, 8> phrases;  ///< sentences that are joined to a message
};

/// Every country there is; a contact's number chooses one.
const std::array<Country, 8>& countries();

}  // namespace wapi::load
