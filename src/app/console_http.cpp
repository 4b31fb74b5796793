#include "app/console_http.hpp"

#include <array>
#include <map>
#include <memory>

#include "base/crypto.hpp"
#include "net/static_files.hpp"

namespace wapi::app {
namespace {

constexpr std::string_view prefix = "/app/";
constexpr std::string_view nonce_mark = "__WAPI_CSP_NONCE__";
constexpr std::string_view immutable_folder = "assets/";  // names there end in their content's hash
constexpr std::size_t nonce_bytes = 16;

struct TypeOfEnding {
    std::string_view ending;
    std::string_view content_type;
};

constexpr std::array<TypeOfEnding, 9> types{{
    {".css", "text/css; charset=utf-8"},
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".mp3", "audio/mpeg"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".webmanifest", "application/manifest+json"},
    {".woff2", "font/woff2"},
}};

/// Everything from this server; connections, too, those of live events among them.
std::string policy(std::string_view nonce) {
    return "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + std::string(nonce) +
           "'; img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; "
           "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; "
           "form-action 'self'; frame-ancestors 'none'";
}

struct Console {
    Rng& rng;
    std::string_view page;
    std::map<std::string_view, net::StaticFile> files;
};

std::shared_ptr<const Console> read_console(Rng& rng) {
    auto console = std::make_shared<Console>(Console{rng, {}, {}});
    for (const ConsoleFile& file : embedded_console()) {
        if (file.path == "index.html") {
            console->page = file.plain;
            continue;
        }
        const bool immutable = file.path.starts_with(immutable_folder);
        console->files.emplace(file.path,
                               net::StaticFile{.content_type = content_type_of(file.path),
                                               .plain = file.plain,
                                               .brotli = file.brotli,
                                               .gzip = file.gzip,
                                               .caching = immutable ? net::Caching::immutable
                                                                    : net::Caching::revalidate,
                                               .tag = net::tag_of(file.plain)});
    }
    return console;
}

net::Response page_response(const Console& console) {
    std::string bytes(nonce_bytes, '\0');
    console.rng.fill(std::as_writable_bytes(std::span(bytes)));
    const std::string nonce = crypto::base64url_encode(bytes);
    net::Response response{.content_type = "text/html; charset=utf-8",
                           .body = page_with_nonce(console.page, nonce),
                           .headers = {}};
    response.headers.emplace_back("Content-Security-Policy", policy(nonce));
    response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
    response.headers.emplace_back("Permissions-Policy",
                                  "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    return response;
}

async::Task<Result<net::Response>> serve_console(std::shared_ptr<const Console> console,
                                                 net::Call& call) {
    const std::string_view path = std::string_view(call.request.path).substr(prefix.size());
    const auto file = console->files.find(path);
    if (file != console->files.end()) {
        co_return net::serve(file->second, call.request);
    }
    if (path.starts_with(immutable_folder)) {
        co_return fail(errors::not_found);  // of an older version: the page says so and reloads
    }
    co_return page_response(*console);
}

async::Task<Result<net::Response>> to_console(net::Call& /*call*/) {
    net::Response response{.status = 302, .content_type = "text/plain", .body = "", .headers = {}};
    response.headers.emplace_back("Location", prefix);
    co_return response;
}

}  // namespace

std::string_view content_type_of(std::string_view path) {
    for (const TypeOfEnding& type : types) {
        if (path.ends_with(type.ending)) {
            return type.content_type;
        }
    }
    return "application/octet-stream";
}

std::string page_with_nonce(std::string_view page, std::string_view nonce) {
    std::string text(page);
    for (std::size_t at = text.find(nonce_mark); at != std::string::npos;
         at = text.find(nonce_mark, at + nonce.size())) {
        text.replace(at, nonce_mark.size(), nonce);
    }
    return text;
}

std::vector<net::Route> console_routes(Rng& rng) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const auto console = read_console(rng);
    const net::Handler handler = [console](net::Call& call) {
        return serve_console(console, call);
    };
    constexpr RateClass rate = RateClass::none;
    return {
        {Verb::get, "/", Auth::none, "", rate, 0, "openConsole", to_console},
        {Verb::get, "/app", Auth::none, "", rate, 0, "openConsoleFolder", to_console},
        {Verb::get, "/app/{rest...}", Auth::none, "", rate, 0, "getConsole", handler},
    };
}

}  // namespace wapi::app
