// What a template needs and what a request gives: read from JSON, compared, and filled in. Pure.
//
// Only what is sure is refused here; what Meta may judge in more ways than one (carousels,
// catalogues, payments) is left to Meta. Sources: meta/templates.md ("Create body"),
// meta/sending.md ("Template messages").
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "features/templates/templates.hpp"

namespace wapi::templates {

/// A button that must get a parameter.
struct ButtonNeed {
    std::size_t index = 0;
    std::string parameter_type;  ///< `text` or `coupon_code`
};

/// What a template needs to be sent.
struct Needs {
    bool named = false;
    std::string header_format;  ///< TEXT, IMAGE, VIDEO, DOCUMENT, LOCATION, GIF, PRODUCT or empty
    std::string header_text;
    std::string body_text;
    std::string footer_text;
    std::vector<std::string> header_variables;  ///< in order, each once
    std::vector<std::string> body_variables;
    std::vector<ButtonNeed> buttons;
    std::size_t button_count = 0;
};

/// The names between double braces, in order of appearance, each once: `1`, `2`, or `first_name`.
std::vector<std::string> variables_of(std::string_view text);

Needs read_needs(const Template& stored);

/// Errors: template_not_approved, template_paused, template_disabled.
Result<void> check_status(const Template& stored);

/// The text with its variables replaced by the given parameters; one that is missing stays as it
/// is.
std::string fill(std::string_view text, const boost::json::array& parameters, bool named);

/// The parameters of the first component of that type (any case); empty when there is none.
boost::json::array parameters_of(const boost::json::array& components, std::string_view type);

}  // namespace wapi::templates
