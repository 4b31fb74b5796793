// Runs a program's network thread: the io_context with its main task.
#pragma once

#include "async/async.hpp"

namespace wapi::async {

/// Starts the task and runs the io_context on this thread until somebody stops it. An exception of
/// the main task comes out.
void run_main(boost::asio::io_context& io, Task<> main_task);

}  // namespace wapi::async
