#include "features/webhooks/webhook_times.hpp"

#include "features/opt_out/opt_out.hpp"

namespace wapi::webhooks {
namespace {

/// One overload for each alternative of WebhookContent that has a time.
struct SettleTimes {
    Timestamp received_at;

    void operator()(whatsapp::InboundMessage& message) const { settle(message.timestamp); }
    void operator()(whatsapp::StatusUpdate& update) const { settle(update.timestamp); }
    void operator()(whatsapp::UserPreference& preference) const { settle(preference.timestamp); }
    void operator()(whatsapp::MessageEcho& echo) const { settle(echo.message.timestamp); }
    void operator()(whatsapp::ParseError& broken) const {
        if (broken.partial) {
            broken.partial->timestamp = broken.partial->timestamp.value_or(received_at);
            settle(*broken.partial->timestamp);
        }
    }
    void operator()(auto& /*without_time*/) const {}

    /// WhatsApp's times are whole seconds: of the same one a STOP wins.
    void settle(Timestamp& at) const {
        if (at > received_at + opt_out::clock_skew_max) {
            at = std::chrono::floor<std::chrono::seconds>(received_at);
        }
    }
};

}  // namespace

void settle_times(whatsapp::WebhookItem& item, Timestamp received_at) {
    const SettleTimes settle{received_at};
    std::visit(settle, item.content);
    if (item.entry_time) {
        settle.settle(*item.entry_time);
    }
}

}  // namespace wapi::webhooks
