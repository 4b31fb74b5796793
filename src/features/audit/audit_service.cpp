// Writing, listing and verifying audit entries.
//
// Verification walks from number 1 to the head in pages, so that a chain of any length needs little
// memory.
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

}  // namespace

void record(db::WorkspaceTxn& txn, const Context& context, const Entry& entry, Timestamp now) {
    const Head head = claim_head(txn);
    const StoredEntry stored = to_stored(context, entry, head.seq, now);
    const crypto::Digest hash = entry_hash(head.hash, txn.workspace(), stored);
    insert_entry(txn, stored, crypto::as_text(hash));
    set_head_hash(txn, crypto::as_text(hash));
}

Context system_context(const WorkspaceId& workspace, std::string request_id) {
    Context context;
    context.workspace = workspace;
    context.request_id = std::move(request_id);
    return context;
}

std::optional<std::int64_t> verify_chain(db::WorkspaceTxn& txn) {
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
                return last + 1;
            }
            last = item.entry.seq;
            previous = item.hash;
        }
    }
    const std::int64_t newest = head ? head->seq : 0;
    if (newest != last) {
        return std::min(newest, last) + 1;
    }
    return head && head->hash != previous ? std::optional(last) : std::nullopt;
}

async::Task<Result<Page>> Service::list(Context context, Filter filter) {
    filter.limit = std::clamp<std::size_t>(filter.limit, 1, limit_max);
    Page page = co_await db_.read(context.workspace, "audit.list", [filter](db::WorkspaceTxn& txn) {
        return read_page(txn, filter);
    });
    co_return page;
}

}  // namespace wapi::audit
