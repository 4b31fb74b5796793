// See target.hpp. Hand-written because the limits and the order of split and decode are the point.
#include "net/target.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "net/http.hpp"

namespace wapi::net {
namespace {

/// Besides letters and digits: RFC 3986 section 3.2.2 and the port.
constexpr std::string_view authority_marks = "-._~!$&'()*+,;=:[]%";

int hex_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

enum class Plus { is_plus, is_space };
enum class Controls { refused, allowed };

/// Empty when an escape is not two hex digits, or a byte is not allowed.
std::optional<std::string> decode(std::string_view text, Plus plus, Controls controls) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '%') {
            const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
            const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return std::nullopt;
            }
            c = static_cast<char>(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus == Plus::is_space) {
            c = ' ';
        }
        const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
        if (c == '\0' || (control && controls == Controls::refused)) {
            return std::nullopt;
        }
        decoded.push_back(c);
    }
    return decoded;
}

/// The part of an absolute-form target from its path on; the text itself in other forms. Empty when
/// the authority is none.
std::string_view without_authority(std::string_view target) {
    if (target.starts_with('/')) {
        return target;
    }
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (text::to_lower_ascii(target.substr(0, scheme.size())) != scheme) {
            continue;
        }
        const std::size_t path = std::min(target.find_first_of("/?", scheme.size()), target.size());
        if (!is_authority(target.substr(scheme.size(), path - scheme.size()))) {
            return {};
        }
        return path == target.size() ? "/" : target.substr(path);
    }
    return target;
}

}  // namespace

bool is_authority(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               authority_marks.contains(c);
    });
}

Result<Params> parse_form(std::string_view text) {
    Params params;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('&'), text.size());
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty()) {
            continue;
        }
        if (params.size() == query_params_max) {
            return fail(http_errors::malformed_request, "There are too many parameters.");
        }
        const std::size_t equals = std::min(pair.find('='), pair.size());
        auto name = decode(pair.substr(0, equals), Plus::is_space, Controls::refused);
        auto value = decode(pair.substr(std::min(equals + 1, pair.size())), Plus::is_space,
                            Controls::allowed);
        if (!name || !value) {
            return fail(http_errors::malformed_request, "A parameter is not well-formed.");
        }
        params.emplace_back(std::move(*name), std::move(*value));
    }
    return params;
}

Result<Target> parse_target(std::string_view target) {
    if (target.size() > target_bytes_max) {
        return fail(http_errors::target_too_long);
    }
    target = without_authority(target);
    if (!target.starts_with('/') || target.contains('#')) {
        return fail(http_errors::malformed_request, "The request target is not a path.");
    }
    const std::size_t path_end = std::min(target.find('?'), target.size());
    std::string_view path = target.substr(1, path_end - 1);
    Target parsed;
    for (bool more = true; more;) {
        const std::size_t slash = path.find('/');
        more = slash != std::string_view::npos;
        auto segment = decode(path.substr(0, slash), Plus::is_plus, Controls::refused);
        if (!segment || parsed.segments.size() == path_segments_max) {
            return fail(http_errors::malformed_request, "The path is not well-formed.");
        }
        parsed.segments.push_back(std::move(*segment));
        path.remove_prefix(more ? slash + 1 : path.size());
    }
    if (path_end < target.size()) {
        auto query = parse_form(target.substr(path_end + 1));
        if (!query) {
            return std::unexpected(query.error());
        }
        parsed.query = std::move(*query);
    }
    return parsed;
}

}  // namespace wapi::net
