#include "async/run_main.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>

namespace wapi::async {

void run_main(boost::asio::io_context& io, Task<> main_task) {
    std::exception_ptr failure;
    boost::asio::co_spawn(io, std::move(main_task), [&io, &failure](std::exception_ptr thrown) {
        failure = thrown;
        io.stop();
    });
    io.run();
    if (failure) {
        std::rethrow_exception(failure);
    }
}

}  // namespace wapi::async
