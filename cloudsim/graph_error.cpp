// The table of error codes. See graph_error.hpp.
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
    CodeRow{1, 400, "API Unknown"},
    CodeRow{2, 503, "API Service"},
    CodeRow{4, 400, "API Too Many Calls"},
    CodeRow{10, 403, "Permission Denied"},
    CodeRow{100, 400, "Invalid parameter"},
    CodeRow{101, 400, "Error validating application. Cannot get application info."},
    CodeRow{104, 401, "An access token is required to request this resource."},
    CodeRow{190, 401, "Invalid OAuth access token - Cannot parse access token"},
    CodeRow{200, 403, "Permissions error"},
    CodeRow{368, 403, "Temporarily blocked for policies violations"},
    CodeRow{80007, 400, "Rate limit issues"},
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
    CodeRow{131031, 403, "Account has been locked"},
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
    CodeRow{131056, 400, "(Business Account, Consumer Account) pair rate limit hit"},
    CodeRow{131057, 500, "Account in maintenance mode"},
    CodeRow{131059, 400, "Invalid paging cursor"},
    CodeRow{131062, 400, "Business-scoped user ids are not supported for this message"},
    CodeRow{132000, 400, "Number of parameters does not match the expected number of params"},
    CodeRow{132001, 404, "Template name does not exist in the translation"},
    CodeRow{132005, 400, "Translated text too long"},
    CodeRow{132007, 400, "Template format character policy violated"},
    CodeRow{132012, 400, "Parameter format does not match format in the created template"},
    CodeRow{132015, 400, "Template is paused"},
    CodeRow{132016, 400, "Template is disabled"},
    CodeRow{132018, 400, "Template parameter validation failed"},
    CodeRow{133004, 503, "Server temporarily unavailable"},
    CodeRow{133005, 400, "Two step verification PIN mismatch"},
    CodeRow{133006, 400, "Phone number re-verification needed"},
    CodeRow{133008, 400, "Too many two step verification PIN guesses"},
    CodeRow{133010, 400, "Phone number not registered"},
    CodeRow{133016, 400, "Account register deregister rate limit exceeded"},
};

const CodeRow& row_of(int code) {
    const auto* found = std::ranges::find(code_rows, code, &CodeRow::code);
    return found == code_rows.end() ? code_rows.front() : *found;
}

// Session errors are the one family whose message does not begin with the code.
bool is_session_code(int code) { return code == 101 || code == 104 || code == 190; }

}  // namespace

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
