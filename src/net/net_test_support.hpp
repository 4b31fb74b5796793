// A server on a free port with a network thread of its own, for the tests of this folder.
//
// Its routes show each attribute of the route table once; handlers that wait do so until the test
// says go.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "async/async.hpp"
#include "net/server.hpp"
#include "tests/support/raw_connection.hpp"

namespace wapi::net {

/// Token `good` is a member, `agent` one without permissions, anything else nobody.
class FixedAuthenticator final : public Authenticator {
  public:
    async::Task<Result<Context>> authenticate(const Request& request) override;
    [[nodiscard]] bool allowed(const Context& context, std::string_view permission) const override;
};

/// What the sources of `/stream` have done.
class StreamCounts {
  public:
    void add_piece() { ++pieces_; }
    void open();
    void close();
    /// Pieces that were made.
    [[nodiscard]] int pieces() const { return pieces_; }
    /// Waits until every source is freed. False after ten seconds.
    bool all_closed();

  private:
    std::atomic<int> pieces_{0};
    std::mutex mutex_;
    std::condition_variable closed_;
    int open_ = 0;  ///< sources that are not freed
};

class NetTestServer {
  public:
    explicit NetTestServer(ServerOptions options = {});
    ~NetTestServer();
    NetTestServer(const NetTestServer&) = delete;
    NetTestServer& operator=(const NetTestServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Lets a handler of `/held` that has begun go on.
    void release_held();
    /// Waits until a handler of `/held` has begun.
    void wait_until_held() { held_began_.get_future().get(); }
    /// Holds up the network thread until the future is ready.
    void hold_up_until(std::shared_future<void> ready);
    /// Starts to drain; the future is ready when drain has returned.
    std::future<void> drain(std::chrono::milliseconds limit);
    ServerStats stats();
    [[nodiscard]] StreamCounts& streams() const { return *streams_; }
    /// Connects, sends, reads one answer.
    test::RawAnswer ask(std::string_view bytes);
    test::RawAnswer get(std::string_view target, std::string_view fields = {});

  private:
    std::vector<Route> routes();
    async::Task<Result<Response>> hold();
    async::Task<> drain_then(std::chrono::milliseconds limit,
                             std::shared_ptr<std::promise<void>> done);

    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
    async::Tasks tasks_;
    async::Signal go_;
    std::shared_ptr<StreamCounts> streams_ = std::make_shared<StreamCounts>();
    FixedAuthenticator authenticator_;
    std::promise<void> held_began_;
    std::unique_ptr<Server> server_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

/// Expects the one error shape with that status and code, and that the connection ends with it.
void expect_refused(const test::RawAnswer& answer, int status, std::string_view code);

}  // namespace wapi::net
