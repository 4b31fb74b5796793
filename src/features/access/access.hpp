// Access: who of a team may do what, and whose customers they see.
//
// A member's rights come from the role (built-in or custom), the member's overrides and the
// member's restrictions. They are read together with the session at every request, so that a change
// takes effect at the next one, and travel in the Context: permissions are asked by the dispatcher,
// restrictions by the statements of the stores (access_store_conditions.hpp). Source: product.md
// section 1.4.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/txn.hpp"
#include "features/access/access_permissions.hpp"
#include "features/access/access_store_conditions.hpp"

namespace wapi::access {

/// What a member may do more and less than the role says.
struct Overrides {
    Permissions granted = 0;
    Permissions denied = 0;
    friend bool operator==(const Overrides&, const Overrides&) = default;
};

/// What the database says of one member, in the order of WAPI_RIGHTS_COLUMNS.
struct StoredRights {
    UserId user;
    std::string role;              ///< built-in name or id of a custom role
    std::string role_permissions;  ///< of a custom role: names, parted by spaces
    std::string granted;           ///< overrides: names, parted by spaces
    std::string denied;
    bool has_tags = false;
    bool has_phones = false;
    std::string settings;    ///< the workspace's, JSON, when they name `showUnassigned`
    bool suspended = false;  ///< the workspace, by an operator
};

/// What a member may do and see at this moment.
struct Rights {
    Permissions permissions = 0;
    Restrictions restrictions;
    bool suspended = false;  ///< for the Context: nobody acts in the workspace, owners neither
};

/// An owner may do and see everything. Anybody else: role and grants without denials; a role that
/// is not known gives nothing; without viewAllConversations only assigned conversations are seen;
/// a restriction by tag or number takes `whole_workspace`.
Rights decide_rights(const StoredRights& stored);

/// What a key may do and see that such a member has made: what was chosen for it, as far as the
/// member may do that, for whom the member sees; without viewAllConversations of its own it sees
/// the conversations that are assigned to the member.
Rights decide_key_rights(const StoredRights& maker, Permissions chosen);

/// What takes part in deciding a member's permissions.
struct Grounds {
    std::string_view role;
    Permissions role_permissions = 0;  ///< of a custom role; ignored for built-in ones
    Overrides overrides;
    bool is_restricted = false;  ///< by tag or number
};
/// What a member of that role may do.
Permissions decide_permissions(const Grounds& grounds);

/// For answers and audit entries, in the order of the table.
boost::json::array names_of(Permissions permissions);
/// As they are stored: names parted by spaces, in the order of the table.
std::string render_names(Permissions permissions);
/// The reverse; names that this version does not know are left out.
Permissions parse_names(std::string_view names);

/// A list of names in a request's body as a set; nothing when the field is absent. Errors:
/// invalid_request, for a name that is none too.
Result<std::optional<Permissions>> read_permissions(const boost::json::object& body,
                                                    std::string_view field);

/// How many WAPI_RIGHTS_COLUMNS are.
inline constexpr std::size_t rights_columns = 8;
/// Reads WAPI_RIGHTS_COLUMNS from `first` on.
StoredRights read_rights(const db::Row& row, std::size_t first, UserId user);

/// Of a member of the workspace, at this moment; nothing of anybody else.
std::optional<StoredRights> find_rights(db::WorkspaceTxn& txn, const UserId& user);

/// The tags and numbers that a member is restricted to, each sorted.
struct Assigned {
    std::vector<std::string> tags;
    std::vector<std::string> numbers;  ///< phone number ids
};
/// For who decides without a statement; empty lists do not restrict.
Assigned list_assigned(db::WorkspaceTxn& txn, const UserId& user);

/// True when that person belongs to the workspace. Until the transaction ends nobody removes them
/// or changes what they may and see.
bool hold_member(db::WorkspaceTxn& txn, const UserId& user);

/// True when the member may use this business number.
bool sees_number(db::WorkspaceTxn& txn, const Restrictions& restrictions,
                 const PhoneNumberId& phone_number_id);

/// Whether `inbox.showUnassigned` of a workspace's settings is true or false, for the route that
/// changes them. Errors: invalid_request.
Result<void> check_settings(const boost::json::object& settings);

}  // namespace wapi::access
