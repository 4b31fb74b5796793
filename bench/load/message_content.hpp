// The inside of an inbound message: text, media, location, and replies to buttons and lists.
//
// The shares follow ordinary customer service: seven in ten are text, the rest is spread over the
// kinds that a business meets every day. Shapes: meta/webhooks.md section 5.
#pragma once

#include <cstdint>
#include <string>

#include "bench/load/customer.hpp"

namespace wapi::load {

struct ContentChoice {
    std::uint64_t random = 0;     ///< decides kind and words
    std::uint64_t seed = 0;       ///< of the run: ids of the messages that are answered
    unsigned stop_per_mille = 0;  ///< share of messages that say STOP
};

/// Appends `,"type":X,X:{...}` for a message of `customer`, and `context` where it is an answer.
void append_content(std::string& json, const ContentChoice& choice, const Customer& customer);

}  // namespace wapi::load
