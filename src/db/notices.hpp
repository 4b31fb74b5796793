// Short texts between the programs that share one database: what a node tells the others at once.
//
// Best effort, like announcements: a text may be lost with a connection, and then everybody who may
// have missed one is told so. SQLite serves one program, so it has no such channel.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace wapi::db {

inline constexpr std::size_t notice_bytes_max = 7'900;  ///< PostgreSQL takes less than 8,000

/// Both are called on the network thread, never after the channel is destroyed.
struct NoticesListener {
    std::function<void(std::string)> heard;  ///< from another program, never from this one
    std::function<void()> missed;            ///< texts may have been lost, here or on the way
};

class Notices {
  public:
    virtual ~Notices() = default;
    /// Queues a text, one line and not empty, of at most `notice_bytes_max`. Network thread.
    virtual void send(std::string text) = 0;
};

}  // namespace wapi::db
