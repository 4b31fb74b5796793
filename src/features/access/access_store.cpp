// Reading rights, who belongs to a workspace, and whether a number is the member's. Declared in
// access.hpp.
#include <algorithm>

#include "features/access/access.hpp"

namespace wapi::access {
namespace {

const db::Sql sees_number_sql{{
    .name = "access.sees_number",
    .text = "SELECT 1 FROM member_restrictions WHERE workspace_id = $1 AND user_id = $2"
            " AND kind = 'phone' AND value = $3",
}};

// SQLite has one writer.
const db::Sql hold_member_sql{{
    .name = "access.hold_member",
    .text = "SELECT 1 FROM members WHERE workspace_id = $1 AND user_id = $2",
    .postgres = "SELECT 1 FROM members WHERE workspace_id = $1 AND user_id = $2 FOR SHARE",
}};

const db::Sql find_rights_sql{{
    .name = "access.find_rights",
    .text = "SELECT " WAPI_RIGHTS_COLUMNS " FROM members m" WAPI_RIGHTS_JOINS
            " WHERE m.workspace_id = $1 AND m.user_id = $2",
}};

const db::Sql list_assigned_sql{{
    .name = "access.list_assigned",
    .text = "SELECT kind, value FROM member_restrictions WHERE workspace_id = $1 AND user_id = $2",
}};

}  // namespace

Assigned list_assigned(db::WorkspaceTxn& txn, const UserId& user) {
    Assigned assigned;
    for (const db::Row row : txn.query(list_assigned_sql, user)) {
        auto& list = row.text(0) == "tag" ? assigned.tags : assigned.numbers;
        list.push_back(row.string(1));
    }
    std::ranges::sort(assigned.tags);  // the databases sort by other rules
    std::ranges::sort(assigned.numbers);
    return assigned;
}

StoredRights read_rights(const db::Row& row, std::size_t first, UserId user) {
    return {.user = std::move(user),
            .role = row.string(first),
            .role_permissions = row.string(first + 1),
            .granted = row.string(first + 2),
            .denied = row.string(first + 3),
            .has_tags = row.boolean(first + 4),
            .has_phones = row.boolean(first + 5),
            .settings = row.string(first + 6),
            .suspended = row.boolean(first + 7)};
}

std::optional<StoredRights> find_rights(db::WorkspaceTxn& txn, const UserId& user) {
    const db::Rows rows = txn.query(find_rights_sql, user);
    return rows.empty() ? std::nullopt : std::optional(read_rights(rows[0], 0, user));
}

bool hold_member(db::WorkspaceTxn& txn, const UserId& user) {
    return !txn.query(hold_member_sql, user).empty();
}

bool sees_number(db::WorkspaceTxn& txn, const Restrictions& restrictions,
                 const PhoneNumberId& phone_number_id) {
    return !restrictions.by_number ||
           !txn.query(sees_number_sql, restrictions.member, phone_number_id).empty();
}

}  // namespace wapi::access
