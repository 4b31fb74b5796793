#include "features/quick_replies/quick_replies_rules.hpp"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"

namespace wapi::quick_replies {
namespace {

constexpr std::string_view attribute_prefix = "contact.attributes.";

/// What stands between two pairs of braces.
struct Variable {
    std::string_view name;
    std::string_view otherwise;
};

Variable parse_variable(std::string_view inside) {
    const std::size_t bar = inside.find('|');
    return {.name = text::trim(inside.substr(0, bar)),
            .otherwise = bar == std::string_view::npos ? std::string_view()
                                                       : text::trim(inside.substr(bar + 1))};
}

bool is_known(std::string_view name) {
    constexpr std::array<std::string_view, 4> plain{"contact.name", "contact.phone", "agent.name",
                                                    "workspace.name"};
    return std::ranges::find(plain, name) != plain.end() ||
           (name.starts_with(attribute_prefix) && name.size() > attribute_prefix.size());
}

std::string attribute(const boost::json::object& attributes, std::string_view name) {
    const boost::json::value* found = attributes.if_contains(name);
    if (found == nullptr || found->is_null()) {
        return {};
    }
    return found->is_string() ? std::string(found->get_string()) : boost::json::serialize(*found);
}

std::string value_of(std::string_view name, const Values& values) {
    if (name == "contact.name") {
        return values.contact_name;
    }
    if (name == "contact.phone") {
        return values.contact_phone;
    }
    if (name == "agent.name") {
        return values.agent_name;
    }
    return name == "workspace.name"
               ? values.workspace_name
               : attribute(values.contact_attributes, name.substr(attribute_prefix.size()));
}

/// Calls `plain` for each piece of text and `variable` for what stands between two pairs of braces;
/// ends when one returns false. A pair that is never closed is plain.
template <class Plain, class Found>
bool walk(std::string_view text, Plain plain, Found variable) {
    while (!text.empty()) {
        const std::size_t open = text.find("{{");
        const std::size_t close = open == std::string_view::npos ? open : text.find("}}", open + 2);
        if (close == std::string_view::npos) {
            return plain(text);
        }
        if (!plain(text.substr(0, open)) ||
            !variable(parse_variable(text.substr(open + 2, close - open - 2)))) {
            return false;
        }
        text.remove_prefix(close + 2);
    }
    return true;
}

}  // namespace

Result<std::string> check_shortcut(std::string_view shortcut) {
    std::string lower = text::nfkc_casefold(shortcut);
    const bool is_sound = !lower.empty() && lower.size() <= shortcut_bytes_max &&
                          text::normalize_keyword(lower, text::Punctuation::vanishes).find(' ') ==
                              std::string::npos &&
                          std::ranges::none_of(lower, [](char letter) {
                              const auto byte = static_cast<unsigned char>(letter);
                              const bool is_word =
                                  (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
                              return byte < 0x80 && !is_word && byte != '-' && byte != '_';
                          });
    if (!is_sound) {
        return fail_field(wapi::errors::invalid_request, "shortcut",
                          "1 to 32 letters, digits, - and _.");
    }
    return lower;
}

Result<void> check_text(std::string_view text) {
    std::string unknown;
    walk(
        text, [](std::string_view) { return true; },
        [&unknown](const Variable& variable) {
            if (!is_known(variable.name)) {
                unknown = "{{" + std::string(text::truncate_utf8(variable.name, 40)) + "}}";
            }
            return unknown.empty();
        });
    if (!unknown.empty()) {
        return fail_field(wapi::errors::invalid_request, "text",
                          unknown +
                              " is no variable; there are contact.name, contact.phone,"
                              " contact.attributes.<name>, agent.name and workspace.name.");
    }
    return {};
}

bool names_contact(std::string_view text) {
    return !walk(
        text, [](std::string_view) { return true; },
        [](const Variable& variable) { return !variable.name.starts_with("contact."); });
}

bool matches(const QuickReply& reply, std::string_view words) {
    return reply.shortcut.starts_with(words) || text::nfkc_casefold(reply.text).contains(words);
}

std::string fill_in(std::string_view text, const Values& values) {
    std::string filled;
    walk(
        text,
        [&filled](std::string_view plain) {
            filled += plain;
            return true;
        },
        [&](const Variable& variable) {
            const std::string value = value_of(variable.name, values);
            filled += value.empty() ? variable.otherwise : std::string_view(value);
            return true;
        });
    return filled;
}

}  // namespace wapi::quick_replies
