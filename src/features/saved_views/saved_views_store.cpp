#include "features/saved_views/saved_views_store.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace wapi::saved_views::store {
namespace {

#define WAPI_VIEW                                                         \
    "SELECT view_id, owner_id, name, filter, created_us FROM saved_views" \
    " WHERE workspace_id = $1 AND owner_id IN ('', $2)"
const db::Sql list_sql{{.name = "saved_views.list", .text = WAPI_VIEW " ORDER BY name, view_id"}};
const db::Sql find_sql{{.name = "saved_views.find", .text = WAPI_VIEW " AND view_id = $3"}};
#undef WAPI_VIEW
// What is written here is written one after another, so that limits and names hold. SQLite has one
// writer.
const db::Sql lock_sql{{
    .name = "saved_views.lock",
    .text = "SELECT 1 FROM workspaces WHERE workspace_id = $1",
    .postgres = "SELECT 1 FROM workspaces WHERE workspace_id = $1 FOR NO KEY UPDATE",
}};
const db::Sql count_sql{{
    .name = "saved_views.count",
    .text = "SELECT count(*) FROM saved_views WHERE workspace_id = $1 AND owner_id = $2",
}};
const db::Sql insert_sql{{
    .name = "saved_views.insert",
    .text = "INSERT INTO saved_views (workspace_id, view_id, owner_id, name, filter, created_us)"
            " VALUES ($1, $2, $3, $4, $5, $6)"
            " ON CONFLICT (workspace_id, owner_id, name) DO NOTHING",
}};
const db::Sql update_sql{{
    .name = "saved_views.update",
    .text = "UPDATE saved_views SET name = $3, filter = $4"
            " WHERE workspace_id = $1 AND view_id = $2 AND NOT EXISTS (SELECT 1 FROM saved_views"
            " AS other WHERE other.workspace_id = $1 AND other.owner_id = $5"
            " AND other.name = $3 AND other.view_id <> $2)",
}};
const db::Sql delete_sql{{
    .name = "saved_views.delete",
    .text = "DELETE FROM saved_views WHERE workspace_id = $1 AND view_id = $2",
}};

View read_view(const db::Row& row) {
    return {.id = row.string(0),
            .owner = row.id<UserId>(1),
            .name = row.string(2),
            .filter = boost::json::parse(row.text(3)).as_object(),
            .created_at = from_us(row.integer(4))};
}

}  // namespace

std::vector<View> list(db::WorkspaceTxn& txn, const UserId& owner) {
    std::vector<View> views;
    for (const db::Row row : txn.query(list_sql, owner)) {
        views.push_back(read_view(row));
    }
    return views;
}

std::optional<View> find(db::WorkspaceTxn& txn, const std::string& id, const UserId& owner) {
    const db::Rows rows = txn.query(find_sql, owner, id);
    return rows.empty() ? std::nullopt : std::optional(read_view(rows[0]));
}

void lock(db::WorkspaceTxn& txn) { txn.query(lock_sql); }

std::int64_t count(db::WorkspaceTxn& txn, const UserId& owner) {
    return txn.query(count_sql, owner)[0].integer(0);
}

bool insert(db::WorkspaceTxn& txn, const View& view) {
    return txn.execute(insert_sql, view.id, view.owner, view.name,
                       boost::json::serialize(view.filter), view.created_at) == 1;
}

bool update(db::WorkspaceTxn& txn, const View& view) {
    return txn.execute(update_sql, view.id, view.name, boost::json::serialize(view.filter),
                       view.owner) == 1;
}

bool remove(db::WorkspaceTxn& txn, const std::string& id) {
    return txn.execute(delete_sql, id) == 1;
}

}  // namespace wapi::saved_views::store
