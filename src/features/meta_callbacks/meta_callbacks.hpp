// Meta's callbacks about the people who connect accounts: deauthorize and data deletion.
//
// Both come as a signed_request that names a Facebook user of the business, never a customer
// (meta/embedded-signup.md section 9). Onboarding notes who connected an account; when that person
// takes the app's rights away, its access token is removed and its numbers must be connected again;
// when they want their data deleted, that note goes as well, which is all that is held of them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"
#include "db/db.hpp"
#include "features/vault/vault.hpp"

namespace wapi::meta_callbacks {

namespace errors {
inline const ErrorKind signed_request_refused{
    "signed_request_refused", 403, RetryClass::never,
    "The signed_request was not made by Meta for this app, or is too old."};
inline const ErrorKind deletion_request_not_found{"deletion_request_not_found", 404,
                                                  RetryClass::never,
                                                  "There is no deletion request with this code."};
}  // namespace errors

/// Notes who has connected an account; the newest one stays. Empty ids are not noted.
void note_grant(db::WorkspaceTxn& txn, const WabaId& waba_id, std::string_view meta_user_id,
                Timestamp now);

struct DeletionRequest {
    std::string code;
    Timestamp received_at;
    std::optional<Timestamp> completed_at;
};

class Service {
  public:
    struct Parts {
        db::Db& db;
        vault::Vault& vault;
        const Clock& clock;
        std::span<const SecretString> app_secrets;  ///< META_APP_SECRET; outlive the service
    };
    explicit Service(Parts parts) : parts_(parts) {}

    /// Removes the tokens of the accounts that the user had connected when Meta signed this; their
    /// numbers need to be connected again. A user nobody knows is none's. Repeatable. Returns how
    /// many accounts. Errors: signed_request_refused; secret_store_unavailable,
    /// secret_store_refused: repeat.
    async::Task<Result<std::size_t>> deauthorize(std::string signed_request);
    /// The same, and forgets the user. The same request has the same code. Errors: as above.
    async::Task<Result<DeletionRequest>> delete_data(std::string signed_request);
    /// Errors: deletion_request_not_found.
    async::Task<Result<DeletionRequest>> find(std::string code);

  private:
    async::Task<Result<std::size_t>> revoke(std::string meta_user_id, Timestamp issued_at);
    Parts parts_;
};

}  // namespace wapi::meta_callbacks
