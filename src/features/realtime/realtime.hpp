// Who listens to live events (features/live_events), and the sending of them.
//
// Transactions announce what they did; after the commit the service reads it, numbers it in the
// workspace's ring, and sends each connection what its rights of the moment let it see. A client
// that comes back is sent what it missed, or told to fetch anew. Everything here belongs to the
// network thread. Why it is so: docs/adr/0017-live-events.md.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "base/clock.hpp"
#include "base/context.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"
#include "db/db.hpp"

namespace wapi::realtime {

/// Close codes that say what the client is to do (docs/api/realtime.md).
enum class CloseCode : std::uint16_t {
    try_again = 1013,          ///< the database cannot be asked at the moment
    bad_message = 4400,        ///< not a message of this protocol: a fault of the client
    unauthorized = 4401,       ///< no hello in time, or the token is no longer good
    forbidden = 4403,          ///< no longer of this workspace, or it is suspended
    too_many_messages = 4429,  ///< more than messages_in_interval_max
    too_many_connections = 4430,
};

/// Bounds of the service. Times are real time.
struct Limits {
    std::size_t connections_of_person_max = 20;      ///< in one workspace; of an API key too
    std::size_t connections_of_workspace_max = 500;  ///< who comes later is refused
    std::chrono::milliseconds hello_max{5'000};      ///< from the connection to the first hello
    std::chrono::milliseconds answer_max{30'000};    ///< for a hello, while the database is down
    std::chrono::milliseconds rights_kept{60'000};   ///< then they are read again in any case
    std::size_t rights_read_at_once_max = 8;  ///< of all connections; one while the database fails
    std::chrono::milliseconds rights_retry_first{500};  ///< then twice as long each time
    std::chrono::milliseconds rights_retry_longest{15'000};
    std::chrono::milliseconds resync_each{10};  ///< for each who is told together to fetch anew
    std::chrono::milliseconds resync_spread_max{10'000};
    std::chrono::milliseconds tick{1'000};      ///< how often these times are looked at
    std::size_t messages_in_interval_max = 30;  ///< from one client
    std::chrono::milliseconds messages_interval{10'000};
    std::chrono::milliseconds typing_every{2'000};    ///< more often it is not passed on
    std::chrono::milliseconds typing_shown{6'000};    ///< by who is told
    std::chrono::milliseconds presence_every{1'000};  ///< what changes in between is told together
    std::size_t signals_waiting_max = 64;    ///< typing, presence, pongs: the oldest go first
    std::size_t answers_waiting_max = 16;    ///< for who does not read them; then it is closed
    std::size_t ring_events_max = 512;       ///< replayed at most
    std::size_t ring_bytes_max = 1 << 20;    ///< of one workspace
    std::size_t rings_bytes_max = 64 << 20;  ///< of all, in equal shares
    std::chrono::milliseconds ring_kept{600'000};   ///< after the last connection
    std::size_t announcements_waiting_max = 8'192;  ///< of one workspace; more: fetch anew
    std::size_t loaded_at_once_max = 64;            ///< announcements in one transaction
};

/// The client's end of a connection, as net::WebSocket has it.
class Peer {
  public:
    virtual ~Peer() = default;
    virtual async::Task<std::optional<std::string>> read() = 0;
    virtual async::Task<bool> write(std::string_view text) = 0;
    virtual void close(std::uint16_t code, std::string_view reason) = 0;
};

/// What a client says about itself.
struct Credentials {
    SecretString token;     ///< access token or API key
    std::string workspace;  ///< empty: the token's own
    std::string ip = {};
    std::string user_agent = {};
    std::string request_id = {};
};

/// Who these are and what they may do at this moment. Errors: as net::Authenticator.
using Authenticate = std::function<async::Task<Result<Context>>(Credentials)>;

/// What the service works with; all of it outlives the service.
struct Parts {
    async::Tasks& tasks;
    db::Db& db;
    const Clock& clock;
    Rng& rng;
    Authenticate authenticate;
};

/// For /metrics.
struct Stats {
    std::size_t connections = 0;     ///< that have said hello
    std::size_t rights_waiting = 0;  ///< connections whose rights are to be read
    std::size_t workspaces = 0;      ///< whose events are kept
    std::size_t ring_bytes = 0;
    std::uint64_t frames_sent = 0;
    std::uint64_t resyncs = 0;  ///< clients told to fetch anew
    std::uint64_t missed = 0;   ///< times that texts of other nodes may have been lost
};

class Service {
  public:
    explicit Service(Parts parts, Limits limits = {});
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// From now on what is committed is told. Once.
    void start();
    /// Serves a client until its connection is over. `from`: ip, user_agent and request_id.
    async::Task<> serve(std::shared_ptr<Peer> peer, Credentials from);
    [[nodiscard]] Stats stats() const;

  private:
    class Hub;
    std::shared_ptr<Hub> hub_;
};

}  // namespace wapi::realtime
