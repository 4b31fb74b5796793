// Business numbers: which workspace a number belongs to, and whether it can send.
//
// A small feature of its own, because webhooks (routing), messages (sending) and onboarding
// (connecting) all need it and must not depend on each other. A number belongs to one workspace
// only: the index on phone_number_id routes webhooks. Rows are written by onboarding; messages note
// a token that no longer works.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/txn.hpp"

namespace wapi::numbers {

/// wApi's own states of a number, apart from Meta's open list.
namespace status {
inline constexpr std::string_view pending = "pending";             ///< never was connected
inline constexpr std::string_view connected = "connected";         ///< can send
inline constexpr std::string_view reconnect = "reconnect_needed";  ///< the token no longer works
}  // namespace status

inline constexpr int messages_per_second_default = 80;  ///< meta/cloud-api.md section 7
inline constexpr int messages_per_second_high = 1'000;
inline constexpr int messages_per_second_coexistence = 20;

/// Announced (db::Announcement) when a number was stored or its status has changed; the id is the
/// phone number id.
inline constexpr std::string_view number_changed = "number.changed";

struct Number {
    WorkspaceId workspace;
    PhoneNumberId phone_number_id;
    WabaId waba_id;
    std::string display_phone;  ///< E.164 with `+`, digits only
    std::string verified_name;
    std::string quality_rating;  ///< GREEN, YELLOW, RED, UNKNOWN
    std::string status;          ///< one of numbers::status
    std::string status_reason;   ///< for people; empty while connected
    bool webhooks_subscribed = false;
    bool registered = false;
    int messages_per_second = messages_per_second_default;  ///< Meta's limit for the number
    Timestamp connected_at;

    /// True when the send gate may let a message out.
    [[nodiscard]] bool able_to_send() const { return status == status::connected; }
    /// Name of the vault secret that holds the number's access token.
    [[nodiscard]] std::string token_name() const { return "token:" + waba_id.value; }
};

/// The number over all workspaces, for routing a webhook. System scope.
std::optional<Number> find_route(db::Txn& txn, const PhoneNumberId& phone_number_id);

/// Every number of a WABA over all workspaces, for webhooks about the account. System scope.
std::vector<Number> find_routes_of_waba(db::Txn& txn, const WabaId& waba_id);

/// The workspace's own number, or nothing.
std::optional<Number> find_number(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id);

/// The number to send from when the caller names none: the oldest that can send, else the oldest.
std::optional<Number> default_number(db::WorkspaceTxn& txn);

/// Oldest first.
std::vector<Number> list_numbers(db::WorkspaceTxn& txn);

/// Inserts or replaces the workspace's row; `connected_at` of an existing row is kept. False, and
/// nothing stored, when another workspace has the number.
bool save_number(db::WorkspaceTxn& txn, const Number& number);

/// Removes the row when the number never was connected. False when there is no such row.
bool remove_pending(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id);

/// Returns false when the workspace has no such number.
bool set_status(db::WorkspaceTxn& txn, const PhoneNumberId& phone_number_id,
                std::string_view new_status, std::string_view reason);

}  // namespace wapi::numbers
