// Password hashing on libsodium. See passwords.hpp.
#include "features/passwords/passwords.hpp"

#include <fmt/format.h>
#include <sodium.h>

namespace wapi::passwords {
namespace {

/// Counts one waiting password for as long as it lives. A task that is left behind at the end of
/// the program is freed after the hasher, so the count belongs to both.
class Waiting {
  public:
    explicit Waiting(std::shared_ptr<int> count) : count_(std::move(count)) { ++*count_; }
    ~Waiting() { --*count_; }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;

  private:
    std::shared_ptr<int> count_;
};

std::string blocking_hash(const SecretString& password, const Cost& cost) {
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    const std::string_view text = password.reveal();
    const int failed = crypto_pwhash_str_alg(hash.data(), std::data(text), std::size(text),
                                             cost.passes, cost.memory_bytes,
                                             crypto_pwhash_ALG_ARGON2ID13);
    if (failed != 0) {
        throw Fault("password.hash", "not enough memory to hash a password");
    }
    return std::string(hash.data());
}

bool blocking_verify(const SecretString& password, const std::string& stored_hash) {
    const std::string_view text = password.reveal();
    return crypto_pwhash_str_verify(stored_hash.c_str(), std::data(text), std::size(text)) == 0;
}

}  // namespace

Hasher::Hasher(async::ThreadPool& pool, Cost cost)
    : pool_(pool),
      cost_(cost),
      nobody_(fmt::format("$argon2id$v=19$m={},t={},p=1${:A<22}${:A<43}", cost.memory_bytes / 1024,
                          cost.passes, "", "")) {
    if (sodium_init() < 0) {
        throw Fault("password.init", "libsodium does not start");
    }
}

async::Task<Result<std::string>> Hasher::hash(SecretString password) {
    if (*waiting_ >= waiting_max) {
        co_return fail(wapi::errors::overloaded);
    }
    const Waiting counted(waiting_);
    co_return co_await pool_.run(
        [password, cost = cost_] { return blocking_hash(password, cost); });
}

async::Task<Result<bool>> Hasher::verify(SecretString password, std::string stored_hash) {
    if (*waiting_ >= waiting_max) {
        co_return fail(wapi::errors::overloaded);
    }
    const Waiting counted(waiting_);
    const bool known = !stored_hash.empty();
    const std::string against = known ? std::move(stored_hash) : nobody_;
    const bool matches =
        co_await pool_.run([password, against] { return blocking_verify(password, against); });
    co_return known&& matches;
}

}  // namespace wapi::passwords
