#include "app/cli/operator_commands.hpp"

#include <fmt/format.h>

#include <boost/beast/http/verb.hpp>

#include "app/app.hpp"
#include "base/json.hpp"
#include "db/db.hpp"
#include "features/access/access_permissions.hpp"
#include "features/audit/audit.hpp"

namespace wapi::app {
namespace {

std::string_view name_of(net::Auth auth) {
    switch (auth) {
        case net::Auth::none: return "none";
        case net::Auth::session: return "session";
        case net::Auth::meta_signature: return "meta_signature";
    }
    return "none";
}

std::string_view name_of(net::RateClass rate) {
    switch (rate) {
        case net::RateClass::none: return "none";
        case net::RateClass::public_form: return "public_form";
        case net::RateClass::api: return "api";
        case net::RateClass::webhook: return "webhook";
    }
    return "none";
}

void print(const json::object& object) { fmt::print("{}\n", json::render(object)); }

/// Walks one workspace's log in one snapshot and prints what came of it. False: it is not whole.
bool verify_workspace(db::Db& db, const WorkspaceId& workspace) {
    const auto begin = std::chrono::steady_clock::now();
    audit::Verified found = db.blocking_read("audit.verify", [&workspace](db::Txn& txn) {
        db::WorkspaceTxn bound(txn, workspace);
        return audit::verify_chain(bound);
    });
    if (found.entries == 0) {
        found.first_bad = 1;  // every workspace begins with its owner's signup
    }
    const auto took = std::chrono::steady_clock::now() - begin;
    print(
        {{"workspaceId", workspace.value},
         {"entries", found.entries},
         {"firstBadEntry", found.first_bad ? json::value(*found.first_bad) : json::value(nullptr)},
         {"milliseconds", std::chrono::ceil<std::chrono::milliseconds>(took).count()}});
    return !found.first_bad;
}

}  // namespace

void print_routes(const Config& config) {
    App app(config);
    for (const net::Route& route : app.routes()) {
        const auto verb = boost::beast::http::to_string(route.verb);
        print({{"verb", std::string_view(verb.data(), verb.size())},
               {"path", route.path},
               {"auth", name_of(route.auth)},
               {"permission", route.permission},
               {"rate", name_of(route.rate)},
               {"bodyBytesMax", route.body_bytes_max},
               {"operationId", route.operation_id}});
    }
}

void verify_audit(const Config& config, const std::string& workspace) {
    boost::asio::io_context io;
    const auto db = db::open(io, database_options(config));
    std::vector<WorkspaceId> workspaces = db->blocking_read(
        "audit.workspaces", [](db::Txn& txn) { return audit::list_workspaces(txn); });
    if (!workspace.empty()) {
        std::erase_if(workspaces, [&](const WorkspaceId& id) { return id.value != workspace; });
        if (workspaces.empty()) {
            throw Fault("audit.unknown_workspace", "there is no workspace " + workspace);
        }
    }
    const std::size_t checked = workspaces.size();
    const std::size_t broken = std::erase_if(
        workspaces, [&db](const WorkspaceId& id) { return !verify_workspace(*db, id); });
    if (broken > 0) {
        throw Fault("audit.broken",
                    fmt::format("the audit log of {} of {} workspaces is not as it was written",
                                broken, checked));
    }
}

void print_errors() {
    std::map<std::string_view, const ErrorKind*> kinds;
    ErrorKind::for_each([&kinds](const ErrorKind& kind) { kinds.emplace(kind.code, &kind); });
    for (const auto& [code, kind] : kinds) {
        print({{"code", code}, {"status", kind->status}, {"message", kind->message}});
    }
}

void print_permissions() {
    for (const access::PermissionInfo& info : access::permission_table) {
        print({{"name", info.name}, {"area", info.area}});
    }
}

}  // namespace wapi::app
