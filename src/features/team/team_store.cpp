#include "features/team/team_store.hpp"

#include <map>

#include "features/team/team_rules.hpp"

namespace wapi::team {
namespace {

const db::Sql lock_team_sql{{
    .name = "team.lock_team",
    .text = "SELECT workspace_id FROM workspaces WHERE workspace_id = $1",
    .postgres = "SELECT workspace_id FROM workspaces WHERE workspace_id = $1 FOR NO KEY UPDATE",
}};
const db::Sql list_roles_sql{{
    .name = "team.list_roles",
    .text = "SELECT r.role_id, r.name, r.permissions, (SELECT COUNT(*) FROM members m"
            " WHERE m.workspace_id = $1 AND m.role = r.role_id)"
            " FROM team_roles r WHERE r.workspace_id = $1 ORDER BY r.name, r.role_id",
}};
const db::Sql find_role_sql{{
    .name = "team.find_role",
    .text = "SELECT r.role_id, r.name, r.permissions, (SELECT COUNT(*) FROM members m"
            " WHERE m.workspace_id = $1 AND m.role = r.role_id)"
            " FROM team_roles r WHERE r.workspace_id = $1 AND r.role_id = $2",
}};
const db::Sql insert_role_sql{{
    .name = "team.insert_role",
    .text = "INSERT INTO team_roles (workspace_id, role_id, name, permissions, created_us)"
            " VALUES ($1, $2, $3, $4, $5)",
}};
const db::Sql update_role_sql{{
    .name = "team.update_role",
    .text = "UPDATE team_roles SET name = $3, permissions = $4"
            " WHERE workspace_id = $1 AND role_id = $2",
}};
const db::Sql delete_role_sql{{
    .name = "team.delete_role",
    .text = "DELETE FROM team_roles WHERE workspace_id = $1 AND role_id = $2",
}};
const db::Sql count_members_sql{{
    .name = "team.count_members",
    .text = "SELECT COUNT(*) FROM members WHERE workspace_id = $1 AND role = $2",
}};
#define WAPI_MEMBER_COLUMNS                                                      \
    "SELECT m.user_id, u.name, u.email, m.created_us, coalesce(r.name, m.role)," \
    " " WAPI_RIGHTS_COLUMNS                                                      \
    " FROM members m JOIN users u ON u.user_id = m.user_id" WAPI_RIGHTS_JOINS
const db::Sql list_members_sql{{
    .name = "team.list_members",
    .text = WAPI_MEMBER_COLUMNS
    " WHERE m.workspace_id = $1 AND ($2 = '' OR m.user_id > $2)"
    " AND ($4 = '' OR " WAPI_LOWER(
        "u.name") " LIKE $4 ESCAPE '!' OR u.email LIKE $4 ESCAPE '!')"
                  " AND ($5 = '' OR m.role = $5) ORDER BY m.user_id LIMIT $3",
}};
const db::Sql list_assignees_sql{{
    .name = "team.list_assignees",
    .text = "SELECT m.user_id, u.name, coalesce(r.name, m.role)"
            " FROM members m JOIN users u ON u.user_id = m.user_id"
            " LEFT JOIN team_roles r ON r.workspace_id = m.workspace_id AND r.role_id = m.role"
            " WHERE m.workspace_id = $1 AND ($2 = '' OR m.user_id > $2)"
            " AND ($4 = '' OR " WAPI_LOWER(
                "u.name") " LIKE $4 ESCAPE '!')"
                          " AND ($5 = '' OR EXISTS (SELECT 1 FROM conversations AS talk"
                          "   WHERE talk.workspace_id = $1 AND talk.conversation_id = $5"
                          "   AND " WAPI_MAY_ANSWER("talk",
                                                    "m.user_id") ")) ORDER BY m.user_id LIMIT $3",
}};
const db::Sql find_member_sql{{
    .name = "team.find_member",
    .text = WAPI_MEMBER_COLUMNS " WHERE m.workspace_id = $1 AND m.user_id = $2",
}};
#undef WAPI_MEMBER_COLUMNS
const db::Sql list_limits_sql{{
    .name = "team.list_limits",
    .text = "SELECT user_id, kind, value FROM member_restrictions"
            " WHERE workspace_id = $1 AND user_id BETWEEN $2 AND $3",
}};
const db::Sql update_member_sql{{
    .name = "team.update_member",
    .text = "UPDATE members SET role = $3, granted = $4, denied = $5"
            " WHERE workspace_id = $1 AND user_id = $2",
}};
const db::Sql insert_limit_sql{{
    .name = "team.insert_limit",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, $2, $3, $4)",
}};
const db::Sql delete_limits_sql{{
    .name = "team.delete_limits",
    .text = "DELETE FROM member_restrictions WHERE workspace_id = $1 AND user_id = $2",
}};
const db::Sql delete_member_sql{{
    .name = "team.delete_member",
    .text = "DELETE FROM members WHERE workspace_id = $1 AND user_id = $2",
}};
const db::Sql count_invites_to_sql{{
    .name = "team.count_invites_to",
    .text = "SELECT COUNT(*) FROM team_invites WHERE workspace_id = $1 AND role = $2",
}};
const db::Sql is_member_sql{{
    .name = "team.is_member",
    .text = "SELECT 1 FROM members m JOIN users u ON u.user_id = m.user_id"
            " WHERE m.workspace_id = $1 AND u.email = $2",
}};
const db::Sql insert_member_sql{{
    .name = "team.insert_member",
    .text = "INSERT INTO members (workspace_id, user_id, role, created_us) VALUES ($1, $2, $3, $4)",
}};

constexpr std::size_t rights_column = 5;  ///< of the statements on members

Role read_role(const db::Row& row) {
    return {.id = row.string(0),
            .name = row.string(1),
            .permissions = access::parse_names(row.text(2)),
            .built_in = false,
            .members = row.integer(3)};
}

/// Without limits.
Member read_member(const db::Row& row) {
    const access::StoredRights rights = access::read_rights(row, rights_column, row.id<UserId>(0));
    return {.id = rights.user,
            .name = row.string(1),
            .email = row.string(2),
            .role = rights.role,
            .role_name = row.string(4),
            .overrides = {access::parse_names(rights.granted), access::parse_names(rights.denied)},
            .limits = {},
            .permissions = access::decide_rights(rights).permissions,
            .given = access::find_built_in(rights.role)
                         .value_or(access::parse_names(rights.role_permissions)) |
                     access::parse_names(rights.granted),
            .joined_at = from_us(row.integer(3))};
}

/// Members as the rows tell, which are ordered by id, with their limits from one more statement.
std::vector<Member> read_members(db::WorkspaceTxn& txn, const db::Rows& rows) {
    std::vector<Member> members;
    std::map<UserId, Limits> limits;
    for (const db::Row row : rows) {
        members.push_back(read_member(row));
    }
    if (members.empty()) {
        return members;
    }
    for (const db::Row row : txn.query(list_limits_sql, members.front().id, members.back().id)) {
        Limits& own = limits[row.id<UserId>(0)];
        (row.text(1) == "tag" ? own.tags : own.phones).push_back(row.string(2));
    }
    for (Member& member : members) {
        member.limits = std::move(limits[member.id]);
        std::ranges::sort(member.limits.tags);  // the databases sort by other rules
        std::ranges::sort(member.limits.phones);
    }
    return members;
}

}  // namespace

void lock(db::WorkspaceTxn& txn) { txn.query(lock_team_sql); }

bool is_member(db::WorkspaceTxn& txn, std::string_view email) {
    return !txn.query(is_member_sql, email).empty();
}

void add_member(db::WorkspaceTxn& txn, const UserId& user, std::string_view role, Timestamp now) {
    txn.execute(insert_member_sql, user, role, to_us(now));
}

namespace store {

std::int64_t count_invites_to(db::WorkspaceTxn& txn, std::string_view role) {
    return txn.query(count_invites_to_sql, role)[0].integer(0);
}

std::vector<Role> list_custom_roles(db::WorkspaceTxn& txn) {
    std::vector<Role> roles;
    for (const db::Row row : txn.query(list_roles_sql)) {
        roles.push_back(read_role(row));
    }
    return roles;
}

std::optional<Role> find_custom_role(db::WorkspaceTxn& txn, std::string_view id) {
    const db::Rows rows = txn.query(find_role_sql, id);
    return rows.empty() ? std::nullopt : std::optional(read_role(rows[0]));
}

void insert_role(db::WorkspaceTxn& txn, const Role& role, Timestamp now) {
    txn.execute(insert_role_sql, role.id, role.name, access::render_names(role.permissions),
                to_us(now));
}

void update_role(db::WorkspaceTxn& txn, const Role& role) {
    txn.execute(update_role_sql, role.id, role.name, access::render_names(role.permissions));
}

void delete_role(db::WorkspaceTxn& txn, std::string_view id) { txn.execute(delete_role_sql, id); }

std::int64_t count_members(db::WorkspaceTxn& txn, std::string_view role) {
    return txn.query(count_members_sql, role)[0].integer(0);
}

std::vector<Member> list_members(db::WorkspaceTxn& txn, const MemberFilter& filter,
                                 std::size_t limit) {
    return read_members(txn,
                        txn.query(list_members_sql, filter.cursor, static_cast<std::int64_t>(limit),
                                  db::contains_pattern(filter.text), filter.role));
}

std::vector<Assignee> list_assignees(db::WorkspaceTxn& txn, const AssigneeFilter& filter,
                                     std::size_t limit) {
    std::vector<Assignee> assignees;
    for (const db::Row row :
         txn.query(list_assignees_sql, filter.cursor, static_cast<std::int64_t>(limit),
                   db::contains_pattern(filter.text), filter.conversation)) {
        assignees.push_back({row.id<UserId>(0), row.string(1), row.string(2)});
    }
    return assignees;
}

std::optional<Member> find_member(db::WorkspaceTxn& txn, const UserId& id) {
    std::vector<Member> found = read_members(txn, txn.query(find_member_sql, id));
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

void update_member(db::WorkspaceTxn& txn, const Member& member) {
    txn.execute(update_member_sql, member.id, member.role,
                access::render_names(member.overrides.granted),
                access::render_names(member.overrides.denied));
    txn.execute(delete_limits_sql, member.id);
    for (const std::string& tag : member.limits.tags) {
        txn.execute(insert_limit_sql, member.id, "tag", tag);
    }
    for (const std::string& phone : member.limits.phones) {
        txn.execute(insert_limit_sql, member.id, "phone", phone);
    }
}

void delete_member(db::WorkspaceTxn& txn, const UserId& id) {
    txn.execute(delete_limits_sql, id);
    txn.execute(delete_member_sql, id);
}

}  // namespace store
}  // namespace wapi::team
