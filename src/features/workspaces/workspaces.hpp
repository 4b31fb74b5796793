// Workspaces: the tenants. Name, plan, settings, and what the console shows about the connection.
//
// A workspace is made by the signup of its first owner (features/accounts). Its settings are one
// JSON object that features read by key; a change is a JSON merge patch (RFC 7396) and leaves
// `settings.updated`.
#pragma once

#include <boost/json/object.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "db/db.hpp"
#include "features/numbers/numbers.hpp"

namespace wapi::workspaces {

inline constexpr std::size_t settings_bytes_max = 16 * 1024;
inline constexpr std::size_t name_bytes_max = 120;
inline constexpr std::string_view plan_default = "free";

struct Workspace {
    WorkspaceId id;
    std::string name;
    std::string plan;
    std::string settings = "{}";  ///< JSON object text
    Timestamp created_at;
    bool suspended = false;  ///< by an operator
    std::string suspended_reason = {};
};

void insert_workspace(db::WorkspaceTxn& txn, const Workspace& workspace);
std::optional<Workspace> find_workspace(db::WorkspaceTxn& txn);

struct Overview {
    Workspace workspace;
    std::vector<numbers::Number> numbers;  ///< oldest first
};

struct Change {
    std::optional<std::string> name;
    std::optional<boost::json::object> settings;  ///< merge patch: null removes a key
};

/// Applies a merge patch to settings text. Errors: invalid_request when the result is too large.
Result<std::string> merge_settings(const std::string& settings, const boost::json::object& patch);

/// Looks at changed settings before they are stored; given by the app, for features read settings
/// by key and this one knows none of them. Errors: invalid_request.
using SettingsCheck = std::function<Result<void>(const boost::json::object&)>;

class Service {
  public:
    Service(db::Db& db, const Clock& clock, SettingsCheck check)
        : db_(db), clock_(clock), check_(std::move(check)) {}
    async::Task<Result<Overview>> get(Context context);
    /// Errors: invalid_request.
    async::Task<Result<Overview>> change(Context context, Change change);

  private:
    db::Db& db_;
    const Clock& clock_;
    SettingsCheck check_;
};

}  // namespace wapi::workspaces
