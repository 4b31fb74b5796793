// From a path to the family that answers it. See routes.hpp.
#include "cloudsim/routes.hpp"

namespace wapi::cloudsim {
namespace {

constexpr std::size_t body_bytes_max = 8 << 20;
constexpr std::string_view patterns[] = {
    "/", "/{a}", "/{a}/{b}", "/{a}/{b}/{c}", "/{a}/{b}/{c}/{d}", "/{a}/{b}/{c}/{d}/{e}"};
constexpr std::string_view operation_ids[][3] = {
    {"get0", "post0", "delete0"}, {"get1", "post1", "delete1"}, {"get2", "post2", "delete2"},
    {"get3", "post3", "delete3"}, {"get4", "post4", "delete4"}, {"get5", "post5", "delete5"}};

async::Task<Result<net::Response>> serve(Simulator& simulator, net::Call& call) {
    const std::string& path = call.request.path;
    if (path.starts_with("/sim/")) {
        co_return co_await serve_control(simulator, call);
    }
    if (path.size() > 2 && path[1] == 'v' && path[2] >= '0' && path[2] <= '9') {
        co_return co_await serve_graph(simulator, call);
    }
    co_return serve_phone_page(path);
}

}  // namespace

std::vector<net::Route> make_routes(Simulator& simulator) {
    std::vector<net::Route> routes;
    for (std::size_t depth = 0; depth < std::size(patterns); ++depth) {
        constexpr net::Verb verbs[] = {net::Verb::get, net::Verb::post, net::Verb::delete_};
        for (std::size_t verb = 0; verb < std::size(verbs); ++verb) {
            routes.push_back({verbs[verb], patterns[depth], net::Auth::none, "",
                              net::RateClass::none, body_bytes_max, operation_ids[depth][verb],
                              [&simulator](net::Call& call) { return serve(simulator, call); }});
        }
    }
    return routes;
}

std::vector<std::string> split_path(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty()) {
        path.remove_prefix(path.front() == '/' ? 1 : 0);
        const std::size_t end = std::min(path.find('/'), path.size());
        if (end > 0) {
            parts.emplace_back(path.substr(0, end));
        }
        path.remove_prefix(end);
    }
    return parts;
}

}  // namespace wapi::cloudsim
