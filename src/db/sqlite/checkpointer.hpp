// Copies SQLite's write-ahead log into the database file on a thread of its own, so that the writer
// does not wait for it. The writer then only has to wrap the log, which is short by that time.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "db/sqlite/sqlite_connection.hpp"

namespace wapi::db::sqlite {

class Checkpointer {
  public:
    explicit Checkpointer(const std::string& path);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// Called by the writer after a commit that left `frames` pages in the log; wraps the log on
    /// the writer's connection when the bulk has been copied.
    void after_commit(SqliteConnection& writer, int frames);

  private:
    enum class State { idle, requested, copied };
    void run();
    void request(int frames);
    /// Copies the rest and starts the log anew. Gives up when a reader still needs it.
    void wrap(SqliteConnection& writer, int mode, int wait_ms);

    SqliteConnection connection_;
    std::atomic<State> state_ = State::idle;
    // Writer thread only:
    int next_frames_;       ///< the log length that asks for the next copy
    int asked_frames_ = 0;  ///< the log length when the last copy was asked for
    int copies_ = 0;        ///< in a row, before wrapping
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace wapi::db::sqlite
