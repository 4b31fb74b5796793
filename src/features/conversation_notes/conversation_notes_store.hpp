// SQL of notes. Included only inside this feature.
#pragma once

#include "features/conversation_notes/conversation_notes.hpp"

namespace wapi::conversation_notes::store {

void insert(db::WorkspaceTxn& txn, const Note& note);
std::optional<Note> find(db::WorkspaceTxn& txn, const std::string& id);
/// False when somebody else has just removed it.
bool remove(db::WorkspaceTxn& txn, const std::string& id);

}  // namespace wapi::conversation_notes::store
