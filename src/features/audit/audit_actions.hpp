// Names of audited actions, one constant each, so that a misspelt action does not compile.
//
// Source: product.md section 1.5. A later feature adds its own here; a name that was ever written
// to a log is never changed.
#pragma once

#include <array>
#include <string_view>

namespace wapi::audit {

namespace actions {
inline constexpr std::string_view user_login = "user.login";
inline constexpr std::string_view user_login_failed = "user.login_failed";
inline constexpr std::string_view user_logout = "user.logout";
inline constexpr std::string_view user_created = "user.created";
inline constexpr std::string_view user_updated = "user.updated";
inline constexpr std::string_view user_deleted = "user.deleted";
inline constexpr std::string_view user_password_changed = "user.password_changed";
inline constexpr std::string_view user_password_reset_requested = "user.password_reset_requested";
inline constexpr std::string_view user_password_reset = "user.password_reset";
inline constexpr std::string_view user_email_verified = "user.email_verified";
inline constexpr std::string_view user_second_factor_enabled = "user.second_factor_enabled";
inline constexpr std::string_view user_second_factor_disabled = "user.second_factor_disabled";
inline constexpr std::string_view user_second_factor_reset = "user.second_factor_reset";
inline constexpr std::string_view user_recovery_code_used = "user.recovery_code_used";
inline constexpr std::string_view user_recovery_codes_renewed = "user.recovery_codes_renewed";
inline constexpr std::string_view contact_created = "contact.created";
inline constexpr std::string_view contact_updated = "contact.updated";
inline constexpr std::string_view contact_deleted = "contact.deleted";
inline constexpr std::string_view contact_imported = "contact.imported";
inline constexpr std::string_view contact_exported = "contact.exported";
inline constexpr std::string_view contact_opted_out = "contact.opted_out";
inline constexpr std::string_view contact_opted_in = "contact.opted_in";
inline constexpr std::string_view contact_manually_opted_out = "contact.manually_opted_out";
inline constexpr std::string_view contact_manually_opted_in = "contact.manually_opted_in";
inline constexpr std::string_view conversation_assigned = "conversation.assigned";
inline constexpr std::string_view conversation_resolved = "conversation.resolved";
inline constexpr std::string_view conversation_reopened = "conversation.reopened";
inline constexpr std::string_view conversation_snoozed = "conversation.snoozed";
inline constexpr std::string_view conversation_noted = "conversation.noted";
inline constexpr std::string_view conversation_note_removed = "conversation.note_removed";
inline constexpr std::string_view quick_reply_created = "quick_reply.created";
inline constexpr std::string_view quick_reply_updated = "quick_reply.updated";
inline constexpr std::string_view quick_reply_deleted = "quick_reply.deleted";
inline constexpr std::string_view view_created = "view.created";
inline constexpr std::string_view view_updated = "view.updated";
inline constexpr std::string_view view_deleted = "view.deleted";
inline constexpr std::string_view segment_created = "segment.created";
inline constexpr std::string_view segment_updated = "segment.updated";
inline constexpr std::string_view segment_deleted = "segment.deleted";
inline constexpr std::string_view message_sent = "message.sent";
inline constexpr std::string_view message_failed = "message.failed";
inline constexpr std::string_view campaign_created = "campaign.created";
inline constexpr std::string_view campaign_started = "campaign.started";
inline constexpr std::string_view campaign_paused = "campaign.paused";
inline constexpr std::string_view campaign_completed = "campaign.completed";
inline constexpr std::string_view template_created = "template.created";
inline constexpr std::string_view template_submitted = "template.submitted";
inline constexpr std::string_view template_approved = "template.approved";
inline constexpr std::string_view template_rejected = "template.rejected";
inline constexpr std::string_view template_paused = "template.paused";
inline constexpr std::string_view template_deleted = "template.deleted";
inline constexpr std::string_view settings_updated = "settings.updated";
inline constexpr std::string_view team_member_invited = "team.member_invited";
inline constexpr std::string_view team_member_added = "team.member_added";
inline constexpr std::string_view team_member_removed = "team.member_removed";
inline constexpr std::string_view team_permissions_changed = "team.permissions_changed";
inline constexpr std::string_view api_key_created = "api_key.created";
inline constexpr std::string_view api_key_updated = "api_key.updated";
inline constexpr std::string_view api_key_revoked = "api_key.revoked";
inline constexpr std::string_view waba_connected = "waba.connected";
inline constexpr std::string_view waba_disconnected = "waba.disconnected";
inline constexpr std::string_view waba_verified = "waba.verified";
inline constexpr std::string_view waba_disabled = "waba.disabled";
inline constexpr std::string_view waba_subscribed = "waba.subscribed";
inline constexpr std::string_view phone_claimed = "phone.claimed";
inline constexpr std::string_view phone_released = "phone.released";
inline constexpr std::string_view phone_registered = "phone.registered";
inline constexpr std::string_view token_stored = "token.stored";
inline constexpr std::string_view token_accessed = "token.accessed";
inline constexpr std::string_view token_rotated = "token.rotated";
inline constexpr std::string_view token_refreshed = "token.refreshed";
inline constexpr std::string_view token_expired = "token.expired";
inline constexpr std::string_view token_revoked = "token.revoked";
inline constexpr std::string_view token_rejected = "token.rejected";
inline constexpr std::string_view webhook_rejected = "webhook.rejected";
inline constexpr std::string_view webhook_failed = "webhook.failed";
inline constexpr std::string_view webhook_replayed = "webhook.replayed";
inline constexpr std::string_view webhook_discarded = "webhook.discarded";
inline constexpr std::string_view workspace_suspended = "workspace.suspended";
inline constexpr std::string_view workspace_resumed = "workspace.resumed";
inline constexpr std::string_view operator_created = "operator.created";
inline constexpr std::string_view operator_removed = "operator.removed";
inline constexpr std::string_view operator_login = "operator.login";
inline constexpr std::string_view operator_login_failed = "operator.login_failed";
inline constexpr std::string_view data_exported = "data.exported";
inline constexpr std::string_view data_erased = "data.erased";
inline constexpr std::string_view data_seeded = "data.seeded";
inline constexpr std::string_view audit_pruned = "audit.pruned";
}  // namespace actions

/// Acts after which somebody may no longer see or do what they could: who holds a connection open
/// for them asks again. Settings of a workspace are announced by features/workspaces, since
/// `settings.updated` also stands for plans and limits.
inline constexpr std::array changing_access{
    actions::user_logout,
    actions::user_deleted,
    actions::user_password_changed,
    actions::user_password_reset,
    actions::team_member_added,
    actions::team_member_removed,
    actions::team_permissions_changed,
    actions::api_key_updated,
    actions::api_key_revoked,
    actions::workspace_suspended,
    actions::workspace_resumed,
};

}  // namespace wapi::audit
