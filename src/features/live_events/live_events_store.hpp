// SQL of the live events. Included only inside this feature.
#pragma once

#include <string>
#include <vector>

#include "db/txn.hpp"

namespace wapi::live_events::store {

struct Talk {
    ConversationId conversation;
    std::string number;  ///< phone number id
};
/// A contact's conversations, one for each business number.
std::vector<Talk> list_talks(db::WorkspaceTxn& txn, const ContactId& contact);

}  // namespace wapi::live_events::store
