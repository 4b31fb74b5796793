#include "features/inbox/inbox_http.hpp"

#include "base/json.hpp"

namespace wapi::inbox {
namespace {

/// The field must be there; null is nobody. Errors: invalid_request.
Result<std::optional<UserId>> parse_assignee(const json::object& body) {
    const json::value* field = body.if_contains("assigneeId");
    if (field != nullptr && field->is_null()) {
        return std::nullopt;
    }
    const auto id = json::require_string(body, "assigneeId", {.bytes_max = 64});
    if (!id) {
        return std::unexpected(id.error());
    }
    return UserId(*id);
}

async::Task<Result<net::Response>> handle_assign(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<std::optional<UserId>> assignee = parse_assignee(*body);
    if (!assignee) {
        co_return std::unexpected(assignee.error());
    }
    const Result<Conversation> conversation =
        co_await service.assign(call.context, ConversationId(call.request.param("id")), *assignee);
    if (!conversation) {
        co_return std::unexpected(conversation.error());
    }
    const std::optional<UserId>& now = conversation->assignee;
    co_return net::json_response(json::render(
        json::object{{"id", conversation->id.value},
                     {"assigneeId", now ? json::value(now->value) : json::value(nullptr)}}));
}

}  // namespace

std::vector<net::Route> inbox_routes(Service& service) {
    constexpr std::size_t body_max = 1024;
    return {
        {net::Verb::post, "/api/v1/conversations/{id}/assign", net::Auth::api_key,
         "assignConversations", net::RateClass::api, body_max, "assignConversation",
         [&service](net::Call& call) { return handle_assign(service, call); }},
    };
}

}  // namespace wapi::inbox
