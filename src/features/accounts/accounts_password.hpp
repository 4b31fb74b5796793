// Password hashing with argon2id on a thread pool, bounded in how many may wait.
#pragma once

#include <memory>
#include <string>

#include "async/async.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"
#include "features/accounts/accounts.hpp"

namespace wapi::accounts {

class PasswordHasher {
  public:
    static constexpr int waiting_max = 64;

    PasswordHasher(async::ThreadPool& pool, PasswordCost cost);
    /// Text with parameters and salt, as libsodium writes it. Errors: overloaded.
    async::Task<Result<std::string>> hash(SecretString password);
    /// Takes the same time for an empty hash (no such account) as for a real one, and is then
    /// false. Errors: overloaded.
    async::Task<Result<bool>> verify(SecretString password, std::string stored_hash);

  private:
    async::ThreadPool& pool_;
    PasswordCost cost_;
    std::string nobody_;  ///< well-formed hash of the same cost that no password has
    std::shared_ptr<int> waiting_ = std::make_shared<int>(0);
};

}  // namespace wapi::accounts
