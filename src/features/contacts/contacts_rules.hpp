// Rules of contacts: what two records of one person say together. No I/O.
#pragma once

#include "features/contacts/contacts.hpp"

namespace wapi::contacts {

/// What both say together, by the rules for single decisions (opt_out_rules.hpp): the newest STOP
/// and the newest decision; without a START after that STOP, the earliest "yes" after it.
OptOut join_opt_outs(const OptOut& one, const OptOut& other);

}  // namespace wapi::contacts
