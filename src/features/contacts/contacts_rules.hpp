// Rules of contacts: what two records of one person say together. No I/O.
#pragma once

#include "features/contacts/contacts.hpp"

namespace wapi::contacts {

/// What both say together, by the rules for single decisions (opt_out_rules.hpp): the newest STOP
/// and the newest decision; without a START after that STOP, the earliest "yes" after it.
OptOut join_opt_outs(const OptOut& one, const OptOut& other);

/// True when the person wrote START, or "yes", after they were erased.
bool has_come_back(const OptOut& opt_out, Timestamp erased_at);

/// The state of a contact that turns out to be somebody who was erased: out, by the system, unless
/// has_come_back. What a member decided by hand never lifts it (docs/adr/0015).
OptOut join_erasure(const OptOut& known, Timestamp erased_at);

/// The state of a contact whose phone was, by a member's mistake, that of a contact with an
/// opt-out on record: out since then, also when somebody of that contact has come back, unless this
/// person has decided otherwise since.
OptOut join_left(const OptOut& known, const OptOut& left);

}  // namespace wapi::contacts
