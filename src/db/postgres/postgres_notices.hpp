// Notices by LISTEN and NOTIFY, on a connection and a thread of their own.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "db/notices.hpp"

namespace wapi::db::postgres {

class PostgresConnection;

class PostgresNotices final : public Notices {
  public:
    PostgresNotices(boost::asio::io_context& io, std::string url, NoticesListener listener);
    ~PostgresNotices() override;
    PostgresNotices(const PostgresNotices&) = delete;
    PostgresNotices& operator=(const PostgresNotices&) = delete;

    void send(std::string text) override;

  private:
    /// Outlives the channel: a post may run after it is gone.
    struct Ears {
        NoticesListener listener;
        bool open = true;  ///< network thread only
    };
    void run();
    void begin(PostgresConnection& connection);
    bool look_for_dead(PostgresConnection& connection);
    void serve(PostgresConnection& connection);
    void forget(PostgresConnection& connection, std::size_t kept);
    void send_waiting(PostgresConnection& connection);
    void tell(std::vector<std::string> texts);
    void wait(int socket, std::chrono::milliseconds limit);
    void wake() const;

    boost::asio::io_context& io_;
    std::string url_;
    std::shared_ptr<Ears> ears_;
    std::mutex mutex_;
    std::vector<std::string> waiting_;
    bool overflowed_ = false;  ///< some were not taken
    bool unsent_ = false;      ///< some were lost with the connection; this thread only
    /// Of this program in `notice_nodes`, the newest last; this thread only.
    std::vector<std::int64_t> nodes_;
    std::atomic<bool> stopping_ = false;
    int wake_;  ///< an eventfd
    std::thread thread_;
};

}  // namespace wapi::db::postgres
