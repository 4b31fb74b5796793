// The permissions and the four built-in roles, as one table.
//
// Source: product.md section 1.4, whose heading counts 34 while its table names 35; all that are
// named are here. Routes name a permission; the Authenticator asks this table with the member's
// role, which is read at every request, so that a change takes effect at once.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace wapi::accounts {

/// Bits of Permission::roles.
inline constexpr std::uint8_t owner_bit = 1;
inline constexpr std::uint8_t manager_bit = 2;
inline constexpr std::uint8_t agent_bit = 4;
inline constexpr std::uint8_t viewer_bit = 8;

struct Permission {
    std::string_view name;
    std::string_view area;
    std::uint8_t roles;  ///< who has it
};

namespace detail {
inline constexpr std::uint8_t owner_only = owner_bit;
inline constexpr std::uint8_t managers = owner_bit | manager_bit;
inline constexpr std::uint8_t agents = owner_bit | manager_bit | agent_bit;
inline constexpr std::uint8_t viewers = owner_bit | manager_bit | viewer_bit;
inline constexpr std::uint8_t everyone = owner_bit | manager_bit | agent_bit | viewer_bit;
}  // namespace detail

inline constexpr std::array permissions{
    Permission{"viewAllConversations", "inbox", detail::managers},
    Permission{"assignConversations", "inbox", detail::managers},
    Permission{"resolveConversations", "inbox", detail::agents},
    Permission{"sendMessages", "messaging", detail::agents},
    Permission{"sendTemplates", "messaging", detail::agents},
    Permission{"sendCampaigns", "messaging", detail::managers},
    Permission{"scheduleMessages", "messaging", detail::managers},
    Permission{"viewContacts", "contacts", detail::everyone},
    Permission{"createContacts", "contacts", detail::agents},
    Permission{"editContacts", "contacts", detail::agents},
    Permission{"deleteContacts", "contacts", detail::owner_only},
    Permission{"importContacts", "contacts", detail::managers},
    Permission{"exportContacts", "contacts", detail::managers},
    Permission{"viewTemplates", "templates", detail::everyone},
    Permission{"createTemplates", "templates", detail::managers},
    Permission{"editTemplates", "templates", detail::managers},
    Permission{"deleteTemplates", "templates", detail::owner_only},
    Permission{"submitTemplates", "templates", detail::managers},
    Permission{"viewCampaigns", "campaigns", detail::everyone},
    Permission{"createCampaigns", "campaigns", detail::managers},
    Permission{"editCampaigns", "campaigns", detail::managers},
    Permission{"launchCampaigns", "campaigns", detail::managers},
    Permission{"pauseCampaigns", "campaigns", detail::managers},
    Permission{"viewDeals", "sales", detail::everyone},
    Permission{"createDeals", "sales", detail::agents},
    Permission{"editDeals", "sales", detail::agents},
    Permission{"deleteDeals", "sales", detail::owner_only},
    Permission{"manageTeam", "settings", detail::owner_only},
    Permission{"manageBilling", "settings", detail::owner_only},
    Permission{"manageIntegrations", "settings", detail::owner_only},
    Permission{"manageWebhooks", "settings", detail::owner_only},
    Permission{"viewAuditLogs", "settings", detail::managers},
    Permission{"viewAnalytics", "reports", detail::viewers},
    Permission{"viewReports", "reports", detail::viewers},
    Permission{"exportData", "reports", detail::managers},
};

/// The bit of a built-in role; 0 for an unknown one, which therefore may do nothing.
constexpr std::uint8_t role_bit(std::string_view role) {
    if (role == "owner") {
        return owner_bit;
    }
    if (role == "manager") {
        return manager_bit;
    }
    if (role == "agent") {
        return agent_bit;
    }
    if (role == "viewer") {
        return viewer_bit;
    }
    return 0;
}

constexpr bool is_permission(std::string_view name) {
    for (const Permission& permission : permissions) {
        if (permission.name == name) {
            return true;
        }
    }
    return false;
}

/// Whether a role has a permission. An unknown role or permission: no.
constexpr bool role_allows(std::string_view role, std::string_view name) {
    for (const Permission& permission : permissions) {
        if (permission.name == name) {
            return (permission.roles & role_bit(role)) != 0;
        }
    }
    return false;
}

}  // namespace wapi::accounts
