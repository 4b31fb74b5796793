// Store functions that only this feature uses; the others are in templates.hpp.
#pragma once

#include "features/templates/templates.hpp"

namespace wapi::templates {

/// Deletes templates of the account that were not seen since `limit`. Returns how many.
std::int64_t delete_older(db::WorkspaceTxn& txn, const WabaId& waba_id, Timestamp limit);

}  // namespace wapi::templates
