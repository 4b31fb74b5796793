// A private PostgreSQL server for tests: own folder, own socket, no TCP port unless TLS is wanted,
// stopped by process id.
//
// Runs as the user postgres when the tests run as root, since PostgreSQL refuses to be root. It
// does not sync (tests kill clients, never the machine) and ends with the test process.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "tests/support/temp_folder.hpp"

namespace wapi::test {

class PostgresServer {
  public:
    /// How its clients reach it: TLS goes over a TCP port of this machine.
    enum class Through { socket, tls };
    /// Makes a cluster and starts it. Throws std::runtime_error when PostgreSQL is not installed.
    explicit PostgresServer(Through through = Through::socket);
    ~PostgresServer();
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    void start();
    /// Ends at once, as a crash would.
    void stop();
    /// Stops all its processes where they are: sockets stay open and nothing is answered any more.
    void freeze();
    void thaw();
    /// The URL of one of its databases.
    [[nodiscard]] std::string url(std::string_view database) const;

  private:
    void make_cluster();
    void make_certificate();
    void signal_all(int number) const;

    TempFolder folder_;
    int tls_port_ = 0;  ///< 0: it has only the socket
    pid_t process_ = 0;
};

}  // namespace wapi::test
