// Statements of the overview. Database thread.
#pragma once

#include <optional>
#include <vector>

#include "features/overview/overview_rules.hpp"

namespace wapi::overview::store {

/// Up to where a workspace is counted, and counted again, and up to when messages came in whose
/// quarters were counted before.
struct Head {
    Timestamp counted;
    Timestamp settled;
    Timestamp late;
    friend bool operator==(const Head&, const Head&) = default;
};

/// Nothing for a workspace that was never counted.
std::optional<Head> find_head(db::WorkspaceTxn& txn);
void put_head(db::WorkspaceTxn& txn, const Head& head);
void remove_head(db::WorkspaceTxn& txn);

/// The time of the oldest thing to be counted that is not older than `from`.
std::optional<Timestamp> find_next(db::WorkspaceTxn& txn, Timestamp from);
/// Counts what happened from `from` until before `to`.
Counts count(db::WorkspaceTxn& txn, Timestamp from, Timestamp to);

/// The quarters of messages that came in more than a minute after they were written, from `from`
/// until before `to`. In no order.
std::vector<Timestamp> list_late(db::WorkspaceTxn& txn, Timestamp from, Timestamp to);

void put(db::WorkspaceTxn& txn, const Quarter& quarter);
/// The same for a quarter that is not there; of one that is, only its inbound messages can grow.
void raise_inbound(db::WorkspaceTxn& txn, const Quarter& quarter);
std::vector<Quarter> list(db::WorkspaceTxn& txn, Timestamp from);
/// Removes quarters that began before.
void remove_before(db::WorkspaceTxn& txn, Timestamp time);

std::vector<Age> count_open(db::WorkspaceTxn& txn, Timestamp now, bool& exact);

/// Workspaces that are not counted up to `until`, in the order of their ids after `after`.
std::vector<WorkspaceId> list_behind(db::Txn& txn, const WorkspaceId& after, Timestamp until,
                                     std::size_t limit);

}  // namespace wapi::overview::store
