// SQL of notes. Included only inside this feature.
#pragma once

#include "features/conversation_notes/conversation_notes.hpp"

namespace wapi::conversation_notes::store {

void insert(db::WorkspaceTxn& txn, const Note& note);
/// False when somebody else has just removed it.
bool remove(db::WorkspaceTxn& txn, const Note& note);

}  // namespace wapi::conversation_notes::store
