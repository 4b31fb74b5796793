// Revoking what a user of Meta has granted. Each account ends with its own transaction, its note
// last, so that a repetition goes on where a failure stopped.
#include "base/log.hpp"
#include "features/audit/audit.hpp"
#include "features/meta_callbacks/meta_callbacks_request.hpp"
#include "features/meta_callbacks/meta_callbacks_store.hpp"
#include "features/numbers/numbers.hpp"

namespace wapi::meta_callbacks {
namespace {

constexpr std::string_view reason =
    "The person who connected this account has removed the app at Meta: connect it again.";

/// The account's numbers cannot send any more.
void disconnect(db::WorkspaceTxn& txn, const WabaId& waba_id, Timestamp now) {
    for (const numbers::Number& number : numbers::list_numbers(txn)) {
        if (number.waba_id != waba_id || number.status != numbers::status::connected) {
            continue;
        }
        numbers::set_status(txn, number.phone_number_id, numbers::status::reconnect, reason);
        audit::record(txn, audit::system_context(txn.workspace(), ""),
                      {.action = audit::actions::waba_disconnected,
                       .resource_type = "phone_number",
                       .resource_id = number.phone_number_id.value,
                       .details = R"({"reason":"deauthorized_at_meta"})"},
                      now);
    }
}

async::Task<Result<void>> revoke_one(Service::Parts parts, store::Grant grant,
                                     store::Revocation revocation) {
    co_await parts.db.write(grant.workspace, "meta_callbacks.disconnect",
                            [grant, now = parts.clock.now()](db::WorkspaceTxn& txn) {
                                disconnect(txn, grant.waba_id, now);
                                return true;
                            });
    const Result<void> removed = co_await parts.vault.remove(
        audit::system_context(grant.workspace, ""), "token:" + grant.waba_id.value);
    if (!removed && removed.error().kind != &vault::errors::secret_not_found) {
        co_return std::unexpected(removed.error());
    }
    co_await parts.db.write(grant.workspace, "meta_callbacks.remove_grant",
                            [grant, revocation](db::WorkspaceTxn& txn) {
                                store::remove_grant(txn, grant.waba_id, revocation);
                                return true;
                            });
    co_return Result<void>();
}

}  // namespace

async::Task<Result<std::size_t>> Service::revoke(std::string meta_user_id, Timestamp issued_at) {
    const store::Revocation revocation{.meta_user_id = std::move(meta_user_id),
                                       .issued_at = issued_at};
    const std::vector<store::Grant> grants = co_await parts_.db.read(
        "meta_callbacks.list_grants",
        [revocation](db::Txn& txn) { return store::list_grants(txn, revocation); });
    for (const store::Grant& grant : grants) {
        const Result<void> revoked = co_await revoke_one(parts_, grant, revocation);
        if (!revoked) {
            log::error("meta.revoke_failed", {{"workspace", grant.workspace.value},
                                              {"error", revoked.error().kind->code}});
            co_return std::unexpected(revoked.error());
        }
        log::warn("meta.deauthorized",
                  {{"workspace", grant.workspace.value}, {"wabaId", grant.waba_id.value}});
    }
    co_return grants.size();
}

async::Task<Result<std::size_t>> Service::deauthorize(std::string signed_request) {
    const Result<SignedRequest> request =
        parse_signed_request(signed_request, parts_.app_secrets, parts_.clock.now());
    if (!request) {
        co_return std::unexpected(request.error());
    }
    co_return co_await revoke(request->user_id, request->issued_at);
}

async::Task<Result<DeletionRequest>> Service::delete_data(std::string signed_request) {
    const Timestamp now = parts_.clock.now();
    const Result<SignedRequest> request =
        parse_signed_request(signed_request, parts_.app_secrets, now);
    if (!request) {
        co_return std::unexpected(request.error());
    }
    const std::string code = confirmation_code(signed_request, parts_.app_secrets.front());
    co_await parts_.db.write("meta_callbacks.insert_request", [code, now](db::Txn& txn) {
        store::insert_request(txn, code, now);
        return true;
    });
    const Result<std::size_t> revoked = co_await revoke(request->user_id, request->issued_at);
    if (!revoked) {
        co_return std::unexpected(revoked.error());
    }
    co_await parts_.db.write(
        "meta_callbacks.complete_request", [code, now, grants = *revoked](db::Txn& txn) {
            store::complete_request(txn, code, static_cast<std::int64_t>(grants), now);
            return true;
        });
    co_return co_await find(code);
}

async::Task<Result<DeletionRequest>> Service::find(std::string code) {
    std::optional<DeletionRequest> found;
    if (is_confirmation_code(code)) {
        found = co_await parts_.db.read("meta_callbacks.find_request", [code](db::Txn& txn) {
            return store::find_request(txn, code);
        });
    }
    co_return found ? Result<DeletionRequest>(*std::move(found))
                    : fail(errors::deletion_request_not_found);
}

}  // namespace wapi::meta_callbacks
