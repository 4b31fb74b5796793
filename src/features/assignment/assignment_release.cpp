// Takes the rest of their conversations from members who have left or see less. Who is still to be
// looked after stands in the table, so that a restart forgets nothing; each piece decides anew whom
// it concerns, so that several nodes may work on one member.
#include "base/log.hpp"
#include "features/assignment/assignment_store.hpp"

namespace wapi::assignment {

void Releaser::start() {
    tasks_.on_stop([this] { wake_.notify(); });
    tasks_.spawn("assignment.releaser", run());
}

async::Task<> Releaser::run() {
    while (!tasks_.stopping()) {
        try {
            co_await release();
        } catch (const std::exception& failure) {
            log::warn("assignment.releasing_failed", {{"reason", failure.what()}});
        }
        co_await wake_.wait_for(interval);
    }
}

async::Task<> Releaser::release() {
    const std::vector<store::Release> releases = co_await db_.read(
        "assignment.list_releases", [](db::Txn& txn) { return store::list_releases(txn); });
    for (const store::Release& one : releases) {
        try {
            bool more = true;
            while (more && !tasks_.stopping()) {
                more = co_await db_.write(one.workspace, "assignment.release",
                                          [member = one.member](db::WorkspaceTxn& txn) {
                                              return store::release_some(txn, member);
                                          });
            }
        } catch (const std::exception& failure) {  // in the next round again
            log::warn("assignment.release_failed",
                      {{"member", one.member.value}, {"reason", failure.what()}});
        }
    }
}

}  // namespace wapi::assignment
