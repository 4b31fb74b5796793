// One template database for each engine and test program: migrating once and copying is much faster
// than migrating for every test.
#include "tests/support/test_db.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "tests/support/postgres_server.hpp"

namespace wapi::test {

namespace {

/// The server that PostgreSQL tests of this program share.
class SharedPostgres {
  public:
    SharedPostgres() {
        const char* given = std::getenv("WAPI_TEST_POSTGRES_URL");
        if (given == nullptr) {
            server_ = std::make_unique<PostgresServer>();
        } else {
            given_url_ = given;
        }
        template_ = fmt::format("wapi_template_{}", ::getpid());
        execute("CREATE DATABASE " + template_);
        boost::asio::io_context io;
        db::open(io, {.url = url(template_), .connections_max = 1}).reset();
    }
    ~SharedPostgres() {
        if (!server_) {
            execute(fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", template_));
        }
    }
    SharedPostgres(const SharedPostgres&) = delete;
    SharedPostgres& operator=(const SharedPostgres&) = delete;

    static SharedPostgres& get() {
        static SharedPostgres shared;
        return shared;
    }

    [[nodiscard]] std::string url(const std::string& database) const {
        if (server_) {
            return server_->url(database);
        }
        // Replaces the name between the last '/' and the query.
        const std::size_t query = std::min(given_url_.find('?'), given_url_.size());
        const std::size_t slash = given_url_.rfind('/', query);
        return given_url_.substr(0, slash + 1) + database + given_url_.substr(query);
    }
    [[nodiscard]] const std::string& template_name() const { return template_; }

    void execute(const std::string& text) const {
        PGconn* connection =
            PQconnectdb(server_ ? server_->url("postgres").c_str() : given_url_.c_str());
        PGresult* result = PQexec(connection, text.c_str());
        const std::string failure =
            PQresultStatus(result) == PGRES_COMMAND_OK ? "" : PQerrorMessage(connection);
        PQclear(result);
        PQfinish(connection);
        if (!failure.empty()) {
            throw std::runtime_error(text + ": " + failure);
        }
    }

  private:
    std::unique_ptr<PostgresServer> server_;
    std::string given_url_;
    std::string template_;
};

std::string sqlite_url(const std::filesystem::path& file) { return "sqlite://" + file.string(); }

/// A migrated SQLite file to copy from.
const std::filesystem::path& sqlite_template() {
    static const TempFolder folder;
    static const std::filesystem::path file = [] {
        std::filesystem::path made = folder.path() / "template.db";
        boost::asio::io_context io;
        db::open(io, {.url = sqlite_url(made)}).reset();
        return made;
    }();
    return file;
}

std::string next_name() {
    static std::atomic<int> count = 0;
    return fmt::format("wapi_test_{}_{}", ::getpid(), ++count);
}

}  // namespace

TestDatabase::TestDatabase(db::Engine engine, bool migrated) {
    if (engine == db::Engine::sqlite) {
        if (migrated) {
            std::filesystem::copy_file(sqlite_template(), file());
        }
        url_ = sqlite_url(file());
        return;
    }
    make(migrated ? "TEMPLATE " + SharedPostgres::get().template_name() : "TEMPLATE template0");
}

TestDatabase::TestDatabase(const std::string& terms) { make(terms); }

void TestDatabase::make(const std::string& terms) {
    name_ = next_name();
    const SharedPostgres& server = SharedPostgres::get();
    // By default the server logs each page of the copy; copying the files computes about half.
    server.execute(fmt::format("CREATE DATABASE {} {} STRATEGY FILE_COPY", name_, terms));
    url_ = server.url(name_);
}

TestDatabase TestDatabase::in_locale(const std::string& locale) {
    return TestDatabase(
        fmt::format("LOCALE_PROVIDER icu ICU_LOCALE '{}' TEMPLATE template0", locale));
}

TestDatabase::~TestDatabase() {
    if (name_.empty()) {
        return;
    }
    try {
        SharedPostgres::get().execute(fmt::format("DROP DATABASE {} WITH (FORCE)", name_));
    } catch (const std::exception& failure) {
        ADD_FAILURE() << failure.what();
    }
}

std::unique_ptr<db::Db> TestDatabase::open(boost::asio::io_context& io, db::Options options) const {
    options.url = url_;
    return db::open(io, options);
}

EnginesTest::EnginesTest()
    : files_(GetParam()), database_(files_.open(io_, {.connections_max = 4})) {}

void EnginesTest::reopen(db::Options options) {
    database_.reset();
    database_ = files_.open(io_, std::move(options));
}

std::string engine_name(const ::testing::TestParamInfo<db::Engine>& info) {
    return info.param == db::Engine::sqlite ? "sqlite" : "postgres";
}

}  // namespace wapi::test
