// Makes webhook bodies as Meta sends them: one message or one status each, 500 to 1,500 bytes.
//
// Body number i depends on the seed and i alone, so that two programs (or the two stacks of one
// benchmark) given the same seed work on the same bytes, and any part of a run can be made again.
// Shapes: meta/webhooks.md sections 3, 5 and 6.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace wapi::load {

/// What the traffic consists of.
struct BodyMix {
    std::uint64_t seed = 1;
    std::uint64_t contacts = 10'000;            ///< distinct customers, at least 1
    std::vector<std::string> phone_number_ids;  ///< business numbers, at least one
    std::string waba_id = "2090000000001";
    unsigned status_percent = 30;  ///< share of statuses, 0-100; the rest are messages
    unsigned stop_per_mille = 2;   ///< share of messages that say STOP, 0-1000
    std::int64_t start_seconds = 1'790'000'000;  ///< WhatsApp time of body 0, Unix seconds
};

/// One webhook body and what must be found in the inbox once it was acknowledged.
struct Body {
    std::string json;    ///< the exact bytes, one line
    std::string wamid;   ///< the message, or the message that the status is about
    std::string status;  ///< sent, delivered or read; empty for a message
};

class BodyFactory {
  public:
    explicit BodyFactory(BodyMix mix) : mix_(std::move(mix)) {}

    /// Body number `index`. Message wamids are unique, and so are pairs of wamid and status. The
    /// statuses of one outbound message come in order, a few bodies apart.
    [[nodiscard]] Body make(std::uint64_t index) const;

    /// How many of the first `count` bodies are statuses.
    [[nodiscard]] std::uint64_t status_count(std::uint64_t count) const;

  private:
    [[nodiscard]] Body make_message(std::uint64_t index) const;
    [[nodiscard]] Body make_status(std::uint64_t index) const;
    [[nodiscard]] const std::string& phone_number_id(std::uint64_t contact) const;
    [[nodiscard]] std::string seconds(std::uint64_t index) const;

    BodyMix mix_;
};

}  // namespace wapi::load
