// JSON in ASCII, as Meta writes it: \uXXXX in lower-case hex, and \/ for the slash.
//
// Receivers that parse and re-serialise before they check the signature fail on these bytes: that
// is the point. Source: shared/meta/cloud-api.md, "Simulator checklist"; webhooks.md section 2.
#pragma once

#include <string>

#include "base/json.hpp"

namespace wapi::cloudsim {

/// Compact ASCII text of a value. Invalid UTF-8 becomes \ufffd.
std::string render_ascii(const json::value& content);

}  // namespace wapi::cloudsim
