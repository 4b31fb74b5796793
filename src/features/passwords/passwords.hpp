// Passwords: which are strong enough, and hashing them with argon2id on a thread pool, bounded in
// how many may wait.
//
// Source: architecture.md section 8; NIST SP 800-63B section 5.1.1 (length and a list of common
// passwords instead of character classes); RFC 9106.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "async/async.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"

namespace wapi::passwords {

namespace errors {
inline const ErrorKind weak_password{
    "weak_password", 422, RetryClass::never,
    "The password must have 10 characters or more and not be common."};
}  // namespace errors

inline constexpr std::size_t characters_min = 10;
inline constexpr std::size_t bytes_max = 256;

/// Says what is wrong with a new password, in words for people. `email`: of whose it is, in lower
/// case. Errors: weak_password with field `password`.
Result<void> check_strength(const SecretString& password, std::string_view email);

/// Cost of one password hash. Source: RFC 9106 section 4, second recommendation.
struct Cost {
    unsigned long long passes = 3;
    std::size_t memory_bytes = 64 << 20;
};

class Hasher {
  public:
    static constexpr int waiting_max = 64;

    Hasher(async::ThreadPool& pool, Cost cost);
    /// Text with parameters and salt, as libsodium writes it. Errors: overloaded.
    async::Task<Result<std::string>> hash(SecretString password);
    /// Takes the same time for an empty hash (no such account) as for a real one, and is then
    /// false. Errors: overloaded.
    async::Task<Result<bool>> verify(SecretString password, std::string stored_hash);

  private:
    async::ThreadPool& pool_;
    Cost cost_;
    std::string nobody_;  ///< well-formed hash of the same cost that no password has
    std::shared_ptr<int> waiting_ = std::make_shared<int>(0);
};

}  // namespace wapi::passwords
