// A list of texts as one parameter of a statement: a JSON array, which both engines take apart.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <ranges>
#include <string>
#include <string_view>

// Behind a column in a WHERE clause; `list` is the parameter, as "$2".
#define WAPI_IN_LIST_SQLITE(list) "IN (SELECT value FROM json_each(" list "))"
#define WAPI_IN_LIST_POSTGRES(list) \
    "= ANY(ARRAY(SELECT json_array_elements_text(CAST(" list " AS JSON))))"

namespace wapi::db {

/// The parameter for a range of texts.
template <std::ranges::input_range Texts>
std::string render_list(Texts&& texts) {
    boost::json::array array;
    for (const std::string_view text : texts) {
        array.emplace_back(text);
    }
    return boost::json::serialize(array);
}

}  // namespace wapi::db
