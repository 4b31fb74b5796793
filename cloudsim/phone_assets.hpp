// The texts of the phone page, compiled into the program: markup, style, script, icon.
//
// Plain HTML, CSS and JavaScript. The script puts text on the page with textContent only.
#pragma once

#include <string_view>

namespace wapi::cloudsim {

inline constexpr std::string_view phone_html =
#include "cloudsim/phone_page.html.inc"
    ;

inline constexpr std::string_view phone_css =
#include "cloudsim/phone_page.css.inc"
    ;

inline constexpr std::string_view phone_script =
#include "cloudsim/phone_page.js.inc"
    ;

inline constexpr std::string_view phone_icon =
    R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="8" fill="#0b7a5c"/><path d="M8 9h16v11H14l-6 5z" fill="#fff"/>
</svg>
)svg";

}  // namespace wapi::cloudsim
