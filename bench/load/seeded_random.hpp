// A tiny seeded generator of random numbers that gives the same numbers on every machine.
//
// The standard engines are portable but the standard distributions are not, and the load generator
// promises that one seed means one set of bodies. SplitMix64 after Steele, Lea and Flood
// (OOPSLA 2014).
#pragma once

#include <cstdint>

namespace wapi::load {

/// A bijection of 64-bit numbers that leaves no visible pattern.
constexpr std::uint64_t mix_bits(std::uint64_t value) {
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31U);
}

class SeededRandom {
  public:
    explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next() {
        state_ += 0x9e3779b97f4a7c15ULL;
        return mix_bits(state_);
    }

    /// A number in [0, bound); bound must not be 0. The bias for the small bounds used here is nil.
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }

    /// A number in [low, high].
    std::uint64_t between(std::uint64_t low, std::uint64_t high) {
        return low + below(high - low + 1);
    }

  private:
    std::uint64_t state_;
};

}  // namespace wapi::load
