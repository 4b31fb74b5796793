// SQL of messages. Included only inside this feature.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "features/messages/messages.hpp"

namespace wapi::messages::store {

std::string_view purpose_name(Purpose purpose);

/// False when (number, wamid) is stored already; of an edit or revoke also with the same type.
bool insert(db::WorkspaceTxn& txn, const Message& message, Timestamp now);
std::optional<Message> find(db::WorkspaceTxn& txn, const MessageId& id);

/// One delivery status, as far as it changes a message.
struct StatusChange {
    std::string status;  ///< sent, delivered, read, failed
    Timestamp at;
    std::optional<std::int64_t> error_code;
    std::string error_message;
};
/// Sets a message that has not failed yet to failed, and returns which it was.
std::optional<MessageId> fail_by_wamid(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id,
                                       const WaMessageId& wa_message_id);
/// Raises the status of the message with that wamid; false when there is none.
bool raise_by_wamid(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id,
                    const WaMessageId& wa_message_id, const StatusChange& change);
/// Gives an outgoing message its wamid; false when it has one or does not exist.
bool bind_wamid(db::WorkspaceTxn& txn, const MessageId& id, const PhoneNumberId& phone_number_id,
                const WaMessageId& wa_message_id);
void keep_early_status(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id,
                       const WaMessageId& wa_message_id, const StatusChange& change, Timestamp now);
/// Removes and returns the statuses that came before the wamid was known.
std::vector<StatusChange> take_early_statuses(db::WorkspaceTxn& txn,
                                              const PhoneNumberId& phone_number_id,
                                              const WaMessageId& wa_message_id);

}  // namespace wapi::messages::store
