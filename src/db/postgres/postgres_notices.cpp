// A text that is lost with the connection, or finds the queue full, leaves a mark: an empty notice
// tells the others that they have missed something. So does a node that begins and finds one that
// was killed, perhaps between a commit and its notice: each has a row in `notice_nodes` that it
// takes away when it has told everything, and holds a lock on its number as long as it lives.
#include "db/postgres/postgres_notices.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <span>

#include "base/log.hpp"
#include "base/rng.hpp"
#include "db/postgres/postgres_connection.hpp"

namespace wapi::db::postgres {
namespace {

using namespace std::chrono_literals;

const std::string channel = "wapi_notices";
constexpr std::size_t waiting_max = 4'096;
constexpr std::size_t sent_at_once_max = 64;  ///< in one round trip
constexpr std::chrono::milliseconds answer_max = 10s;
constexpr std::chrono::milliseconds look_again = 5s;
constexpr std::chrono::milliseconds connect_again = 500ms;
constexpr std::chrono::seconds look_for_dead_every = 30s;

// SQLite serves one program.
const Sql tell_of_dead_sql{{
    .name = "notices.tell_of_dead",
    .text = "SELECT 1",
    .scope = Scope::system,
    .postgres = "WITH dead AS (DELETE FROM notice_nodes WHERE CASE WHEN node = $1 THEN FALSE"
                " ELSE pg_try_advisory_xact_lock(node) END RETURNING node)"
                " SELECT CAST(pg_notify('wapi_notices', '') AS TEXT)"
                " FROM (SELECT 1 FROM dead LIMIT 1) AS found",
}};

}  // namespace

PostgresNotices::PostgresNotices(boost::asio::io_context& io, std::string url,
                                 NoticesListener listener)
    : io_(io),
      url_(std::move(url)),
      ears_(std::make_shared<Ears>(std::move(listener))),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (wake_ < 0) {
        throw Fault("db.failed", "no descriptor is left for the notices of other nodes");
    }
    thread_ = std::thread([this] {
        pthread_setname_np(pthread_self(), "db-notices");
        run();
    });
}

PostgresNotices::~PostgresNotices() {
    ears_->open = false;
    stopping_ = true;
    wake();
    thread_.join();
    ::close(wake_);
}

void PostgresNotices::wake() const {
    constexpr std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_, &one, sizeof one);  // full: awake already
}

void PostgresNotices::send(std::string text) {
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= waiting_max) {
            overflowed_ = true;
            return;
        }
        waiting_.push_back(std::move(text));
    }
    wake();
}

void PostgresNotices::run() {
    PostgresConnection connection(url_, {.answer_max = answer_max, .stopping = &stopping_});
    bool warned = false;
    while (!stopping_) {
        try {
            connection.connect();
            // Nothing is stored, so that nothing need be synced.
            connection.execute_text("SET synchronous_commit = off");
            connection.execute_text("LISTEN " + channel);
            begin(connection);
            warned = false;
            tell({std::string()});
            serve(connection);
            send_waiting(connection);  // what was said just before the end
            forget(connection, 0);
        } catch (const Fault& fault) {
            if (!std::exchange(warned, true)) {
                log::warn("database.notices_lost", {{"reason", fault.what()}});
            }
            connection.disconnect();
            wait(-1, connect_again);
        }
    }
}

/// Whoever was killed before it had told everything is told of, once for all that are found.
void PostgresNotices::begin(PostgresConnection& connection) {
    nodes_.push_back(static_cast<std::int64_t>(SystemRng().next_u64()));
    const std::int64_t own = nodes_.back();
    connection.execute_text(fmt::format("SELECT pg_advisory_lock({})", own));
    connection.execute_text(fmt::format("INSERT INTO notice_nodes (node) VALUES ({})", own));
    send_waiting(connection);  // a server that takes none is no reason to tell of each try
    forget(connection, 1);     // what a lost connection had not told is told of by now
    look_for_dead(connection);
}

/// True when there was one: this node is to be told as well.
bool PostgresNotices::look_for_dead(PostgresConnection& connection) {
    const Value own(nodes_.back());
    return !connection.query(tell_of_dead_sql, std::span(&own, 1)).empty();
}

/// The rows of this program but the newest `kept`: nothing of theirs is untold.
void PostgresNotices::forget(PostgresConnection& connection, std::size_t kept) {
    while (nodes_.size() > kept) {
        connection.execute_text(
            fmt::format("DELETE FROM notice_nodes WHERE node = {}", nodes_.front()));
        nodes_.erase(nodes_.begin());
    }
}

void PostgresNotices::serve(PostgresConnection& connection) {
    auto looked_at = std::chrono::steady_clock::now();
    while (!stopping_) {
        send_waiting(connection);
        if (const auto now = std::chrono::steady_clock::now();
            now - looked_at >= look_for_dead_every) {
            looked_at = now;
            if (look_for_dead(connection)) {
                tell({std::string()});
            }
        }
        std::vector<std::string> texts = connection.take_notices();
        if (!texts.empty()) {
            tell(std::move(texts));
        }
        wait(connection.socket(), look_again);
    }
}

void PostgresNotices::send_waiting(PostgresConnection& connection) {
    std::vector<std::string> texts;
    bool lost = unsent_;
    {
        const std::lock_guard lock(mutex_);
        texts.swap(waiting_);
        lost = std::exchange(overflowed_, false) || lost;
    }
    unsent_ = true;  // until all of these are out
    if (lost) {
        connection.notify(channel, "");
    }
    for (std::size_t sent = 0; sent < texts.size(); sent += sent_at_once_max) {
        const std::size_t count = std::min(sent_at_once_max, texts.size() - sent);
        connection.notify_all(channel, std::span(texts).subspan(sent, count));
    }
    unsent_ = false;
}

/// An empty text says that some were missed.
void PostgresNotices::tell(std::vector<std::string> texts) {
    boost::asio::post(io_, [ears = ears_, texts = std::move(texts)]() mutable {
        for (std::string& text : texts) {
            if (!ears->open) {
                return;
            }
            if (text.empty()) {
                ears->listener.missed();
            } else {
                ears->listener.heard(std::move(text));
            }
        }
    });
}

/// Until the socket has something, `send` or the end was called, or the limit has passed.
void PostgresNotices::wait(int socket, std::chrono::milliseconds limit) {
    std::array<pollfd, 2> wanted{pollfd{.fd = wake_, .events = POLLIN, .revents = 0},
                                 pollfd{.fd = socket, .events = POLLIN, .revents = 0}};
    ::poll(wanted.data(), wanted.size(), static_cast<int>(limit.count()));
    std::uint64_t count = 0;
    [[maybe_unused]] const auto taken = ::read(wake_, &count, sizeof count);
}

}  // namespace wapi::db::postgres
