// The simulator's routes: Graph paths, control paths under /sim/, the phone page.
//
// The server gets one pattern for each depth of path; which of the three families a path belongs to
// is decided here, because Graph paths begin with any version and any id.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"

namespace wapi::cloudsim {

class Simulator;

std::vector<net::Route> make_routes(Simulator& simulator);

/// The parts of a path between slashes: "/v25.0/1/messages" gives three.
std::vector<std::string> split_path(std::string_view path);

/// Any path that begins with a version: the answer of graph.facebook.com.
async::Task<Result<net::Response>> serve_graph(Simulator& simulator, net::Call& call);

/// Any path under /sim/.
async::Task<Result<net::Response>> serve_control(Simulator& simulator, net::Call& call);

/// The phone page and its parts: /, /phone.js, /phone.css. Errors: not_found.
Result<net::Response> serve_phone_page(std::string_view path);

}  // namespace wapi::cloudsim
