#include "features/team/team_http.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "net/paging.hpp"

namespace wapi::team {
namespace {

constexpr std::size_t body_max = 16 * 1024;
constexpr std::string_view done = R"({"success":true})";

json::array strings(const std::vector<std::string>& texts) {
    return json::array(texts.begin(), texts.end());
}

json::object render(const Role& role) {
    return {{"id", role.id},
            {"name", role.name},
            {"builtIn", role.built_in},
            {"permissions", access::names_of(role.permissions)},
            {"members", role.members}};
}

json::object render(const Member& member) {
    return {{"id", member.id.value},
            {"name", member.name},
            {"email", member.email},
            {"role", member.role},
            {"roleName", member.role_name},
            {"overrides",
             {{"grant", access::names_of(member.overrides.granted)},
              {"deny", access::names_of(member.overrides.denied)}}},
            {"restrictions",
             {{"assignedTags", strings(member.limits.tags)},
              {"assignedPhones", strings(member.limits.phones)}}},
            {"permissions", access::names_of(member.permissions)},
            {"joinedAt", render_time(member.joined_at)}};
}

template <class Thing>
Result<net::Response> respond(const Result<Thing>& thing, int status = 200) {
    if (!thing) {
        return std::unexpected(thing.error());
    }
    return net::json_response(json::render(render(*thing)), status);
}

Result<net::Response> respond(const Result<void>& outcome) {
    if (!outcome) {
        return std::unexpected(outcome.error());
    }
    return net::json_response(std::string(done));
}

/// Sorted, each once.
Result<std::vector<std::string>> read_list(const json::object& body, std::string_view field,
                                           std::size_t items_max) {
    if (const Result<const json::array*> there = json::require_array(body, field, items_max);
        !there) {
        return std::unexpected(there.error());
    }
    Result<std::vector<std::string>> list =
        json::optional_strings(body, field, items_max, {.bytes_max = tag_bytes_max});
    if (list) {
        std::ranges::sort(*list);
        list->erase(std::ranges::unique(*list).begin(), list->end());
    }
    return list;
}

Result<RoleDraft> parse_role(const net::Request& request) {
    const Result<json::object> body = json::parse_object(request.body);
    if (!body) {
        return std::unexpected(body.error());
    }
    const auto name = json::optional_string(*body, "name", {.bytes_max = role_name_bytes_max});
    const auto permissions = access::read_permissions(*body, "permissions");
    if (!name) {
        return std::unexpected(name.error());
    }
    if (!permissions) {
        return std::unexpected(permissions.error());
    }
    return RoleDraft{.name = *name, .permissions = *permissions};
}

async::Task<Result<net::Response>> handle_roles(Service& service, net::Call& call) {
    const Result<std::vector<Role>> roles = co_await service.list_roles(call.context);
    if (!roles) {
        co_return std::unexpected(roles.error());
    }
    json::array items;
    for (const Role& role : *roles) {
        items.emplace_back(render(role));
    }
    co_return net::json_response(json::render(json::object{{"roles", std::move(items)}}));
}

/// One row per permission, one column per role.
async::Task<Result<net::Response>> handle_matrix(Service& service, net::Call& call) {
    const Result<std::vector<Role>> roles = co_await service.list_roles(call.context);
    if (!roles) {
        co_return std::unexpected(roles.error());
    }
    json::array columns;
    for (const Role& role : *roles) {
        columns.push_back({{"id", role.id}, {"name", role.name}, {"builtIn", role.built_in}});
    }
    json::array rows;
    for (const PermissionInfo& info : access::permission_table) {
        json::object allowed;
        for (const Role& role : *roles) {
            allowed[role.id] = access::contains(role.permissions, access::bit(info.id));
        }
        rows.push_back({{"name", info.name}, {"area", info.area}, {"roles", std::move(allowed)}});
    }
    co_return net::json_response(json::render(
        json::object{{"roles", std::move(columns)}, {"permissions", std::move(rows)}}));
}

async::Task<Result<net::Response>> handle_create_role(Service& service, net::Call& call) {
    const Result<RoleDraft> draft = parse_role(call.request);
    if (!draft) {
        co_return std::unexpected(draft.error());
    }
    for (const auto& [field, there] : {std::pair{"name", draft->name.has_value()},
                                       std::pair{"permissions", draft->permissions.has_value()}}) {
        if (!there) {
            co_return fail_field(wapi::errors::invalid_request, field, "A role needs it.");
        }
    }
    co_return respond(co_await service.create_role(call.context, *draft), 201);
}

async::Task<Result<net::Response>> handle_change_role(Service& service, net::Call& call) {
    const Result<RoleDraft> draft = parse_role(call.request);
    if (!draft) {
        co_return std::unexpected(draft.error());
    }
    co_return respond(co_await service.change_role(call.context, call.request.param("id"), *draft));
}

async::Task<Result<net::Response>> handle_remove_role(Service& service, net::Call& call) {
    co_return respond(co_await service.remove_role(call.context, call.request.param("id")));
}

/// One list under two names: the team's members, and the users of the workspace.
async::Task<Result<net::Response>> list_members(Service& service, net::Call& call,
                                                std::string_view name) {
    const Result<std::size_t> limit = net::page_limit(call.request);
    if (!limit) {
        co_return std::unexpected(limit.error());
    }
    const Result<MemberPage> page = co_await service.list_members(
        call.context, {.text = std::string(call.request.query_param("q")),
                       .role = std::string(call.request.query_param("role")),
                       .cursor = std::string(call.request.query_param("cursor")),
                       .limit = *limit});
    if (!page) {
        co_return std::unexpected(page.error());
    }
    json::array items;
    for (const Member& member : page->members) {
        items.emplace_back(render(member));
    }
    co_return net::page_response(name, std::move(items), page->next_cursor);
}

/// For who does not manage the team: no addresses, no rights.
async::Task<Result<net::Response>> list_assignees(Service& service, net::Call& call,
                                                  std::string_view conversation) {
    const Result<std::size_t> limit = net::page_limit(call.request);
    if (!limit) {
        co_return std::unexpected(limit.error());
    }
    const Result<AssigneePage> page = co_await service.list_assignees(
        call.context, {.text = std::string(call.request.query_param("q")),
                       .conversation = std::string(conversation),
                       .cursor = std::string(call.request.query_param("cursor")),
                       .limit = *limit});
    if (!page) {
        co_return std::unexpected(page.error());
    }
    json::array items;
    for (const Assignee& one : page->assignees) {
        items.push_back({{"id", one.id.value}, {"name", one.name}, {"roleName", one.role_name}});
    }
    co_return net::page_response("assignees", std::move(items), page->next_cursor);
}

async::Task<Result<net::Response>> handle_assignees(Service& service, net::Call& call) {
    return list_assignees(service, call, call.request.query_param("conversationId"));
}

/// Who writes a note names colleagues in it, also without the right to assign.
async::Task<Result<net::Response>> handle_mentionable(Service& service, net::Call& call) {
    return list_assignees(service, call, call.request.param("id"));
}

async::Task<Result<net::Response>> handle_members(Service& service, net::Call& call) {
    return list_members(service, call, "members");
}

async::Task<Result<net::Response>> handle_users(Service& service, net::Call& call) {
    return list_members(service, call, "users");
}

async::Task<Result<net::Response>> handle_user(Service& service, net::Call& call) {
    co_return respond(co_await service.get_member(call.context, UserId(call.request.param("id"))));
}

Result<MemberChange> parse_member_role(const json::object& body) {
    const auto role = json::require_string(body, "role", {.bytes_max = role_name_bytes_max});
    if (!role) {
        return std::unexpected(role.error());
    }
    return MemberChange{.role = *role, .overrides = {}, .limits = {}};
}

Result<MemberChange> parse_overrides(const json::object& body) {
    const auto grant = access::read_permissions(body, "grant");
    const auto deny = access::read_permissions(body, "deny");
    for (const auto* list : {&grant, &deny}) {
        if (!*list) {
            return std::unexpected(list->error());
        }
    }
    if (!*grant || !*deny) {
        return fail_field(wapi::errors::invalid_request, *grant ? "deny" : "grant",
                          "Both lists are needed; an empty one overrides nothing.");
    }
    if ((**grant & **deny) != 0) {
        return fail_field(wapi::errors::invalid_request, "deny",
                          "A permission cannot be granted and denied.");
    }
    return MemberChange{
        .role = {}, .overrides = Overrides{.granted = **grant, .denied = **deny}, .limits = {}};
}

Result<MemberChange> parse_restrictions(const json::object& body) {
    auto tags = read_list(body, "assignedTags", assigned_tags_max);
    auto phones = read_list(body, "assignedPhones", assigned_phones_max);
    for (const auto* list : {&tags, &phones}) {
        if (!*list) {
            return std::unexpected(list->error());
        }
    }
    return MemberChange{.role = {},
                        .overrides = {},
                        .limits = Limits{.tags = *std::move(tags), .phones = *std::move(phones)}};
}

/// A change of a member, whose parts have a route each.
async::Task<Result<net::Response>> change_member(
    Service& service, net::Call& call, Result<MemberChange> (*parse)(const json::object&)) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    Result<MemberChange> change = parse(*body);
    if (!change) {
        co_return std::unexpected(change.error());
    }
    co_return respond(co_await service.change_member(call.context, UserId(call.request.param("id")),
                                                     *std::move(change)));
}

async::Task<Result<net::Response>> handle_member_role(Service& service, net::Call& call) {
    return change_member(service, call, parse_member_role);
}

async::Task<Result<net::Response>> handle_overrides(Service& service, net::Call& call) {
    return change_member(service, call, parse_overrides);
}

async::Task<Result<net::Response>> handle_restrictions(Service& service, net::Call& call) {
    return change_member(service, call, parse_restrictions);
}

async::Task<Result<net::Response>> handle_remove_member(Service& service, net::Call& call) {
    co_return respond(
        co_await service.remove_member(call.context, UserId(call.request.param("id"))));
}

}  // namespace

std::vector<net::Route> team_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const auto bind = [&service](auto handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return handler(service, call); };
    };
    constexpr std::string_view permission = "manageTeam";
    constexpr RateClass rate = RateClass::api;
    return {
        {Verb::get, "/api/v1/admin/team/permissions", Auth::session, permission, rate, 0,
         "getPermissionMatrix", bind(handle_matrix)},
        {Verb::get, "/api/v1/admin/team/roles", Auth::session, permission, rate, 0, "listRoles",
         bind(handle_roles)},
        {Verb::post, "/api/v1/admin/team/roles", Auth::session, permission, rate, body_max,
         "createRole", bind(handle_create_role)},
        {Verb::patch, "/api/v1/admin/team/roles/{id}", Auth::session, permission, rate, body_max,
         "changeRole", bind(handle_change_role)},
        {Verb::delete_, "/api/v1/admin/team/roles/{id}", Auth::session, permission, rate, 1024,
         "removeRole", bind(handle_remove_role)},
        {Verb::get, "/api/v1/admin/team/members", Auth::session, permission, rate, 0, "listMembers",
         bind(handle_members)},
        {Verb::patch, "/api/v1/admin/team/members/{id}/role", Auth::session, permission, rate,
         body_max, "changeMemberRole", bind(handle_member_role)},
        {Verb::patch, "/api/v1/admin/team/members/{id}/overrides", Auth::session, permission, rate,
         body_max, "changeMemberOverrides", bind(handle_overrides)},
        {Verb::patch, "/api/v1/admin/team/members/{id}/restrictions", Auth::session, permission,
         rate, body_max, "changeMemberRestrictions", bind(handle_restrictions)},
        {Verb::delete_, "/api/v1/admin/team/members/{id}", Auth::session, permission, rate, 1024,
         "removeMember", bind(handle_remove_member)},
        {Verb::get, "/api/v1/inbox/assignees", Auth::api_key, "assignConversations", rate, 0,
         "listAssignees", bind(handle_assignees)},
        {Verb::get, "/api/v1/conversations/{id}/mentionable", Auth::api_key, "sendMessages", rate,
         0, "listMentionable", bind(handle_mentionable)},
        {Verb::get, "/api/v1/admin/users", Auth::session, permission, rate, 0, "listUsers",
         bind(handle_users)},
        {Verb::get, "/api/v1/admin/users/{id}", Auth::session, permission, rate, 0, "getUser",
         bind(handle_user)},
    };
}

}  // namespace wapi::team
