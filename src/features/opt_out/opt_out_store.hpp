// SQL of the opt-out beside that of contacts. Included only inside this feature.
#pragma once

#include <string>

#include "base/ids.hpp"
#include "db/txn.hpp"

namespace wapi::opt_out::store {

/// What tells that a STOP has been decided on in between.
struct Stops {
    std::int64_t count = 0;      ///< of those decided on, also where the record stayed as it was
    std::int64_t newest_us = 0;  ///< 0: none
    friend bool operator==(const Stops&, const Stops&) = default;
};
Stops find_stops(db::WorkspaceTxn& txn, const ContactId& contact);
void count_stop(db::WorkspaceTxn& txn, const ContactId& contact);

/// The workspace's settings: JSON object text; "{}" when there is no workspace.
std::string find_settings(db::WorkspaceTxn& txn);

}  // namespace wapi::opt_out::store
