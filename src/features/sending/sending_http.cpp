#include "features/sending/sending_http.hpp"

#include "base/json.hpp"

namespace wapi::sending {
namespace {

constexpr std::size_t body_max = 64 * 1024;

/// The first error among the readers' results, or nothing.
template <class... Results>
std::optional<Error> first_error(const Results&... results) {
    std::optional<Error> found;
    const auto look = [&found](const auto& result) {
        if (!found && !result) {
            found = result.error();
        }
    };
    (look(results), ...);
    return found;
}

Result<Draft> parse_recipient(const json::object& body) {
    const auto contact = json::optional_string(body, "contactId", {.bytes_max = 64});
    const auto phone = json::optional_string(body, "phone", {.bytes_max = 64});
    const auto bsuid = json::optional_string(body, "bsuid", {.bytes_max = 160});
    const auto number = json::optional_string(body, "phoneNumberId", {.bytes_max = 64});
    const auto reply_to = json::optional_string(body, "replyTo", {.bytes_max = 256});
    if (const auto error = first_error(contact, phone, bsuid, number, reply_to)) {
        return std::unexpected(*error);
    }
    if (int{contact->has_value()} + int{phone->has_value()} + int{bsuid->has_value()} != 1) {
        return fail_field(wapi::errors::invalid_request, "contactId",
                          "Name the recipient by exactly one of contactId, phone and bsuid.");
    }
    Draft draft;
    draft.to = {contact->value_or(""), phone->value_or(""), bsuid->value_or("")};
    draft.phone_number_id = number->value_or("");
    draft.reply_to = reply_to->value_or("");
    return draft;
}

Result<Draft> parse_text(const json::object& body) {
    Result<Draft> draft = parse_recipient(body);
    const auto type = json::optional_string(body, "type", {.bytes_max = 32});
    const auto text = json::require_string(body, "body", {.bytes_max = 32 * 1024, .trim = false});
    const auto preview = json::optional_bool(body, "previewUrl");
    if (const auto error = first_error(draft, type, text, preview)) {
        return std::unexpected(*error);
    }
    if (type->value_or("text") != "text") {
        return fail_field(wapi::errors::invalid_request, "type", "Only text can be sent here yet.");
    }
    draft->content = *text;
    draft->preview_url = preview->value_or(false);
    return draft;
}

Result<Draft> parse_template(const json::object& body) {
    Result<Draft> draft = parse_recipient(body);
    const auto name = json::require_string(body, "template.name", {.bytes_max = 512});
    const auto language = json::require_string(body, "template.language", {.bytes_max = 32});
    const auto components = json::optional_array(body, "template.components", 20);
    if (const auto error = first_error(draft, name, language, components)) {
        return std::unexpected(*error);
    }
    TemplateRequest request{.name = *name, .language = *language, .components = "[]"};
    if (*components != nullptr) {
        request.components = json::render(**components);
    }
    draft->content = std::move(request);
    return draft;
}

/// 200 once Meta has taken it, 202 while it waits.
net::Response respond_sent(const messages::Message& message) {
    const bool waits = message.status == messages::status::queued ||
                       message.status == messages::status::sending ||
                       message.status == messages::status::retry_queued ||
                       message.status == messages::status::uncertain;
    json::object body{
        {"success", true},
        {"messageId", message.id.value},
        {"conversationId", message.conversation.value},
        {"status", message.status == messages::status::sending ? messages::status::queued
                                                               : std::string_view(message.status)}};
    if (!message.wa_message_id.empty()) {
        body["waMessageId"] = message.wa_message_id.value;
    }
    if (waits && !message.error_message.empty()) {
        body["reason"] = message.error_message;
    }
    return net::json_response(json::render(body), waits ? 202 : 200);
}

async::Task<Result<net::Response>> send(Service& service, net::Call& call,
                                        Result<Draft> (*parse)(const json::object&)) {
    const Result<json::object> body = json::parse_object(call.request.body);
    const Result<idempotency::Request> keyed =
        idempotency::parse({.key = call.request.header("idempotency-key"),
                            .path = call.request.path,
                            .body = call.request.body});
    if (const auto error = first_error(body, keyed)) {
        co_return std::unexpected(*error);
    }
    Result<Draft> draft = parse(*body);
    if (!draft) {
        co_return std::unexpected(draft.error());
    }
    Service::KeyedDraft request{.draft = *std::move(draft), .request = *keyed};
    const Result<messages::Message> message =
        co_await service.send(call.context, std::move(request));
    if (!message) {
        co_return std::unexpected(message.error());
    }
    co_return respond_sent(*message);
}

async::Task<Result<net::Response>> handle_send_text(Service& service, net::Call& call) {
    return send(service, call, parse_text);
}

async::Task<Result<net::Response>> handle_send_template(Service& service, net::Call& call) {
    return send(service, call, parse_template);
}

}  // namespace

std::vector<net::Route> sending_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const auto bind = [&service](auto handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return handler(service, call); };
    };
    return {
        {Verb::post, "/api/v1/messages/send", Auth::api_key, "sendMessages", RateClass::api,
         body_max, "sendMessage", bind(handle_send_text)},
        {Verb::post, "/api/v1/messages/template", Auth::api_key, "sendTemplates", RateClass::api,
         body_max, "sendTemplate", bind(handle_send_template)},
    };
}

}  // namespace wapi::sending
