// What virtual customers do: write, press buttons, stop or resume marketing; by hand or by script.
//
// A message of a customer opens the 24 h window and leaves as a signed webhook.
// Source: shared/meta/webhooks.md section 5, cloud-api.md section 7.
#pragma once

#include <optional>
#include <string>

#include "cloudsim/simulator.hpp"

namespace wapi::cloudsim {

struct Written {
    const Message* message = nullptr;
    bool published = false;  ///< false: the WABA has not subscribed the app
};

/// The message object (type and its body) of a write call: `type` with `text`, or with `id` and
/// `title` for buttons, or a whole `message`. Errors: `invalid_request`.
Result<json::object> read_customer_content(Simulator& simulator, const PhoneNumber& phone,
                                           const Customer& customer, const json::object& body);

/// The customer sends this message object to the number.
Written write_as_customer(Simulator& simulator, const PhoneNumber& phone, const Customer& customer,
                          json::object content, Timestamp at);

/// Takes note of customer messages inside a webhook body that was posted by hand, so that they open
/// windows as well.
void note_raw_messages(Simulator& simulator, const json::object& body);

/// Schedules the steps of a script. Answers how many. Errors: `invalid_request`.
Result<std::size_t> start_script(Simulator& simulator, const json::array& steps);

/// The number named by `phone_number_id` (default: the first). Errors: `not_found`.
Result<PhoneNumber*> find_phone_of(Simulator& simulator, const json::object& body);

}  // namespace wapi::cloudsim
