#include "whatsapp/webhook_parser_json.hpp"

#include <simdjson.h>

#include <charconv>
#include <cstring>
#include <memory>
#include <span>

namespace wapi::whatsapp {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t kept_bytes = std::size_t{256} * 1024;
constexpr std::size_t kept_nodes = std::size_t{16} * 1024;

/// A token reaches to the next one: without the white space between them.
std::string_view without_trailing_space(std::string_view token) {
    const std::size_t last = token.find_last_not_of(" \t\r\n");
    return token.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

/// RFC 8259, section 6.
bool is_number(std::string_view token) {
    std::size_t at = token.starts_with('-') ? 1 : 0;
    const auto skip_digits = [&] {
        const std::size_t first = at;
        while (at < token.size() && token[at] >= '0' && token[at] <= '9') {
            ++at;
        }
        return at - first;
    };
    const bool leading_zero = at < token.size() && token[at] == '0';
    const std::size_t whole_digits = skip_digits();
    if (whole_digits == 0 || (leading_zero && whole_digits > 1)) {
        return false;
    }
    if (at < token.size() && token[at] == '.') {
        ++at;
        if (skip_digits() == 0) {
            return false;
        }
    }
    if (at < token.size() && (token[at] == 'e' || token[at] == 'E')) {
        ++at;
        if (at < token.size() && (token[at] == '+' || token[at] == '-')) {
            ++at;
        }
        if (skip_digits() == 0) {
            return false;
        }
    }
    return at == token.size();
}

/// Four hex digits at the start of `text`; -1 when they are not there.
int hex4(std::string_view text) {
    unsigned value = 0;
    if (text.size() < 4) {
        return -1;
    }
    const char* const begin = std::to_address(text.begin());
    const auto [stop, failed] = std::from_chars(begin, begin + 4, value, 16);
    return failed == std::errc{} && stop == begin + 4 ? static_cast<int>(value) : -1;
}

/// Every escape of a string literal is one that JSON has (RFC 8259, section 7).
bool has_valid_escapes(std::string_view inner) {
    constexpr std::string_view simple = "\"\\/bfnrt";
    std::size_t at = inner.find('\\');
    while (at != std::string_view::npos) {
        const char kind = at + 1 < inner.size() ? inner[at + 1] : '\0';
        const bool unicode = kind == 'u';
        if (unicode ? hex4(inner.substr(at + 2)) < 0
                    : simple.find(kind) == std::string_view::npos) {
            return false;
        }
        at = inner.find('\\', at + (unicode ? 6 : 2));
    }
    return true;
}

bool is_string(std::string_view token) {
    return token.size() >= 2 && token.back() == '"' &&
           has_valid_escapes(token.substr(1, token.size() - 2));
}

/// Walks one document and notes its values. False from any function: the text is not valid JSON.
class Walk {
  public:
    Walk(ondemand::document& document, std::vector<JsonNode>& nodes, std::size_t depth_max)
        : document_(document), nodes_(nodes), depth_max_(depth_max) {}

    bool root(std::string_view body) {
        ondemand::object members;
        const char* after = nullptr;
        nodes_.push_back({{}, body, 0, JsonKind::object});
        if (document_.get_object().get(members) != simdjson::SUCCESS || !object(members, 1)) {
            return false;
        }
        nodes_.front().end = static_cast<std::uint32_t>(nodes_.size());
        // Behind the last brace there must be nothing more to read.
        return document_.current_location().get(after) == simdjson::OUT_OF_BOUNDS;
    }

  private:
    bool object(ondemand::object& members, std::size_t depth) {
        for (auto member : members) {
            ondemand::field field;
            if (std::move(member).get(field) != simdjson::SUCCESS) {
                return false;
            }
            const char* const key = field.key().raw();
            std::size_t size = 0;
            while (key[size] != '"') {
                size += key[size] == '\\' ? 2 : 1;
            }
            const std::string_view name(key, size);
            if (!has_valid_escapes(name) || !value(field.value(), name, depth)) {
                return false;
            }
        }
        return true;
    }

    bool array(ondemand::array& elements, std::size_t depth) {
        for (auto element : elements) {
            ondemand::value content;
            if (std::move(element).get(content) != simdjson::SUCCESS ||
                !value(content, {}, depth)) {
                return false;
            }
        }
        return true;
    }

    bool value(ondemand::value content, std::string_view key, std::size_t depth) {
        if (nodes_.size() >= JsonIndex::nodes_max) {
            return false;
        }
        const std::string_view token = content.raw_json_token();
        const char first = token.empty() ? '\0' : token.front();
        if (first == '{' || first == '[') {
            return depth < depth_max_ && container(content, key, token, depth + 1);
        }
        return scalar(content, key, without_trailing_space(token));
    }

    bool container(ondemand::value& content, std::string_view key, std::string_view token,
                   std::size_t depth) {
        const std::size_t position = nodes_.size();
        const bool is_object = token.front() == '{';
        nodes_.push_back({key, {}, 0, is_object ? JsonKind::object : JsonKind::array});
        bool valid = false;
        if (is_object) {
            ondemand::object members;
            valid =
                content.get_object().get(members) == simdjson::SUCCESS && object(members, depth);
        } else {
            ondemand::array elements;
            valid =
                content.get_array().get(elements) == simdjson::SUCCESS && array(elements, depth);
        }
        const char* after = nullptr;
        if (!valid || document_.current_location().get(after) != simdjson::SUCCESS) {
            return false;
        }
        const std::string_view to_next(token.begin(), after);
        nodes_[position].raw = without_trailing_space(to_next);
        nodes_[position].end = static_cast<std::uint32_t>(nodes_.size());
        return true;
    }

    bool scalar(ondemand::value& content, std::string_view key, std::string_view token) {
        JsonKind kind = JsonKind::number;
        bool valid = false;
        if (token.starts_with('"')) {
            kind = JsonKind::string;
            // Read it, or the iteration would take a string before a colon for a key and skip both.
            valid = is_string(token) && content.get_raw_json_string().error() == simdjson::SUCCESS;
        } else if (token == "true" || token == "false") {
            kind = JsonKind::boolean;
            valid = true;
        } else if (token == "null") {
            kind = JsonKind::null;
            valid = true;
        } else {
            valid = is_number(token);
        }
        nodes_.push_back({key, token, static_cast<std::uint32_t>(nodes_.size() + 1), kind});
        return valid;
    }

    ondemand::document& document_;
    std::vector<JsonNode>& nodes_;
    std::size_t depth_max_;
};

void append_utf8(std::string& out, std::uint32_t point) {
    const auto put = [&](std::uint32_t unit) { out.push_back(static_cast<char>(unit)); };
    if (point < 0x80) {
        put(point);
    } else if (point < 0x800) {
        put(0xC0U | (point >> 6U));
        put(0x80U | (point & 0x3FU));
    } else if (point < 0x10000) {
        put(0xE0U | (point >> 12U));
        put(0x80U | ((point >> 6U) & 0x3FU));
        put(0x80U | (point & 0x3FU));
    } else {
        put(0xF0U | (point >> 18U));
        put(0x80U | ((point >> 12U) & 0x3FU));
        put(0x80U | ((point >> 6U) & 0x3FU));
        put(0x80U | (point & 0x3FU));
    }
}

bool is_leading_surrogate(int unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_trailing_surrogate(int unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

/// Code units of the one or two `\u` escapes at the start of `text`; -1 for what is not there.
struct UnicodeEscape {
    explicit UnicodeEscape(std::string_view text) : first(hex4(text.substr(2))) {
        if (is_leading_surrogate(first) && text.substr(6).starts_with("\\u")) {
            second = hex4(text.substr(8));
        }
    }
    [[nodiscard]] bool is_pair() const { return is_trailing_surrogate(second); }

    int first;
    int second = -1;
};

/// Overwrites escapes that are valid JSON but no text (lone surrogates, NUL), which neither
/// databases nor other parsers take, by that of U+FFFD. The length stays the same.
void replace_unusable_escapes(std::span<char> text) {
    const std::string_view all(text.data(), text.size());
    std::size_t at = all.find('\\');
    while (at != std::string_view::npos) {
        std::size_t taken = 2;
        if (all.substr(at).starts_with("\\u")) {
            const UnicodeEscape escape(all.substr(at));
            taken = escape.is_pair() ? 12 : 6;
            const bool lone = is_leading_surrogate(escape.first) && !escape.is_pair();
            if (escape.first == 0 || lone || is_trailing_surrogate(escape.first)) {
                std::memcpy(text.data() + at + 2, "fffd", 4);
            }
        }
        at = all.find('\\', at + taken);
    }
}

/// Appends the character of the `\u` escape at the start of `text`; returns how many bytes it took.
std::size_t append_unicode_escape(std::string& out, std::string_view text) {
    const UnicodeEscape escape(text);
    if (escape.is_pair()) {
        const int point = 0x10000 + ((escape.first - 0xD800) << 10) + (escape.second - 0xDC00);
        append_utf8(out, static_cast<std::uint32_t>(point));
        return 12;
    }
    append_utf8(out, static_cast<std::uint32_t>(escape.first));
    return 6;
}

char unescaped(char kind) {
    switch (kind) {
        case 'b': return '\b';
        case 'f': return '\f';
        case 'n': return '\n';
        case 'r': return '\r';
        case 't': return '\t';
        default: return kind;
    }
}

/// The text of a JSON string literal that replace_unusable_escapes has seen.
std::string decode_string(std::string_view literal) {
    std::string_view rest = literal.substr(1, literal.size() - 2);
    std::string out;
    std::size_t plain = rest.find('\\');
    if (plain == std::string_view::npos) {
        out = rest;
        return out;
    }
    out.reserve(rest.size());
    while (plain != std::string_view::npos) {
        out += rest.substr(0, plain);
        rest.remove_prefix(plain);
        if (rest[1] == 'u') {
            rest.remove_prefix(append_unicode_escape(out, rest));
        } else {
            out.push_back(unescaped(rest[1]));
            rest.remove_prefix(2);
        }
        plain = rest.find('\\');
    }
    out += rest;
    return out;
}

}  // namespace

JsonView JsonView::find(std::string_view key) const {
    if (is(JsonKind::object)) {
        for (std::uint32_t i = position_ + 1; i < node().end; i = nodes_[i].end) {
            if (nodes_[i].key == key) {
                return nodes_[i].kind == JsonKind::null ? JsonView() : JsonView(nodes_, i);
            }
        }
    }
    return {};
}

std::string JsonView::text() const {
    if (is(JsonKind::string)) {
        return decode_string(node().raw);
    }
    return is(JsonKind::number) ? std::string(node().raw) : std::string();
}

std::optional<std::int64_t> JsonView::whole_number() const {
    if (!is(JsonKind::string) && !is(JsonKind::number)) {
        return std::nullopt;
    }
    std::string_view digits = node().raw;
    if (is(JsonKind::string)) {
        digits = digits.substr(1, digits.size() - 2);
    }
    std::int64_t number = 0;
    const char* const end = std::to_address(digits.end());
    const auto [stop, failed] = std::from_chars(std::to_address(digits.begin()), end, number);
    return failed == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

std::optional<bool> JsonView::boolean() const {
    return is(JsonKind::boolean) ? std::optional(node().raw == "true") : std::nullopt;
}

std::optional<Timestamp> JsonView::seconds() const {
    constexpr std::int64_t end_of_year_9999 = 253'402'300'799;
    const std::optional<std::int64_t> number = whole_number();
    if (!number || *number < 1 || *number > end_of_year_9999) {
        return std::nullopt;
    }
    return Timestamp{std::chrono::seconds{*number}};
}

Result<JsonView> JsonIndex::load(std::string_view body, std::size_t depth_max) {
    thread_local ondemand::parser small_parser;
    ondemand::parser large_parser;  // its buffers go with it
    ondemand::parser& parser = body.size() <= kept_bytes ? small_parser : large_parser;
    padded_.resize(body.size() + simdjson::SIMDJSON_PADDING);
    if (!body.empty()) {
        std::memcpy(padded_.data(), body.data(), body.size());
    }
    std::memset(padded_.data() + body.size(), ' ', simdjson::SIMDJSON_PADDING);
    replace_unusable_escapes(std::span(padded_.data(), body.size()));
    nodes_.clear();
    ondemand::document document;
    const simdjson::padded_string_view text(padded_.data(), body.size(), padded_.size());
    if (parser.iterate(text).get(document) != simdjson::SUCCESS ||
        !Walk(document, nodes_, depth_max).root({padded_.data(), body.size()})) {
        return fail(wapi::errors::malformed_json);
    }
    return JsonView(nodes_.data(), 0);
}

void JsonIndex::shrink() {
    if (padded_.capacity() > kept_bytes) {
        padded_ = {};
    }
    if (nodes_.capacity() > kept_nodes) {
        nodes_ = {};
    }
}

}  // namespace wapi::whatsapp
