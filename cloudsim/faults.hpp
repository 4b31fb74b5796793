// Faults on demand: what goes wrong next, as set through POST /sim/faults.
//
// A field that the call leaves out keeps its value, so that a test can change one fault at a time.
#pragma once

#include "base/error.hpp"
#include "base/json.hpp"

namespace wapi::cloudsim {

struct Faults {
    std::int64_t latency_ms = 0;  ///< added to every Graph answer
    double error_5xx_rate = 0;    ///< share of Graph calls answered 500 before they are processed
    std::int64_t drop_answer_next =
        0;                          ///< sends accepted whose connection closes without an answer
    double duplicate_rate = 0;      ///< share of webhook POSTs sent twice
    bool reorder = false;           ///< statuses and POSTs leave in random order
    double bad_signature_rate = 0;  ///< share of first POST attempts with a wrong signature
    bool hold_statuses = false;     ///< statuses wait until this is false again
    bool skip_delivered = false;    ///< messages are read without having been `delivered`
    bool token_expired = false;     ///< every business token answers 190/463
    int code = 0;                   ///< this error code ...
    std::int64_t code_times = 0;    ///< ... for the next so many sends
};

/// Changes the fields named in `body`. Errors: `invalid_request`, also for a code that Meta has
/// not.
Result<void> apply_faults(Faults& faults, const json::object& body);

json::object render_faults(const Faults& faults);

}  // namespace wapi::cloudsim
