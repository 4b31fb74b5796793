// The table of error codes. Meta gives no HTTP status for a few (130403, 131062 to 131064): 400
// then. See graph_error.hpp.
#include "cloudsim/graph_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace wapi::cloudsim {
namespace {

struct CodeRow {
    int code;
    int status;
    std::string_view title;
};

constexpr std::array code_rows = {
    CodeRow{0, 401, "AuthException"},
    CodeRow{1, 400, "API Unknown"},
    CodeRow{2, 503, "API Service"},
    CodeRow{3, 500, "API Method"},
    CodeRow{4, 400, "API Too Many Calls"},
    CodeRow{10, 403, "Permission Denied"},
    CodeRow{33, 400, "Parameter value is not valid"},
    CodeRow{100, 400, "Invalid parameter"},
    CodeRow{101, 400, "Error validating application. Cannot get application info."},
    CodeRow{102, 401, "Session key invalid or no longer valid"},
    CodeRow{104, 401, "An access token is required to request this resource."},
    CodeRow{190, 401, "Invalid OAuth access token - Cannot parse access token"},
    CodeRow{200, 403, "Permissions error"},
    CodeRow{368, 403, "Temporarily blocked for policies violations"},
    CodeRow{613, 400, "Calls to this API have exceeded the rate limit"},
    CodeRow{80007, 400, "Rate limit issues"},
    CodeRow{130403, 400, "User is blocked by the business"},
    CodeRow{130429, 400, "Rate limit hit"},
    CodeRow{130472, 400, "User's number is part of an experiment"},
    CodeRow{130497, 403, "Business account is restricted from messaging users in this country"},
    CodeRow{131000, 500, "Something went wrong"},
    CodeRow{131005, 403, "Access denied"},
    CodeRow{131008, 400, "Required parameter is missing"},
    CodeRow{131009, 400, "Parameter value is not valid"},
    CodeRow{131016, 500, "Service unavailable"},
    CodeRow{131021, 400, "Recipient cannot be sender"},
    CodeRow{131026, 400, "Message undeliverable"},
    CodeRow{131030, 400, "Recipient phone number not in allowed list"},
    CodeRow{131031, 403, "Account has been locked"},
    CodeRow{131037, 400,
            "WhatsApp provided number needs display name approval before message can be sent"},
    CodeRow{131042, 400, "Business eligibility payment issue"},
    CodeRow{131045, 500, "Incorrect certificate"},
    CodeRow{131047, 400, "Re-engagement message"},
    CodeRow{131048, 400, "Spam rate limit hit"},
    CodeRow{131049, 400,
            "This message was not delivered to maintain healthy ecosystem engagement."},
    CodeRow{131050, 400, "User has stopped marketing messages from this business"},
    CodeRow{131051, 400, "Unsupported message type"},
    CodeRow{131052, 400, "Media download error"},
    CodeRow{131053, 400, "Media upload error"},
    CodeRow{131055, 400, "Method not allowed"},
    CodeRow{131056, 400, "(Business Account, Consumer Account) pair rate limit hit"},
    CodeRow{131057, 500, "Account in maintenance mode"},
    CodeRow{131059, 400, "Invalid paging cursor"},
    CodeRow{131062, 400, "Business-scoped user ids are not supported for this message"},
    CodeRow{131063, 400, "Marketing messages are disabled on Cloud API"},
    CodeRow{131064, 400, "Template category limit reached"},
    CodeRow{132000, 400, "Number of parameters does not match the expected number of params"},
    CodeRow{132001, 404, "Template name does not exist in the translation"},
    CodeRow{132005, 400, "Translated text too long"},
    CodeRow{132007, 400, "Template format character policy violated"},
    CodeRow{132008, 400, "Template parameter value is not valid"},
    CodeRow{132012, 400, "Parameter format does not match format in the created template"},
    CodeRow{132015, 400, "Template is paused"},
    CodeRow{132016, 400, "Template is disabled"},
    CodeRow{132018, 400, "Template parameter validation failed"},
    CodeRow{132068, 400, "Flow is blocked"},
    CodeRow{132069, 400, "Flow is throttled"},
    CodeRow{133000, 500, "Incomplete deregistration"},
    CodeRow{133004, 503, "Server temporarily unavailable"},
    CodeRow{133005, 400, "Two step verification PIN mismatch"},
    CodeRow{133006, 400, "Phone number re-verification needed"},
    CodeRow{133008, 400, "Too many two step verification PIN guesses"},
    CodeRow{133009, 400, "Two step verification PIN guessed too fast"},
    CodeRow{133010, 400, "Phone number not registered"},
    CodeRow{133015, 400,
            "Please wait a few minutes before attempting to register this phone number"},
    CodeRow{133016, 400, "Account register deregister rate limit exceeded"},
    CodeRow{134011, 400, "WhatsApp Payments terms of service has not been accepted"},
    CodeRow{134100, 400, "Only marketing messages supported"},
    CodeRow{134101, 400, "Template is still syncing"},
    CodeRow{134102, 500, "Template unavailable for use"},
    CodeRow{135000, 400, "Generic user error"},
    CodeRow{136024, 400, "Verification code request limit"},
    CodeRow{136025, 400, "Verification code request error"},
    CodeRow{1752041, 400, "Onboarding request already made"},
    CodeRow{2593107, 400, "Synchronization request limit exceeded"},
    CodeRow{2593108, 400, "Synchronization request made outside of allowed time window"},
};

constexpr int unknown_error = 1;
constexpr int permission_first = 200;  // 200 to 299 are one family, the table has its first
constexpr int permission_last = 299;

const CodeRow* find_row(int code) {
    if (code >= permission_first && code <= permission_last) {
        code = permission_first;
    }
    const auto* found = std::ranges::find(code_rows, code, &CodeRow::code);
    return found == code_rows.end() ? nullptr : found;
}

const CodeRow& row_of(int code) {
    const CodeRow* row = find_row(code);
    return row == nullptr ? *find_row(unknown_error) : *row;
}

// Session errors are the one family whose message does not begin with the code.
bool is_session_code(int code) { return code == 101 || code == 104 || code == 190; }

}  // namespace

bool is_known_code(int code) { return find_row(code) != nullptr; }

GraphError graph_error(int code, std::string details, int subcode) {
    const CodeRow& row = row_of(code);
    GraphError error;
    error.code = code;
    error.status = row.status;
    error.subcode = subcode;
    if (is_session_code(code)) {
        error.message = details.empty() ? std::string(row.title) : std::move(details);
        return error;
    }
    error.message = fmt::format("(#{}) {}", code, row.title);
    error.details = details.empty() ? std::string(row.title) : std::move(details);
    return error;
}

std::unexpected<GraphError> refuse_unknown_node(std::string_view verb, std::string_view node) {
    GraphError error;
    error.code = 100;
    error.subcode = 33;
    error.type = "GraphMethodException";
    error.message = fmt::format(
        "Unsupported {} request. Object with ID '{}' does not exist, cannot be loaded due to "
        "missing "
        "permissions, or does not support this operation. Please read the Graph API documentation "
        "at "
        "https://developers.facebook.com/docs/graph-api",
        verb, node);
    return std::unexpected(std::move(error));
}

json::object render_graph_error(const GraphError& error, std::string_view trace_id) {
    json::object inner{{"message", error.message}, {"type", error.type}, {"code", error.code}};
    if (!error.details.empty()) {
        inner["error_data"] =
            json::object{{"messaging_product", "whatsapp"}, {"details", error.details}};
    }
    if (error.subcode != 0) {
        inner["error_subcode"] = error.subcode;
    }
    inner["fbtrace_id"] = trace_id;
    return json::object{{"error", std::move(inner)}};
}

json::object render_webhook_error(int code) {
    const std::string_view title = row_of(code).title;
    return json::object{
        {"code", code},
        {"title", title},
        {"message", title},
        {"error_data", json::object{{"details", title}}},
        {"href", "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"}};
}

}  // namespace wapi::cloudsim
