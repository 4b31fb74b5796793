// One PostgreSQL connection by libpq: opened when first needed, statements prepared once.
//
// Used by one thread at a time. No call waits for ever: an answer that does not come in time, from
// a server that is frozen or out of reach, drops the connection (Fault `db.down`). Server errors
// become Faults by SQLSTATE; their DETAIL, which quotes row values, is left out.
#pragma once

#include <libpq-fe.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "db/postgres/postgres_values.hpp"
#include "db/txn.hpp"

namespace wapi::db::postgres {

struct ClearResult {
    void operator()(PGresult* result) const { PQclear(result); }
};
using ResultPointer = std::unique_ptr<PGresult, ClearResult>;

struct AnswerLimits {
    std::chrono::milliseconds answer_max;  ///< for the server to answer a statement
    /// Set when the program ends: no answer is then waited for longer than 3 s. May be null.
    const std::atomic<bool>* stopping = nullptr;
};

class PostgresConnection final : public Connection {
  public:
    PostgresConnection(std::string url, AnswerLimits limits)
        : url_(std::move(url)), limits_(limits) {}

    [[nodiscard]] Engine engine() const override { return Engine::postgres; }
    Rows query(const Sql& sql, std::span<const Value> values) override;
    std::int64_t execute(const Sql& sql, std::span<const Value> values) override;
    void execute_many(const Sql& sql, std::span<const Value> values, std::size_t per_row) override;
    void execute_text(const std::string& text) override;
    void prepare(const Sql& sql) override { prepared(sql); }

    /// Opens it, once, within 3 s. Errors: Fault `db.down`.
    void connect();
    void disconnect();
    /// Begins a transaction; `isolation` is its level in SQL.
    void begin(std::string_view isolation);
    /// False before connect and after the server went away.
    [[nodiscard]] bool alive() const {
        return connection_ != nullptr && !lost_ && PQstatus(connection_.get()) == CONNECTION_OK;
    }
    /// Ends the transaction. Errors: Fault `db.failed` when the server rolled back instead, because
    /// a statement had failed and the function went on.
    void commit();
    /// Never throws; a connection that cannot roll back is dropped.
    void abandon() noexcept;

    /// NOTIFY, outside a transaction.
    void notify(const std::string& channel, const std::string& text);
    /// The same of several texts without line breaks, in their order, in one round trip.
    void notify_all(const std::string& channel, std::span<const std::string> texts);
    /// What other connections have notified since the last call, on the channels this one listens
    /// to. Never waits. Errors: Fault `db.down`.
    std::vector<std::string> take_notices();
    /// To wait for notices; -1 without a connection.
    [[nodiscard]] int socket() const { return PQsocket(connection_.get()); }

  private:
    struct Close {
        void operator()(PGconn* connection) const { PQfinish(connection); }
    };
    struct Prepared {
        bool ready = false;
        std::string name;
        std::vector<Oid> types;
    };
    void notify_by(const char* statement, const std::string& channel, const std::string& text);
    const Prepared& prepared(const Sql& sql);
    ResultPointer run(const Sql& sql, std::span<const Value> values);
    /// Sends what waits and reads until an answer is there. At the deadline the connection is lost.
    void wait_for_answer(std::chrono::steady_clock::time_point deadline);
    PGresult* next_result(std::chrono::steady_clock::time_point deadline);
    /// The answer to what was just sent (`sent` is libpq's 1 for success), or null when there is
    /// none: the connection is lost then.
    PGresult* exchange(int sent, std::chrono::milliseconds answer_max);
    PGresult* exchange(int sent) { return exchange(sent, limits_.answer_max); }
    /// Reads the answers up to the pipeline's end; the first that is an error, or null.
    ResultPointer read_pipeline();
    /// Takes the result over; throws when it says that the command failed.
    ResultPointer check(std::string_view name, PGresult* result);
    [[noreturn]] void fail(std::string_view name, const PGresult* result);

    std::string url_;
    AnswerLimits limits_;
    std::unique_ptr<PGconn, Close> connection_;
    bool lost_ = false;
    std::vector<Prepared> statements_;
    std::int64_t rows_written_ = 0;
    std::int64_t rows_planned_for_ = 0;  ///< of them, when the plans were last dropped
    std::chrono::steady_clock::time_point plans_made_;
    Parameters parameters_;
};

}  // namespace wapi::db::postgres
