// wapi: the server and its command line.
#include "app/cli/cli.hpp"

int main(int argc, char** argv) { return wapi::app::run_command_line(argc, argv); }
