// SQL of segments. Included only inside this feature.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "features/segments/segments.hpp"

namespace wapi::segments::store {

std::vector<Segment> list(db::WorkspaceTxn& txn);
std::optional<Segment> find(db::WorkspaceTxn& txn, const std::string& id);
/// False when the name is taken.
bool insert(db::WorkspaceTxn& txn, const Segment& segment);
/// Errors: segment_exists when the name is another's, segment_not_found when it is gone.
Result<void> update(db::WorkspaceTxn& txn, const Segment& segment);
/// False when it is gone already.
bool remove(db::WorkspaceTxn& txn, const std::string& id);

}  // namespace wapi::segments::store
