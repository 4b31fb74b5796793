#include "base/rng.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <cstring>

#include "base/error.hpp"

namespace wapi {

void SystemRng::fill(std::span<std::byte> bytes) {
    auto* data = reinterpret_cast<unsigned char*>(bytes.data());
    if (RAND_bytes(data, static_cast<int>(bytes.size())) != 1) {
        throw Fault("rng.failed", "the operating system gave no random bytes");
    }
}

void SeededRng::fill(std::span<std::byte> bytes) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        // splitmix64 (public domain, Sebastiano Vigna): full period, good enough for tests.
        state_ += 0x9E3779B97F4A7C15ULL;
        std::uint64_t word = state_;
        word = (word ^ (word >> 30U)) * 0xBF58476D1CE4E5B9ULL;
        word = (word ^ (word >> 27U)) * 0x94D049BB133111EBULL;
        word ^= word >> 31U;
        const std::size_t take = std::min(sizeof word, bytes.size() - done);
        std::memcpy(bytes.data() + done, &word, take);
        done += take;
    }
}

}  // namespace wapi
