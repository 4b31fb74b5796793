// Bridges between callers and the database threads: coroutines wait without holding the network
// thread, blocking callers on a condition variable. Also chooses the engine by the URL.
#include "db/db.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>

#include "db/postgres/postgres_db.hpp"
#include "db/sqlite/sqlite_db.hpp"

namespace wapi::db {

namespace asio = boost::asio;

namespace {

Fault overloaded(std::string_view name) {
    return {"db.overloaded", "too many functions wait for the database: " + std::string(name)};
}

}  // namespace

async::Task<> Db::wait(Access access, std::string_view name,
                       std::move_only_function<bool(Txn&)> fn) {
    auto start = [this, access, name, &fn](auto handler) {
        Work work;
        work.name = name;
        work.access = access;
        work.run = std::move(fn);
        work.done = [handler = std::move(handler)](std::exception_ptr failure) mutable {
            handler(std::move(failure));
        };
        if (!submit(work)) {
            // Never thrown from here: an initiating function must not fail once it has the handler.
            asio::post(io_, [done = std::move(work.done), name]() mutable {
                done(std::make_exception_ptr(overloaded(name)));
            });
        }
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
        std::move(start), asio::use_awaitable);
}

void Db::blocking_wait(Access access, std::string_view name,
                       std::move_only_function<bool(Txn&)> fn) {
    std::promise<void> finished;
    std::future<void> future = finished.get_future();
    Work work;
    work.name = name;
    work.access = access;
    work.run = std::move(fn);
    work.blocking = true;
    work.done = [&finished](std::exception_ptr failure) {
        if (failure) {
            finished.set_exception(std::move(failure));
        } else {
            finished.set_value();
        }
    };
    if (!submit(work)) {
        throw overloaded(name);
    }
    future.get();
}

std::unique_ptr<Db> open(asio::io_context& io, const Options& options) {
    const std::string_view url = options.url;
    if (url.starts_with("sqlite://")) {
        return sqlite::open(io, options);
    }
    if (url.starts_with("postgres://") || url.starts_with("postgresql://")) {
        return postgres::open(io, options);
    }
    throw Fault("db.url", "the database URL must begin with sqlite:// or postgres://");
}

}  // namespace wapi::db
