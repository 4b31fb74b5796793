// Walking a chain from its first kept entry to the head.
//
// What retention removed is vouched for by the newest `audit.pruned` entry, which names number and
// hash of the last entry removed and is itself in the chain: the walk begins at what it names, and
// must meet it. The head only says where it stands, so a changed head is found as well. Who cuts
// off the newest entries and sets the head back is found by a head that was noted before,
// elsewhere.
#include <algorithm>
#include <span>

#include "features/audit/audit_rules.hpp"
#include "features/audit/audit_store.hpp"

namespace wapi::audit {
namespace {

constexpr std::int64_t chain_page = 500;

/// Where a log begins.
struct Begin {
    Link last;            ///< the last entry that retention has removed
    Timestamp kept_from;  ///< retention removes nothing that was written later
};

/// Where the log begins now. Nothing when the entry that says so is not there.
std::optional<Begin> find_begin(db::WorkspaceTxn& txn, const Head& head) {
    if (head.pruned_seq == 0) {
        return Begin{Link{0, std::string(crypto::as_text(genesis))}, {}};
    }
    const std::vector<StoredEntry> found = list_chain(txn, head.pruned_seq - 1, 1);
    const auto pruned =
        found.empty() || found[0].seq != head.pruned_seq ? std::nullopt : read_pruned(found[0]);
    return pruned ? std::optional(Begin{pruned->last, found[0].created_at - retention_default})
                  : std::nullopt;
}

/// A head that somebody noted and that is gone, though retention would have kept it: who writes an
/// `audit.pruned` entry by hand removes what is too young.
std::optional<std::int64_t> find_removed_early(const Walk& walk, const Begin& begin) {
    for (const NotedHead& head : walk.expected) {
        if (head.link.seq <= begin.last.seq && head.written_at &&
            *head.written_at >= begin.kept_from) {
            return head.link.seq;
        }
    }
    return std::nullopt;
}

/// A walk under way.
class Walker {
  public:
    Walker(db::WorkspaceTxn& txn, const Walk& walk, Link begin)
        : txn_(txn), at_(std::move(begin)), left_(walk.entries_max), expected_(walk.expected) {
        if (walk.after && walk.after->seq > at_.seq) {
            at_ = *walk.after;
        }
        begin_seq_ = at_.seq;
        expected_ = expected_.subspan(static_cast<std::size_t>(
            std::ranges::lower_bound(expected_, at_.seq, {}, seq_of) - expected_.begin()));
    }
    /// Goes on to the last entry or the limit. False when an entry does not follow.
    bool go() {
        if (!meets_expected()) {
            return false;
        }
        while (left_ > 0) {
            const auto page = static_cast<std::size_t>(std::min(left_, chain_page));
            const std::vector<StoredEntry> entries = list_chain(txn_, at_.seq, page);
            for (const StoredEntry& entry : entries) {
                if (!follows(at_, txn_.workspace(), entry)) {
                    bad_ = at_.seq + 1;
                    return false;
                }
                pruned_seq_ = entry.action == actions::audit_pruned ? entry.seq : pruned_seq_;
                at_ = {entry.seq, entry.hash};
                at_time_ = entry.created_at;
                if (!meets_expected()) {
                    return false;
                }
            }
            left_ -= static_cast<std::int64_t>(entries.size());
            if (entries.size() < page) {
                break;
            }
        }
        return true;
    }
    [[nodiscard]] const Link& at() const { return at_; }
    /// When the entry there was written; nothing when no entry was met.
    [[nodiscard]] std::optional<Timestamp> at_time() const { return at_time_; }
    [[nodiscard]] std::int64_t walked() const { return at_.seq - begin_seq_; }
    [[nodiscard]] bool at_limit() const { return left_ <= 0; }
    /// Whether a place that was expected is behind the last entry.
    [[nodiscard]] bool expects_more() const { return !expected_.empty(); }
    /// The entry at which go() gave up.
    [[nodiscard]] std::int64_t bad() const { return bad_; }
    /// The last `audit.pruned` on the way; 0: none.
    [[nodiscard]] std::int64_t pruned_seq() const { return pruned_seq_; }

  private:
    static std::int64_t seq_of(const NotedHead& head) { return head.link.seq; }
    /// False when the place reached is expected to be another.
    bool meets_expected() {
        while (!expected_.empty() && expected_.front().link.seq == at_.seq) {
            if (expected_.front().link.hash != at_.hash) {
                bad_ = at_.seq;
                return false;
            }
            expected_ = expected_.subspan(1);
        }
        return true;
    }

    db::WorkspaceTxn& txn_;
    Link at_;
    std::optional<Timestamp> at_time_;
    std::int64_t begin_seq_ = 0;
    std::int64_t left_;
    std::span<const NotedHead> expected_;
    std::int64_t bad_ = 0;
    std::int64_t pruned_seq_ = 0;
};

/// The first entry at which what was walked and the head differ.
std::optional<std::int64_t> compare(const Walker& walker, const Head& head) {
    if (head.seq != walker.at().seq) {
        return std::min(head.seq, walker.at().seq) + 1;
    }
    if (head.hash != walker.at().hash) {
        return walker.at().seq;
    }
    return walker.expects_more() ? std::optional(walker.at().seq + 1) : std::nullopt;
}

}  // namespace

Verified verify_chain(db::WorkspaceTxn& txn, const Walk& walk) {
    const Head head = find_head(txn).value_or(Head{0, std::string(crypto::as_text(genesis)), 0});
    const std::optional<Begin> begin = find_begin(txn, head);
    Verified found;
    if (!begin) {
        found.first_bad = head.pruned_seq;
        return found;
    }
    found.pruned_through = begin->last.seq;
    const std::vector<StoredEntry> oldest = list_chain(txn, 0, 1);
    if (!oldest.empty() && oldest[0].seq <= begin->last.seq) {  // retention has removed it before
        found.first_bad = oldest[0].seq;
        return found;
    }
    if (const auto removed = find_removed_early(walk, *begin)) {
        found.first_bad = removed;
        return found;
    }
    Walker walker(txn, walk, begin->last);
    if (!walker.go()) {
        found.first_bad = walker.bad();
    } else if (walker.pruned_seq() > head.pruned_seq) {  // the head names an older one
        found.first_bad = walker.pruned_seq();
    } else if (walker.at_limit() && walker.at().seq < head.seq) {
        found.next = walker.at();
    } else {
        found.first_bad = compare(walker, head);
        found.head = walker.at();
        found.head_at = walker.at_time();
    }
    const std::int64_t bad = found.first_bad.value_or(walker.at().seq + 1);
    found.entries =
        std::clamp<std::int64_t>(bad - 1 - (walker.at().seq - walker.walked()), 0, walker.walked());
    return found;
}

}  // namespace wapi::audit
