// The one place where an import's progress changes, and its end. Included only inside this feature.
#pragma once

#include "features/contact_imports/contact_imports.hpp"

namespace wapi::contact_imports {

/// Saves state, place and counts. Whoever shows progress live is to be told here, in the
/// transaction.
void note_progress(db::WorkspaceTxn& txn, const Import& import, Timestamp now);

/// The import ends: done, cancelled or failed. Leaves `contact.imported` with its counts when it
/// was started.
void end(db::WorkspaceTxn& txn, const Context& context, Import& import, State state, Timestamp now);

}  // namespace wapi::contact_imports
