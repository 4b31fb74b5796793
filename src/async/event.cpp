#include "async/event.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace wapi::async {

void Event::set() {
    set_ = true;
    timer_.cancel();
}

Task<> Event::wait() {
    if (set_) {
        co_return;
    }
    boost::system::error_code cancelled;
    co_await timer_.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
}

}  // namespace wapi::async
