// Goal: what a transaction queues is what it keeps. Method: a savepoint that is undone beside an
// entry that stays, on both engines.
#include <gtest/gtest.h>

#include "features/search/search.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::search {
namespace {

class SearchQueueTest : public test::EnginesTest {};

TEST_P(SearchQueueTest, what_is_undone_is_not_queued) {
    write([&](db::Txn& txn) {
        db::WorkspaceTxn bound(txn, WorkspaceId("11111111-1111-7111-8111-111111111111"));
        const auto undone = [&] {
            enqueue(bound, Kind::message, "undone", clock_.now());
            throw Fault("db.constraint", "the item fails");
        };
        EXPECT_THROW(txn.savepoint(undone), Fault);
        enqueue(bound, Kind::message, "kept", clock_.now());
        return true;
    });
    const auto waiting = read([](db::Txn& txn) { return count_waiting(txn, 10); });
    EXPECT_EQ(waiting, 1U);
}

WAPI_ON_BOTH_ENGINES(SearchQueueTest);

}  // namespace
}  // namespace wapi::search
