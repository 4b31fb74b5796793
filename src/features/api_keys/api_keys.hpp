// API keys: how a program calls the API without a person's session.
//
// A key is shown once, stored hashed, and may do what it was given, as far as the member who made
// it may do that at this moment, for the customers that member sees. Rights are read with the key
// at every request. Which routes a key may call stands in the route table. Source: issue 3,
// architecture.md section 8, docs/adr/0014-api-keys-act-for-their-maker.md.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "features/access/access.hpp"

namespace wapi::api_keys {

namespace errors {
inline const ErrorKind api_key_not_found{"api_key_not_found", 404, RetryClass::never,
                                         "There is no such API key in this workspace."};
inline const ErrorKind too_many_api_keys{"too_many_api_keys", 409, RetryClass::never,
                                         "A workspace has at most 100 API keys; revoke some."};
inline const ErrorKind api_key_beyond_rights{"api_key_beyond_rights", 403, RetryClass::never,
                                             "A key cannot do what you may not do yourself."};
inline const ErrorKind api_key_of_another{
    "api_key_of_another", 403, RetryClass::never,
    "Only who made this key, or an owner, may change it; you can revoke it."};
inline const ErrorKind api_key_expired{"api_key_expired", 401, RetryClass::never,
                                       "The time of this API key is over."};
inline const ErrorKind api_key_address_refused{"api_key_address_refused", 403, RetryClass::never,
                                               "This API key may not be used from this address."};
}  // namespace errors

inline constexpr std::size_t keys_max = 100;  ///< of one workspace, with those that have expired
inline constexpr std::size_t networks_max = 32;
inline constexpr std::size_t name_bytes_max = 120;
inline constexpr std::chrono::minutes use_noted_every{1};

/// A key as it is shown.
struct Key {
    std::string id;
    std::string name;
    std::string prefix;  ///< `wapi_` and 12 hex digits: how the key itself begins
    UserId made_by;
    access::Permissions permissions = 0;  ///< that were chosen; what the maker lost is still named
    std::vector<std::string> networks;    ///< addresses and networks; empty: any address
    Timestamp created_at;
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> last_used_at;  ///< to the minute
    std::string last_used_ip;
};

/// What a new key shall be. `name` is trimmed and not empty.
struct Draft {
    std::string name = {};
    access::Permissions permissions = 0;
    std::vector<std::string> networks = {};
    std::optional<Timestamp> expires_at = {};
};

/// Fields of a change; an empty optional leaves the field as it is.
struct Change {
    std::optional<std::string> name;
    std::optional<std::vector<std::string>> networks;
};

/// A key with its secret, which nobody sees again.
struct NewKey {
    Key key;
    SecretString secret;  ///< the whole key, 82 characters
};

/// A key as it comes with a request.
struct Presented {
    SecretString key;
    std::string ip;
    std::string workspace;  ///< asked for by the request; empty: the key's own
};

/// Keys that have let somebody in of late, by hash: a bounded number, those used least lately
/// forgotten first. That a key is here means that it is not made up, not that it still lets in.
class RecentKeys {
  public:
    static constexpr std::size_t generation_max = 4'096;  ///< at most twice that are held

    void add(std::string_view hash);
    void forget(std::string_view hash);
    [[nodiscard]] bool contains(std::string_view hash) const;

  private:
    using Hashes = std::set<std::string, std::less<>>;
    Hashes newer_;
    Hashes older_;
};

/// Whether text in the place of an access token is meant as a key.
bool looks_like_key(std::string_view token);

/// Revokes what a member has made, with audit entries, in the transaction that removes the member.
/// Database thread.
void revoke_all_of(db::WorkspaceTxn& txn, const Context& context, const UserId& user,
                   Timestamp now);

/// What a key may do and see at this moment; nothing when it is revoked or expired, or its maker
/// not a member any more. Database thread.
std::optional<access::Rights> find_rights(db::WorkspaceTxn& txn, std::string_view id,
                                          Timestamp now);

class Service {
  public:
    struct Parts {
        async::Tasks& tasks;
        db::Db& db;
        IdGenerator& ids;
        const Clock& clock;
        Rng& rng;
    };
    explicit Service(const Parts& parts)
        : parts_(parts), noting_(std::make_shared<std::set<std::string>>()) {}

    /// Errors: invalid_request (name, permissions, allowedNetworks, expiresAt),
    /// api_key_beyond_rights, too_many_api_keys, forbidden (no longer a member).
    async::Task<Result<NewKey>> create(Context context, Draft draft);
    /// Newest first, with those that have expired.
    async::Task<Result<std::vector<Key>>> list(Context context);
    /// By who made the key, or an owner. Errors: invalid_request (name, allowedNetworks),
    /// api_key_not_found, api_key_of_another.
    async::Task<Result<Key>> change(Context context, std::string id, Change change);
    /// The key is gone; its next request is refused. By anybody who may manage keys. Errors:
    /// api_key_not_found.
    async::Task<Result<void>> revoke(Context context, std::string id);

    /// Who calls, with the rights of this moment, in one read; a key that is not even of the right
    /// form costs none. The use is noted in the background. Errors: unauthorized (no such key,
    /// revoked, or the maker is not a member any more), api_key_expired, api_key_address_refused,
    /// not_found (another workspace was asked for).
    async::Task<Result<Context>> authenticate(Presented presented);
    /// False for text of the form of a key that has let nobody in of late on this node, so that
    /// only the database knows whether there is such a key. Network thread.
    [[nodiscard]] bool is_known(std::string_view key) const;

  private:
    async::Task<> note_use(WorkspaceId workspace, std::string id, std::string ip);
    Parts parts_;
    /// Ids of keys whose use is being written; also of tasks that are left behind at the end.
    std::shared_ptr<std::set<std::string>> noting_;
    RecentKeys recent_;
};

}  // namespace wapi::api_keys
