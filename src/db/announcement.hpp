// What a transaction tells those who show things at once, such as the live events of the console.
//
// A reference, no content: who hears it reads the rows. It costs no statement, leaves only when the
// transaction has been committed, and may be heard although nothing has changed (when the
// connection was lost during COMMIT). Sending it is best effort: nothing durable hangs on it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"

namespace wapi::db {

struct Announcement {
    std::string_view kind;  ///< static text of the feature that announces: `message.created`, ...
    WorkspaceId workspace;
    std::string id = {};      ///< of what it is about
    std::string detail = {};  ///< JSON of what the rows no longer tell; empty: nothing
};

/// Network thread. Called with the announcements of one or more commits, in the order in which they
/// were reported, and before those who wait for these commits go on.
using AnnouncementListener = std::function<void(std::vector<Announcement>)>;

}  // namespace wapi::db
