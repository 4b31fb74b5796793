// SQL of lists of contacts. Included only inside this feature.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "features/contact_lists/contact_lists.hpp"

namespace wapi::contact_lists::store {

/// Of which tag the contacts are looked at, one that is asked for or the only one whose bearers the
/// member sees; empty: all.
std::string leading_tag(db::WorkspaceTxn& txn, const Filter& filter);
/// What is looked at for a page.
struct Part {
    std::string leading_tag;  ///< its bearers; empty: all
    ContactId from;           ///< this id and greater ones
};
/// At most filter.limit + 1; the segment is the caller's to look up.
std::vector<contacts::Contact> list(db::WorkspaceTxn& txn, const Filter& filter, const Part& part,
                                    Timestamp now);
/// The last contact that may be looked at for a page; nothing when the end comes before.
std::optional<ContactId> find_last_looked_at(db::WorkspaceTxn& txn, const Filter& filter,
                                             const std::string& leading_tag);

}  // namespace wapi::contact_lists::store
