// Errors as Meta's Graph API answers them, and the same codes as status webhooks carry them.
//
// One table fixes title and HTTP status of every code the simulator uses; the caller adds details.
// Source: shared/meta/errors.md (table of codes), shared/meta/cloud-api.md section 1 (envelope).
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace wapi::cloudsim {

struct GraphError {
    int code = 1;
    int status = 400;     ///< HTTP status of the answer
    std::string message;  ///< full text: "(#131009) Parameter value is not valid"
    std::string details;  ///< error_data.details; empty leaves error_data out
    int subcode = 0;      ///< 0 leaves error_subcode out
    std::string type = "OAuthException";
};

/// True for the codes of the table and Meta's permission errors, 200 to 299.
bool is_known_code(int code);

/// What a Graph handler answers: a JSON value for HTTP 200, or an error.
using GraphReply = std::expected<json::value, GraphError>;

/// An error of the table. `details` empty: the code's title serves.
GraphError graph_error(int code, std::string details = {}, int subcode = 0);

inline std::unexpected<GraphError> refuse(int code, std::string details = {}, int subcode = 0) {
    return std::unexpected(graph_error(code, std::move(details), subcode));
}

/// Code 100 subcode 33: the node does not exist or the token cannot see it.
std::unexpected<GraphError> refuse_unknown_node(std::string_view verb, std::string_view node);

/// `{"error":{...}}`.
json::object render_graph_error(const GraphError& error, std::string_view trace_id);

/// One element of `errors` in a status webhook.
json::object render_webhook_error(int code);

}  // namespace wapi::cloudsim
