// See browser_request.hpp.
#include "net/browser_request.hpp"

#include <algorithm>
#include <string>

#include "base/text.hpp"
#include "net/target.hpp"

namespace wapi::net {
namespace {

constexpr std::string_view form_type = "application/x-www-form-urlencoded";

/// The media type of the body, in lower case and without parameters.
std::string media_type(const Request& request) {
    const std::string_view field = request.header("content-type");
    return text::to_lower_ascii(text::trim(field.substr(0, field.find(';'))));
}

}  // namespace

std::string_view find_cookie(std::string_view header, std::string_view name) {
    while (!header.empty()) {
        const std::size_t end = header.find(';');
        const std::string_view pair = text::trim(header.substr(0, end));
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
            return pair.substr(name.size() + 1);
        }
        header = end == std::string_view::npos ? std::string_view() : header.substr(end + 1);
    }
    return {};
}

Result<void> check_sender(const Request& request) {
    constexpr std::string_view kinds[] = {"application/json", form_type};
    if (!request.body.empty() && std::ranges::find(kinds, media_type(request)) == std::end(kinds)) {
        return fail(errors::unsupported_media_type);
    }
    if (request.header("sec-fetch-site") == "cross-site") {
        return fail(errors::forbidden, "Another site may not do this.");
    }
    return {};
}

Result<json::object> parse_fields(const Request& request) {
    if (media_type(request) != form_type) {
        return json::parse_object(request.body);
    }
    Result<Params> form = parse_form(request.body);
    if (!form) {
        return fail(errors::malformed_json, "The form is not well-formed.");
    }
    json::object fields;
    for (auto& [name, value] : *form) {
        fields[name] = json::value(std::move(value));
    }
    return json::parse_object(json::render(std::move(fields)));  // its limits hold for forms, too
}

}  // namespace wapi::net
