// A savepoint for each function of a group costs a tenth to a fifth of a small function's time
// (measured: 1-3 inserts a function). The cheaper way, running the group without them and repeating
// it when one fails, would let a single refused request double the work of all its neighbours.
#include "db/sqlite/sqlite_writer.hpp"

#include <pthread.h>

#include "base/log.hpp"

namespace wapi::db::sqlite {

namespace {

/// Bounds the time a function waits for its neighbours' commit.
constexpr std::size_t group_max = 1024;

int remember_log_frames(void* frames, sqlite3* /*database*/, const char* /*name*/, int count) {
    *static_cast<int*>(frames) = count;
    return SQLITE_OK;
}

}  // namespace

SqliteWriter::SqliteWriter(std::unique_ptr<SqliteConnection> connection, const std::string& path,
                           std::size_t waiting_max, Completions& completions)
    : connection_(std::move(connection)),
      checkpointer_(path),
      queue_(waiting_max),
      completions_(completions) {
    sqlite3_wal_hook(connection_->handle(), remember_log_frames, &log_frames_);
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), "db-write");
        run();
    });
}

SqliteWriter::~SqliteWriter() {
    queue_.close();
    thread_.join();
}

void SqliteWriter::run() {
    for (;;) {
        std::vector<Work> works = queue_.take_many(group_max);
        if (works.empty()) {
            return;
        }
        std::vector<Finished> group;
        group.reserve(works.size());
        for (Work& work : works) {
            group.push_back({std::move(work), nullptr});
        }
        functions_ += group.size();
        run_group(group);
        unstarted_ = 0;
        completions_.deliver(std::move(group));
        checkpointer_.after_commit(*connection_, log_frames_);
    }
}

void SqliteWriter::run_group(std::vector<Finished>& group) {
    unstarted_ = group.size();
    if (group.size() > 1 && run_together(group)) {
        return;
    }
    unstarted_ = group.size();
    for (Finished& item : group) {
        run_alone(item);
    }
}

bool SqliteWriter::run_together(std::vector<Finished>& group) {
    try {
        connection_->control(Control::begin_write);
        for (Finished& item : group) {
            connection_->control(Control::savepoint);
            const bool kept = run_function(item);
            if (!connection_->in_transaction()) {
                connection_->abandon();
                return false;
            }
            if (!kept) {
                connection_->control(Control::rollback_to);
            }
            connection_->control(Control::release);
        }
        commit();
    } catch (const Fault& fault) {
        connection_->abandon();
        log::error("database.commit_failed",
                   {{"reason", fault.what()}, {"functions", group.size()}});
        for (Finished& item : group) {
            item.announcements.clear();
            if (!item.failure) {
                item.failure = std::current_exception();
            }
        }
    }
    return true;
}

void SqliteWriter::run_alone(Finished& item) {
    item.failure = nullptr;
    try {
        connection_->control(Control::begin_write);
        if (run_function(item)) {
            commit();
        }
    } catch (const Fault& fault) {
        log::error("database.commit_failed", {{"reason", fault.what()}, {"name", item.work.name}});
        item.announcements.clear();
        item.failure = std::current_exception();
    }
    connection_->abandon();
}

bool SqliteWriter::run_function(Finished& item) {
    unstarted_.fetch_sub(1);
    item.failure = nullptr;
    item.announcements.clear();
    try {
        Txn txn(*connection_);
        const bool kept = item.work.run(txn);
        if (kept) {
            item.announcements = txn.take_announcements();
        }
        return kept;
    } catch (...) {
        item.failure = std::current_exception();
        return false;
    }
}

void SqliteWriter::commit() {
    connection_->control(Control::commit);
    ++commits_;
}

}  // namespace wapi::db::sqlite
