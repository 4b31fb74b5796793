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

/// From waiting to `sending`: the call to Meta may begin. False when the message does not wait any
/// more: cancelled, settled by a status, or begun elsewhere.
bool begin_sending(db::WorkspaceTxn& txn, const MessageId& id);
/// Sets the state of an outgoing message that waits or is being sent, and has no wamid yet. One
/// that has ended, such as a cancelled one, stays as it is: false.
bool set_state(db::WorkspaceTxn& txn, const MessageId& id, std::string_view status,
               std::optional<std::int64_t> error_code = std::nullopt,
               std::string_view error_message = {});

/// An Idempotency-Key that was used: what for, which message it made, and what the caller was told.
struct UsedKey {
    std::string request_hash;
    MessageId message;
    std::string answer;  ///< empty until the first answer was given
};
std::optional<UsedKey> find_key(db::WorkspaceTxn& txn, std::string_view key, Timestamp not_before);
/// When a key is used, and from when on an earlier use counts.
struct KeyTimes {
    Timestamp now;
    Timestamp not_before;
};
/// Throws Fault `db.conflict`, on which the function runs again and finds the key, when another
/// request used it at the same moment.
void save_key(db::WorkspaceTxn& txn, std::string_view key, std::string_view request_hash,
              const MessageId& message, const KeyTimes& times);
/// Keeps what a caller is told under the key that made the message, unless somebody was told
/// something before; returns what everybody is told.
std::string keep_answer(db::WorkspaceTxn& txn, std::string_view key, const MessageId& message,
                        const std::string& answer);

}  // namespace wapi::messages::store
