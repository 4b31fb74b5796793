#include "features/segments/segments_store.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace wapi::segments::store {
namespace {

const db::Sql list_sql{{
    .name = "segments.list",
    .text = "SELECT segment_id, name, conditions, created_us FROM contact_segments"
            " WHERE workspace_id = $1 ORDER BY name",
}};
const db::Sql find_sql{{
    .name = "segments.find",
    .text = "SELECT segment_id, name, conditions, created_us FROM contact_segments"
            " WHERE workspace_id = $1 AND segment_id = $2",
}};
const db::Sql insert_sql{{
    .name = "segments.insert",
    .text = "INSERT INTO contact_segments (workspace_id, segment_id, name, conditions, created_us)"
            " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (workspace_id, name) DO NOTHING",
}};
const db::Sql update_sql{{
    .name = "segments.update",
    .text = "UPDATE contact_segments SET name = $3, conditions = $4"
            " WHERE workspace_id = $1 AND segment_id = $2",
}};
const db::Sql remove_sql{{
    .name = "segments.remove",
    .text = "DELETE FROM contact_segments WHERE workspace_id = $1 AND segment_id = $2",
}};

Segment read_segment(const db::Row& row) {
    return {.id = row.string(0),
            .name = row.string(1),
            .conditions = parse(boost::json::parse(row.text(2)).as_object()).value(),
            .created_at = from_us(row.integer(3))};
}

}  // namespace

std::vector<Segment> list(db::WorkspaceTxn& txn) {
    std::vector<Segment> segments;
    for (const db::Row row : txn.query(list_sql)) {
        segments.push_back(read_segment(row));
    }
    return segments;
}

std::optional<Segment> find(db::WorkspaceTxn& txn, const std::string& id) {
    const db::Rows rows = txn.query(find_sql, id);
    return rows.empty() ? std::nullopt : std::optional(read_segment(rows[0]));
}

bool insert(db::WorkspaceTxn& txn, const Segment& segment) {
    return txn.execute(insert_sql, segment.id, segment.name,
                       boost::json::serialize(render(segment.conditions)), segment.created_at) == 1;
}

Result<void> update(db::WorkspaceTxn& txn, const Segment& segment) {
    std::int64_t updated = 0;
    try {
        txn.txn().savepoint([&] {
            updated = txn.execute(update_sql, segment.id, segment.name,
                                  boost::json::serialize(render(segment.conditions)));
        });
    } catch (const Fault& fault) {
        if (fault.code() != "db.constraint") {
            throw;
        }
        return fail_field(errors::segment_exists,
                          "name");  // only the index sees both of two at once
    }
    return updated == 1 ? Result<void>() : fail(errors::segment_not_found);
}

bool remove(db::WorkspaceTxn& txn, const std::string& id) {
    return txn.execute(remove_sql, id) == 1;
}

}  // namespace wapi::segments::store
