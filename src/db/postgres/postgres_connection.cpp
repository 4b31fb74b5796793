// SQLSTATE classes are those of the PostgreSQL 15 documentation, appendix A.
#include "db/postgres/postgres_connection.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <charconv>

namespace wapi::db::postgres {

namespace {

using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

constexpr int binary_result = 1;  // of libpq: answers in binary form
/// For an answer to what asks for no work: settings, ROLLBACK; and for any while the program ends.
constexpr std::chrono::milliseconds short_answer_max = 3s;
constexpr std::chrono::milliseconds stop_check = 100ms;

/// A statement longer than the first is a defect; the second frees what a lost client holds.
constexpr const char* session_settings =
    "SET statement_timeout = '30s'; SET idle_in_transaction_session_timeout = '60s';"
    "SET client_encoding = 'UTF8'; SET client_min_messages = 'warning';"
    // Statements are short and their plans are kept: compiling them costs more than it gains.
    "SET jit = off;"
    // What is committed is on disk, whatever the database or its owner have set: webhooks are
    // answered on the strength of it. Stronger settings, such as remote_apply, stay.
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') = 'off'";

/// A plan made while a table is empty takes any index, since all cost the same, and stays until the
/// server analyzes the table: in the first minutes of a new table a statement would walk through
/// whatever has come meanwhile. Plans are made again whenever the rows written on the connection
/// have doubled, from these on, and at the latest after the time, for what others have written.
constexpr std::int64_t rows_between_plans_min = 500;
constexpr std::chrono::seconds plans_kept_max = 60s;

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
    // Statement timeout, lock not available, no room for more locks.
    if (state == "57014" || state == "55P03" || state == "53200") {
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
    PQsetnonblocking(connection_.get(), 1);
    check("session settings",
          exchange(PQsendQuery(connection_.get(), session_settings), short_answer_max));
    plans_made_ = SteadyClock::now();
}

void PostgresConnection::begin(std::string_view isolation) {
    const auto now = SteadyClock::now();
    const std::int64_t written = rows_written_ - rows_planned_for_;
    if (written >= std::max(rows_planned_for_, rows_between_plans_min) ||
        now - plans_made_ >= plans_kept_max) {
        execute_text("DISCARD PLANS");
        plans_made_ = now;
        rows_planned_for_ = rows_written_;
    }
    execute_text("BEGIN ISOLATION LEVEL " + std::string(isolation));
}

void PostgresConnection::disconnect() {
    connection_.reset();
    statements_.clear();
    lost_ = false;
}

void PostgresConnection::wait_for_answer(SteadyClock::time_point deadline) {
    PGconn* const connection = connection_.get();
    int unsent = 0;
    const auto arrived = [&] { return unsent == 0 && PQisBusy(connection) == 0; };
    for (;;) {
        unsent = PQflush(connection);
        // Read before each wait, also after one in vain: the socket does not show what the TLS
        // layer has decrypted already. A failure shows in the result.
        if (unsent < 0 || arrived() || PQconsumeInput(connection) == 0 || arrived()) {
            return;
        }
        if (limits_.stopping != nullptr && limits_.stopping->load(std::memory_order_relaxed)) {
            deadline = std::min(deadline, SteadyClock::now() + short_answer_max);
        }
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - SteadyClock::now());
        if (left <= 0ms) {
            lost_ = true;
            return;
        }
        pollfd wanted{.fd = PQsocket(connection),
                      .events = static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN),
                      .revents = 0};
        ::poll(&wanted, 1, static_cast<int>(std::min(left, stop_check).count()));
    }
}

PGresult* PostgresConnection::next_result(SteadyClock::time_point deadline) {
    wait_for_answer(deadline);
    return lost_ ? nullptr : PQgetResult(connection_.get());
}

PGresult* PostgresConnection::exchange(int sent, std::chrono::milliseconds answer_max) {
    const auto deadline = SteadyClock::now() + answer_max;
    ResultPointer last;
    while (sent == 1) {
        ResultPointer result(next_result(deadline));
        if (!result) {
            break;
        }
        // As PQexec: of several statements the first failure counts, else the last answer.
        if (!last || PQresultStatus(last.get()) != PGRES_FATAL_ERROR) {
            last = std::move(result);
        }
    }
    return lost_ ? nullptr : last.release();
}

void PostgresConnection::fail(std::string_view name, const PGresult* result) {
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    // An error without a state comes from libpq itself: it could not send or receive. After a
    // failed send PQstatus goes on saying that all is well.
    lost_ = lost_ || state == nullptr;
    if (!alive()) {
        throw Fault("db.down",
                    fmt::format("{}: the connection was lost or gave no answer in time", name));
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
        check(sql.name(), exchange(PQsendPrepare(connection_.get(), statement.name.c_str(),
                                                 text.c_str(), 0, nullptr)));
        const ResultPointer description =
            check(sql.name(),
                  exchange(PQsendDescribePrepared(connection_.get(), statement.name.c_str())));
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
    return check(sql.name(), exchange(PQsendQueryPrepared(
                                 connection_.get(), statement.name.c_str(), parameters_.size(),
                                 parameters_.pointers(), parameters_.lengths(),
                                 parameters_.formats(), binary_result)));
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
    rows_written_ += changed;
    return changed;
}

void PostgresConnection::execute_many(const Sql& sql, std::span<const Value> values,
                                      std::size_t per_row) {
    constexpr std::size_t group = 128;  // statements sent before their answers are read
    const Prepared& statement = prepared(sql);
    rows_written_ += static_cast<std::int64_t>(values.size() / per_row);
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
        if (failed || !alive()) {
            check(sql.name(), failed.release());
        }
    }
}

ResultPointer PostgresConnection::read_pipeline() {
    const auto deadline = SteadyClock::now() + limits_.answer_max;
    ResultPointer failed;
    // Each statement's answers end with a null; the end of the pipeline is an answer of its own.
    for (bool was_null = false;;) {
        ResultPointer result(next_result(deadline));
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
    check(std::string_view(text).substr(0, 40),
          exchange(PQsendQuery(connection_.get(), text.c_str())));
}

void PostgresConnection::commit() {
    const ResultPointer result =
        check("COMMIT", exchange(PQsendQuery(connection_.get(), "COMMIT")));
    if (std::string_view(PQcmdStatus(result.get())) != "COMMIT") {
        throw Fault("db.failed", "a statement of the transaction had failed; nothing was stored");
    }
}

void PostgresConnection::notify(const std::string& channel, const std::string& text) {
    notify_by("SELECT pg_notify($1, $2)", channel, text);
}

void PostgresConnection::notify_all(const std::string& channel,
                                    std::span<const std::string> texts) {
    notify_by("SELECT pg_notify($1, line) FROM unnest(string_to_array($2, E'\\n')) AS line",
              channel, fmt::format("{}", fmt::join(texts, "\n")));
}

void PostgresConnection::notify_by(const char* statement, const std::string& channel,
                                   const std::string& text) {
    const std::array<const char*, 2> values{channel.c_str(), text.c_str()};
    check("pg_notify",
          exchange(PQsendQueryParams(connection_.get(), statement, static_cast<int>(values.size()),
                                     nullptr, values.data(), nullptr, nullptr, 0)));
}

std::vector<std::string> PostgresConnection::take_notices() {
    if (PQconsumeInput(connection_.get()) == 0) {
        fail("LISTEN", nullptr);
    }
    struct Free {
        void operator()(PGnotify* notice) const { PQfreemem(notice); }
    };
    std::vector<std::string> texts;
    while (const std::unique_ptr<PGnotify, Free> notice{PQnotifies(connection_.get())}) {
        if (notice->be_pid != PQbackendPID(connection_.get())) {
            texts.emplace_back(notice->extra);
        }
    }
    return texts;
}

void PostgresConnection::abandon() noexcept {
    if (alive() && PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) {
        ResultPointer(exchange(PQsendQuery(connection_.get(), "ROLLBACK"), short_answer_max));
    }
    if (!alive() || PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) {
        disconnect();
    }
}

}  // namespace wapi::db::postgres
