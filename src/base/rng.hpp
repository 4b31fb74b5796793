// Randomness as an interface: the operating system's in production, seeded in tests and
// simulations.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace wapi {

class Rng {
  public:
    virtual ~Rng() = default;
    /// Fills the span with random bytes. Thread-safe.
    virtual void fill(std::span<std::byte> bytes) = 0;

    std::uint64_t next_u64() {
        std::uint64_t value = 0;
        fill(std::as_writable_bytes(std::span(&value, 1)));
        return value;
    }
};

/// Cryptographically strong, from OpenSSL. Throws Fault `rng.failed`.
class SystemRng final : public Rng {
  public:
    void fill(std::span<std::byte> bytes) override;
};

/// Repeatable: the same seed gives the same bytes. For tests and the simulator only.
class SeededRng final : public Rng {
  public:
    explicit SeededRng(std::uint64_t seed) : state_(seed) {}
    void fill(std::span<std::byte> bytes) override;

  private:
    std::uint64_t state_;
};

}  // namespace wapi
