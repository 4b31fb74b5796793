#include "features/inbox/inbox_http.hpp"

#include "base/json.hpp"
#include "base/time_text.hpp"

namespace wapi::inbox {
namespace {

/// A member's id, or null for nobody; the field must be there. Errors: invalid_request.
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

/// `expected` of a body. Errors: invalid_request.
Result<Expected> parse_expected(const json::object& body) {
    const auto given = json::optional_object(body, "expected");
    if (!given) {
        return std::unexpected(given.error());
    }
    Expected expected;
    if (*given == nullptr) {
        return expected;
    }
    const auto status = json::optional_string(body, "expected.status", {.bytes_max = 16});
    const auto last = json::optional_string(body, "expected.lastMessageId", {.bytes_max = 64});
    if (!status || !last) {
        return std::unexpected(status ? last.error() : status.error());
    }
    expected.status = *status;
    if (*last) {
        expected.last_message = MessageId(**last);
    }
    if ((*given)->contains("assigneeId")) {
        const auto assignee = parse_assignee(**given);
        if (!assignee) {
            return std::unexpected(json::at_path(assignee.error(), "expected"));
        }
        expected.assignee = *assignee;
    }
    return expected;
}

struct Body {
    json::object fields;
    Expected expected;
};

/// An empty body is an object without fields. Errors: malformed_json, invalid_request.
Result<Body> parse_body(const net::Request& request) {
    const Result<json::object> fields =
        request.body.empty() ? json::object{} : json::parse_object(request.body);
    if (!fields) {
        return std::unexpected(fields.error());
    }
    const Result<Expected> expected = parse_expected(*fields);
    return expected ? Result<Body>(Body{*fields, *expected}) : std::unexpected(expected.error());
}

Result<net::Response> respond(const Result<Conversation>& conversation) {
    if (!conversation) {
        return std::unexpected(conversation.error());
    }
    const std::optional<UserId>& assignee = conversation->assignee;
    return net::json_response(json::render(json::object{
        {"id", conversation->id.value},
        {"status", conversation->status},
        {"snoozedUntil", render_time(conversation->snoozed_until)},
        {"assigneeId", assignee ? json::value(assignee->value) : json::value(nullptr)}}));
}

ConversationId id_of(const net::Call& call) { return ConversationId(call.request.param("id")); }

async::Task<Result<net::Response>> handle_assign(Service& service, net::Call& call) {
    const Result<Body> body = parse_body(call.request);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const Result<std::optional<UserId>> assignee = parse_assignee(body->fields);
    if (!assignee) {
        co_return std::unexpected(assignee.error());
    }
    co_return respond(
        co_await service.assign(call.context, id_of(call), *assignee, body->expected));
}

async::Task<Result<net::Response>> handle_resolve(Service& service, net::Call& call) {
    const Result<Body> body = parse_body(call.request);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    co_return respond(co_await service.resolve(call.context, id_of(call), body->expected));
}

async::Task<Result<net::Response>> handle_reopen(Service& service, net::Call& call) {
    const Result<Body> body = parse_body(call.request);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    co_return respond(co_await service.reopen(call.context, id_of(call), body->expected));
}

async::Task<Result<net::Response>> handle_snooze(Service& service, net::Call& call) {
    const Result<Body> body = parse_body(call.request);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    const auto text = json::require_string(body->fields, "until", {.bytes_max = 40});
    if (!text) {
        co_return std::unexpected(text.error());
    }
    const std::optional<Timestamp> until = parse_time(*text);
    if (!until) {
        co_return fail_field(wapi::errors::invalid_request, "until",
                             "A time such as 2026-11-22T21:30:00Z.");
    }
    co_return respond(co_await service.snooze(call.context, id_of(call), *until, body->expected));
}

}  // namespace

std::vector<net::Route> inbox_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    constexpr std::size_t body_max = 1024;
    const auto bind = [&service](auto handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return handler(service, call); };
    };
    return {
        {Verb::post, "/api/v1/conversations/{id}/assign", Auth::api_key, "assignConversations",
         RateClass::api, body_max, "assignConversation", bind(handle_assign)},
        {Verb::post, "/api/v1/conversations/{id}/resolve", Auth::api_key, "resolveConversations",
         RateClass::api, body_max, "resolveConversation", bind(handle_resolve)},
        {Verb::post, "/api/v1/conversations/{id}/reopen", Auth::api_key, "resolveConversations",
         RateClass::api, body_max, "reopenConversation", bind(handle_reopen)},
        {Verb::post, "/api/v1/conversations/{id}/snooze", Auth::api_key, "resolveConversations",
         RateClass::api, body_max, "snoozeConversation", bind(handle_snooze)},
    };
}

}  // namespace wapi::inbox
