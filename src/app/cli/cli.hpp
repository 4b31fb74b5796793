// The command line: `wapi serve`, and what an operator needs beside it.
#pragma once

namespace wapi::app {

/// Runs the program and returns its exit code: 0 well, 1 failed (with one sentence), 2 wrong usage.
int run_command_line(int argc, char** argv);

}  // namespace wapi::app
