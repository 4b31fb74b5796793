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
/// What a callback takes back: all that the user had granted by then. A repetition that comes after
/// they have connected again leaves the newer grant.
struct Revocation {
    std::string meta_user_id;
    Timestamp issued_at;  ///< whole seconds
};
/// Over all workspaces: a callback names nobody else. System scope.
std::vector<Grant> list_grants(db::Txn& txn, const Revocation& revocation);
void remove_grant(db::WorkspaceTxn& txn, const WabaId& waba_id, const Revocation& revocation);

/// One that is there already stays as it is.
void insert_request(db::Txn& txn, const std::string& code, Timestamp now);
void complete_request(db::Txn& txn, const std::string& code, std::int64_t grants, Timestamp now);
std::optional<DeletionRequest> find_request(db::Txn& txn, const std::string& code);

}  // namespace wapi::meta_callbacks::store
