// Counting in one reading; whose conversations are counted is decided by the caller's rights.
#include "features/inbox/inbox.hpp"
#include "features/inbox_counts/inbox_counts.hpp"

namespace wapi::inbox_counts {

async::Task<Counts> Service::count(Context context) {
    co_return co_await db_.read(
        context.workspace, "inbox_counts.count", [context](db::WorkspaceTxn& txn) {
            return inbox_counts::count(txn, inbox::acting_member(context), context.restrictions);
        });
}

}  // namespace wapi::inbox_counts
