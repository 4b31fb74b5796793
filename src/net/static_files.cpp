// See static_files.hpp.
#include "net/static_files.hpp"

#include <memory>

#include "base/crypto.hpp"
#include "base/text.hpp"

namespace wapi::net {
namespace {

constexpr std::size_t tag_digits = 32;

/// What stands before the next comma, trimmed; shortens `rest` by it.
std::string_view take_item(std::string_view& rest) {
    const std::size_t comma = rest.find(',');
    const std::string_view item = text::trim(rest.substr(0, comma));
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    return item;
}

/// `q=0`, `q=0.0`, ... of an item's parameters.
bool is_refused(std::string_view parameters) {
    const std::string lower = text::to_lower_ascii(text::trim(parameters));
    return lower.starts_with("q=0") && lower.find_first_not_of("0.", 2) == std::string::npos;
}

bool names_tag(std::string_view if_none_match, std::string_view tag) {
    while (!if_none_match.empty()) {
        std::string_view item = take_item(if_none_match);
        if (item.starts_with("W/")) {
            item.remove_prefix(2);
        }
        if (item == tag || item == "*") {
            return true;
        }
    }
    return false;
}

struct Form {
    std::string_view bytes;
    std::string_view coding;  ///< empty: as it is
};

Form choose_form(const StaticFile& file, std::string_view accept_encoding) {
    if (!file.brotli.empty() && accepts_coding(accept_encoding, "br")) {
        return {file.brotli, "br"};
    }
    if (!file.gzip.empty() && accepts_coding(accept_encoding, "gzip")) {
        return {file.gzip, "gzip"};
    }
    return {file.plain, ""};
}

/// What is larger is sent in pieces: an answer that its client does not take holds one piece only.
constexpr std::size_t piece_bytes = 64 * 1024;

class Pieces final : public BodySource {
  public:
    explicit Pieces(std::string_view bytes) : rest_(bytes) {}
    async::Task<std::string> next() override {
        const std::string_view piece = rest_.substr(0, piece_bytes);
        rest_.remove_prefix(piece.size());
        co_return std::string(piece);
    }

  private:
    std::string_view rest_;
};

}  // namespace

std::string tag_of(std::string_view content) {
    return crypto::hex_encode(crypto::sha256(content)).substr(0, tag_digits);
}

bool accepts_coding(std::string_view accept_encoding, std::string_view coding) {
    bool any = false;
    while (!accept_encoding.empty()) {
        const std::string_view item = take_item(accept_encoding);
        const std::size_t semicolon = item.find(';');
        const std::string name = text::to_lower_ascii(text::trim(item.substr(0, semicolon)));
        const bool wanted =
            semicolon == std::string_view::npos || !is_refused(item.substr(semicolon + 1));
        if (name == coding) {
            return wanted;
        }
        any = any || (name == "*" && wanted);
    }
    return any;
}

Response serve(const StaticFile& file, const Request& request) {
    const Form form = choose_form(file, request.header("accept-encoding"));
    std::string tag = '"' + file.tag;
    tag += form.coding.empty() ? "\"" : "-" + std::string(form.coding) + '"';
    const bool known = names_tag(request.header("if-none-match"), tag);
    Response response{.status = known ? 304 : 200,
                      .content_type = std::string(file.content_type),
                      .body = {},
                      .headers = {}};
    if (!known && form.bytes.size() > piece_bytes) {
        response.source = std::make_shared<Pieces>(form.bytes);
    } else if (!known) {
        response.body = form.bytes;
    }
    response.headers.emplace_back("ETag", std::move(tag));
    response.headers.emplace_back("Cache-Control", file.caching == Caching::immutable
                                                       ? "public, max-age=31536000, immutable"
                                                       : "public, max-age=0, must-revalidate");
    if (!file.brotli.empty() || !file.gzip.empty()) {
        response.headers.emplace_back("Vary", "Accept-Encoding");
    }
    if (!form.coding.empty()) {
        response.headers.emplace_back("Content-Encoding", form.coding);
    }
    return response;
}

async::Task<Result<Response>> respond(Response response) { co_return response; }

}  // namespace wapi::net
