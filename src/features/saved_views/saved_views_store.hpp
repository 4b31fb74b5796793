// SQL of saved views. Included only inside this feature.
#pragma once

#include "features/saved_views/saved_views.hpp"

namespace wapi::saved_views::store {

/// Shared ones and those of `owner`, by name.
std::vector<View> list(db::WorkspaceTxn& txn, const UserId& owner);
/// Shared, or of `owner`.
std::optional<View> find(db::WorkspaceTxn& txn, const std::string& id, const UserId& owner);
/// Others of the workspace who would write wait until the transaction ends. Before anything else.
void lock(db::WorkspaceTxn& txn);
/// Of that owner alone; empty: the shared ones.
std::int64_t count(db::WorkspaceTxn& txn, const UserId& owner);
/// False when the owner has one of that name.
bool insert(db::WorkspaceTxn& txn, const View& view);
bool update(db::WorkspaceTxn& txn, const View& view);
/// False when somebody else has just removed it.
bool remove(db::WorkspaceTxn& txn, const std::string& id);

}  // namespace wapi::saved_views::store
