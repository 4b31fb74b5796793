// SQL of lists of contacts. Included only inside this feature.
#pragma once

#include <optional>
#include <vector>

#include "features/contact_lists/contact_lists.hpp"

namespace wapi::contact_lists::store {

/// At most filter.limit + 1 with ids from `from` on; the segment is the caller's to look up.
std::vector<contacts::Contact> list(db::WorkspaceTxn& txn, const Filter& filter,
                                    const ContactId& from, Timestamp now);
/// The last contact that may be looked at for a page; nothing when the end comes before.
std::optional<ContactId> find_last_looked_at(db::WorkspaceTxn& txn, const Filter& filter);

}  // namespace wapi::contact_lists::store
