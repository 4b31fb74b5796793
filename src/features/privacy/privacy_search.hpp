// The search through raw webhooks that an erasure leaves behind. Included only inside this feature.
#pragma once

#include "features/privacy/privacy.hpp"
#include "features/webhook_events/webhook_events.hpp"

namespace wapi::privacy {

/// Stores the erasure with what is searched for, sealed: to the newest event there is now. What
/// comes later is taken out when it is processed (features/webhooks). Errors: vault_secret_invalid.
Result<Erasure> begin_search(db::WorkspaceTxn& txn, const std::string& id, const ContactId& contact,
                             const webhook_events::Traces& traces, Rng& rng, Timestamp now);

}  // namespace wapi::privacy
