// Signs webhook bodies as Meta does: HMAC-SHA256 of the raw bytes with the app secret.
//
// Source: meta/webhooks.md section 2. The key is set up once, since a run signs 100,000s of bodies.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/evp.h>

namespace wapi::load {

class Signer {
  public:
    /// Errors: Fault `sign.failed` when OpenSSL has no HMAC.
    explicit Signer(std::string_view app_secret);

    /// The value of X-Hub-Signature-256: `sha256=` and 64 lower-case hex digits.
    [[nodiscard]] std::string sign(std::string_view body);

  private:
    struct Free {
        void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
        void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
    };
    std::unique_ptr<EVP_MAC, Free> mac_;
    std::unique_ptr<EVP_MAC_CTX, Free> context_;
};

}  // namespace wapi::load
