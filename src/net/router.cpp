// See router.hpp. Matching backtracks over at most path_segments_max levels; patterns are few and
// the tree is shallow, so there is no input that makes it slow.
#include "net/router.hpp"

#include <boost/beast/http/verb.hpp>
#include <map>
#include <stdexcept>

namespace wapi::net {
namespace {

[[noreturn]] void refuse(const Route& route, std::string_view why) {
    throw std::logic_error("route " + std::string(route.path) + ": " + std::string(why));
}

struct Segment {
    std::string prefix;
    std::string param;  // empty: plain text
    bool rest = false;
};

Segment parse_segment(const Route& route, std::string_view text) {
    const std::size_t open = text.find('{');
    if (open == std::string_view::npos) {
        return {std::string(text), {}, false};
    }
    if (text.back() != '}' || text.size() - open < 3) {
        refuse(route, "a parameter ends its segment and has a name");
    }
    std::string_view name = text.substr(open + 1, text.size() - open - 2);
    const bool rest = name.ends_with("...");
    name.remove_suffix(rest ? 3 : 0);
    if (name.empty() || (rest && open > 0)) {
        refuse(route, "the rest of a path has a name and no prefix");
    }
    return {std::string(text.substr(0, open)), std::string(name), rest};
}

struct Entry {
    const Route* route;
    std::vector<std::string> names;
};

}  // namespace

struct Router::Node {
    struct LongestFirst {
        bool operator()(const std::string& a, const std::string& b) const {
            return a.size() != b.size() ? a.size() > b.size() : a < b;
        }
    };
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
    std::map<std::string, std::unique_ptr<Node>, LongestFirst> params;  // by prefix
    std::vector<Entry> entries;
    std::vector<Entry> rest_entries;

    void insert(std::vector<Entry>& into, Entry entry) {
        for (const Entry& other : into) {
            if (other.route->verb == entry.route->verb) {
                refuse(*entry.route, "two routes answer the same verb and path");
            }
        }
        into.push_back(std::move(entry));
    }
};

namespace {

template <class Node>
class Search {
  public:
    explicit Search(const std::vector<std::string>& segments) : segments_(segments) {}

    /// The entries of the best node, null when the path is unknown; `values` gets the parameters.
    const std::vector<Entry>* run(const Node& node, std::size_t depth) {
        if (depth == segments_.size()) {
            return node.entries.empty() ? nullptr : &node.entries;
        }
        const std::string& segment = segments_[depth];
        if (const auto literal = node.literals.find(segment); literal != node.literals.end()) {
            if (const auto* found = run(*literal->second, depth + 1)) {
                return found;
            }
        }
        for (const auto& [prefix, child] : node.params) {
            if (segment.size() > prefix.size() && segment.starts_with(prefix)) {
                values.push_back(segment.substr(prefix.size()));
                if (const auto* found = run(*child, depth + 1)) {
                    return found;
                }
                values.pop_back();
            }
        }
        return node.rest_entries.empty() ? nullptr : take_rest(node, depth);
    }

    std::vector<std::string> values;

  private:
    const std::vector<Entry>* take_rest(const Node& node, std::size_t depth) {
        std::string rest = segments_[depth];
        for (std::size_t i = depth + 1; i < segments_.size(); ++i) {
            rest += '/' + segments_[i];
        }
        values.push_back(std::move(rest));
        return &node.rest_entries;
    }

    const std::vector<std::string>& segments_;
};

std::string render_allow(const std::vector<Entry>& entries) {
    std::string allow = "OPTIONS";
    for (const Entry& entry : entries) {
        const auto name = boost::beast::http::to_string(entry.route->verb);
        allow += ", " + std::string(name.data(), name.size());
        if (entry.route->verb == Verb::get) {
            allow += ", HEAD";
        }
    }
    return allow;
}

const Entry* choose(const std::vector<Entry>& entries, Verb verb) {
    const Entry* get = nullptr;
    for (const Entry& entry : entries) {
        if (entry.route->verb == verb) {
            return &entry;
        }
        get = entry.route->verb == Verb::get ? &entry : get;
    }
    return verb == Verb::head ? get : nullptr;
}

}  // namespace

Router::Router(std::vector<Route> routes)
    : routes_(std::move(routes)), root_(std::make_unique<Node>()) {
    for (const Route& route : routes_) {
        add(route);
    }
}

Router::Router(Router&&) noexcept = default;
Router::~Router() = default;

void Router::add(const Route& route) {
    if (!route.path.starts_with('/') || !route.handler) {
        refuse(route, "a path begins with a slash and has a handler");
    }
    Node* node = root_.get();
    std::vector<std::string> names;
    std::string_view path = route.path.substr(1);
    for (bool more = true; more;) {
        const std::size_t slash = path.find('/');
        more = slash != std::string_view::npos;
        Segment segment = parse_segment(route, path.substr(0, slash));
        path.remove_prefix(more ? slash + 1 : path.size());
        if (!segment.param.empty()) {
            names.push_back(segment.param);
        }
        if (segment.rest) {
            if (more) {
                refuse(route, "the rest of a path comes last");
            }
            node->insert(node->rest_entries, {&route, std::move(names)});
            return;
        }
        std::unique_ptr<Node>& child =
            segment.param.empty() ? node->literals[segment.prefix] : node->params[segment.prefix];
        if (child == nullptr) {
            child = std::make_unique<Node>();
        }
        node = child.get();
    }
    node->insert(node->entries, {&route, std::move(names)});
}

RouteMatch Router::find(Verb verb, const std::vector<std::string>& segments) const {
    RouteMatch match;
    Search<Node> search(segments);
    const std::vector<Entry>* entries = search.run(*root_, 0);
    if (entries == nullptr) {
        return match;
    }
    const Entry* entry = choose(*entries, verb);
    if (entry == nullptr) {
        match.allow = render_allow(*entries);
        return match;
    }
    match.route = entry->route;
    for (std::size_t i = 0; i < entry->names.size(); ++i) {
        match.params.emplace_back(entry->names[i], std::move(search.values[i]));
    }
    return match;
}

}  // namespace wapi::net
