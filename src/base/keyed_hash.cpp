#include "base/keyed_hash.hpp"

#include <sodium.h>

#include <cstdint>
#include <cstring>

namespace wapi {

static_assert(crypto_shorthash_KEYBYTES == 16);
static_assert(crypto_shorthash_BYTES == sizeof(std::uint64_t));

KeyedHash::KeyedHash(Rng& rng) { rng.fill(std::as_writable_bytes(std::span(key_))); }

std::size_t KeyedHash::operator()(std::string_view text) const noexcept {
    std::array<unsigned char, crypto_shorthash_BYTES> hash{};
    crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                     key_.data());
    std::uint64_t value = 0;
    std::memcpy(&value, hash.data(), sizeof value);
    return value;
}

}  // namespace wapi
