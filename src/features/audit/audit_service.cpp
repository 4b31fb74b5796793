// Writing, listing and verifying audit entries.
//
// Verification walks from number 1 to the head in pages, so that a chain of any length needs little
// memory.
#include <array>
#include <map>
#include <span>

#include "features/audit/audit.hpp"
#include "features/audit/audit_rules.hpp"
#include "features/audit/audit_store.hpp"

namespace wapi::audit {
namespace {

constexpr std::size_t limit_max = 200;
constexpr std::size_t chain_page = 500;

Page read_page(db::WorkspaceTxn& txn, const Filter& filter) {
    Page page;
    page.entries = list_entries(txn, filter, filter.limit + 1);
    if (page.entries.size() > filter.limit) {
        page.entries.pop_back();
        page.next_before = page.entries.back().seq;
    }
    page.total = count_entries(txn, filter);
    return page;
}

/// An entry that waits for its number.
struct LateEntry {
    WorkspaceId workspace;
    Context context;
    Entry entry;
    Timestamp now;
};

/// Appends entries of one workspace to its chain: one claim of the head for all.
void append(db::WorkspaceTxn& txn, std::span<const LateEntry> entries) {
    const Head head = claim_head(txn, entries.size());
    std::string previous = head.hash;
    std::vector<HashedEntry> chained;
    chained.reserve(entries.size());
    for (const LateEntry& late : entries) {
        const std::int64_t seq = head.seq + static_cast<std::int64_t>(chained.size());
        StoredEntry stored = to_stored(late.context, late.entry, seq, late.now);
        const crypto::Digest hash = entry_hash(previous, txn.workspace(), stored);
        previous = std::string(crypto::as_text(hash));
        chained.push_back({std::move(stored), previous});
    }
    insert_entries(txn, chained);
    set_head_hash(txn, previous);
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
    txn.txn().hook<LateEntries>().add({txn.workspace(), context, entry, now});
}

Context system_context(const WorkspaceId& workspace, std::string request_id) {
    Context context;
    context.workspace = workspace;
    context.request_id = std::move(request_id);
    return context;
}

Verified verify_chain(db::WorkspaceTxn& txn) {
    const std::optional<Head> head = find_head(txn);
    std::string previous(crypto::as_text(genesis));
    std::int64_t last = 0;
    for (;;) {
        const std::vector<HashedEntry> entries = list_chain(txn, last, chain_page);
        if (entries.empty()) {
            break;
        }
        for (const HashedEntry& item : entries) {
            const crypto::Digest hash = entry_hash(previous, txn.workspace(), item.entry);
            if (item.entry.seq != last + 1 || item.hash != crypto::as_text(hash)) {
                return {.entries = last, .first_bad = last + 1};
            }
            last = item.entry.seq;
            previous = item.hash;
        }
    }
    const std::int64_t newest = head ? head->seq : 0;
    if (newest != last) {
        const std::int64_t whole = std::min(newest, last);
        return {.entries = whole, .first_bad = whole + 1};
    }
    if (head && head->hash != previous) {
        return {.entries = last - 1, .first_bad = last};
    }
    return {.entries = last, .first_bad = std::nullopt};
}

async::Task<Result<Page>> Service::list(Context context, Filter filter) {
    filter.limit = std::clamp<std::size_t>(filter.limit, 1, limit_max);
    Page page = co_await db_.read(context.workspace, "audit.list", [filter](db::WorkspaceTxn& txn) {
        return read_page(txn, filter);
    });
    co_return page;
}

}  // namespace wapi::audit
