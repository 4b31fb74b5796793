// Rules of access: permissions as names and sets, and the rights that come out of what is stored.
// No I/O. Declared in access.hpp.
#include "features/access/access.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "base/json.hpp"

namespace wapi::access {
namespace {

/// `settings.inbox.showUnassigned`; anything but true is no.
bool shows_unassigned(std::string_view settings) {
    if (settings.empty()) {
        return false;
    }
    boost::system::error_code error;
    const boost::json::value parsed = boost::json::parse(settings, error);
    if (error || !parsed.is_object()) {
        return false;
    }
    const boost::json::value* inbox = parsed.as_object().if_contains("inbox");
    if (inbox == nullptr || !inbox->is_object()) {
        return false;
    }
    const boost::json::value* shown = inbox->as_object().if_contains("showUnassigned");
    return shown != nullptr && shown->is_bool() && shown->as_bool();
}

void limit_conversations(Rights& rights, const StoredRights& stored) {
    Restrictions& seen = rights.restrictions;
    seen.assigned_only = !contains(rights.permissions, bit(Permission::view_all_conversations));
    seen.unassigned_too = seen.assigned_only && shows_unassigned(stored.settings);
    seen.member = seen.bits() == 0 ? "" : stored.user.value;
}

}  // namespace

std::string render_names(Permissions permissions) {
    std::string names;
    for (const PermissionInfo& info : permission_table) {
        if (contains(permissions, bit(info.id))) {
            names += names.empty() ? "" : " ";
            names += info.name;
        }
    }
    return names;
}

boost::json::array names_of(Permissions permissions) {
    boost::json::array names;
    for (const PermissionInfo& info : permission_table) {
        if (contains(permissions, bit(info.id))) {
            names.emplace_back(info.name);
        }
    }
    return names;
}

Permissions parse_names(std::string_view names) {
    Permissions permissions = 0;
    while (!names.empty()) {
        const std::size_t end = std::min(names.find(' '), names.size());
        if (const auto found = find_permission(names.substr(0, end))) {
            permissions |= bit(*found);
        }
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    return permissions;
}

Result<std::optional<Permissions>> read_permissions(const boost::json::object& body,
                                                    std::string_view field) {
    const auto names = json::optional_strings(body, field, permission_table.size());
    if (!names) {
        return std::unexpected(names.error());
    }
    if (json::find_field(body, field) == nullptr) {
        return std::nullopt;
    }
    Permissions permissions = 0;
    for (std::size_t index = 0; index < names->size(); ++index) {
        const std::optional<Permission> found = find_permission((*names)[index]);
        if (!found) {
            return fail_field(wapi::errors::invalid_request,
                              std::string(field) + "[" + std::to_string(index) + "]",
                              "There is no such permission.");
        }
        permissions |= bit(*found);
    }
    return permissions;
}

Permissions decide_permissions(const Grounds& grounds) {
    const Permissions base = find_built_in(grounds.role).value_or(grounds.role_permissions);
    if (grounds.role == owner_role) {
        return base;
    }
    const Permissions taken = grounds.is_restricted ? whole_workspace : Permissions{0};
    return (base | grounds.overrides.granted) & ~grounds.overrides.denied & ~taken;
}

Rights decide_rights(const StoredRights& stored) {
    Rights rights;
    rights.suspended = stored.suspended;
    rights.permissions =
        decide_permissions({.role = stored.role,
                            .role_permissions = parse_names(stored.role_permissions),
                            .overrides = {parse_names(stored.granted), parse_names(stored.denied)},
                            .is_restricted = stored.has_tags || stored.has_phones});
    if (stored.role == owner_role) {
        return rights;
    }
    rights.restrictions.by_tag = stored.has_tags;
    rights.restrictions.by_number = stored.has_phones;
    limit_conversations(rights, stored);
    return rights;
}

Rights decide_key_rights(const StoredRights& maker, Permissions chosen) {
    Rights rights = decide_rights(maker);
    rights.permissions &= chosen;
    limit_conversations(rights, maker);
    return rights;
}

Result<void> check_settings(const boost::json::object& settings) {
    const boost::json::value* inbox = settings.if_contains("inbox");
    if (inbox == nullptr) {
        return {};
    }
    if (!inbox->is_object()) {
        return fail_field(wapi::errors::invalid_request, "settings.inbox", "Must be an object.");
    }
    const boost::json::value* shown = inbox->as_object().if_contains("showUnassigned");
    if (shown != nullptr && !shown->is_bool()) {
        return fail_field(wapi::errors::invalid_request, "settings.inbox.showUnassigned",
                          "Must be true or false.");
    }
    return {};
}

}  // namespace wapi::access
