// A key for a test, another in each run.
#pragma once

#include <array>

#include "base/crypto.hpp"
#include "base/rng.hpp"

namespace wapi::test {

/// 32 random bytes.
inline SecretString random_key() {
    std::array<char, crypto::aes_key_bytes> bytes{};
    SystemRng().fill(std::as_writable_bytes(std::span(bytes)));
    return SecretString(std::string_view(bytes.data(), bytes.size()));
}

}  // namespace wapi::test
