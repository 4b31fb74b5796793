// What the tests of the rules share: decisions at a second.
#pragma once

#include <vector>

#include "features/opt_out/opt_out_rules.hpp"

namespace wapi::opt_out::testing {

inline Timestamp second(int seconds) { return Timestamp(std::chrono::seconds(seconds)); }

inline OptOutEvent stop_at(int seconds, OptOutVia via = OptOutVia::message) {
    return {Keyword::stop, second(seconds), via};
}

inline OptOutEvent start_at(int seconds) {
    return {Keyword::start, second(seconds), OptOutVia::message};
}

inline OptOutEvent yes_at(int seconds) {
    return {Keyword::start, second(seconds), OptOutVia::message, true};
}

inline OptOutState after(const std::vector<OptOutEvent>& events) {
    OptOutState state;
    for (const OptOutEvent& event : events) {
        state = decide_opt_out(state, event);
    }
    return state;
}

}  // namespace wapi::opt_out::testing
