// Store functions that only this feature uses; the others are in templates.hpp.
#pragma once

#include "features/templates/templates.hpp"

namespace wapi::templates {

/// As find_template, and nobody else changes it until this transaction ends: a status and a copy
/// from Meta must each see what the other has stored.
std::optional<Template> lock_template(db::WorkspaceTxn& txn, const WabaId& waba_id,
                                      std::string_view name, std::string_view language);

/// Deletes templates of the account that were not seen since `limit`. Returns how many.
std::int64_t delete_older(db::WorkspaceTxn& txn, const WabaId& waba_id, Timestamp limit);

}  // namespace wapi::templates
