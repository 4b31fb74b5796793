// Acts on segments: one transaction each, with its audit entry. See segments.hpp.
#include <boost/json/serialize.hpp>

#include "features/audit/audit.hpp"
#include "features/segments/segments_store.hpp"

namespace wapi::segments {
namespace {

void record(db::WorkspaceTxn& txn, const Context& context, std::string_view action,
            const Segment& segment, Timestamp now) {
    audit::record(txn, context,
                  {.action = action,
                   .resource_type = "segment",
                   .resource_id = segment.id,
                   .details = boost::json::serialize(boost::json::object{{"name", segment.name}})},
                  now);
}

}  // namespace

Result<Segment> get(db::WorkspaceTxn& txn, const std::string& id) {
    std::optional<Segment> found = store::find(txn, id);
    return found ? Result<Segment>(*std::move(found)) : fail(errors::segment_not_found);
}

async::Task<std::vector<Segment>> Service::list(Context context) {
    co_return co_await db_.read(context.workspace, "segments.list",
                                [](db::WorkspaceTxn& txn) { return store::list(txn); });
}

async::Task<Result<Segment>> Service::get(Context context, std::string id) {
    co_return co_await db_.read(context.workspace, "segments.get",
                                [id](db::WorkspaceTxn& txn) { return segments::get(txn, id); });
}

async::Task<Result<Segment>> Service::create(Context context, std::string name,
                                             Conditions conditions) {
    const Segment segment{.id = ids_.uuid(),
                          .name = std::move(name),
                          .conditions = std::move(conditions),
                          .created_at = clock_.now()};
    co_return co_await db_.write(context.workspace, "segments.create",
                                 [context, segment](db::WorkspaceTxn& txn) -> Result<Segment> {
                                     if (store::list(txn).size() >= segments_max) {
                                         return fail(errors::too_many_segments);
                                     }
                                     if (!store::insert(txn, segment)) {
                                         return fail_field(errors::segment_exists, "name");
                                     }
                                     record(txn, context, audit::actions::segment_created, segment,
                                            segment.created_at);
                                     return segment;
                                 });
}

async::Task<Result<Segment>> Service::replace(Context context, Segment segment) {
    co_return co_await db_.write(
        context.workspace, "segments.replace",
        [context, segment, now = clock_.now()](db::WorkspaceTxn& txn) -> Result<Segment> {
            Result<Segment> known = segments::get(txn, segment.id);
            if (!known) {
                return known;
            }
            known->name = segment.name;
            known->conditions = segment.conditions;
            if (const Result<void> updated = store::update(txn, *known); !updated) {
                return std::unexpected(updated.error());
            }
            record(txn, context, audit::actions::segment_updated, *known, now);
            return known;
        });
}

async::Task<Result<Segment>> Service::remove(Context context, std::string id) {
    co_return co_await db_.write(
        context.workspace, "segments.remove",
        [context, id, now = clock_.now()](db::WorkspaceTxn& txn) -> Result<Segment> {
            Result<Segment> known = segments::get(txn, id);
            if (known && !store::remove(txn, id)) {
                return fail(errors::segment_not_found);  // somebody else has just removed it
            }
            if (known) {
                record(txn, context, audit::actions::segment_deleted, *known, now);
            }
            return known;
        });
}

}  // namespace wapi::segments
