// Fuzz target: any bytes as a request target, through parsing and routing.
//
// Checks what the rest relies on: decoded segments hold no control characters, limits hold, a
// match's parameters are never empty, and routing the same target twice gives the same answer.
#include <cstdint>
#include <cstdlib>

#include "net/router.hpp"
#include "net/target.hpp"

namespace {

using namespace wapi::net;

wapi::async::Task<wapi::Result<Response>> nothing(Call&) { co_return Response{}; }

Route route(Verb verb, std::string_view path) {
    return {verb, path, Auth::none, "", RateClass::none, 0, path, nothing};
}

const Router& router() {
    static const Router made({
        route(Verb::get, "/"),
        route(Verb::get, "/api/v1/contacts/{id}"),
        route(Verb::post, "/api/v1/contacts/{id}/opt-out"),
        route(Verb::post, "/v{version}/{phone-number-id}/messages"),
        route(Verb::get, "/assets/{path...}"),
    });
    return made;
}

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void check(const Target& target) {
    require(!target.segments.empty() && target.segments.size() <= path_segments_max);
    require(target.query.size() <= query_params_max);
    for (const std::string& segment : target.segments) {
        for (const char c : segment) {
            require(static_cast<unsigned char>(c) >= 0x20 && c != 0x7F);
        }
    }
    const RouteMatch match = router().find(Verb::get, target.segments);
    const RouteMatch again = router().find(Verb::get, target.segments);
    require(match.route == again.route && match.params == again.params);
    for (const auto& [name, value] : match.params) {
        require(!name.empty() && (!value.empty() || name == "path"));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto target = parse_target(text);
    if (target) {
        check(*target);
        require(size <= target_bytes_max);
    }
    const auto form = parse_form(text);
    require(!form || form->size() <= query_params_max);
    return 0;
}
