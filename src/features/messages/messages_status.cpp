// Delivery statuses, in any order and any number of times (architecture, invariant 2).
#include <fmt/format.h>

#include "base/text.hpp"
#include "features/audit/audit.hpp"
#include "features/messages/messages_store.hpp"
#include "whatsapp/error_catalogue.hpp"

namespace wapi::messages {
namespace {

std::string_view stored_status(whatsapp::DeliveryStatus value) {
    using whatsapp::DeliveryStatus;
    switch (value) {
        case DeliveryStatus::sent: return status::sent;
        case DeliveryStatus::delivered: return status::delivered;
        case DeliveryStatus::read:
        case DeliveryStatus::played: return status::read;
        case DeliveryStatus::failed: return status::failed;
        case DeliveryStatus::deleted:
        case DeliveryStatus::unknown: return {};
    }
    return {};
}

/// Raises the status of the message with that wamid, with an audit entry when it fails; false when
/// there is none.
bool raise_status(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id,
                  const WaMessageId& wa_message_id, const store::StatusChange& change,
                  Timestamp now) {
    if (change.status == status::failed) {
        if (const auto failed = store::fail_by_wamid(txn, phone_number_id, wa_message_id)) {
            audit::record(
                txn, audit::system_context(txn.workspace(), ""),
                {.action = audit::actions::message_failed,
                 .resource_type = "message",
                 .resource_id = failed->value,
                 .details = fmt::format("{{\"code\":{}}}", change.error_code.value_or(0))},
                now);
        }
    }
    const bool known = store::raise_by_wamid(txn, phone_number_id, wa_message_id, change);
    if (known) {
        txn.announce(message_status, wa_message_id.value, phone_number_id.value);
    }
    return known;
}

}  // namespace

std::string explain(std::string_view advice, std::string_view details) {
    constexpr std::size_t details_code_points_max = 300;
    const std::string_view words =
        text::truncate_utf8(text::trim(details), details_code_points_max);
    return words.empty() ? std::string(advice) : fmt::format("{} (Meta: {})", advice, words);
}

bool name_message(db::WorkspaceTxn& txn, const MessageId& id, const PhoneNumberId& phone_number_id,
                  const WaMessageId& wa_message_id, Timestamp now) {
    if (!store::bind_wamid(txn, id, phone_number_id, wa_message_id)) {
        return false;
    }
    txn.announce(message_status, id.value);
    for (const store::StatusChange& early :
         store::take_early_statuses(txn, phone_number_id, wa_message_id)) {
        raise_status(txn, phone_number_id, wa_message_id, early, now);
    }
    return true;
}

void apply_status(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id,
                  const whatsapp::StatusUpdate& update, Timestamp now) {
    store::StatusChange change{.status = std::string(stored_status(update.status)),
                               .at = update.timestamp,
                               .error_code = std::nullopt,
                               .error_message = {}};
    if (change.status.empty()) {
        return;  // kept in the raw event; nothing to show
    }
    const WaMessageId wa_message_id(update.wa_message_id);
    if (!update.errors.empty()) {
        const whatsapp::WebhookError& error = update.errors.front();
        change.error_code = error.code;
        change.error_message =
            explain(whatsapp::advise_on_error(error.code).message, error.details);
    }
    if (raise_status(txn, phone_number_id, wa_message_id, change, now)) {
        return;
    }
    // A send whose answer was lost is recognised by our own id, which the status carries back. One
    // whose answer was recorded a moment ago has its wamid by now: naming it waited for that.
    if (is_uuid(update.callback_data)) {
        name_message(txn, MessageId(update.callback_data), phone_number_id, wa_message_id, now);
        if (raise_status(txn, phone_number_id, wa_message_id, change, now)) {
            return;
        }
    }
    store::keep_early_status(txn, phone_number_id, wa_message_id, change, now);
}

}  // namespace wapi::messages
