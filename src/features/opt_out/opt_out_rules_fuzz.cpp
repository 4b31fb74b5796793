// Fuzz target: any bytes as the text of a message, and as a list of opt-out events.
//
// A meaning must survive capitals, punctuation and emoji around the text; the state after the
// events must not depend on their order.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "features/opt_out/opt_out_rules.hpp"

namespace {

using namespace wapi::opt_out;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void check_text(std::string_view text) {
    static const Words words;
    const Keyword meaning = classify(text, words, true);
    const Keyword decorated = classify(" ¡" + std::string(text) + " !! 🛑 ", words, true);
    require(decorated == meaning || text.size() + 16 > text_bytes_max);
    require(classify(text, words, false) == meaning || meaning == Keyword::start);
}

void check_events(std::string_view bytes) {
    OptOutState forward;
    OptOutState backward;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto event_of = [&](std::size_t at) {
            const auto code = static_cast<unsigned char>(bytes[at]);
            return OptOutEvent{static_cast<Keyword>(code % 3), wapi::from_us(1 + code / 12 % 8),
                               static_cast<OptOutVia>(code / 3 % 4)};
        };
        // At most an opt-in by hand is taken back, for a STOP.
        const OptOutState allowed = allow_for_skew(forward, event_of(i), bytes[i] < 0);
        require(allowed == forward || (!forward.opted_out && event_of(i).keyword == Keyword::stop));
        forward = decide_opt_out(forward, event_of(i));
        backward = decide_opt_out(backward, event_of(bytes.size() - 1 - i));
    }
    require(forward == backward);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    check_text(input);
    check_events(input);
    return 0;
}
