// When an update of a webhook happened, as it counts. Included only inside this feature.
//
// The newest WhatsApp time wins where two facts conflict (architecture, invariant 2): a time that
// is still to come would win over everything until then.
#pragma once

#include "base/clock.hpp"
#include "whatsapp/webhook.hpp"

namespace wapi::webhooks {

/// A time later than the item came in, by more than WhatsApp's clock may differ from ours, counts
/// as the second in which it came in; a message that cannot be used and has no time, as of then.
/// `received_at` is that of the stored event, so that the item means the same at each replay.
void settle_times(whatsapp::WebhookItem& item, Timestamp received_at);

}  // namespace wapi::webhooks
