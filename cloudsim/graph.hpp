// A Graph call and the handlers of all Graph edges.
//
// The router (graph_router.cpp) resolves version, token and node; a handler gets a node its token
// may see and answers a JSON value or an error. Parameters come from the query, a JSON body or a
// form, as in Meta's API. Source: shared/meta/cloud-api.md section 1.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "async/async.hpp"
#include "cloudsim/graph_error.hpp"
#include "cloudsim/simulator.hpp"
#include "net/http.hpp"

namespace wapi::cloudsim {

struct GraphCall {
    net::Request& request;
    json::object body;  ///< JSON body or form fields; empty when there is none
    std::string node;   ///< id after the version
    std::string edge;   ///< rest of the path; empty for the node itself
    const AccessToken* token = nullptr;
    Waba* waba = nullptr;                  ///< the node, or the owner of the node
    PhoneNumber* phone = nullptr;          ///< set when the node is a number
    Template* message_template = nullptr;  ///< set when the node is a template
    bool abandon = false;                  ///< close the connection instead of answering

    /// A parameter from the query, else from the body; numbers and flags as text.
    [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
};

/// Takes what the request sends. Errors: 100 when the body is neither JSON nor a form.
std::expected<json::object, GraphError> read_body(const net::Request& request);

/// Fields of a node: keeps those that `fields` names (all of `defaults` without it), and `id`.
/// Errors: 100 a field that the node does not have.
GraphReply select_fields(const json::object& node, const std::optional<std::string>& fields,
                         std::string_view node_type);

/// A page of a list: `limit` (default 25) and `after`. Errors: 131059 a cursor that is none of
/// ours.
GraphReply render_page(const GraphCall& call, const Simulator& simulator, json::array all);

/// Asks a new callback for its challenge, as Meta does before it keeps one. An empty url is none
/// and fine. The world may be another one afterwards: look nodes up again. Errors: 100.
async::Task<std::expected<void, GraphError>> check_callback(Simulator& simulator,
                                                            const CallbackOverride& callback);

/// `{"success":true}`
json::value success();

json::object render_phone(Simulator& simulator, const PhoneNumber& phone);
json::object render_template(const Template& entry);

// Handlers: edge functions by file.
GraphReply exchange_code(Simulator& simulator, GraphCall& call);  // graph_oauth.cpp
GraphReply debug_token(Simulator& simulator, GraphCall& call);
GraphReply get_waba(Simulator& simulator, GraphCall& call);  // graph_waba.cpp
GraphReply list_phone_numbers(Simulator& simulator, GraphCall& call);
GraphReply list_subscriptions(Simulator& simulator, GraphCall& call);
GraphReply remove_subscription(Simulator& simulator, GraphCall& call);
async::Task<GraphReply> add_subscription(Simulator& simulator, GraphCall& call);
GraphReply get_phone(Simulator& simulator, GraphCall& call);  // graph_phone.cpp
async::Task<GraphReply> update_phone(Simulator& simulator, GraphCall& call);
GraphReply register_phone(Simulator& simulator, GraphCall& call);
GraphReply deregister_phone(Simulator& simulator, GraphCall& call);
GraphReply get_template(Simulator& simulator, GraphCall& call);  // graph_templates.cpp
GraphReply list_templates(Simulator& simulator, GraphCall& call);
GraphReply create_template(Simulator& simulator, GraphCall& call);
GraphReply delete_template(Simulator& simulator, GraphCall& call);
GraphReply unpause_template(Simulator& simulator, GraphCall& call);
GraphReply post_message(Simulator& simulator, GraphCall& call);  // graph_messages.cpp

}  // namespace wapi::cloudsim
