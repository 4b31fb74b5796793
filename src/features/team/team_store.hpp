// SQL of roles, and of members as far as their rights go. Included only inside this feature.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "features/team/team.hpp"

namespace wapi::team::store {

/// The workspace's own roles by name, with how many members have each.
std::vector<Role> list_custom_roles(db::WorkspaceTxn& txn);
std::optional<Role> find_custom_role(db::WorkspaceTxn& txn, std::string_view id);
void insert_role(db::WorkspaceTxn& txn, const Role& role, Timestamp now);
void update_role(db::WorkspaceTxn& txn, const Role& role);
void delete_role(db::WorkspaceTxn& txn, std::string_view id);
/// How many members have a role, built-in or not.
std::int64_t count_members(db::WorkspaceTxn& txn, std::string_view role);

/// Members that match, by id.
std::vector<Member> list_members(db::WorkspaceTxn& txn, const MemberFilter& filter,
                                 std::size_t limit);
std::vector<Assignee> list_assignees(db::WorkspaceTxn& txn, const AssigneeFilter& filter,
                                     std::size_t limit);
std::optional<Member> find_member(db::WorkspaceTxn& txn, const UserId& id);
/// Stores role, overrides and limits.
void update_member(db::WorkspaceTxn& txn, const Member& member);
/// Removes the membership and its limits; the person stays.
void delete_member(db::WorkspaceTxn& txn, const UserId& id);

/// How many invites name a role.
std::int64_t count_invites_to(db::WorkspaceTxn& txn, std::string_view role);

}  // namespace wapi::team::store
