// Cryptography the server needs, as plain functions: digests, HMAC, AES-256-GCM, text encodings.
//
// Everything is pure: keys and nonces are passed in, randomness comes from an Rng elsewhere. The
// work is OpenSSL's EVP; this file gives it value types, wipes what is secret and turns "cannot
// happen" failures into a Fault. Sources: FIPS 180-4, RFC 2104, NIST SP 800-38D, RFC 4648.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wapi {

/// Text that must not leak: cannot be printed or compared by accident, and the one buffer that its
/// copies share is locked in memory and wiped when the last of them goes. Thread-safe to copy,
/// immutable.
class SecretString {
  public:
    SecretString() = default;
    /// Copies the text; the caller's own copy stays the caller's to wipe.
    explicit SecretString(std::string_view text);
    /// Takes the text and wipes the string it came in.
    explicit SecretString(std::string&& text);

    /// The secret itself. Valid while any copy of this SecretString lives.
    [[nodiscard]] std::string_view reveal() const;
    [[nodiscard]] bool empty() const { return reveal().empty(); }
    [[nodiscard]] std::size_t size() const { return reveal().size(); }

  private:
    class Buffer;
    std::shared_ptr<const Buffer> buffer_;
};

/// Overwrites the characters of a string so that the optimiser cannot skip it, then clears it.
void wipe(std::string& text);

namespace crypto {

using Digest = std::array<std::uint8_t, 32>;

inline constexpr std::size_t aes_key_bytes = 32;
inline constexpr std::size_t aes_nonce_bytes = 12;
inline constexpr std::size_t aes_tag_bytes = 16;

/// The bytes of a digest as a view, for the functions that take text.
inline std::string_view as_text(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Digest sha256(std::string_view data);

/// SHA-256 of data that comes in pieces, such as a file.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    void update(std::string_view data);
    /// Once, at the end.
    Digest finish();

  private:
    struct Context;
    std::unique_ptr<Context> context_;
};

/// HMAC-SHA256. Fast when called often: each thread keeps one context. Thread-safe.
Digest hmac_sha256(std::string_view key, std::string_view data);

/// HMAC-SHA1, which one-time codes of apps are made with (RFC 4226). For nothing else.
std::array<std::uint8_t, 20> hmac_sha1(std::string_view key, std::string_view data);

/// True when both are the same. Takes the same time wherever they differ; the length is not secret.
bool constant_time_equal(std::string_view left, std::string_view right);

/// Lower-case hex.
std::string hex_encode(std::string_view bytes);
inline std::string hex_encode(const Digest& digest) { return hex_encode(as_text(digest)); }
/// Bytes of a hex text of either case. Empty optional: odd length or a character that is not hex.
std::optional<std::string> hex_decode(std::string_view hex);

/// RFC 4648 section 4, with padding.
std::string base64_encode(std::string_view bytes);
/// Strict: padded, no white space, unused bits zero. Empty optional: not such a text.
std::optional<std::string> base64_decode(std::string_view text);

/// RFC 4648 section 5, without padding: for URLs, tokens and file names.
std::string base64url_encode(std::string_view bytes);
/// Accepts the text with or without its padding. Empty optional: not such a text.
std::optional<std::string> base64url_decode(std::string_view text);

/// Encrypts and authenticates. `key` has 32 bytes, `nonce` 12 and is never used twice with one key.
/// Returns the ciphertext followed by the 16-byte tag. Throws Fault `crypto.bad_key` on other
/// sizes.
std::string aes256_gcm_seal(std::string_view key, std::string_view nonce,
                            std::string_view plaintext, std::string_view associated_data);

/// The reverse. Empty optional: wrong key, nonce or associated data, or a changed or cut
/// ciphertext. Throws Fault `crypto.bad_key` when key or nonce has the wrong size.
std::optional<SecretString> aes256_gcm_open(std::string_view key, std::string_view nonce,
                                            std::string_view sealed,
                                            std::string_view associated_data);

}  // namespace crypto
}  // namespace wapi
