#include "base/crypto.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <sodium.h>

#include <cstring>

#include "base/error.hpp"
#include "base/locked_memory.hpp"

namespace wapi {

/// Fixed-size locked memory: unlike std::string it never leaves a copy behind in a small-string
/// buffer.
class SecretString::Buffer {
  public:
    explicit Buffer(std::string_view text)
        : bytes_(static_cast<char*>(locked_memory().allocate(text.size(), 1))), size_(text.size()) {
        std::memcpy(bytes_, text.data(), size_);
    }
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() {
        sodium_memzero(bytes_, size_);
        locked_memory().deallocate(bytes_, size_, 1);
    }

    [[nodiscard]] std::string_view view() const { return {bytes_, size_}; }

  private:
    char* bytes_;
    std::size_t size_;
};

SecretString::SecretString(std::string_view text)
    : buffer_(text.empty() ? nullptr : std::make_shared<const Buffer>(text)) {}

SecretString::SecretString(std::string&& text) : SecretString(std::string_view(text)) {
    wipe(text);
}

std::string_view SecretString::reveal() const {
    return buffer_ ? buffer_->view() : std::string_view{};
}

void wipe(std::string& text) {
    sodium_memzero(text.data(), text.size());
    text.clear();
}

namespace crypto {
namespace {

struct FreeMacContext {
    void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
struct FreeCipherContext {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using MacContext = std::unique_ptr<EVP_MAC_CTX, FreeMacContext>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeCipherContext>;

/// OpenSSL refuses only when memory is out or the library is broken.
void require_ok(int outcome, const char* call) {
    if (outcome != 1) {
        throw Fault("crypto.failed", call);
    }
}

const unsigned char* octets(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* octets(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

/// The HMAC-SHA256 context that every thread's own is copied from: fetching the algorithm is slow.
const EVP_MAC_CTX* hmac_prototype() {
    static const MacContext prototype = [] {
        EVP_MAC* algorithm = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
        MacContext context(algorithm == nullptr ? nullptr : EVP_MAC_CTX_new(algorithm));
        EVP_MAC_free(algorithm);
        char digest_name[] = "SHA256";
        const OSSL_PARAM parameters[] = {
            OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name, 0),
            OSSL_PARAM_construct_end()};
        require_ok(context ? EVP_MAC_CTX_set_params(context.get(), parameters) : 0, "HMAC set-up");
        return context;
    }();
    return prototype.get();
}

EVP_CIPHER_CTX* require_sizes(const CipherContext& context, std::string_view key,
                              std::string_view nonce) {
    if (key.size() != aes_key_bytes || nonce.size() != aes_nonce_bytes) {
        throw Fault("crypto.bad_key", "AES-256-GCM takes a 32-byte key and a 12-byte nonce");
    }
    require_ok(context ? 1 : 0, "EVP_CIPHER_CTX_new");
    return context.get();
}

constexpr std::string_view standard_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string encode64(std::string_view bytes, std::string_view alphabet, bool padded) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            group = (group << 8U) | (k < count ? static_cast<std::uint8_t>(bytes[i + k]) : 0U);
        }
        for (std::size_t k = 0; k <= count; ++k) {
            out.push_back(alphabet[(group >> (18U - 6U * k)) & 0x3FU]);
        }
        if (padded) {
            out.append(3 - count, '=');
        }
    }
    return out;
}

/// `text` without padding. Refuses unused bits that are not zero, so that one value has one text.
std::optional<std::string> decode64(std::string_view text, std::string_view alphabet) {
    if (text.size() % 4 == 1) {
        return std::nullopt;
    }
    std::string out;
    out.reserve(text.size() * 3 / 4);
    std::uint32_t pending = 0;
    unsigned pending_bits = 0;
    for (const char symbol : text) {
        const std::size_t value = alphabet.find(symbol);
        if (value == std::string_view::npos) {
            return std::nullopt;
        }
        pending = ((pending << 6U) | static_cast<std::uint32_t>(value)) & 0xFFFFU;
        pending_bits += 6;
        if (pending_bits >= 8) {
            pending_bits -= 8;
            out.push_back(static_cast<char>((pending >> pending_bits) & 0xFFU));
        }
    }
    if ((pending & ((1U << pending_bits) - 1U)) != 0) {
        return std::nullopt;
    }
    return out;
}

std::string_view without_padding(std::string_view text) {
    if (!text.empty() && text.size() % 4 == 0) {
        for (int i = 0; i < 2 && text.ends_with('='); ++i) {
            text.remove_suffix(1);
        }
    }
    return text;
}

int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    const char lower = static_cast<char>(digit | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

Digest sha256(std::string_view data) {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    Digest digest{};
    require_ok(EVP_Digest(data.data(), data.size(), digest.data(), nullptr, algorithm, nullptr),
               "EVP_Digest");
    return digest;
}

struct Sha256::Context {
    struct Free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    std::unique_ptr<EVP_MD_CTX, Free> state{EVP_MD_CTX_new()};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
    require_ok(context_->state ? 1 : 0, "EVP_MD_CTX_new");
    require_ok(EVP_DigestInit_ex(context_->state.get(), EVP_sha256(), nullptr), "EVP_DigestInit");
}

Sha256::~Sha256() = default;

void Sha256::update(std::string_view data) {
    require_ok(EVP_DigestUpdate(context_->state.get(), data.data(), data.size()),
               "EVP_DigestUpdate");
}

Digest Sha256::finish() {
    Digest digest{};
    require_ok(EVP_DigestFinal_ex(context_->state.get(), digest.data(), nullptr),
               "EVP_DigestFinal");
    return digest;
}

Digest hmac_sha256(std::string_view key, std::string_view data) {
    thread_local const MacContext context(EVP_MAC_CTX_dup(hmac_prototype()));
    require_ok(context ? 1 : 0, "EVP_MAC_CTX_dup");
    // A null key would mean "the previous key", so an empty one still needs an address.
    const unsigned char* key_octets = key.data() == nullptr ? octets("") : octets(key);
    Digest digest{};
    std::size_t size = 0;
    require_ok(EVP_MAC_init(context.get(), key_octets, key.size(), nullptr), "EVP_MAC_init");
    require_ok(EVP_MAC_update(context.get(), octets(data), data.size()), "EVP_MAC_update");
    require_ok(EVP_MAC_final(context.get(), digest.data(), &size, digest.size()), "EVP_MAC_final");
    return digest;
}

std::array<std::uint8_t, 20> hmac_sha1(std::string_view key, std::string_view data) {
    std::array<std::uint8_t, 20> digest{};
    unsigned size = 0;
    const unsigned char* done = HMAC(EVP_sha1(), octets(key), static_cast<int>(key.size()),
                                     octets(data), data.size(), digest.data(), &size);
    require_ok(done != nullptr && size == digest.size() ? 1 : 0, "HMAC-SHA1");
    return digest;
}

bool constant_time_equal(std::string_view left, std::string_view right) {
    return left.size() == right.size() &&
           CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string hex_encode(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        const auto value = static_cast<std::uint8_t>(byte);
        out.push_back(digits[value >> 4U]);
        out.push_back(digits[value & 0xFU]);
    }
    return out;
}

std::optional<std::string> hex_decode(std::string_view hex) {
    if (hex.size() % 2 != 0) {
        return std::nullopt;
    }
    std::string out;
    out.reserve(hex.size() / 2);
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        const int high = hex_value(hex[i]);
        const int low = hex_value(hex[i + 1]);
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        out.push_back(static_cast<char>(high * 16 + low));
    }
    return out;
}

std::string base64_encode(std::string_view bytes) {
    return encode64(bytes, standard_alphabet, true);
}

std::optional<std::string> base64_decode(std::string_view text) {
    return text.size() % 4 == 0 ? decode64(without_padding(text), standard_alphabet) : std::nullopt;
}

std::string base64url_encode(std::string_view bytes) {
    return encode64(bytes, url_alphabet, false);
}

std::optional<std::string> base64url_decode(std::string_view text) {
    return decode64(without_padding(text), url_alphabet);
}

std::string aes256_gcm_seal(std::string_view key, std::string_view nonce,
                            std::string_view plaintext, std::string_view associated_data) {
    const CipherContext owner(EVP_CIPHER_CTX_new());
    EVP_CIPHER_CTX* const context = require_sizes(owner, key, nonce);
    require_ok(EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nullptr, octets(key), octets(nonce)),
               "EVP_EncryptInit_ex");
    int written = 0;
    require_ok(EVP_EncryptUpdate(context, nullptr, &written, octets(associated_data),
                                 static_cast<int>(associated_data.size())),
               "EVP_EncryptUpdate");
    std::string sealed(plaintext.size() + aes_tag_bytes, '\0');
    require_ok(EVP_EncryptUpdate(context, octets(sealed), &written, octets(plaintext),
                                 static_cast<int>(plaintext.size())),
               "EVP_EncryptUpdate");
    require_ok(EVP_EncryptFinal_ex(context, octets(sealed) + written, &written),
               "EVP_EncryptFinal_ex");
    require_ok(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, aes_tag_bytes,
                                   octets(sealed) + plaintext.size()),
               "EVP_CTRL_GCM_GET_TAG");
    return sealed;
}

std::optional<SecretString> aes256_gcm_open(std::string_view key, std::string_view nonce,
                                            std::string_view sealed,
                                            std::string_view associated_data) {
    const CipherContext owner(EVP_CIPHER_CTX_new());
    EVP_CIPHER_CTX* const context = require_sizes(owner, key, nonce);
    if (sealed.size() < aes_tag_bytes) {
        return std::nullopt;
    }
    const std::string_view ciphertext = sealed.substr(0, sealed.size() - aes_tag_bytes);
    std::string tag(sealed.substr(ciphertext.size()));
    require_ok(EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nullptr, octets(key), octets(nonce)),
               "EVP_DecryptInit_ex");
    int written = 0;
    require_ok(EVP_DecryptUpdate(context, nullptr, &written, octets(associated_data),
                                 static_cast<int>(associated_data.size())),
               "EVP_DecryptUpdate");
    std::string plaintext(ciphertext.size(), '\0');
    require_ok(EVP_DecryptUpdate(context, octets(plaintext), &written, octets(ciphertext),
                                 static_cast<int>(ciphertext.size())),
               "EVP_DecryptUpdate");
    require_ok(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, aes_tag_bytes, tag.data()),
               "EVP_CTRL_GCM_SET_TAG");
    if (EVP_DecryptFinal_ex(context, octets(plaintext) + written, &written) != 1) {
        wipe(plaintext);  // what was decrypted but not authenticated must not be seen
        return std::nullopt;
    }
    return SecretString(std::move(plaintext));
}

}  // namespace crypto
}  // namespace wapi
