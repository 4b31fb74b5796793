// Finds the route of a path: a tree of segments built once at start, no regular expressions.
//
// A pattern's segment is text (`contacts`), a parameter (`{id}`), text and a parameter
// (`v{version}`), or, as the last one, the rest of the path (`{rest...}`). Text wins over a
// parameter, a parameter with a longer prefix over one with a shorter, and the rest comes last; a
// parameter is never empty.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.hpp"
#include "net/target.hpp"

namespace wapi::net {

/// What a path leads to.
struct RouteMatch {
    const Route* route = nullptr;  ///< null: no such path, or not with that verb
    Params params;
    std::string allow;  ///< verbs of the path for the Allow header; empty: no such path
};

class Router {
  public:
    /// Throws std::logic_error when two routes could answer the same request, or a pattern is
    /// malformed.
    explicit Router(std::vector<Route> routes);
    Router(Router&&) noexcept;
    Router& operator=(Router&&) = delete;
    ~Router();

    /// HEAD is answered by the path's GET route.
    [[nodiscard]] RouteMatch find(Verb verb, const std::vector<std::string>& segments) const;
    [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

  private:
    struct Node;
    void add(const Route& route);
    std::vector<Route> routes_;
    std::unique_ptr<Node> root_;
};

}  // namespace wapi::net
