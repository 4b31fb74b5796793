#include "base/rng.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/error.hpp"

namespace wapi {

namespace {

void fill_now(std::span<std::byte> bytes) {
    auto* data = reinterpret_cast<unsigned char*>(bytes.data());
    if (RAND_bytes(data, static_cast<int>(bytes.size())) != 1) {
        throw Fault("rng.failed", "the operating system gave no random bytes");
    }
}

/// Random bytes in stock: ids take a few at a time, very often. Each byte is given out once and
/// wiped.
struct Stock {
    std::array<std::byte, 1024> bytes;
    std::size_t left = 0;
};

}  // namespace

void SystemRng::fill(std::span<std::byte> bytes) {
    constexpr std::size_t from_stock_max = 16;  // keys and tokens come fresh
    if (bytes.size() > from_stock_max) {
        fill_now(bytes);
        return;
    }
    thread_local Stock stock;
    if (stock.left < bytes.size()) {
        fill_now(stock.bytes);
        stock.left = stock.bytes.size();
    }
    const auto source = std::span(stock.bytes).subspan(stock.left - bytes.size(), bytes.size());
    std::ranges::copy(source, bytes.begin());
    std::ranges::fill(source, std::byte{0});
    stock.left -= bytes.size();
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
