// How secrets are sealed: pure functions on keys, nonces and bytes.
//
// Sealed form: one byte of format (1), 12 bytes of nonce, ciphertext and tag. The associated data
// holds every field after its length in 8 bytes, so that no two rows share it. Source:
// architecture.md section 8.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/crypto.hpp"
#include "base/ids.hpp"
#include "base/rng.hpp"

namespace wapi::vault {

/// Which row a ciphertext belongs to.
struct SecretPlace {
    WorkspaceId workspace;
    std::string name;
    std::int64_t version = 0;
};

/// 32 random bytes, in memory that is wiped.
SecretString make_data_key(Rng& rng);

std::string wrap_data_key(std::string_view master_key, std::string_view master_key_id,
                          const WorkspaceId& workspace, const SecretString& data_key, Rng& rng);
/// Nothing when the key, its id or the workspace is another, or the bytes were changed.
std::optional<SecretString> unwrap_data_key(std::string_view master_key,
                                            std::string_view master_key_id,
                                            const WorkspaceId& workspace, std::string_view wrapped);

std::string seal_secret(const SecretString& data_key, const SecretPlace& place,
                        const SecretString& secret, Rng& rng);
/// Nothing when the place or key is another, or the bytes were changed or cut.
std::optional<SecretString> open_secret(const SecretString& data_key, const SecretPlace& place,
                                        std::string_view sealed);

/// 12 hex characters that tell whether a secret changed. Keyed, because a PIN could be guessed from
/// a plain digest.
std::string fingerprint(const SecretString& data_key, const SecretPlace& place,
                        const SecretString& secret);

/// Why key bytes are plainly not random, in words for people; nothing when they look well.
std::optional<std::string_view> find_weakness(std::string_view key);

}  // namespace wapi::vault
