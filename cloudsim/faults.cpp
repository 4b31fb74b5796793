// Reading and showing the fault switches. See faults.hpp.
#include "cloudsim/faults.hpp"

#include "cloudsim/graph_error.hpp"

namespace wapi::cloudsim {
namespace {

Result<void> read(const json::object& body, std::string_view name, std::int64_t& target) {
    auto number = json::optional_int(body, name, {0, 1'000'000'000});
    if (!number) {
        return std::unexpected(number.error());
    }
    if (*number) {
        target = **number;
    }
    return {};
}

Result<void> read(const json::object& body, std::string_view name, bool& target) {
    auto flag = json::optional_bool(body, name);
    if (!flag) {
        return std::unexpected(flag.error());
    }
    if (*flag) {
        target = **flag;
    }
    return {};
}

Result<void> read(const json::object& body, std::string_view name, double& target) {
    const json::value* field = json::find_field(body, name);
    if (field == nullptr) {
        return {};
    }
    if (!field->is_number()) {
        return fail_field(errors::invalid_request, std::string(name), "A number from 0 to 1.");
    }
    const double rate = field->to_number<double>();
    if (rate < 0 || rate > 1) {
        return fail_field(errors::invalid_request, std::string(name), "A number from 0 to 1.");
    }
    target = rate;
    return {};
}

Result<void> read_code(const json::object& body, Faults& changed) {
    auto code = json::optional_object(body, "code");
    if (!code) {
        return std::unexpected(code.error());
    }
    if (*code == nullptr) {
        return {};
    }
    std::int64_t number = 0;
    changed.code_times = 1;
    if (auto done = read(**code, "code", number); !done) {
        return done;
    }
    if (!is_known_code(static_cast<int>(number))) {
        return fail_field(errors::invalid_request, "code", "Not one of Meta's error codes.");
    }
    if (auto done = read(**code, "times", changed.code_times); !done) {
        return done;
    }
    changed.code = static_cast<int>(number);
    return {};
}

}  // namespace

Result<void> apply_faults(Faults& faults, const json::object& body) {
    Faults changed = faults;
    Result<void> done;
    const auto next = [&](auto name, auto& target) {
        if (done) {
            done = read(body, name, target);
        }
    };
    next("latency_ms", changed.latency_ms);
    next("error_5xx_rate", changed.error_5xx_rate);
    next("drop_answer_next", changed.drop_answer_next);
    next("duplicate_rate", changed.duplicate_rate);
    next("reorder", changed.reorder);
    next("bad_signature_rate", changed.bad_signature_rate);
    next("hold_statuses", changed.hold_statuses);
    next("skip_delivered", changed.skip_delivered);
    next("token_expired", changed.token_expired);
    if (done) {
        done = read_code(body, changed);
    }
    if (done) {
        faults = changed;
    }
    return done;
}

json::object render_faults(const Faults& faults) {
    return json::object{
        {"latency_ms", faults.latency_ms},
        {"error_5xx_rate", faults.error_5xx_rate},
        {"drop_answer_next", faults.drop_answer_next},
        {"duplicate_rate", faults.duplicate_rate},
        {"reorder", faults.reorder},
        {"bad_signature_rate", faults.bad_signature_rate},
        {"hold_statuses", faults.hold_statuses},
        {"skip_delivered", faults.skip_delivered},
        {"token_expired", faults.token_expired},
        {"code", json::object{{"code", faults.code}, {"times", faults.code_times}}}};
}

}  // namespace wapi::cloudsim
