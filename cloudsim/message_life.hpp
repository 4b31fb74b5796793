// What becomes of a message after it was accepted: sent, delivered, read, or failed.
//
// The plan is pure (seeded randomness in, steps with delays out); carrying it out changes the
// message and publishes signed webhooks. Magic recipients end in the error code they stand for.
// Source: shared/meta/webhooks.md section 6, cloud-api.md "Simulator checklist".
#pragma once

#include <chrono>
#include <string_view>
#include <vector>

#include "cloudsim/simulator.hpp"
#include "cloudsim/webhook_render.hpp"

namespace wapi::cloudsim {

struct PlannedStep {
    std::chrono::milliseconds delay{0};
    StatusStep step;
};

struct PlanOptions {
    bool auto_read = false;
    bool reorder = false;
    bool skip_delivered = false;  ///< read at once: no `delivered` comes between
};

/// The error a recipient's last digits ask for: 131026, 131049, 131050, 130472; else 0.
int magic_failure(std::string_view digits);

/// True for recipients ending in 131000: their first send fails at once, the next ones succeed.
bool fails_first(std::string_view digits);

/// The statuses of a message and when they come, counted from acceptance.
std::vector<PlannedStep> plan_statuses(const Message& message, PlanOptions options, World& random);

/// Schedules the statuses of a message that was just accepted.
void start_life(Simulator& simulator, Message& message);

/// The customer reads what was delivered in the thread; answers how many messages.
std::size_t read_thread(Simulator& simulator, const PhoneNumber& phone, const Customer& customer);

/// Sends what the fault `hold_statuses` kept back.
void release_held(Simulator& simulator);

}  // namespace wapi::cloudsim
