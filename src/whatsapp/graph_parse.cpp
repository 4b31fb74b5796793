// Reading Graph API answers. See graph_parse.hpp for what is tolerated.
//
// A success body with an "error" member counts as refused: Meta has been seen to answer 200 with
// one.
#include "whatsapp/graph_parse.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "whatsapp/graph_client.hpp"

namespace wapi::whatsapp {
namespace {

namespace bj = boost::json;

constexpr std::size_t depth_max = 32;
constexpr std::size_t text_bytes_max = 1'000;
constexpr std::int64_t seconds_max = 253'402'300'800;  // year 10000: later means never

const bj::object* object_of(const bj::object& object, std::string_view name) {
    const bj::value* found = object.if_contains(name);
    return found != nullptr ? found->if_object() : nullptr;
}

const bj::array* array_of(const bj::object& object, std::string_view name) {
    const bj::value* found = object.if_contains(name);
    return found != nullptr ? found->if_array() : nullptr;
}

bool flag_of(const bj::object& object, std::string_view name) {
    const bj::value* found = object.if_contains(name);
    const bool* flag = found != nullptr ? found->if_bool() : nullptr;
    return flag != nullptr && *flag;
}

std::int64_t number_of(const bj::object& object, std::string_view name) {
    const std::string text = text_of(object, name);
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// A code as an int; what is missing or does not fit one is no code of Meta.
std::optional<int> code_of(const bj::object& object, std::string_view name) {
    const std::string text = text_of(object, name);
    int code = -1;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), code);
    return parsed.ec == std::errc{} && code >= 0 ? std::optional(code) : std::nullopt;
}

std::string details_of(const bj::object& envelope) {
    if (const bj::object* data = object_of(envelope, "error_data")) {
        return text_of(*data, "details");
    }
    const std::string plain = text_of(envelope, "error_data");
    return plain.empty() ? text_of(envelope, "error_user_msg") : plain;
}

Refused parse_envelope(const bj::object& envelope, int http_status) {
    Refused refused;
    refused.code = code_of(envelope, "code");
    refused.subcode = code_of(envelope, "error_subcode").value_or(0);
    refused.title = text_of(envelope, "message").substr(0, text_bytes_max);
    refused.details = details_of(envelope).substr(0, text_bytes_max);
    refused.http_status = http_status;
    refused.trace_id = text_of(envelope, "fbtrace_id").substr(0, text_bytes_max);
    return refused;
}

std::vector<std::string> strings_of(const bj::array& items) {
    std::vector<std::string> strings;
    for (const bj::value& item : items) {
        if (const bj::string* text = item.if_string()) {
            strings.emplace_back(*text);
        } else if (const std::int64_t* number = item.if_int64()) {
            strings.push_back(std::to_string(*number));
        }
    }
    return strings;
}

}  // namespace

std::string text_of(const bj::object& object, std::string_view name) {
    const bj::value* found = object.if_contains(name);
    if (found == nullptr) {
        return {};
    }
    if (const bj::string* text = found->if_string()) {
        return std::string(*text);
    }
    if (found->is_int64() || found->is_uint64()) {
        return bj::serialize(*found);
    }
    return {};
}

GraphResult<bj::object> parse_answer(int http_status, std::string_view body) {
    boost::system::error_code failure;
    bj::value parsed = bj::parse(body, failure, {}, {.max_depth = depth_max});
    bj::object* answer = failure ? nullptr : parsed.if_object();
    if (answer != nullptr) {
        if (const bj::object* envelope = object_of(*answer, "error")) {
            return std::unexpected(parse_envelope(*envelope, http_status));
        }
    }
    if (http_status >= 400 && http_status < 500) {
        Refused refused;
        refused.http_status = http_status;
        refused.title = "HTTP " + std::to_string(http_status) + " without an error envelope";
        return std::unexpected(std::move(refused));
    }
    if (http_status < 200 || http_status >= 300) {
        return std::unexpected(Uncertain{"http status " + std::to_string(http_status)});
    }
    if (answer == nullptr) {
        return std::unexpected(Uncertain{"the answer is not a JSON object"});
    }
    return std::move(*answer);
}

TokenInfo parse_token_info(const bj::object& data) {
    TokenInfo info;
    info.is_valid = flag_of(data, "is_valid");
    info.app_id = text_of(data, "app_id");
    info.type = text_of(data, "type");
    info.user_id = text_of(data, "user_id");
    const std::int64_t expires = number_of(data, "expires_at");
    if (expires > 0 && expires < seconds_max) {
        info.expires_at = Timestamp{std::chrono::seconds(expires)};
    }
    if (const bj::array* scopes = array_of(data, "scopes")) {
        info.scopes = strings_of(*scopes);
    }
    const bj::array* granular = array_of(data, "granular_scopes");
    for (const bj::value& item : granular != nullptr ? *granular : bj::array()) {
        const bj::object* scope = item.if_object();
        const bool manages =
            scope != nullptr && text_of(*scope, "scope") == "whatsapp_business_management";
        const bj::array* targets = manages ? array_of(*scope, "target_ids") : nullptr;
        if (targets != nullptr) {
            info.waba_ids = strings_of(*targets);
        }
    }
    return info;
}

PhoneInfo parse_phone_info(const bj::object& phone) {
    PhoneInfo info;
    info.id = PhoneNumberId(text_of(phone, "id"));
    info.display_phone_number = text_of(phone, "display_phone_number");
    info.verified_name = text_of(phone, "verified_name");
    info.quality_rating = text_of(phone, "quality_rating");
    info.code_verification_status = text_of(phone, "code_verification_status");
    info.status = text_of(phone, "status");
    if (const bj::object* throughput = object_of(phone, "throughput")) {
        info.throughput_level = text_of(*throughput, "level");
    }
    info.is_on_biz_app = flag_of(phone, "is_on_biz_app");
    return info;
}

TemplateInfo parse_template_info(const bj::object& item) {
    TemplateInfo info;
    info.id = text_of(item, "id");
    info.name = text_of(item, "name");
    info.language = text_of(item, "language");
    info.category = text_of(item, "category");
    info.status = text_of(item, "status");
    info.parameter_format = text_of(item, "parameter_format");
    if (info.parameter_format.empty()) {
        info.parameter_format = "POSITIONAL";
    }
    const bj::array* components = array_of(item, "components");
    info.components = components != nullptr ? bj::serialize(*components) : "[]";
    return info;
}

std::string next_cursor(const bj::object& answer) {
    const bj::object* paging = object_of(answer, "paging");
    if (paging == nullptr || text_of(*paging, "next").empty()) {
        return {};
    }
    const bj::object* cursors = object_of(*paging, "cursors");
    return cursors != nullptr ? text_of(*cursors, "after") : std::string();
}

SendOutcome parse_send_answer(int http_status, std::string_view body) {
    const GraphResult<bj::object> answer = parse_answer(http_status, body);
    if (!answer) {
        return std::visit([](const auto& failure) -> SendOutcome { return failure; },
                          answer.error());
    }
    const bj::array* messages = array_of(*answer, "messages");
    const bj::object* message =
        messages != nullptr && !messages->empty() ? messages->front().if_object() : nullptr;
    Accepted accepted;
    if (message != nullptr) {
        accepted.wa_message_id = WaMessageId(text_of(*message, "id"));
        accepted.message_status = text_of(*message, "message_status");
    }
    if (accepted.wa_message_id.empty()) {
        return Uncertain{"the answer names no message"};
    }
    const bj::array* contacts = array_of(*answer, "contacts");
    const bj::object* contact =
        contacts != nullptr && !contacts->empty() ? contacts->front().if_object() : nullptr;
    if (contact != nullptr) {
        accepted.wa_id = text_of(*contact, "wa_id");
        accepted.user_id = text_of(*contact, "user_id");
    }
    return accepted;
}

}  // namespace wapi::whatsapp
