// An item of a webhook on its way through a batch, and its place among the others.
#pragma once

#include <algorithm>
#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/phone.hpp"
#include "queue/queue.hpp"
#include "whatsapp/webhook.hpp"

namespace wapi::webhooks {

/// Whose rows an item touches: the customer as Meta names them, or nothing.
struct CustomerOf {
    std::string operator()(const whatsapp::InboundMessage& message) const {
        return either(message.sender.phone, message.sender.user_id);
    }
    std::string operator()(const whatsapp::StatusUpdate& update) const {
        return either(update.recipient_phone, update.recipient_user_id);
    }
    std::string operator()(const whatsapp::UserPreference& preference) const {
        return either(preference.phone, preference.user_id);
    }
    std::string operator()(const whatsapp::ParseError& broken) const {
        return broken.partial ? either(broken.partial->sender.phone, broken.partial->sender.user_id)
                              : std::string();
    }
    std::string operator()(const auto&) const { return {}; }

  private:
    /// Meta's own id wherever it comes: beside a phone, and alone when the phone is withheld. A
    /// phone in the form that stands for all: it may come in another one at the same time.
    static std::string either(const std::string& phone, const std::string& user_id) {
        return user_id.empty() ? canonical_phone(phone) : user_id;
    }
};

/// An item to be applied, and the job that it goes on as when it fails.
struct Unit {
    /// Where among the others; what is not needed where one worker runs alone is left out there.
    struct Place {
        std::optional<WorkspaceId> workspace = {};
        bool takes_message_alone = false;  ///< a status, unless it is a stop
        std::string customer = {};
        bool takes_conversation_first = false;
        friend auto operator<=>(const Place&, const Place&) = default;
    };
    Place place;
    bool resolves_contact = false;
    std::shared_ptr<const queue::Job> job;
    EventId event;  ///< that holds it
    whatsapp::WebhookItem item;
    bool replayed = false;  ///< what it repairs no longer needs its dead letter
};

/// The order in which every batch takes its rows. What opens a conversation may hold the
/// workspace's turn (features/assignment) until the batch ends, whoever the customer is: so one
/// workspace goes after another, and rows for which another batch may wait come after the turn.
inline void put_in_order(std::vector<Unit>& units) { std::ranges::sort(units, {}, &Unit::place); }

}  // namespace wapi::webhooks
