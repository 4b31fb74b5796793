// Webhooks from Meta: taken in durably, processed exactly once in effect, repeated when they fail.
//
// Intake (webhook_intake.hpp) commits the raw body before it is answered 200. The worker
// (webhook_worker.hpp) parses stored events (features/webhook_events) and applies each item on its
// own: a bad item goes through the retries to the dead letters and never costs its neighbours.
// Sources: meta/webhooks.md; invariants 1 to 3 of the architecture.
#pragma once

#include "base/error.hpp"

namespace wapi::webhooks {

namespace errors {
inline const ErrorKind bad_signature{"bad_signature", 403, RetryClass::never,
                                     "The signature is missing or does not fit the body."};
inline const ErrorKind bad_verify_token{"bad_verify_token", 403, RetryClass::never,
                                        "The verify token is wrong."};
inline const ErrorKind backlog_full{"backlog_full", 503, RetryClass::wait,
                                    "Too many events wait to be processed; deliver again later."};
inline const ErrorKind disk_full{"disk_full", 503, RetryClass::wait,
                                 "The disk is nearly full; deliver again later."};
inline const ErrorKind number_not_routed{"number_not_routed", 409, RetryClass::wait,
                                         "No workspace has connected this number."};
inline const ErrorKind item_invalid{"item_invalid", 422, RetryClass::never,
                                    "This update cannot be understood."};
}  // namespace errors

}  // namespace wapi::webhooks
