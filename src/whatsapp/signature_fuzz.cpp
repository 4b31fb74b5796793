// Fuzz target: the first line as signature header, the rest as body, and the whole as
// signed_request.
//
// Nothing may be accepted that was not made with the secret.
#include "whatsapp/signature.hpp"

#include <cstdint>
#include <cstdlib>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace wapi;
    static const std::vector<SecretString> secrets{SecretString(std::string_view("first secret")),
                                                   SecretString(std::string_view("second"))};
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t line = std::min(input.find('\n'), input.size());
    const std::string_view header = input.substr(0, line);
    const std::string_view body = input.substr(std::min(line + 1, input.size()));
    bool made_with_secret = false;
    for (const SecretString& secret : secrets) {
        const crypto::Digest digest = crypto::hmac_sha256(secret.reveal(), body);
        const std::optional<std::string> claimed =
            header.size() == 71 ? crypto::hex_decode(header.substr(7)) : std::nullopt;
        made_with_secret |= header.starts_with("sha256=") && claimed == crypto::as_text(digest);
    }
    if (whatsapp::verify_signature(header, body, secrets) != made_with_secret) {
        std::abort();
    }
    static_cast<void>(whatsapp::open_signed_request(input, secrets));
    return 0;
}
