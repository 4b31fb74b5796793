// The team of a workspace: its roles and members, and what each of them may do and see.
//
// A member never gains anything that the actor does not have, and who has more than the actor is
// not theirs to change; a workspace keeps an owner. What the rights mean: features/access. Source:
// product.md section 1.4.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "db/txn.hpp"
#include "features/access/access.hpp"

namespace wapi::team {

using access::Overrides;
using access::Permission;
using access::PermissionInfo;
using access::Permissions;

namespace errors {
inline const ErrorKind role_not_found{"role_not_found", 404, RetryClass::never,
                                      "There is no such role in this workspace."};
inline const ErrorKind role_exists{"role_exists", 409, RetryClass::never,
                                   "There is a role of this name already."};
inline const ErrorKind role_built_in{"role_built_in", 409, RetryClass::never,
                                     "The built-in roles cannot be changed or removed."};
inline const ErrorKind role_in_use{"role_in_use", 409, RetryClass::never,
                                   "Members or invites have this role; give them another first."};
inline const ErrorKind too_many_roles{"too_many_roles", 409, RetryClass::never,
                                      "A workspace has at most 50 roles of its own."};
inline const ErrorKind member_not_found{"member_not_found", 404, RetryClass::never,
                                        "There is no such member in this workspace."};
inline const ErrorKind last_owner{"last_owner", 409, RetryClass::never,
                                  "A workspace keeps at least one owner."};
inline const ErrorKind owner_unlimited{
    "owner_unlimited", 409, RetryClass::never,
    "An owner has every permission and sees everything; give another role first."};
inline const ErrorKind beyond_own_rights{
    "beyond_own_rights", 403, RetryClass::never,
    "You can neither give more than you have nor change who has more."};
}  // namespace errors

inline constexpr std::size_t roles_max = 50;  ///< custom ones of one workspace
inline constexpr std::size_t role_name_bytes_max = 60;
inline constexpr std::size_t assigned_tags_max = 16;
inline constexpr std::size_t assigned_phones_max = 32;
inline constexpr std::size_t tag_bytes_max = 64;

/// One of the four built-in roles, or the workspace's own.
struct Role {
    std::string id;  ///< a built-in one's name
    std::string name;
    Permissions permissions = 0;
    bool built_in = false;
    std::int64_t members = 0;
};

/// Fields of a create or change; an empty optional leaves the field as it is.
struct RoleDraft {
    std::optional<std::string> name;
    std::optional<Permissions> permissions;
};

/// Whose customers a member sees; an empty list does not restrict. Sorted.
struct Limits {
    std::vector<std::string> tags;
    std::vector<std::string> phones;  ///< phone number ids
    friend bool operator==(const Limits&, const Limits&) = default;
};

struct Member {
    UserId id;
    std::string name;
    std::string email;
    std::string role;
    std::string role_name;
    Overrides overrides;
    Limits limits;
    Permissions permissions = 0;  ///< what comes out
    Permissions given = 0;        ///< by role and grants, before denials and restrictions
    Timestamp joined_at;
};

/// Filters of a list; an empty one does not restrict.
struct MemberFilter {
    std::string text = {};  ///< part of a name or e-mail address, case-insensitive in ASCII
    std::string role = {};
    std::string cursor = {};  ///< id of the last member of the page before
    std::size_t limit = 50;
};

struct MemberPage {
    std::vector<Member> members;  ///< by id
    std::string next_cursor;
};

/// As much of a member as who hands out conversations needs to know.
struct Assignee {
    UserId id;
    std::string name;
    std::string role_name;
};

struct AssigneeFilter {
    std::string text = {};          ///< part of a name, case-insensitive in ASCII
    std::string conversation = {};  ///< only those whose tags and numbers show it to them
    std::string cursor = {};        ///< id of the last one of the page before
    std::size_t limit = 50;
};

struct AssigneePage {
    std::vector<Assignee> assignees;  ///< by id
    std::string next_cursor;
};

/// One change of a member; what is empty stays.
struct MemberChange {
    std::optional<std::string> role;
    std::optional<Overrides> overrides;
    std::optional<Limits> limits;
};

// For those who bring somebody in. Database thread.

/// Until the transaction ends nobody else changes this workspace's team.
void lock(db::WorkspaceTxn& txn);
/// Locks the team, and says whether whoever acts may bring somebody in with that role. Who sees
/// only a part may not, for whoever comes sees all. Errors: forbidden, role_not_found,
/// beyond_own_rights.
Result<Role> check_invite(db::WorkspaceTxn& txn, const Context& context, const std::string& role);
bool is_member(db::WorkspaceTxn& txn, std::string_view email);
void add_member(db::WorkspaceTxn& txn, const UserId& user, std::string_view role, Timestamp now);

/// The team's acts. Of one workspace they happen one after another, so that two at once cannot take
/// the last owner away, and the actor's own rights are read again inside.
class Service {
  public:
    Service(db::Db& db, IdGenerator& ids, const Clock& clock) : db_(db), ids_(ids), clock_(clock) {}

    /// Built-in ones first, then the workspace's own by name.
    async::Task<Result<std::vector<Role>>> list_roles(Context context);
    /// Errors: invalid_request, role_exists, too_many_roles, beyond_own_rights.
    async::Task<Result<Role>> create_role(Context context, RoleDraft draft);
    /// Errors: role_not_found, role_built_in, role_exists, beyond_own_rights.
    async::Task<Result<Role>> change_role(Context context, std::string id, RoleDraft draft);
    /// Errors: role_not_found, role_built_in, role_in_use, beyond_own_rights.
    async::Task<Result<void>> remove_role(Context context, std::string id);

    async::Task<Result<MemberPage>> list_members(Context context, MemberFilter filter);
    /// To whom conversations may be assigned. Errors: conversation_not_found, also for one that the
    /// caller may not see.
    async::Task<Result<AssigneePage>> list_assignees(Context context, AssigneeFilter filter);
    /// Errors: member_not_found.
    async::Task<Result<Member>> get_member(Context context, UserId id);
    /// Errors: member_not_found, role_not_found, last_owner, owner_unlimited, beyond_own_rights,
    /// invalid_request (a number that is not the workspace's).
    async::Task<Result<Member>> change_member(Context context, UserId id, MemberChange change);
    /// Errors: member_not_found, last_owner, beyond_own_rights.
    async::Task<Result<void>> remove_member(Context context, UserId id);

  private:
    db::Db& db_;
    IdGenerator& ids_;
    const Clock& clock_;
};

}  // namespace wapi::team
