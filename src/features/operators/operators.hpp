// Operators: who runs the installation. A kind of account of its own, in no workspace and with no
// right to see what is in one.
//
// Made on the command line only (`wapi user create --operator`). An operator's token opens the
// routes under /operator and nothing else; a user's opens none of them. Source: product.md section
// 1.4, issue 3 part 1.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "base/rng.hpp"
#include "db/db.hpp"
#include "features/login_throttle/login_throttle.hpp"
#include "features/passwords/passwords.hpp"
#include "features/rate_limits/rate_limits.hpp"

namespace wapi::operators {

namespace errors {
inline const ErrorKind operator_exists{"operator_exists", 409, RetryClass::never,
                                       "There is an operator with this e-mail address already."};
inline const ErrorKind operator_not_found{"operator_not_found", 404, RetryClass::never,
                                          "There is no operator with this e-mail address."};
inline const ErrorKind operator_login_refused{"operator_login_refused", 401, RetryClass::never,
                                              "E-mail address or password is wrong."};
inline const ErrorKind operator_login_throttled{"operator_login_throttled", 429, RetryClass::wait,
                                                "Too many failed attempts; wait and try again."};
}  // namespace errors

inline constexpr std::chrono::hours session_time{12};
/// Of one operator from wherever, within login_throttle::AttemptCounter::window. What ten addresses
/// may try by themselves, so that no few of them hold an operator up.
inline constexpr int failures_max = 50;
inline constexpr std::size_t reason_bytes_max = 500;

struct Operator {
    std::string id;
    std::string email;
    std::string name;
    Timestamp created_at;
};

struct NewOperator {
    std::string email;  ///< in lower case
    std::string name;
    SecretString password;
};

/// A workspace as an operator sees it: its size, not what is in it.
struct Tenant {
    WorkspaceId id;
    std::string name;
    std::string plan;
    Timestamp created_at;
    std::optional<Timestamp> suspended_at;
    std::string suspended_reason;
    std::int64_t members = 0;
    std::int64_t numbers = 0;
    std::int64_t per_minute = 0;            ///< requests to the API, in force
    std::optional<std::int64_t> own_limit;  ///< what an operator gave it instead of its plan's
};

/// Which workspaces are listed.
struct TenantFilter {
    std::string text = {};  ///< part of the name, in any case, or of the id
    std::optional<bool> suspended = {};
    std::string after = {};  ///< ids that follow this one
    std::size_t limit = 50;
};

/// What an operator changes about a workspace; what is absent stays.
struct TenantChange {
    std::optional<std::string> plan = {};
    bool sets_limit = false;
    std::optional<std::int64_t> own_limit = {};  ///< requests a minute; nothing: its plan's
};

struct Login {
    SecretString token;  ///< shown once, stored as SHA-256
    Operator who;
    Timestamp expires_at;
};

/// Where a login comes from.
struct Origin {
    std::string ip;
    std::string user_agent;
    std::string request_id;
};

class Service {
  public:
    struct Parts {
        db::Db& db;
        async::ThreadPool& pool;  ///< hashes passwords
        const Clock& clock;
        Rng& rng;
        IdGenerator& ids;
    };
    explicit Service(const Parts& parts, passwords::Cost cost = {});

    /// For the command line. Errors: weak_password, operator_exists.
    async::Task<Result<Operator>> create(NewOperator wanted);
    async::Task<std::vector<Operator>> list();
    /// With their sessions. Errors: operator_not_found.
    async::Task<Result<void>> remove(std::string email);

    /// Errors: operator_login_refused, operator_login_throttled, overloaded.
    async::Task<Result<Login>> login(Origin origin, std::string email, SecretString password);
    /// Ends the session of that token; unknown ones are ignored.
    async::Task<Result<void>> logout(SecretString token);
    /// Whose token it is: the request's context with the operator as who acts.
    /// Errors: unauthorized.
    async::Task<Result<Context>> authenticate(std::string token, Context asked = {});

    /// In the order of their ids.
    async::Task<std::vector<Tenant>> list_workspaces(TenantFilter filter);
    /// In force within rate_limits::limits_kept. Errors: not_found, invalid_request for a plan or
    /// limit that cannot be.
    async::Task<Result<Tenant>> change(Context context, WorkspaceId workspace, TenantChange wanted);
    /// From the next request on nobody acts in the workspace, nothing is sent, and webhooks are
    /// stored and applied as before. Suspended already: nothing changes. Errors: not_found.
    async::Task<Result<Tenant>> suspend(Context context, WorkspaceId workspace, std::string reason);
    /// What waited is sent. Errors: not_found.
    async::Task<Result<Tenant>> resume(Context context, WorkspaceId workspace);

  private:
    Parts parts_;
    passwords::Hasher hasher_;
    std::shared_ptr<login_throttle::Throttle> throttle_ =
        std::make_shared<login_throttle::Throttle>(failures_max);
};

}  // namespace wapi::operators
