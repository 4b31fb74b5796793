// The checks of interactive messages: buttons, lists, links. Part of message_validation.hpp.
//
// Types whose content depends on catalogs or Flows are taken when body and action are there.
// Source: shared/meta/sending.md, "Limits".
#include <fmt/format.h>

#include <set>

#include "cloudsim/message_validation.hpp"

namespace wapi::cloudsim {
namespace {

using Check = std::expected<void, GraphError>;

constexpr std::size_t buttons_max = 3;
constexpr std::size_t sections_max = 10;
constexpr std::size_t rows_max = 10;

std::expected<const json::array*, GraphError> require_items(const json::object& body,
                                                            std::string_view field,
                                                            std::size_t items_max) {
    const json::value* value = json::find_field(body, field);
    if (value == nullptr) {
        return refuse(131008, fmt::format("{} is missing", field));
    }
    if (!value->is_array() || value->as_array().empty() || value->as_array().size() > items_max) {
        return refuse(131009, fmt::format("{} takes 1 to {} entries", field, items_max));
    }
    return &value->as_array();
}

Check check_text_field(const json::object& body, std::string_view field, std::size_t max) {
    auto text = require_text(body, field, max);
    return text ? Check{} : std::unexpected(text.error());
}

// An id and a title, each unique within the message.
struct Choices {
    std::set<std::string, std::less<>> ids;
    std::set<std::string, std::less<>> titles;

    Check add(const json::object& choice, std::size_t id_max, std::size_t title_max) {
        auto id = require_text(choice, "id", id_max);
        if (!id) {
            return std::unexpected(id.error());
        }
        auto title = require_text(choice, "title", title_max);
        if (!title) {
            return std::unexpected(title.error());
        }
        if (!ids.emplace(*id).second) {
            return refuse(131009, "Ids of choices must be unique");
        }
        titles.emplace(*title);
        return {};
    }
};

Check check_buttons(const json::object& interactive) {
    auto buttons = require_items(interactive, "action.buttons", buttons_max);
    if (!buttons) {
        return std::unexpected(buttons.error());
    }
    Choices choices;
    for (const json::value& button : **buttons) {
        const json::value* reply =
            button.is_object() ? json::find_field(button.as_object(), "reply") : nullptr;
        if (reply == nullptr || !reply->is_object()) {
            return refuse(131008, "Button reply is missing");
        }
        if (auto done = choices.add(reply->as_object(), 256, 20); !done) {
            return done;
        }
    }
    if (choices.titles.size() != (*buttons)->size()) {
        return refuse(131009, "Titles of buttons must be unique");
    }
    return {};
}

Check check_list(const json::object& interactive) {
    if (auto done = check_text_field(interactive, "action.button", 20); !done) {
        return done;
    }
    auto sections = require_items(interactive, "action.sections", sections_max);
    if (!sections) {
        return std::unexpected(sections.error());
    }
    Choices choices;
    std::size_t row_count = 0;
    for (const json::value& section : **sections) {
        if (!section.is_object()) {
            return refuse(131009, "A section must be an object");
        }
        if ((*sections)->size() > 1) {
            if (auto done = check_text_field(section.as_object(), "title", 24); !done) {
                return done;
            }
        }
        auto rows = require_items(section.as_object(), "rows", rows_max);
        if (!rows) {
            return std::unexpected(rows.error());
        }
        for (const json::value& row : **rows) {
            if (!row.is_object()) {
                return refuse(131009, "A row must be an object");
            }
            if (auto done = choices.add(row.as_object(), 200, 24); !done) {
                return done;
            }
        }
        row_count += (*rows)->size();
    }
    if (row_count > rows_max) {
        return refuse(131009, "A list takes at most 10 rows in total");
    }
    return {};
}

Check check_link_button(const json::object& interactive) {
    if (auto done = check_text_field(interactive, "action.parameters.display_text", 20); !done) {
        return done;
    }
    return check_text_field(interactive, "action.parameters.url", 2000);
}

}  // namespace

std::expected<void, GraphError> check_interactive(const json::object& interactive) {
    auto kind = require_text(interactive, "type", 64);
    if (!kind) {
        return std::unexpected(kind.error());
    }
    if (json::find_field(interactive, "action") == nullptr) {
        return refuse(131008, "interactive['action'] is missing");
    }
    const bool needs_body = *kind != "product";
    if (needs_body) {
        const std::size_t body_max = *kind == "list" ? 4096 : 1024;
        if (auto done = check_text_field(interactive, "body.text", body_max); !done) {
            return done;
        }
    }
    for (const char* part : {"header.text", "footer.text"}) {
        if (json::find_field(interactive, part) == nullptr) {
            continue;
        }
        if (auto done = check_text_field(interactive, part, 60); !done) {
            return done;
        }
    }
    if (*kind == "button") {
        return check_buttons(interactive);
    }
    if (*kind == "list") {
        return check_list(interactive);
    }
    if (*kind == "cta_url") {
        return check_link_button(interactive);
    }
    return {};
}

}  // namespace wapi::cloudsim
