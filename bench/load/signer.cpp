// Webhook signatures: see signer.hpp.
#include "bench/load/signer.hpp"

#include <array>
#include <cstddef>

#include <openssl/params.h>

#include "base/error.hpp"

namespace wapi::load {
namespace {

void require(bool worked) {
    if (!worked) {
        throw Fault("sign.failed", "OpenSSL could not compute an HMAC");
    }
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Signer::Signer(std::string_view app_secret) : mac_(EVP_MAC_fetch(nullptr, "HMAC", nullptr)) {
    require(mac_ != nullptr);
    context_.reset(EVP_MAC_CTX_new(mac_.get()));
    require(context_ != nullptr);
    std::string digest = "SHA256";
    const std::array<OSSL_PARAM, 2> parameters{
        OSSL_PARAM_construct_utf8_string("digest", digest.data(), digest.size()),
        OSSL_PARAM_construct_end()};
    require(EVP_MAC_init(context_.get(), bytes_of(app_secret), app_secret.size(),
                         parameters.data()) == 1);
}

std::string Signer::sign(std::string_view body) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned char, 32> digest{};
    std::size_t length = 0;
    // Without a key, init starts again with the key that is already set up.
    require(EVP_MAC_init(context_.get(), nullptr, 0, nullptr) == 1);
    require(EVP_MAC_update(context_.get(), bytes_of(body), body.size()) == 1);
    require(EVP_MAC_final(context_.get(), digest.data(), &length, digest.size()) == 1);
    std::string text = "sha256=";
    for (const unsigned char byte : digest) {
        text += digits[byte >> 4U];
        text += digits[byte & 15U];
    }
    return text;
}

}  // namespace wapi::load
