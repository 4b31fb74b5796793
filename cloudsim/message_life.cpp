// Planning and carrying out the life of sent messages. See message_life.hpp.
#include "cloudsim/message_life.hpp"

#include <array>

namespace wapi::cloudsim {
namespace {

struct MagicRow {
    std::string_view suffix;
    int code;
};

constexpr std::array magic_rows = {MagicRow{"131026", 131026}, MagicRow{"131049", 131049},
                                   MagicRow{"131050", 131050}, MagicRow{"130472", 130472}};
constexpr std::string_view fails_first_suffix = "131000";

constexpr std::uint64_t sent_ms_max = 20;
constexpr std::uint64_t delivered_ms_max = 80;
constexpr std::uint64_t read_ms_max = 300;
constexpr std::uint64_t reorder_ms_max = 400;

int failure_of(const Message& message) {
    if (message.customer->marketing_stopped && message.category == "marketing") {
        return 131050;
    }
    return magic_failure(message.customer->phone);
}

// A status never takes the message's own state back, but its webhook goes out all the same.
void apply_step(Simulator& simulator, Message& message, const StatusStep& step) {
    if (message.state != MessageState::failed && step.state > message.state) {
        message.state = step.state;
        message.error_code = step.error_code;
    }
    if (simulator.options().quiet_statuses) {
        return;
    }
    simulator.publish(message.phone, render_status(message, step, simulator.now()));
}

void perform_step(Simulator& simulator, Message& message, const StatusStep& step) {
    if (simulator.faults().hold_statuses) {
        simulator.held().push_back(
            [&simulator, &message, step] { apply_step(simulator, message, step); });
    } else {
        apply_step(simulator, message, step);
    }
}

}  // namespace

int magic_failure(std::string_view digits) {
    for (const MagicRow& row : magic_rows) {
        if (digits.ends_with(row.suffix)) {
            return row.code;
        }
    }
    return 0;
}

bool fails_first(std::string_view digits) { return digits.ends_with(fails_first_suffix); }

std::vector<PlannedStep> plan_statuses(const Message& message, PlanOptions options, World& random) {
    const auto delay = [&](std::chrono::milliseconds base, std::uint64_t spread) {
        return base + std::chrono::milliseconds(1 + random.random_below(spread));
    };
    std::vector<PlannedStep> steps;
    if (const int code = failure_of(message); code != 0) {
        steps.push_back({delay({}, delivered_ms_max), {MessageState::failed, false, code}});
        return steps;
    }
    const auto sent = delay({}, sent_ms_max);
    steps.push_back({sent, {MessageState::sent, true, 0}});
    // A reaction only ever gets `sent` (shared/meta/sending.md).
    if (message.type == "reaction") {
        return steps;
    }
    const auto delivered = delay(sent, delivered_ms_max);
    if (!options.skip_delivered) {
        steps.push_back({delivered, {MessageState::delivered, true, 0}});
    }
    if (options.auto_read) {
        steps.push_back({delay(delivered, read_ms_max), {MessageState::read, false, 0}});
    }
    if (options.reorder) {
        for (PlannedStep& step : steps) {
            step.delay = delay({}, reorder_ms_max);
        }
    }
    return steps;
}

void start_life(Simulator& simulator, Message& message) {
    if (simulator.options().quiet_statuses) {
        message.state = MessageState::delivered;
        return;
    }
    const PlanOptions options{simulator.options().auto_read, simulator.faults().reorder,
                              simulator.faults().skip_delivered};
    for (const PlannedStep& planned : plan_statuses(message, options, simulator.world())) {
        simulator.scheduler().after(planned.delay, [&simulator, &message, step = planned.step] {
            perform_step(simulator, message, step);
        });
    }
}

std::size_t read_thread(Simulator& simulator, const PhoneNumber& phone, const Customer& customer) {
    std::size_t count = 0;
    const Thread& thread = simulator.world().thread_of(phone, customer);
    for (auto position = thread.messages.rbegin(); position != thread.messages.rend(); ++position) {
        Message& message = **position;
        if (message.direction == Direction::inbound) {
            continue;
        }
        // What was read before ends the walk: everything older was read with it.
        if (message.state == MessageState::read) {
            break;
        }
        if (message.state != MessageState::delivered && message.state != MessageState::sent) {
            continue;
        }
        if (message.type == "reaction") {
            continue;
        }
        perform_step(simulator, message, {MessageState::read, false, 0});
        ++count;
    }
    return count;
}

void release_held(Simulator& simulator) {
    const auto held = std::exchange(simulator.held(), {});
    for (const auto& action : held) {
        action();
    }
}

}  // namespace wapi::cloudsim
