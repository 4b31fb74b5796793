#include "features/contacts/contacts_http.hpp"

#include <boost/json/value_from.hpp>

#include "base/json.hpp"
#include "base/time_text.hpp"

namespace wapi::contacts {
namespace {

constexpr std::size_t body_max = 64 * 1024;

Result<Draft> parse_draft(const json::object& body) {
    Draft draft;
    const auto name =
        json::optional_string(body, "name", {.bytes_min = 0, .bytes_max = name_bytes_max});
    const auto phone = json::optional_string(body, "phone", {.bytes_max = 64});
    const auto tags = json::optional_strings(body, "tags", tags_max, {.bytes_max = tag_bytes_max});
    const auto attributes = json::optional_object(body, "attributes");
    for (const Error* error :
         {name ? nullptr : &name.error(), phone ? nullptr : &phone.error(),
          tags ? nullptr : &tags.error(), attributes ? nullptr : &attributes.error()}) {
        if (error != nullptr) {
            return std::unexpected(*error);
        }
    }
    draft.name = *name;
    draft.phone = *phone;
    if (body.contains("tags")) {
        draft.tags = *tags;
    }
    if (*attributes != nullptr) {
        draft.attributes = **attributes;
    }
    return draft;
}

Result<net::Response> respond(const Result<Contact>& contact, int status = 200) {
    if (!contact) {
        return std::unexpected(contact.error());
    }
    return net::json_response(json::render(render(*contact)), status);
}

async::Task<Result<net::Response>> handle_get(Service& service, net::Call& call) {
    co_return respond(co_await service.get(call.context, ContactId(call.request.param("id"))));
}

async::Task<Result<net::Response>> handle_create(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    Result<Draft> draft = parse_draft(*body);
    if (!draft) {
        co_return std::unexpected(draft.error());
    }
    if (!draft->phone) {
        co_return fail_field(wapi::errors::invalid_request, "phone", "A phone number is needed.");
    }
    co_return respond(co_await service.create(call.context, *std::move(draft)), 201);
}

async::Task<Result<net::Response>> handle_change(Service& service, net::Call& call) {
    const Result<json::object> body = json::parse_object(call.request.body);
    if (!body) {
        co_return std::unexpected(body.error());
    }
    Result<Draft> draft = parse_draft(*body);
    if (!draft) {
        co_return std::unexpected(draft.error());
    }
    if (draft->phone) {
        co_return fail_field(wapi::errors::invalid_request, "phone",
                             "The phone of a contact cannot be changed.");
    }
    co_return respond(co_await service.change(call.context, ContactId(call.request.param("id")),
                                              *std::move(draft)));
}

}  // namespace

boost::json::object render(const Contact& contact) {
    json::array identities;
    for (const Identity& identity : contact.identities) {
        identities.push_back({{"kind", name_of(identity.kind)}, {"value", identity.value}});
    }
    const OptOut& opt_out = contact.opt_out;
    return {
        {"id", contact.id.value},
        {"name", contact.name},
        {"phone", contact.phone.empty() ? json::value(nullptr) : json::value("+" + contact.phone)},
        {"identities", std::move(identities)},
        {"tags", boost::json::value_from(contact.tags)},
        {"attributes", contact.attributes},
        {"optOut",
         {{"status", opt_out.status},
          {"optedOutAt", render_time(opt_out.opted_out_at)},
          {"optedOutVia", opt_out.opted_out_via.empty() ? json::value(nullptr)
                                                        : json::value(opt_out.opted_out_via)},
          {"optedBackInAt", render_time(opt_out.opted_back_in_at)}}},
        {"createdAt", render_time(contact.created_at)}};
}

std::vector<net::Route> contacts_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    const auto bind = [&service](auto handler) -> net::Handler {
        return [&service, handler](net::Call& call) { return handler(service, call); };
    };
    return {
        {Verb::post, "/api/v1/contacts", Auth::api_key, "createContacts", RateClass::api, body_max,
         "createContact", bind(handle_create)},
        {Verb::get, "/api/v1/contacts/{id}", Auth::api_key, "viewContacts", RateClass::api, 0,
         "getContact", bind(handle_get)},
        {Verb::patch, "/api/v1/contacts/{id}", Auth::api_key, "editContacts", RateClass::api,
         body_max, "changeContact", bind(handle_change)},
        {Verb::put, "/api/v1/contacts/{id}", Auth::api_key, "editContacts", RateClass::api,
         body_max, "replaceContact", bind(handle_change)},
    };
}

}  // namespace wapi::contacts
