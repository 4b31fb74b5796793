// Parameters, field selection and paging of Graph calls. See graph.hpp.
#include <fmt/format.h>

#include <boost/url/parse.hpp>
#include <boost/url/parse_query.hpp>
#include <charconv>

#include "base/crypto.hpp"
#include "cloudsim/graph.hpp"

namespace wapi::cloudsim {
namespace {

constexpr std::size_t page_default = 25;
constexpr std::size_t page_max = 1000;

json::object read_form(std::string_view body) {
    json::object fields;
    const auto parsed = boost::urls::parse_query(body);
    if (!parsed) {
        return fields;
    }
    boost::urls::encoding_opts options;
    options.space_as_plus = true;
    for (const auto& field : *parsed) {
        fields[field.key.decode(options)] = field.value.decode(options);
    }
    return fields;
}

std::string cursor_of(std::size_t index) {
    return crypto::base64url_encode(fmt::format("c{}", index));
}

std::optional<std::size_t> read_cursor(std::string_view cursor) {
    const auto text = crypto::base64url_decode(cursor);
    if (!text || text->size() < 2 || text->front() != 'c') {
        return std::nullopt;
    }
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(text->data() + 1, text->data() + text->size(), index);
    if (error != std::errc{} || end != text->data() + text->size()) {
        return std::nullopt;
    }
    return index;
}

// Names of the outer fields of "a,b{c,d},e.limit(1)".
std::vector<std::string> outer_fields(std::string_view fields) {
    std::vector<std::string> names(1);
    int depth = 0;
    bool in_name = true;
    for (const char c : fields) {
        if (c == '{' || c == '(') {
            ++depth;
        }
        if (depth == 0 && c == ',') {
            names.emplace_back();
            in_name = true;
        } else if (c == '{' || c == '(' || c == '.') {
            in_name = false;
        } else if (depth == 0 && in_name && c != ' ') {
            names.back() += c;
        }
        if (c == '}' || c == ')') {
            --depth;
        }
    }
    std::erase(names, "");
    return names;
}

}  // namespace

std::optional<std::string> GraphCall::parameter(std::string_view name) const {
    for (const auto& [key, value] : request.query) {
        if (key == name) {
            return value;
        }
    }
    const json::value* field = body.if_contains(name);
    if (field == nullptr || field->is_null()) {
        return std::nullopt;
    }
    return field->is_string() ? std::string(field->as_string()) : json::render(*field);
}

std::expected<json::object, GraphError> read_body(const net::Request& request) {
    if (request.body.empty()) {
        return json::object{};
    }
    if (request.header("content-type").starts_with("application/x-www-form-urlencoded")) {
        return read_form(request.body);
    }
    auto parsed = json::parse_object(request.body);
    if (!parsed) {
        return refuse(100, "Invalid JSON: " + parsed.error().message);
    }
    return std::move(*parsed);
}

GraphReply select_fields(const json::object& node, const std::optional<std::string>& fields,
                         std::string_view node_type) {
    if (!fields) {
        return json::value(node);
    }
    json::object selected;
    for (const std::string& name : outer_fields(*fields)) {
        const json::value* value = node.if_contains(name);
        if (value == nullptr) {
            return refuse(
                100, fmt::format("Tried accessing nonexisting field ({}) on node type ({})", name,
                                 node_type));
        }
        if (!value->is_null()) {
            selected[name] = *value;
        }
    }
    selected["id"] = node.at("id");
    return json::value(std::move(selected));
}

GraphReply render_page(const GraphCall& call, const Simulator& simulator, json::array all) {
    std::size_t limit = page_default;
    if (const auto text = call.parameter("limit")) {
        std::from_chars(text->data(), text->data() + text->size(), limit);
        limit = std::clamp<std::size_t>(limit, 1, page_max);
    }
    std::size_t begin = 0;
    if (const auto cursor = call.parameter("after"); cursor && !cursor->empty()) {
        const auto index = read_cursor(*cursor);
        if (!index || *index >= all.size()) {
            return refuse(131059);
        }
        begin = *index + 1;
    }
    const std::size_t end = std::min(all.size(), begin + limit);
    json::array page;
    for (std::size_t i = begin; i < end; ++i) {
        page.push_back(std::move(all[i]));
    }
    json::object answer{{"data", std::move(page)}};
    if (begin == end) {
        return json::value(std::move(answer));
    }
    const std::string after = cursor_of(end - 1);
    json::object paging{{"cursors", json::object{{"before", cursor_of(begin)}, {"after", after}}}};
    if (end < all.size()) {
        paging["next"] = fmt::format("{}{}?limit={}&after={}", simulator.base_url(),
                                     call.request.path, limit, after);
    }
    answer["paging"] = std::move(paging);
    return json::value(std::move(answer));
}

json::value success() { return json::object{{"success", true}}; }

}  // namespace wapi::cloudsim
