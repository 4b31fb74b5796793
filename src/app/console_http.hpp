// The console: a web page, its scripts and styles, served under /app/ from the program itself.
//
// `./x build` makes it from web/ and embeds it (cmake/WapiConsole.cmake). Every address under /app/
// that is no file is the page, whose script shows what the address names. The page is made anew
// each time: it carries a nonce, which the only styles in place that its policy allows must have
// (components write styles at run time; no script in place ever runs).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/rng.hpp"
#include "net/http.hpp"

namespace wapi::app {

struct ConsoleFile {
    std::string_view path;  ///< under /app/: `assets/index-B8vjCLn5.css`
    std::string_view plain;
    std::string_view brotli;  ///< empty: not smaller than plain
    std::string_view gzip;
};

/// What the build made, sorted by path; `index.html` is among them.
std::span<const ConsoleFile> embedded_console();

/// By the ending of its name; `application/octet-stream` when that is not known.
std::string_view content_type_of(std::string_view path);

/// The page with its nonce in place of the mark that the build left.
std::string page_with_nonce(std::string_view page, std::string_view nonce);

/// `rng` must outlive the routes.
std::vector<net::Route> console_routes(Rng& rng);

}  // namespace wapi::app
