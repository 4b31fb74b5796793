// Writing audit entries, and the service. Listing is in audit_page.cpp, verifying in
// audit_verify.cpp, removing old ones in audit_retention.cpp.
#include <algorithm>
#include <array>
#include <map>
#include <span>

#include "features/audit/audit_rules.hpp"
#include "features/audit/audit_store.hpp"

namespace wapi::audit {
namespace {

constexpr std::int64_t verified_in_step_max = 1'000;  ///< entries in one transaction

/// An entry that waits for its number.
struct LateEntry {
    WorkspaceId workspace;
    Context context;
    Entry entry;
    Timestamp now;
};

/// Appends entries of one workspace to its chain: one claim of the head for all.
void append(db::WorkspaceTxn& txn, std::span<const LateEntry> entries) {
    const Link first = claim_head(txn, entries.size());
    std::string previous = first.hash;
    std::int64_t pruned_seq = 0;
    std::vector<StoredEntry> chained;
    chained.reserve(entries.size());
    for (const LateEntry& late : entries) {
        const std::int64_t seq = first.seq + static_cast<std::int64_t>(chained.size());
        StoredEntry stored = to_stored(late.context, late.entry, seq, late.now);
        const crypto::Digest hash = entry_hash(previous, txn.workspace(), stored);
        stored.hash = std::string(crypto::as_text(hash));
        previous = stored.hash;
        pruned_seq = read_pruned(stored) ? seq : pruned_seq;
        chained.push_back(std::move(stored));
    }
    insert_entries(txn, chained);
    set_head_hash(txn, previous);
    if (pruned_seq > 0) {
        set_pruned(txn, pruned_seq);
    }
}

/// The entries of a transaction that are appended just before its commit.
class LateEntries final : public db::CommitHook {
  public:
    void add(LateEntry entry) { entries_.push_back(std::move(entry)); }
    void run(db::Txn& txn) override {
        // Heads are claimed in one order everywhere, so that two transactions cannot block each
        // other.
        std::map<WorkspaceId, std::vector<LateEntry>> by_workspace;
        for (LateEntry& entry : entries_) {
            by_workspace[entry.workspace].push_back(std::move(entry));
        }
        for (const auto& [workspace, entries] : by_workspace) {
            db::WorkspaceTxn bound(txn, workspace);
            append(bound, entries);
        }
    }
    [[nodiscard]] std::size_t size() const override { return entries_.size(); }
    void cut(std::size_t size) override {
        entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(size), entries_.end());
    }

  private:
    std::vector<LateEntry> entries_;
};

}  // namespace

void record(db::WorkspaceTxn& txn, const Context& context, const Entry& entry, Timestamp now) {
    if (std::ranges::find(changing_access, entry.action) != changing_access.end()) {
        const bool of_one = entry.resource_type == "user" && entry.action.starts_with("user.");
        txn.announce(access_changed, of_one ? entry.resource_id : std::string());
    }
    txn.txn().hook<LateEntries>().add({txn.workspace(), context, entry, now});
}

Context system_context(const WorkspaceId& workspace, std::string request_id) {
    Context context;
    context.workspace = workspace;
    context.request_id = std::move(request_id);
    return context;
}

/// A part in one transaction at a time, so that the others' questions come in between.
async::Task<Verified> Service::verify(Context context, std::optional<Link> after) {
    Verified sum;
    for (std::int64_t left = verified_in_call_max; left > 0;) {
        const Walk walk{.after = after, .entries_max = std::min(left, verified_in_step_max)};
        Verified found =
            co_await db_.read(context.workspace, "audit.verify",
                              [walk](db::WorkspaceTxn& txn) { return verify_chain(txn, walk); });
        left -= walk.entries_max;
        found.entries += sum.entries;
        sum = std::move(found);
        if (!sum.next) {
            break;
        }
        after = sum.next;
    }
    co_return sum;
}

}  // namespace wapi::audit
