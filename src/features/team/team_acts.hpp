// What every act on a team begins and ends with: who acts, and the audit entry.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "features/audit/audit.hpp"
#include "features/team/team_rules.hpp"

namespace wapi::team {

namespace json = boost::json;

/// Locks the team; the rights of whoever acts, as they are now. Errors: forbidden when they are
/// gone since the request began.
Result<Actor> begin(db::WorkspaceTxn& txn, const Context& context);

Role built_in_role(db::WorkspaceTxn& txn, std::string_view name);
/// Errors: role_not_found.
Result<Role> get_role(db::WorkspaceTxn& txn, const std::string& id);

/// Who or what an act was on, and what was done.
struct Act {
    std::string_view action = audit::actions::team_permissions_changed;
    std::string_view resource_type;
    std::string resource_id;
    json::object details;
};
void record(db::WorkspaceTxn& txn, const Context& context, const Act& act, Timestamp now);

}  // namespace wapi::team
