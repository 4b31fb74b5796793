// A person's own sessions: seeing where one is logged in, and ending what one does not know.
//
// A session is made, refreshed and checked by features/accounts, which notes each login and refresh
// here; an access token lives 15 minutes, so that is how exact the time of the last use is.
#pragma once

#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/clock.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "db/db.hpp"

namespace wapi::sessions {

namespace errors {
inline const ErrorKind session_not_found{"session_not_found", 404, RetryClass::never,
                                         "You have no such session."};
}  // namespace errors

inline constexpr std::size_t sessions_shown_max = 100;

/// From where a session was used.
struct Use {
    std::string_view session_id;
    std::string_view ip;
    std::string_view user_agent;  ///< at most 256 bytes
};

/// Notes a login or a refresh, in its own transaction.
void note_use(db::Txn& txn, const Use& use, Timestamp now);

/// Ends all sessions of the context's actor but the context's own, if it has one, in the
/// transaction of an act that says why; with `user.logout` in each workspace concerned. How many
/// there were.
std::int64_t end_all_of(db::Txn& txn, const Context& context, std::string_view reason,
                        Timestamp now);

/// Why all sessions of somebody end.
struct End {
    UserId user;
    std::string_view reason;
    Timestamp at;
};
/// Ends them in the transaction of an act of the command line, with `user.logout` by the system in
/// each workspace concerned.
void end_all_by_system(db::Txn& txn, const End& end);

struct Session {
    std::string id;
    WorkspaceId workspace;
    Timestamp created_at;
    Timestamp used_at;  ///< login or last refresh; created_at for one from before there were notes
    Timestamp expires_at;
    std::string ip;
    std::string user_agent;
};

enum class Ending { all, all_others };

class Service {
  public:
    Service(db::Db& db, const Clock& clock) : db_(db), clock_(clock) {}
    /// Sessions of the context's user that have not ended, newest first, at most
    /// sessions_shown_max.
    async::Task<std::vector<Session>> list(Context context);
    /// Ends one of them, at once for its access tokens too. Errors: session_not_found.
    async::Task<Result<void>> end(Context context, std::string session_id);
    /// Ends all of them; how many there were.
    async::Task<std::int64_t> end_all(Context context, Ending ending);

  private:
    db::Db& db_;
    const Clock& clock_;
};

}  // namespace wapi::sessions
