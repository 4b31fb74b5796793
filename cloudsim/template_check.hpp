// Whether the parameters of a template message fit the template, and what the customer then reads.
// Pure.
//
// Source: shared/meta/sending.md "Template messages", templates.md "Create body", errors.md
// 132000-132018.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "cloudsim/graph_error.hpp"
#include "cloudsim/world.hpp"

namespace wapi::cloudsim {

/// The template the message names, when it may be sent. Errors: 132001 none in that language or not
/// approved; 132015 paused; 132016 disabled.
std::expected<const Template*, GraphError> find_sendable_template(const Waba& waba,
                                                                  const json::object& content);

/// Holds the message's parameters against the template. Errors: 132000 count; 132012 format; 132018
/// button parameters; 132005 too long once filled in.
std::expected<void, GraphError> check_parameters(const Template& entry,
                                                 const json::object& content);

/// Names of the variables of a text in order of first use: "{{1}} {{name}}" gives 1, name.
std::vector<std::string> find_variables(std::string_view text);

/// Header, body and footer with the parameters filled in, a line each.
std::string render_template_text(const Template& entry, const json::object& content);

/// The component of that type (HEADER, BODY, FOOTER, BUTTONS); null when there is none.
const json::object* find_component(const json::array& components, std::string_view type);

/// Holds a template that is to be created against Meta's rules. Errors: 100 with the reason.
std::expected<void, GraphError> check_new_template(const Waba& waba, const json::object& body);

}  // namespace wapi::cloudsim
