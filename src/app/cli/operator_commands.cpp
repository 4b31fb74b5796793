#include "app/cli/operator_commands.hpp"

#include <fmt/format.h>

#include <boost/beast/http/verb.hpp>
#include <map>

#include "app/app.hpp"
#include "base/json.hpp"
#include "features/access/access_permissions.hpp"

namespace wapi::app {
namespace {

std::string_view name_of(net::Auth auth) {
    switch (auth) {
        case net::Auth::none: return "none";
        case net::Auth::session: return "session";
        case net::Auth::api_key: return "api_key";
        case net::Auth::meta_signature: return "meta_signature";
        case net::Auth::platform_operator: return "operator";
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
