// Snoozed conversations whose time has come. What is due stands in the table, so that a restart
// forgets nothing and several nodes may look: who comes first opens it.
#include "base/log.hpp"
#include "features/audit/audit.hpp"
#include "features/inbox/inbox_store.hpp"

namespace wapi::inbox {
namespace {

constexpr std::size_t due_max = 200;  ///< looked up at once

bool wake(db::WorkspaceTxn& txn, const ConversationId& id, Timestamp now) {
    if (!store::wake(txn, id, now)) {
        return false;
    }
    audit::record(txn, audit::system_context(txn.workspace(), ""),
                  {.action = audit::actions::conversation_reopened,
                   .resource_type = "conversation",
                   .resource_id = id.value,
                   .details = R"({"from":"snoozed","by":"time"})"},
                  now);
    return true;
}

}  // namespace

void Waker::start() {
    tasks_.on_stop([this] { wake_.notify(); });
    tasks_.spawn("inbox.waker", run());
}

async::Task<> Waker::run() {
    while (!tasks_.stopping()) {
        try {
            co_await run_due();
        } catch (const std::exception& failure) {
            log::warn("inbox.waking_failed", {{"reason", failure.what()}});
        }
        co_await wake_.wait_for(interval);
    }
}

async::Task<bool> Waker::wake_one(WorkspaceId workspace, ConversationId id, Timestamp now) {
    try {
        co_return co_await db_.write(workspace, "inbox.wake", [id, now](db::WorkspaceTxn& txn) {
            return wake(txn, id, now);
        });
    } catch (const std::exception& failure) {
        log::warn("inbox.waking_one_failed",
                  {{"conversation", id.value}, {"reason", failure.what()}});
    }
    co_return false;
}

async::Task<std::size_t> Waker::run_due() {
    std::size_t woken = 0;
    bool again = true;
    while (again && !tasks_.stopping()) {
        const Timestamp now = clock_.now();
        const std::vector<store::Due> due = co_await db_.read(
            "inbox.list_due", [now](db::Txn& txn) { return store::list_due(txn, now, due_max); });
        const std::size_t before = woken;
        // One transaction each: two conversations held at once could block a webhook's two.
        for (const store::Due& one : due) {
            const bool is_woken = co_await wake_one(one.workspace, one.id, now);
            woken += is_woken ? 1 : 0;
        }
        // What could not be woken is due again, and alone would be so without end.
        again = due.size() == due_max && woken > before;
    }
    co_return woken;
}

}  // namespace wapi::inbox
