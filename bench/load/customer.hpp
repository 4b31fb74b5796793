// The made-up customers: name, number and ids follow from the customer's index alone.
#pragma once

#include <cstdint>
#include <string>

#include "bench/load/phrases.hpp"

namespace wapi::load {

struct Customer {
    const Country* country;
    std::string name;
    std::string wa_id;    ///< phone number, digits only
    std::string user_id;  ///< business-scoped user id: `US.1349...`
};

/// Customer number `index` of a world. The same index is the same person in every run.
Customer make_customer(std::uint64_t index);

/// A message id of the length and alphabet that WhatsApp uses. Different numbers of one seed give
/// different ids; `outbound` ids never meet inbound ones.
std::string make_wamid(const Customer& customer, std::uint64_t seed, std::uint64_t number,
                       bool outbound);

}  // namespace wapi::load
