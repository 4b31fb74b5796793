// What becomes of batches that fail: the row that is to blame is found by halves, and a batch that
// is too large for the database becomes smaller. See contact_batches.hpp.
#include <algorithm>

#include "base/log.hpp"
#include "features/contact_batches/contact_batches.hpp"

namespace wapi::contact_batches {
namespace {

constexpr std::chrono::seconds pause_first{1};  ///< then twice as long each time
constexpr std::chrono::seconds pause_longest{60};

/// All or nothing: false, and nothing done, when a row of them is to blame.
bool try_rows(db::WorkspaceTxn& txn, IdGenerator& ids, std::span<const Row> rows,
              const Terms& terms, std::vector<Outcome>& outcomes) {
    try {
        std::vector<Outcome> some;
        txn.txn().savepoint([&] { some = apply(txn, ids, rows, terms); });
        outcomes.insert(outcomes.end(), some.begin(), some.end());
        return true;
    } catch (const std::exception& failure) {
        if (decide_failing(failure) != Failing::broken) {
            throw;
        }
        if (rows.size() == 1) {
            log::warn("contact_batches.row_broken", {{"reason", failure.what()}});
        }
        return false;
    }
}

}  // namespace

std::vector<Outcome> apply_sound(db::WorkspaceTxn& txn, IdGenerator& ids, std::span<const Row> rows,
                                 const Terms& terms) {
    std::vector<Outcome> outcomes;
    std::vector<std::span<const Row>> left{rows};  // the next is the last
    std::size_t broken = 0;
    while (!left.empty()) {
        const std::span<const Row> some = left.back();
        left.pop_back();
        if (some.empty() || try_rows(txn, ids, some, terms, outcomes)) {
            continue;
        }
        if (some.size() > 1) {
            left.push_back(some.subspan(some.size() / 2));
            left.push_back(some.first(some.size() / 2));
        } else if (++broken > broken_rows_max) {
            throw Fault("contact_batches.rows_broken", "too many rows cannot be stored");
        } else {
            outcomes.push_back({.kind = Outcome::Kind::refused,
                                .reason = "Something failed on our side with this row.",
                                .broken = true});
        }
    }
    return outcomes;
}

Failing decide_failing(const std::exception& failure) {
    const auto* fault = dynamic_cast<const Fault*>(&failure);
    if (fault == nullptr || !db::is_passing(*fault)) {
        return Failing::broken;
    }
    return fault->code() == "db.busy" ? Failing::too_slow : Failing::outage;
}

std::size_t decide_rows(std::int64_t failures) {
    return std::max<std::size_t>(rows_max >> std::min(failures, halvings_max), 1);
}

std::chrono::seconds decide_pause(std::int64_t failures) {
    constexpr std::int64_t doublings_max = 6;
    return std::min(pause_first * (std::int64_t{1} << std::min(failures, doublings_max)),
                    pause_longest);
}

std::int64_t note_success(std::int64_t failures) {
    return std::max<std::int64_t>(std::min(failures, halvings_max) - 1, 0);
}

}  // namespace wapi::contact_batches
