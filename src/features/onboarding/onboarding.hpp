// Onboarding: connecting an existing business number, step by step, so that a retry goes on where
// it broke.
//
// Steps (meta/embedded-signup.md section 3 from step 2): inspect the token, find the number under
// the account, subscribe to webhooks, register the number, keep the token sealed, copy the
// templates. Meta is called outside of any transaction; each finished step of a number that never
// was connected is stored before the next begins. One that was keeps working as it is, with the
// token it has, until all steps have succeeded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/rng.hpp"
#include "db/db.hpp"
#include "features/numbers/numbers.hpp"
#include "features/templates/templates.hpp"
#include "features/vault/vault.hpp"
#include "whatsapp/graph_client.hpp"

namespace wapi::onboarding {

namespace errors {
inline const ErrorKind token_of_another_app{
    "token_of_another_app", 422, RetryClass::never,
    "The access token belongs to another app at Meta; make one for this server's app."};
inline const ErrorKind token_scope_missing{
    "token_scope_missing", 422, RetryClass::never,
    "The access token lacks whatsapp_business_management or whatsapp_business_messaging."};
inline const ErrorKind waba_not_granted{"waba_not_granted", 422, RetryClass::never,
                                        "The token does not give access to this account."};
inline const ErrorKind phone_not_in_waba{"phone_not_in_waba", 422, RetryClass::never,
                                         "The account has no number of this id."};
inline const ErrorKind pin_mismatch{
    "pin_mismatch", 422, RetryClass::never,
    "The number has another two-step PIN; send it as pin, or reset it in WhatsApp Manager."};
inline const ErrorKind phone_not_verified{
    "phone_not_verified", 422, RetryClass::never,
    "The number must be verified by SMS or voice in WhatsApp Manager first."};
inline const ErrorKind number_taken{
    "number_taken", 409, RetryClass::never,
    "The number is connected elsewhere; disconnect it there first."};
}  // namespace errors

struct ConnectRequest {
    WabaId waba_id;
    PhoneNumberId phone_number_id;
    SecretString access_token;
    SecretString pin;  ///< six digits, or empty: the stored one, else a new one
};

/// Where the connection stands, for the answer and the console's setup page (`esbFlow`).
struct Status {
    std::string status;  ///< numbers::status, or `not_connected`
    std::string
        status_reason;  ///< `step: what went wrong` of the last attempt, empty when nothing did
    bool webhooks_subscribed = false;
    bool phone_registered = false;
    std::string waba_id;
    std::string phone_number_id;
    std::string display_phone;
    std::optional<std::size_t> templates_synced;  ///< only after connect; nothing when it failed
};

struct Services {
    db::Db& db;
    whatsapp::GraphClient& graph;
    vault::Vault& vault;
    templates::Service& templates;
    const Clock& clock;
    Rng& rng;
    std::string app_id = {};  ///< META_APP_ID: whose tokens are taken; empty: any app's
};

class Service {
  public:
    explicit Service(Services services) : services_(std::move(services)) {}

    /// Runs every step that is missing. Repeatable: connecting again replaces the token. The
    /// message of a failure begins with the step's name, but that of number_taken. A failed copy of
    /// the templates fails nothing else. Errors: token_invalid, token_of_another_app,
    /// token_scope_missing, waba_not_granted, phone_not_in_waba, number_taken, pin_mismatch,
    /// phone_not_verified, meta_unavailable, meta_refused, meta_rate_limited.
    async::Task<Result<Status>> connect(Context context, ConnectRequest request);
    /// Of the workspace's default number.
    async::Task<Result<Status>> status(Context context);

  private:
    struct Progress;
    async::Task<Result<void>> run_steps(Progress& progress);
    async::Task<Result<void>> inspect_token(Progress& progress);
    async::Task<Result<void>> find_phone(Progress& progress);
    async::Task<Result<void>> claim_number(Progress& progress);
    async::Task<Result<void>> subscribe_webhooks(Progress& progress);
    async::Task<Result<void>> register_phone(Progress& progress);
    async::Task<Result<void>> store_token(Progress& progress);
    async::Task<Result<void>> finish(Progress& progress);
    async::Task<Result<SecretString>> choose_pin(Progress& progress);
    async::Task<> keep_reason(Progress& progress, Error error);
    Services services_;
};

}  // namespace wapi::onboarding
