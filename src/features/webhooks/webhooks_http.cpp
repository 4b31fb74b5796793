#include "features/webhooks/webhooks_http.hpp"

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "whatsapp/signature.hpp"

namespace wapi::webhooks {
namespace {

/// Meta sends at most 3 MB (meta/webhooks.md section 2).
constexpr std::size_t webhook_body_max = 3 << 20;

const Counter rejected_missing{"wapi_webhooks_rejected_total", "Webhooks answered 403.",
                               R"(reason="missing_signature")"};
const Counter rejected_wrong{"wapi_webhooks_rejected_total", "Webhooks answered 403.",
                             R"(reason="wrong_signature")"};

using Parts = std::shared_ptr<const HttpParts>;

async::Task<Result<net::Response>> handle_handshake(Parts parts, net::Call& call) {
    const bool subscribes = call.request.query_param("hub.mode") == "subscribe";
    const std::string_view token = call.request.query_param("hub.verify_token");
    if (!subscribes || parts->verify_token.empty() ||
        !crypto::constant_time_equal(token, parts->verify_token.reveal())) {
        co_return fail(errors::bad_verify_token);
    }
    co_return net::Response{.status = 200,
                            .content_type = "text/plain; charset=utf-8",
                            .body = std::string(call.request.query_param("hub.challenge")),
                            .headers = {}};
}

async::Task<Result<net::Response>> handle_event(Parts parts, net::Call& call) {
    const std::string_view signature = call.request.header("x-hub-signature-256");
    if (!whatsapp::verify_signature(signature, call.request.body, parts->app_secrets)) {
        (signature.empty() ? rejected_missing : rejected_wrong).add();
        log::warn("webhook.rejected", {{"request_id", call.request.request_id},
                                       {"ip", call.request.remote_ip},
                                       {"missing", signature.empty()}});
        co_return fail(errors::bad_signature);
    }
    const Result<void> stored =
        co_await parts->intake.store(std::string(signature), std::move(call.request.body));
    if (!stored) {
        co_return std::unexpected(stored.error());
    }
    co_return net::Response{.status = 200,
                            .content_type = "text/plain; charset=utf-8",
                            .body = "EVENT_RECEIVED",
                            .headers = {}};
}

}  // namespace

std::vector<net::Route> webhooks_routes(const HttpParts& parts) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const Parts shared = std::make_shared<const HttpParts>(parts);
    const auto bind = [shared](auto handler) -> net::Handler {
        return [shared, handler](net::Call& call) { return handler(shared, call); };
    };
    return {
        {Verb::get, "/api/v1/webhook", Auth::none, "", RateClass::webhook, 0, "verifyWebhook",
         bind(handle_handshake)},
        {Verb::post, "/api/v1/webhook", Auth::meta_signature, "", RateClass::webhook,
         webhook_body_max, "receiveWebhook", bind(handle_event)},
        {Verb::get, "/api/v1/webhook/meta", Auth::none, "", RateClass::webhook, 0,
         "verifyMetaWebhook", bind(handle_handshake)},
        {Verb::post, "/api/v1/webhook/meta", Auth::meta_signature, "", RateClass::webhook,
         webhook_body_max, "receiveMetaWebhook", bind(handle_event)},
    };
}

}  // namespace wapi::webhooks
