// Seeded randomness repeats, the system's does not.
#include "base/rng.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>

namespace wapi {
namespace {

template <std::size_t Size>
std::array<std::byte, Size> bytes_from(Rng& rng) {
    std::array<std::byte, Size> bytes{};
    rng.fill(bytes);
    return bytes;
}

TEST(SeededRng, the_same_seed_gives_the_same_bytes) {
    SeededRng first(42);
    SeededRng second(42);
    SeededRng other(43);
    const auto bytes = bytes_from<37>(first);
    EXPECT_EQ(bytes, bytes_from<37>(second));
    EXPECT_NE(bytes, bytes_from<37>(other));
    EXPECT_NE(bytes, bytes_from<37>(first));
}

TEST(SeededRng, gives_the_first_numbers_of_splitmix64) {
    SeededRng rng(1234567);  // reference values published with the algorithm
    EXPECT_EQ(rng.next_u64(), 6457827717110365317U);
    EXPECT_EQ(rng.next_u64(), 3203168211198807973U);
}

TEST(SystemRng, fills_every_byte_and_does_not_repeat) {
    SystemRng rng;
    EXPECT_NE(bytes_from<32>(rng), bytes_from<32>(rng));
    std::array<std::byte, 1000> seen{};
    for (int round = 0; round < 4; ++round) {
        std::ranges::transform(seen, bytes_from<1000>(rng), seen.begin(), std::bit_or());
    }
    // A byte left alone would stay zero; four random bytes are all zero once in four thousand
    // million.
    EXPECT_EQ(std::ranges::count(seen, std::byte{0}), 0);
}

TEST(SystemRng, about_half_of_its_bits_are_set) {
    SystemRng rng;
    int ones = 0;
    for (int i = 0; i < 1'000; ++i) {
        ones += std::popcount(rng.next_u64());
    }
    EXPECT_NEAR(ones, 32'000, 1'500);  // more than eleven standard deviations
}

}  // namespace
}  // namespace wapi
