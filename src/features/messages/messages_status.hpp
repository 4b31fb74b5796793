// What a delivery status does to a message, and the moment a message gets its wamid. Included only
// inside this feature.
#pragma once

#include <string>
#include <string_view>

#include "features/messages/messages_store.hpp"

namespace wapi::messages {

/// Raises the status of the message with that wamid, with an audit entry when it fails; false when
/// there is none.
bool raise_status(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id,
                  const WaMessageId& wa_message_id, const store::StatusChange& change,
                  Timestamp now);

/// Gives a message its wamid and applies the statuses that came before; false when it has one or
/// does not exist.
bool name_message(db::WorkspaceTxn& txn, const MessageId& id, const PhoneNumberId& phone_number_id,
                  const WaMessageId& wa_message_id, Timestamp now);

/// Our sentence about an error, and what Meta says about this case of it.
std::string explain(std::string_view advice, std::string_view details);

}  // namespace wapi::messages
