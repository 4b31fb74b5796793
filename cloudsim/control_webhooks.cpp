// Control calls that wait for the webhook receiver: setting the callback, posting exact bodies.
#include "cloudsim/ascii_json.hpp"
#include "cloudsim/control.hpp"
#include "cloudsim/customers.hpp"

namespace wapi::cloudsim {
namespace {

constexpr std::int64_t times_max = 10'000;

const ErrorKind callback_not_verified{"callback_not_verified", 422, RetryClass::never,
                                      "The callback did not answer the challenge."};

Result<Signature> read_signature(const json::object& body) {
    auto name = json::optional_string(body, "signature");
    if (!name) {
        return std::unexpected(name.error());
    }
    const std::string wanted = name->value_or("good");
    if (wanted == "good") {
        return Signature::good;
    }
    if (wanted == "bad") {
        return Signature::bad;
    }
    if (wanted == "missing") {
        return Signature::missing;
    }
    return fail_field(errors::invalid_request, "signature", "good, bad or missing");
}

// The exact bytes to post: `raw` as it is, else `body` rendered as Meta renders.
Result<std::string> read_bytes(const json::object& body) {
    if (const json::value* raw = json::find_field(body, "raw");
        raw != nullptr && raw->is_string()) {
        return std::string(raw->as_string());
    }
    const json::value* content = json::find_field(body, "body");
    if (content == nullptr) {
        return fail_field(errors::invalid_request, "body", "Send body or raw.");
    }
    return render_ascii(*content);
}

}  // namespace

async::Task<ControlReply> set_webhook(Simulator& simulator, ControlCall& call) {
    auto url = json::require_string(call.body, "url", {0, 2000});
    if (!url) {
        co_return std::unexpected(url.error());
    }
    auto wants_check = json::optional_bool(call.body, "verify");
    if (!wants_check) {
        co_return std::unexpected(wants_check.error());
    }
    if (wants_check->value_or(false)) {
        const std::string& verify_token = simulator.options().verify_token;
        if (!co_await simulator.webhooks().verify(*url, verify_token)) {
            co_return fail(callback_not_verified);
        }
    }
    simulator.webhook_url() = *url;
    co_return json::object{{"url", *url}, {"verified", wants_check->value_or(false)}};
}

async::Task<ControlReply> post_raw_webhook(Simulator& simulator, ControlCall& call) {
    auto signature = read_signature(call.body);
    if (!signature) {
        co_return std::unexpected(signature.error());
    }
    auto bytes = read_bytes(call.body);
    if (!bytes) {
        co_return std::unexpected(bytes.error());
    }
    auto times = json::optional_int(call.body, "times", {1, times_max});
    if (!times) {
        co_return std::unexpected(times.error());
    }
    auto url = json::optional_string(call.body, "url");
    if (!url) {
        co_return std::unexpected(url.error());
    }
    if (const json::value* body = json::find_field(call.body, "body");
        *signature == Signature::good && body != nullptr && body->is_object()) {
        note_raw_messages(simulator, body->as_object());
    }
    json::array statuses;
    for (std::int64_t i = 0; i < times->value_or(1); ++i) {
        statuses.emplace_back(co_await simulator.webhooks().post_raw(
            url->value_or(simulator.webhook_url()), *bytes, *signature));
    }
    co_return json::object{{"statuses", std::move(statuses)}};
}

}  // namespace wapi::cloudsim
