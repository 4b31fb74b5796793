// Open files of this process: how many there may be, and one kept back for the worst moment.
//
// Every connection is a descriptor. With none left even accept fails, and a client would wait for
// an answer that nobody can give.
#pragma once

#include <cstddef>

namespace wapi::net {

/// Raises the limit of open files to what the system lets this process have. Returns that limit.
std::size_t raise_descriptors_max();
/// How many files this process may have open now.
std::size_t descriptors_max();
/// How many connections a server may hold when the process may open so many files: up to 10,000,
/// with room left for the database, Meta and connections that are only told to come back.
std::size_t connections_within(std::size_t descriptors);

/// A descriptor that is given up to answer one more connection when no other is left.
class SpareDescriptor {
  public:
    SpareDescriptor() = default;
    ~SpareDescriptor() { release(); }
    SpareDescriptor(const SpareDescriptor&) = delete;
    SpareDescriptor& operator=(const SpareDescriptor&) = delete;

    /// Takes one again, if there is one.
    void hold();
    /// False when it was not held.
    bool release();

  private:
    int descriptor_ = -1;
};

}  // namespace wapi::net
