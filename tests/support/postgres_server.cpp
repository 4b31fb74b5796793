// Starts the server's own binary directly, so that its process id is ours to wait for and to
// signal.
#include "tests/support/postgres_server.hpp"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <csignal>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <vector>

namespace wapi::test {

namespace {

constexpr std::chrono::seconds start_limit{60};
constexpr std::chrono::milliseconds poll_delay{20};

/// The newest installed version's folder of binaries.
std::filesystem::path binaries() {
    std::filesystem::path newest;
    const std::filesystem::path root = "/usr/lib/postgresql";
    if (std::filesystem::exists(root)) {
        for (const auto& version : std::filesystem::directory_iterator(root)) {
            if (std::filesystem::exists(version.path() / "bin/initdb")) {
                newest = std::max(newest, version.path() / "bin");
            }
        }
    }
    if (newest.empty()) {
        throw std::runtime_error("PostgreSQL is not installed; run ./x setup");
    }
    return newest;
}

const passwd* server_user() {
    const passwd* user = ::getuid() == 0 ? ::getpwnam("postgres") : nullptr;
    if (::getuid() == 0 && user == nullptr) {
        throw std::runtime_error("there is no user postgres");
    }
    return user;
}

/// Runs in the child: becomes the user, sends output to the log, starts the program.
[[noreturn]] void become(const passwd* user, const std::string& log, char* const* arguments) {
    const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (output >= 0) {
        ::dup2(output, STDOUT_FILENO);
        ::dup2(output, STDERR_FILENO);
    }
    if (user != nullptr && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 ||
                            ::setuid(user->pw_uid) != 0)) {
        ::_exit(126);
    }
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    ::setsid();
    if (::chdir("/") != 0) {
        ::_exit(126);
    }
    ::execv(arguments[0], arguments);
    ::_exit(127);
}

pid_t start_program(std::vector<std::string> words, const std::filesystem::path& folder) {
    const passwd* user = server_user();
    const std::string log = folder / "log";
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        become(user, log, arguments.data());
    }
    if (child < 0) {
        throw std::runtime_error("cannot fork");
    }
    return child;
}

void run_program(std::vector<std::string> words, const std::filesystem::path& folder) {
    const std::string name = words.front();
    const pid_t child = start_program(std::move(words), folder);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) {
        throw std::runtime_error(name + " failed");
    }
}

int free_port() {
    boost::asio::io_context io;
    using boost::asio::ip::tcp;
    const tcp::acceptor taken(io, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    return taken.local_endpoint().port();
}

bool accepts(const std::string& url) {
    PGconn* connection = PQconnectdb(url.c_str());
    const bool accepted = PQstatus(connection) == CONNECTION_OK;
    PQfinish(connection);
    return accepted;
}

}  // namespace

PostgresServer::PostgresServer(Through through) {
    if (const passwd* user = server_user();
        user != nullptr && ::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0) {
        throw std::runtime_error("cannot give the folder to the user postgres");
    }
    make_cluster();
    if (through == Through::tls) {
        make_certificate();
        tls_port_ = free_port();
    }
    start();
}

void PostgresServer::make_cluster() {
    run_program({binaries() / "initdb", "-D", folder_.path() / "data", "-U", "postgres", "-A",
                 "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"},
                folder_.path());
}

void PostgresServer::make_certificate() {
    run_program({"/usr/bin/openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj",
                 "/CN=test", "-keyout", folder_.path() / "key", "-out", folder_.path() / "cert"},
                folder_.path());
}

PostgresServer::~PostgresServer() { stop(); }

void PostgresServer::start() {
    std::vector<std::string> words{binaries() / "postgres",
                                   "-D",
                                   folder_.path() / "data",
                                   "-k",
                                   folder_.path(),
                                   "-c",
                                   "fsync=off",
                                   "-c",
                                   "full_page_writes=off",
                                   "-c",
                                   "shared_buffers=32MB",
                                   "-c",
                                   "max_connections=60",
                                   "-c",
                                   "autovacuum=off",
                                   "-c",
                                   "deadlock_timeout=100ms"};
    std::vector<std::string> reach{"-c", "listen_addresses="};
    if (tls_port_ != 0) {
        reach = {"-h",
                 "127.0.0.1",
                 "-p",
                 std::to_string(tls_port_),
                 "-l",
                 "-c",
                 "ssl_cert_file=" + (folder_.path() / "cert").string(),
                 "-c",
                 "ssl_key_file=" + (folder_.path() / "key").string()};
    }
    words.insert(words.end(), reach.begin(), reach.end());
    process_ = start_program(std::move(words), folder_.path());
    const auto deadline = std::chrono::steady_clock::now() + start_limit;
    while (!accepts(url("postgres"))) {
        if (std::chrono::steady_clock::now() > deadline ||
            ::waitpid(process_, nullptr, WNOHANG) == process_) {
            throw std::runtime_error("the PostgreSQL server did not start");
        }
        std::this_thread::sleep_for(poll_delay);
    }
}

void PostgresServer::stop() {
    if (process_ > 0) {
        thaw();
        ::kill(process_, SIGQUIT);
        ::waitpid(process_, nullptr, 0);
        process_ = 0;
    }
}

void PostgresServer::freeze() { signal_all(SIGSTOP); }

void PostgresServer::thaw() { signal_all(SIGCONT); }

void PostgresServer::signal_all(int number) const {
    ::kill(process_, number);  // first: once frozen it starts no more children
    const std::string process = std::to_string(process_);
    std::ifstream children("/proc/" + process + "/task/" + process + "/children");
    for (pid_t child = 0; children >> child;) {
        ::kill(child, number);
    }
}

std::string PostgresServer::url(std::string_view database) const {
    if (tls_port_ != 0) {
        return "postgresql://postgres@127.0.0.1:" + std::to_string(tls_port_) + "/" +
               std::string(database) + "?sslmode=require";
    }
    return "postgresql:///" + std::string(database) + "?host=" + folder_.path().string() +
           "&user=postgres";
}

}  // namespace wapi::test
