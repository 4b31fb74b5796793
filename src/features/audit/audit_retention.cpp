// Removing entries that are past their time, so that what is left can still be verified.
//
// A step verifies what it is going to remove: else it would remove the traces of who changed or
// removed some of it before.
#include <algorithm>

#include "base/log.hpp"
#include "base/time_text.hpp"
#include "features/audit/audit_rules.hpp"
#include "features/audit/audit_store.hpp"

namespace wapi::audit {
namespace {

/// The oldest entries of a workspace that may go.
struct Past {
    std::optional<Link> last;  ///< the last of them; nothing: none may go
    std::int64_t entries = 0;
    bool whole = true;  ///< false: one is not as it was written
    bool notes = true;  ///< all are `audit.pruned`: a few are not worth another
    bool more = false;  ///< there may be more
};

/// Where the log begins now, by the newest `audit.pruned`.
Link begin_of(db::WorkspaceTxn& txn, std::int64_t pruned_seq) {
    const auto found = list_chain(txn, std::max<std::int64_t>(pruned_seq - 1, 0), 1);
    const auto pruned = found.empty() ? std::nullopt : read_pruned(found[0]);
    return pruned && pruned_seq > 0 ? pruned->last : Link{0, std::string(crypto::as_text(genesis))};
}

Past find_past(db::WorkspaceTxn& txn, const Head& head, Timestamp kept_since) {
    Past past;
    Link at = begin_of(txn, head.pruned_seq);
    for (const StoredEntry& entry : list_chain(txn, 0, pruned_in_step_max)) {
        if (!follows(at, txn.workspace(), entry)) {
            past.whole = false;
            break;
        }
        if (entry.created_at >= kept_since) {
            break;
        }
        past.notes = past.notes && entry.action == actions::audit_pruned;
        at = {entry.seq, entry.hash};
        past.last = at;
        ++past.entries;
    }
    past.more = past.entries == static_cast<std::int64_t>(pruned_in_step_max);
    return past;
}

/// For `wapi audit verify --heads`: what the log ends with today.
void log_head(db::WorkspaceTxn& txn, const Head& head) {
    const std::vector<StoredEntry> newest = list_chain(txn, head.seq - 1, 1);
    log::info("audit.head", {{"workspaceId", txn.workspace().value},
                             {"head", render_link({head.seq, head.hash})},
                             {"headAt", newest.empty() ? "" : render_time(newest[0].created_at)}});
}

/// Removes what `past` names and says so in the log.
void remove(db::WorkspaceTxn& txn, const Past& past, std::chrono::days kept, Timestamp now) {
    remove_through(txn, past.last->seq);
    record(txn, system_context(txn.workspace(), "retention"),
           {.action = actions::audit_pruned,
            .resource_type = "audit_log",
            .resource_id = txn.workspace().value,
            .details = render_pruned({.last = *past.last, .entries = past.entries, .kept = kept})},
           now);
}

}  // namespace

bool prune_next(db::Txn& txn, Timestamp now) {
    const std::optional<WorkspaceId> due = find_due(txn, now);
    if (!due) {
        return false;
    }
    db::WorkspaceTxn bound(txn, *due);
    if (!take_due(bound, now, now + prune_interval)) {
        return true;
    }
    const std::chrono::days kept = retention_of(find_settings(bound));
    const Head head = find_head(bound).value();
    log_head(bound, head);
    const Past past = find_past(bound, head, now - kept);
    if (!past.whole) {
        log::error("audit.not_pruned",
                   {{"workspaceId", due->value},
                    {"reason", "the oldest entries are not as they were written"},
                    {"whole", past.entries}});
        return true;
    }
    if (past.last && (!past.notes || past.more)) {
        remove(bound, past, kept, now);
    }
    if (past.more) {
        set_due(bound, now);
    }
    return true;
}

}  // namespace wapi::audit
