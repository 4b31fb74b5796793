// Readers are independent threads with a connection each: a read sees the newest commit at the
// moment it begins and nothing later, and never waits for the writer.
#include "db/sqlite/sqlite_db.hpp"

#include <pthread.h>

#include "db/migrator.hpp"
#include "db/sqlite/sqlite_lock.hpp"
#include "db/sqlite/sqlite_writer.hpp"

namespace wapi::db::sqlite {

namespace {

class SqliteDb final : public Db {
  public:
    SqliteDb(boost::asio::io_context& io, const Options& options, const std::string& path,
             std::unique_ptr<DatabaseLock> lock, std::unique_ptr<SqliteConnection> connection)
        : Db(io),
          lock_(std::move(lock)),
          completions_(io),
          reads_(options.waiting_max),
          writer_(std::move(connection), path, options.waiting_max, completions_) {
        for (std::size_t index = 0; index < std::max<std::size_t>(options.readers, 1); ++index) {
            auto reader = std::make_unique<SqliteConnection>(path, Mode::reader, 0);
            readers_.emplace_back([this, own = std::move(reader)] { run_reader(*own); });
        }
    }
    ~SqliteDb() override {
        reads_.close();
        for (std::thread& reader : readers_) {
            reader.join();
        }
    }

    [[nodiscard]] Engine engine() const override { return Engine::sqlite; }
    [[nodiscard]] Stats stats() const override {
        return {.commits = writer_.commits(),
                .functions = writer_.functions() + read_functions_.load(),
                .conflicts = 0,
                .waiting = writer_.waiting() + reads_.size()};
    }
    [[nodiscard]] bool quiet() const override { return writer_.waiting() == 0; }
    void on_announced(AnnouncementListener listener) override {
        completions_.listen(std::move(listener));
    }

  protected:
    bool submit(Work& work) override {
        return work.access == Access::write ? writer_.submit(work) : reads_.push(work);
    }

  private:
    void run_reader(SqliteConnection& connection) {
        pthread_setname_np(pthread_self(), "db-read");
        while (std::optional<Work> work = reads_.take()) {
            std::vector<Finished> one;
            one.push_back({std::move(*work), nullptr});
            try {
                connection.control(Control::begin_read);
                Txn txn(connection);
                one.front().work.run(txn);
            } catch (...) {
                one.front().failure = std::current_exception();
            }
            connection.abandon();
            ++read_functions_;
            completions_.deliver(std::move(one));
        }
    }

    std::unique_ptr<DatabaseLock> lock_;
    Completions completions_;
    WorkQueue reads_;
    SqliteWriter writer_;
    std::vector<std::thread> readers_;
    std::atomic<std::uint64_t> read_functions_ = 0;
};

}  // namespace

std::unique_ptr<Db> open(boost::asio::io_context& io, const Options& options) {
    constexpr std::string_view scheme = "sqlite://";
    const std::string path = options.url.substr(scheme.size());
    if (path.empty() || path.ends_with('/')) {
        throw Fault("db.url", "the URL names no file: sqlite:///path/to/file.db");
    }
    auto connection = std::make_unique<SqliteConnection>(path, Mode::writer, options.cache_bytes);
    auto lock = std::make_unique<DatabaseLock>(path, DatabaseLock::Kind::shared);
    migrate(*connection, embedded_migrations());
    return std::make_unique<SqliteDb>(io, options, path, std::move(lock), std::move(connection));
}

}  // namespace wapi::db::sqlite
