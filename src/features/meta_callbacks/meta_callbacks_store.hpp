// SQL of grants and deletion requests. Included only inside this feature.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "features/meta_callbacks/meta_callbacks.hpp"

namespace wapi::meta_callbacks::store {

struct Grant {
    WorkspaceId workspace;
    WabaId waba_id;
};
/// Over all workspaces: a callback names nobody else. System scope.
std::vector<Grant> list_grants(db::Txn& txn, std::string_view meta_user_id);
void remove_grant(db::WorkspaceTxn& txn, const WabaId& waba_id);

/// One that is there already stays as it is.
void insert_request(db::Txn& txn, const std::string& code, Timestamp now);
void complete_request(db::Txn& txn, const std::string& code, std::int64_t grants, Timestamp now);
std::optional<DeletionRequest> find_request(db::Txn& txn, const std::string& code);

}  // namespace wapi::meta_callbacks::store
