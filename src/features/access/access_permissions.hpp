// The permissions and the four built-in roles, as one table, and sets of permissions as bits.
//
// Source: product.md section 1.4, whose heading counts 34 while its table names 35; all that are
// named are here. A route names a permission; the caller's set travels in the Context.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace wapi::access {

/// Later features add theirs at the end; names, not numbers, are stored.
enum class Permission : std::uint8_t {
    view_all_conversations,
    assign_conversations,
    resolve_conversations,
    send_messages,
    send_templates,
    send_campaigns,
    schedule_messages,
    view_contacts,
    create_contacts,
    edit_contacts,
    delete_contacts,
    import_contacts,
    export_contacts,
    view_templates,
    create_templates,
    edit_templates,
    delete_templates,
    submit_templates,
    view_campaigns,
    create_campaigns,
    edit_campaigns,
    launch_campaigns,
    pause_campaigns,
    view_deals,
    create_deals,
    edit_deals,
    delete_deals,
    manage_team,
    manage_billing,
    manage_integrations,
    manage_webhooks,
    view_audit_logs,
    view_analytics,
    view_reports,
    export_data,
};

/// A set of permissions: bit n is the permission of that number.
using Permissions = std::uint64_t;

constexpr Permissions bit(Permission permission) {
    return Permissions{1} << static_cast<unsigned>(permission);
}

/// True when every permission of `part` is in `whole`.
constexpr bool contains(Permissions whole, Permissions part) { return (part & ~whole) == 0; }

struct PermissionInfo {
    Permission id;
    std::string_view name;  ///< on the wire and in the database
    std::string_view area;
    std::uint8_t roles;  ///< which built-in roles have it
};

namespace detail {
inline constexpr std::uint8_t owner = 1;
inline constexpr std::uint8_t managers = 1 | 2;
inline constexpr std::uint8_t agents = 1 | 2 | 4;
inline constexpr std::uint8_t viewers = 1 | 2 | 8;
inline constexpr std::uint8_t everyone = 1 | 2 | 4 | 8;
}  // namespace detail

inline constexpr auto permission_table = std::to_array<PermissionInfo>({
    {Permission::view_all_conversations, "viewAllConversations", "inbox", detail::managers},
    {Permission::assign_conversations, "assignConversations", "inbox", detail::managers},
    {Permission::resolve_conversations, "resolveConversations", "inbox", detail::agents},
    {Permission::send_messages, "sendMessages", "messaging", detail::agents},
    {Permission::send_templates, "sendTemplates", "messaging", detail::agents},
    {Permission::send_campaigns, "sendCampaigns", "messaging", detail::managers},
    {Permission::schedule_messages, "scheduleMessages", "messaging", detail::managers},
    {Permission::view_contacts, "viewContacts", "contacts", detail::everyone},
    {Permission::create_contacts, "createContacts", "contacts", detail::agents},
    {Permission::edit_contacts, "editContacts", "contacts", detail::agents},
    {Permission::delete_contacts, "deleteContacts", "contacts", detail::owner},
    {Permission::import_contacts, "importContacts", "contacts", detail::managers},
    {Permission::export_contacts, "exportContacts", "contacts", detail::managers},
    {Permission::view_templates, "viewTemplates", "templates", detail::everyone},
    {Permission::create_templates, "createTemplates", "templates", detail::managers},
    {Permission::edit_templates, "editTemplates", "templates", detail::managers},
    {Permission::delete_templates, "deleteTemplates", "templates", detail::owner},
    {Permission::submit_templates, "submitTemplates", "templates", detail::managers},
    {Permission::view_campaigns, "viewCampaigns", "campaigns", detail::everyone},
    {Permission::create_campaigns, "createCampaigns", "campaigns", detail::managers},
    {Permission::edit_campaigns, "editCampaigns", "campaigns", detail::managers},
    {Permission::launch_campaigns, "launchCampaigns", "campaigns", detail::managers},
    {Permission::pause_campaigns, "pauseCampaigns", "campaigns", detail::managers},
    {Permission::view_deals, "viewDeals", "sales", detail::everyone},
    {Permission::create_deals, "createDeals", "sales", detail::agents},
    {Permission::edit_deals, "editDeals", "sales", detail::agents},
    {Permission::delete_deals, "deleteDeals", "sales", detail::owner},
    {Permission::manage_team, "manageTeam", "settings", detail::owner},
    {Permission::manage_billing, "manageBilling", "settings", detail::owner},
    {Permission::manage_integrations, "manageIntegrations", "settings", detail::owner},
    {Permission::manage_webhooks, "manageWebhooks", "settings", detail::owner},
    {Permission::view_audit_logs, "viewAuditLogs", "settings", detail::managers},
    {Permission::view_analytics, "viewAnalytics", "reports", detail::viewers},
    {Permission::view_reports, "viewReports", "reports", detail::viewers},
    {Permission::export_data, "exportData", "reports", detail::managers},
});
static_assert(permission_table.size() <= 64, "Permissions has 64 bits");

/// What shows or sends out more than one customer's part of the workspace, so that who sees a part
/// only, by tag or number, never has it.
inline constexpr Permissions whole_workspace =
    bit(Permission::view_audit_logs) | bit(Permission::manage_webhooks) |
    bit(Permission::view_analytics) | bit(Permission::export_data);

inline constexpr std::string_view owner_role = "owner";
/// The built-in roles, in the order of their bits in PermissionInfo::roles.
inline constexpr std::array<std::string_view, 4> built_in_roles{owner_role, "manager", "agent",
                                                                "viewer"};

/// What a built-in role may do; nothing for a name that is none.
constexpr std::optional<Permissions> find_built_in(std::string_view role) {
    for (std::size_t index = 0; index < built_in_roles.size(); ++index) {
        if (built_in_roles[index] != role) {
            continue;
        }
        Permissions all = 0;
        for (const PermissionInfo& info : permission_table) {
            all |= ((info.roles >> index) & 1U) != 0 ? bit(info.id) : Permissions{0};
        }
        return all;
    }
    return std::nullopt;
}

constexpr std::optional<Permission> find_permission(std::string_view name) {
    for (const PermissionInfo& info : permission_table) {
        if (info.name == name) {
            return info.id;
        }
    }
    return std::nullopt;
}

/// Whether a set holds the permission of that name; an unknown name: no.
constexpr bool allows(Permissions permissions, std::string_view name) {
    const std::optional<Permission> permission = find_permission(name);
    return permission && contains(permissions, bit(*permission));
}

}  // namespace wapi::access
