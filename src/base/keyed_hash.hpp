// A hash for tables whose keys come from outside: keyed with a random secret, so that nobody can
// choose keys that fall into one bucket. SipHash-2-4 of libsodium.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "base/rng.hpp"

namespace wapi {

class KeyedHash {
  public:
    explicit KeyedHash(Rng& rng);
    std::size_t operator()(std::string_view text) const noexcept;

  private:
    std::array<unsigned char, 16> key_;
};

}  // namespace wapi
