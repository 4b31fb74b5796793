// Writes JSON text the way Meta's servers do: ASCII only, with lower-case \uXXXX escapes and `\/`.
//
// A signature covers the raw bytes, so a server that parses and writes again before it checks fails
// on exactly these escapes. Source: meta/webhooks.md section 2.
#pragma once

#include <string>
#include <string_view>

namespace wapi::load {

/// Appends `text` (valid UTF-8) as the inside of a JSON string, escaped as Meta escapes.
void append_escaped(std::string& out, std::string_view text);

/// Appends `"text"` with quotes, escaped as Meta escapes.
void append_string(std::string& out, std::string_view text);

/// Appends `,"name":"text"`, or the same without the comma right after an opening bracket.
void append_field(std::string& out, std::string_view name, std::string_view text);

/// Appends `"name":` with a leading comma unless it comes right after an opening bracket.
void append_name(std::string& out, std::string_view name);

}  // namespace wapi::load
