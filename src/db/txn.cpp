// Savepoints, and the rule that a workspace's transaction runs only statements bound to the
// workspace.
#include "db/txn.hpp"

#include <fmt/format.h>

#include <exception>

#include "base/error.hpp"

namespace wapi::db {

void Txn::savepoint(const std::function<void()>& function) {
    const std::string name = fmt::format("wapi_{}", depth_);
    connection_.execute_text("SAVEPOINT " + name);
    ++depth_;
    try {
        function();
    } catch (...) {
        --depth_;
        const std::exception_ptr cause = std::current_exception();
        try {
            connection_.execute_text("ROLLBACK TO SAVEPOINT " + name);
            connection_.execute_text("RELEASE SAVEPOINT " + name);
        } catch (const Fault&) {
            // The whole transaction is gone already; the first cause tells more.
            std::rethrow_exception(cause);
        }
        throw;
    }
    --depth_;
    connection_.execute_text("RELEASE SAVEPOINT " + name);
}

WorkspaceTxn::WorkspaceTxn(Txn& txn, const WorkspaceId& workspace)
    : txn_(txn), workspace_(workspace) {
    if (workspace_.empty()) {
        throw Fault("db.scope", "a workspace transaction without a workspace");
    }
}

void WorkspaceTxn::check_scope(const Sql& sql) {
    if (sql.scope() != Scope::workspace) {
        throw Fault("db.scope", fmt::format("{} is of system scope", sql.name()));
    }
}

}  // namespace wapi::db
