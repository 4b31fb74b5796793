// A one-time event many tasks can wait for: set once, everybody goes on, now and later.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "async/async.hpp"

namespace wapi::async {

/// Network thread only. Unlike Signal it has any number of waiters and is never taken back.
class Event {
  public:
    explicit Event(boost::asio::io_context& io)
        : timer_(io, boost::asio::steady_timer::time_point::max()) {}
    void set();
    Task<> wait();

  private:
    boost::asio::steady_timer timer_;  ///< never fires by itself; cancelled by set
    bool set_ = false;
};

}  // namespace wapi::async
