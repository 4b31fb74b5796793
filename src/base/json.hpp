// Request bodies: from bytes to a JSON object, and from its fields to checked values.
//
// Every reader names the field it looked for, so that a refusal tells the caller what to mend. A
// field name is a dotted path ("template.name"); the path walks nested objects. A null counts as
// absent. Strings and names are valid UTF-8 without NUL (no database keeps a NUL in text).
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace wapi::json {

using boost::json::array;
using boost::json::object;
using boost::json::value;

inline constexpr std::size_t depth_max = 32;

/// Any JSON text. Errors: `malformed_json` on bad syntax, invalid UTF-8, numbers out of range,
/// deeper than 32, trailing text. It may hold a NUL, as what was stored before they were refused.
Result<value> parse_value(std::string_view body);

/// A JSON object. Errors: as parse_value, also on another kind of value; `invalid_request` with the
/// field that holds a NUL. Of repeated keys the last one counts.
Result<object> parse_object(std::string_view body);

/// A JSON array. Errors: as parse_object.
Result<array> parse_array(std::string_view body);

/// Compact text of a value.
std::string render(const value& content);

struct StringRule {
    std::size_t bytes_min = 1;
    std::size_t bytes_max = 4096;
    bool trim = true;  ///< white space around it is dropped before the lengths are checked
};

struct IntRule {
    std::int64_t min = std::numeric_limits<std::int64_t>::min();
    std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

/// The value at a dotted path; nullptr when absent or null.
const value* find_field(const object& body, std::string_view field);

/// Errors of all readers below: `invalid_request` with the field, when it is absent (require_
/// only), of another type or outside its rule.
Result<std::string> require_string(const object& body, std::string_view field,
                                   StringRule rule = {});
Result<std::int64_t> require_int(const object& body, std::string_view field, IntRule rule = {});
Result<bool> require_bool(const object& body, std::string_view field);
Result<const object*> require_object(const object& body, std::string_view field);
Result<const array*> require_array(const object& body, std::string_view field,
                                   std::size_t items_max = 1000);

/// As above, but absent or null is an empty optional (or nullptr).
Result<std::optional<std::string>> optional_string(const object& body, std::string_view field,
                                                   StringRule rule = {});
Result<std::optional<std::int64_t>> optional_int(const object& body, std::string_view field,
                                                 IntRule rule = {});
Result<std::optional<bool>> optional_bool(const object& body, std::string_view field);
Result<const object*> optional_object(const object& body, std::string_view field);
Result<const array*> optional_array(const object& body, std::string_view field,
                                    std::size_t items_max = 1000);

/// An array of strings, each held to `rule`; absent or null is empty. The error names the element:
/// `tags[3]`.
Result<std::vector<std::string>> optional_strings(const object& body, std::string_view field,
                                                  std::size_t items_max = 1000,
                                                  StringRule rule = {});

/// Puts the place of an inner object before the field of an error: ("components[2]", "type") gives
/// `components[2].type`. For elements of arrays that were read on their own.
Error at_path(Error error, std::string_view prefix);

}  // namespace wapi::json
