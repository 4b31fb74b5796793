// Passive checkpoints need no lock that the writer holds, but under steady load they never reach
// the log's end, so that the log could not be wrapped: the writer does the rest itself. That rest
// is a sync on the writer's thread, so it is done seldom, and only after a copy that left little.
// Only when readers hold the log for very long does it grow, up to a limit at which the writer
// waits for them.
#include "db/sqlite/checkpointer.hpp"

#include "base/log.hpp"

namespace wapi::db::sqlite {

namespace {

constexpr int page_bytes = 4096;
constexpr int copy_frames = (4 << 20) / page_bytes;   ///< new pages that ask for a copy
constexpr int wrap_frames = (32 << 20) / page_bytes;  ///< log length that asks for wrapping
constexpr int rest_frames = (1 << 20) / page_bytes;   ///< what the writer may copy when it wraps
constexpr int copies_max = 3;                         ///< copies in a row to make the rest short
constexpr int truncate_frames = (512 << 20) / page_bytes;
constexpr int busy_timeout_ms = 5000;
constexpr int wrap_wait_ms = 0;
constexpr int truncate_wait_ms = 2000;

}  // namespace

Checkpointer::Checkpointer(const std::string& path)
    : connection_(path, Mode::checkpointer, 1 << 20), next_frames_(copy_frames) {
    thread_ = std::thread([this] { run(); });
}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Checkpointer::after_commit(SqliteConnection& writer, int frames) {
    const State state = state_.load();
    if (state == State::idle && frames >= next_frames_) {
        copies_ = 1;
        request(frames);
    } else if (state == State::copied && frames < wrap_frames) {
        state_.store(State::idle);
        next_frames_ = frames + copy_frames;
    } else if (state == State::copied) {
        if (frames - asked_frames_ > rest_frames && copies_ < copies_max) {
            ++copies_;
            request(frames);
            return;
        }
        state_.store(State::idle);
        const bool too_long = frames >= truncate_frames;
        next_frames_ = frames + copy_frames;
        wrap(writer, too_long ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_RESTART,
             too_long ? truncate_wait_ms : wrap_wait_ms);
    }
}

void Checkpointer::request(int frames) {
    asked_frames_ = frames;
    {
        const std::lock_guard lock(mutex_);
        state_.store(State::requested);
    }
    wake_.notify_one();
}

void Checkpointer::wrap(SqliteConnection& writer, int mode, int wait_ms) {
    sqlite3_busy_timeout(writer.handle(), wait_ms);
    const int code = sqlite3_wal_checkpoint_v2(writer.handle(), nullptr, mode, nullptr, nullptr);
    sqlite3_busy_timeout(writer.handle(), busy_timeout_ms);
    if (code == SQLITE_OK) {
        next_frames_ = copy_frames;
    } else if ((code & 0xFF) != SQLITE_BUSY) {
        log::warn("database.checkpoint_failed", {{"reason", sqlite3_errstr(code)}});
    }
}

void Checkpointer::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || state_.load() == State::requested; });
        if (stopping_) {
            return;
        }
        lock.unlock();
        const int code = sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr,
                                                   SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
        if (code != SQLITE_OK && (code & 0xFF) != SQLITE_BUSY) {
            log::warn("database.checkpoint_failed", {{"reason", sqlite3_errstr(code)}});
        }
        lock.lock();
        state_.store(State::copied);
    }
}

}  // namespace wapi::db::sqlite
