// Savepoints, and the rule that a workspace's transaction runs only statements bound to the
// workspace.
#include "db/txn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <exception>

namespace wapi::db {

bool is_passing(const Fault& fault) {
    constexpr std::array<std::string_view, 5> codes{"db.conflict", "db.down", "db.full", "db.busy",
                                                    "db.overloaded"};
    return std::ranges::find(codes, fault.code()) != codes.end();
}

void Txn::savepoint(const std::function<void()>& function) {
    const std::string name = fmt::format("wapi_{}", depth_);
    connection_.execute_text("SAVEPOINT " + name);
    ++depth_;
    std::map<std::type_index, std::size_t> marks;
    for (const auto& [kind, hook] : hooks_) {
        marks[kind] = hook->size();
    }
    const std::size_t announced = announcements_.size();
    try {
        function();
    } catch (...) {
        --depth_;
        for (const auto& [kind, hook] : hooks_) {
            hook->cut(marks[kind]);
        }
        announcements_.resize(announced);
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

void Txn::run_commit_hooks() {
    for (const auto& [kind, hook] : hooks_) {
        hook->run(*this);
    }
    hooks_.clear();
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

void WorkspaceTxn::execute_many(const Sql& sql, std::span<const Value> values,
                                std::size_t per_row) {
    check_scope(sql);
    std::vector<Value> bound;
    bound.reserve(values.size() + values.size() / per_row);
    for (; !values.empty(); values = values.subspan(per_row)) {
        bound.emplace_back(std::string_view(workspace_.value));
        bound.insert(bound.end(), values.begin(),
                     values.begin() + static_cast<std::ptrdiff_t>(per_row));
    }
    txn_.execute_many(sql, bound, per_row + 1);
}

}  // namespace wapi::db
