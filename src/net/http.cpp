// Access to a request's parts, and the one place that writes error bodies.
//
// The shape of an error is part of the contract with clients: product.md, section 2.
#include "net/http.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <stdexcept>

#include "base/text.hpp"

namespace wapi::net {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

const std::string* find_pair(const Pairs& pairs, std::string_view name) {
    for (const auto& [key, value] : pairs) {
        if (key == name) {
            return &value;
        }
    }
    return nullptr;
}

std::string quote(std::string_view text) {
    return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

}  // namespace

std::string_view Request::header(std::string_view name) const {
    const std::string* value = find_pair(headers, name);
    return value == nullptr ? std::string_view() : std::string_view(*value);
}

bool Request::has_header(std::string_view name) const {
    return find_pair(headers, name) != nullptr;
}

std::string_view Request::query_param(std::string_view name) const {
    const std::string* value = find_pair(query, name);
    return value == nullptr ? std::string_view() : std::string_view(*value);
}

std::string_view Request::bearer_token() const {
    constexpr std::string_view scheme = "bearer ";
    const std::string_view field = header("authorization");
    const bool is_bearer = text::to_lower_ascii(field.substr(0, scheme.size())) == scheme;
    return is_bearer ? text::trim(field.substr(scheme.size())) : std::string_view();
}

const std::string& Request::param(std::string_view name) const {
    const std::string* value = find_pair(params, name);
    if (value == nullptr) {
        throw std::logic_error("the route's pattern has no parameter " + std::string(name));
    }
    return *value;
}

Response render_error(const Error& error, std::string_view request_id) {
    Response response;
    response.status = error.kind->status;
    response.body = R"({"success":false,"error":{"code":)" + quote(error.kind->code) +
                    R"(,"message":)" + quote(error.message);
    if (!error.field.empty()) {
        response.body += R"(,"field":)" + quote(error.field);
    }
    response.body += R"(,"requestId":)" + quote(request_id) + "}}";
    if (error.retry_after) {
        response.headers.emplace_back("Retry-After", std::to_string(error.retry_after->count()));
    } else if (response.status == 503 || response.status == 429) {
        response.headers.emplace_back("Retry-After", "1");
    }
    if (response.status == 401) {
        response.headers.emplace_back("WWW-Authenticate", "Bearer");
    }
    return response;
}

Response json_response(std::string body, int status) {
    Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
}

}  // namespace wapi::net
