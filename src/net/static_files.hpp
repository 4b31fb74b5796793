// Files that are part of the program, as answers: the console, the page of the API's description.
//
// Nothing is compressed here: a file brings its smaller forms along, made at build time.
// Rules: RFC 9110 (Accept-Encoding, If-None-Match), RFC 9111 and RFC 8246 (caching).
#pragma once

#include <string>
#include <string_view>

#include "net/http.hpp"

namespace wapi::net {

/// How long a browser may use a file without asking.
enum class Caching {
    revalidate,  ///< asks each time, and gets 304 while the file is the same
    immutable,   ///< a year: the name changes with the content
};

/// All views live as long as the program.
struct StaticFile {
    std::string_view content_type;
    std::string_view plain;
    std::string_view brotli = {};  ///< empty: there is no such form
    std::string_view gzip = {};
    Caching caching = Caching::revalidate;
    std::string tag = {};  ///< without quotes; see tag_of
};

/// A short name of the content for the ETag: hex digits.
std::string tag_of(std::string_view content);

/// Whether an Accept-Encoding header asks for `coding` (lower case): named, or `*`, and not `;q=0`.
bool accepts_coding(std::string_view accept_encoding, std::string_view coding);

/// 200 in the smallest form that the client takes, or 304 when it has that form already. A large
/// one has no body but a source, so that slow clients cost little memory.
Response serve(const StaticFile& file, const Request& request);

/// What a handler returns that has nothing to wait for.
async::Task<Result<Response>> respond(Response response);

}  // namespace wapi::net
