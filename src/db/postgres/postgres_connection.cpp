// SQLSTATE classes are those of the PostgreSQL 15 documentation, appendix A.
#include "db/postgres/postgres_connection.hpp"

#include <fmt/format.h>

#include <charconv>

namespace wapi::db::postgres {

namespace {

constexpr int binary_result = 1;  // of libpq: answers in binary form

/// A statement longer than the first is a defect; the others free what a lost client holds.
constexpr const char* session_settings =
    "SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s';"
    "SET client_encoding = 'UTF8'; SET client_min_messages = 'warning'";

std::string_view fault_code(std::string_view state) {
    if (state == "40001" || state == "40P01") {
        return "db.conflict";
    }
    if (state.starts_with("23")) {
        return "db.constraint";
    }
    if (state == "53100") {
        return "db.full";
    }
    if (state == "57014" || state == "55P03") {  // statement timeout, lock not available
        return "db.busy";
    }
    if (state.starts_with("08") || state.starts_with("57P") || state == "53300") {
        return "db.down";
    }
    return "db.failed";
}

}  // namespace

void PostgresConnection::connect() {
    if (alive()) {
        return;
    }
    disconnect();
    // Later entries win, so that the URL can set a limit of its own.
    const std::array<const char*, 7> keys{"connect_timeout",
                                          "tcp_user_timeout",
                                          "keepalives_idle",
                                          "keepalives_interval",
                                          "application_name",
                                          "dbname",
                                          nullptr};
    const std::array<const char*, 7> values{"3", "10000", "10", "5", "wapi", url_.c_str(), nullptr};
    connection_.reset(PQconnectdbParams(keys.data(), values.data(), 1));
    if (!alive()) {
        // The message names host and user only, never the password.
        std::string reason =
            connection_ == nullptr ? "out of memory" : PQerrorMessage(connection_.get());
        reason.erase(std::min(reason.find('\n'), reason.size()));
        disconnect();
        throw Fault("db.down", reason);
    }
    // Notices would go to standard error; what matters arrives as an error as well.
    PQsetNoticeProcessor(connection_.get(), [](void*, const char*) {}, nullptr);
    check("session settings", PQexec(connection_.get(), session_settings));
}

void PostgresConnection::disconnect() {
    connection_.reset();
    statements_.clear();
    lost_ = false;
}

void PostgresConnection::fail(std::string_view name, const PGresult* result) {
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    // An error without a state comes from libpq itself: it could not send or receive. After a
    // failed send PQstatus goes on saying that all is well.
    lost_ = lost_ || state == nullptr;
    if (!alive()) {
        throw Fault("db.down", fmt::format("{}: the connection was lost", name));
    }
    const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    throw Fault(
        std::string(fault_code(state)),
        fmt::format("{}: {} ({})", name, message == nullptr ? "no message" : message, state));
}

ResultPointer PostgresConnection::check(std::string_view name, PGresult* result) {
    ResultPointer owned(result);
    const ExecStatusType status = PQresultStatus(owned.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        fail(name, owned.get());
    }
    return owned;
}

const PostgresConnection::Prepared& PostgresConnection::prepared(const Sql& sql) {
    if (sql.index() >= statements_.size()) {
        statements_.resize(std::max(Sql::count(), sql.index() + 1));
    }
    Prepared& statement = statements_[sql.index()];
    if (!statement.ready) {
        statement.name = fmt::format("s{}", sql.index());
        const std::string text(sql.text(Engine::postgres));
        check(sql.name(),
              PQprepare(connection_.get(), statement.name.c_str(), text.c_str(), 0, nullptr));
        const ResultPointer description =
            check(sql.name(), PQdescribePrepared(connection_.get(), statement.name.c_str()));
        statement.types.clear();
        for (int index = 0; index < PQnparams(description.get()); ++index) {
            statement.types.push_back(PQparamtype(description.get(), index));
        }
        statement.ready = true;
    }
    return statement;
}

ResultPointer PostgresConnection::run(const Sql& sql, std::span<const Value> values) {
    const Prepared& statement = prepared(sql);
    if (statement.types.size() != values.size()) {
        throw Fault("db.failed", fmt::format("{} takes {} parameters, not {}", sql.name(),
                                             statement.types.size(), values.size()));
    }
    parameters_.assign(values, statement.types);
    return check(sql.name(),
                 PQexecPrepared(connection_.get(), statement.name.c_str(), parameters_.size(),
                                parameters_.pointers(), parameters_.lengths(),
                                parameters_.formats(), binary_result));
}

Rows PostgresConnection::query(const Sql& sql, std::span<const Value> values) {
    return read_rows(*run(sql, values));
}

std::int64_t PostgresConnection::execute(const Sql& sql, std::span<const Value> values) {
    const ResultPointer result = run(sql, values);
    if (std::string_view(PQcmdStatus(result.get())).starts_with("SELECT")) {
        return 0;
    }
    const std::string_view count = PQcmdTuples(result.get());
    std::int64_t changed = 0;
    std::from_chars(count.data(), count.data() + count.size(), changed);
    return changed;
}

void PostgresConnection::execute_many(const Sql& sql, std::span<const Value> values,
                                      std::size_t per_row) {
    constexpr std::size_t group = 128;  // statements sent before their answers are read
    const Prepared& statement = prepared(sql);
    while (!values.empty()) {
        bool sent = PQenterPipelineMode(connection_.get()) == 1;
        for (std::size_t i = 0; sent && i < group && !values.empty(); ++i) {
            parameters_.assign(values.first(per_row), statement.types);
            values = values.subspan(per_row);
            sent =
                PQsendQueryPrepared(connection_.get(), statement.name.c_str(), parameters_.size(),
                                    parameters_.pointers(), parameters_.lengths(),
                                    parameters_.formats(), binary_result) == 1;
        }
        if (!sent || PQpipelineSync(connection_.get()) != 1) {
            fail(sql.name(), nullptr);
        }
        ResultPointer failed = read_pipeline();
        PQexitPipelineMode(connection_.get());
        if (failed) {
            check(sql.name(), failed.release());
        }
    }
}

ResultPointer PostgresConnection::read_pipeline() {
    ResultPointer failed;
    // Each statement's answers end with a null; the end of the pipeline is an answer of its own.
    for (bool was_null = false;;) {
        ResultPointer result(PQgetResult(connection_.get()));
        if (!result) {
            if (was_null || !alive()) {
                return failed;
            }
            was_null = true;
            continue;
        }
        was_null = false;
        const ExecStatusType status = PQresultStatus(result.get());
        if (status == PGRES_PIPELINE_SYNC) {
            return failed;
        }
        if (status == PGRES_FATAL_ERROR && !failed) {
            failed = std::move(result);
        }
    }
}

void PostgresConnection::execute_text(const std::string& text) {
    check(std::string_view(text).substr(0, 40), PQexec(connection_.get(), text.c_str()));
}

void PostgresConnection::commit() {
    const ResultPointer result = check("COMMIT", PQexec(connection_.get(), "COMMIT"));
    if (std::string_view(PQcmdStatus(result.get())) != "COMMIT") {
        throw Fault("db.failed", "a statement of the transaction had failed; nothing was stored");
    }
}

void PostgresConnection::abandon() noexcept {
    if (alive() && PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) {
        ResultPointer(PQexec(connection_.get(), "ROLLBACK"));
    }
    if (!alive() || PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) {
        disconnect();
    }
}

}  // namespace wapi::db::postgres
