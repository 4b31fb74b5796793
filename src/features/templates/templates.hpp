// Message templates: a local copy of what Meta has approved, and the checks before one is sent.
//
// The send gate asks `check_template` in its transaction, so that a template that is missing,
// paused or wrongly filled is refused with a clear answer before Meta is called. Sources:
// meta/templates.md and meta/sending.md ("Template messages").
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"
#include "db/db.hpp"
#include "db/txn.hpp"
#include "features/vault/vault.hpp"
#include "whatsapp/graph_client.hpp"
#include "whatsapp/webhook.hpp"

namespace wapi::templates {

namespace errors {
inline const ErrorKind template_not_found{
    "template_not_found", 404, RetryClass::never,
    "There is no template of that name and language on this number's account."};
inline const ErrorKind template_not_approved{"template_not_approved", 422, RetryClass::wait,
                                             "Meta has not approved this template."};
inline const ErrorKind template_paused{"template_paused", 422, RetryClass::wait,
                                       "Meta has paused this template."};
inline const ErrorKind template_disabled{"template_disabled", 422, RetryClass::never,
                                         "Meta has disabled this template for good."};
inline const ErrorKind template_parameters_invalid{"template_parameters_invalid", 422,
                                                   RetryClass::never,
                                                   "The parameters do not fit the template."};
}  // namespace errors

struct Template {
    WabaId waba_id;
    std::string name;
    std::string language;
    std::string meta_id;
    std::string category;          ///< MARKETING, UTILITY, AUTHENTICATION
    std::string status;            ///< Meta's word, open list
    std::string parameter_format;  ///< POSITIONAL or NAMED
    std::string components;        ///< JSON array text as Meta gave it
    Timestamp updated_at;
    std::string status_reason = {};  ///< why Meta refused or paused it; for people
    Timestamp status_at = {};        ///< of the newest word about the status, in whole seconds
};

// Rules.

/// Whether the template may be sent and the given components fill it: every variable once, the
/// right header kind, URL button suffixes. `components` is the send request's array, empty when
/// absent. Errors: template_not_approved, template_paused, template_disabled,
/// template_parameters_invalid.
Result<void> check_parameters(const Template& stored, const boost::json::array& components);

/// The text a customer will read: header, body and footer with the variables filled in.
std::string render_preview(const Template& stored, const boost::json::array& components);

// Store.

std::optional<Template> find_template(db::WorkspaceTxn& txn, const WabaId& waba_id,
                                      std::string_view name, std::string_view language);
/// By name, then language; at most `limit`, after the given name and language.
struct ListAfter {
    std::string waba_id;
    std::string name;
    std::string language;
};
std::vector<Template> list_templates(db::WorkspaceTxn& txn, const std::optional<ListAfter>& after,
                                     std::size_t limit);
/// Inserts or replaces.
void save_template(db::WorkspaceTxn& txn, const Template& stored);

/// A status webhook of one account.
struct StatusEvent {
    WabaId waba_id;
    whatsapp::TemplateStatus update;
    Timestamp at;  ///< Meta's time, in whole seconds
};
/// Applies it with its audit entry, unless something newer is known. What is not known here is left
/// to the next sync. Database thread.
void apply_status(db::WorkspaceTxn& txn, const StatusEvent& event, Timestamp now);

/// The send gate's one call: finds the template and checks it.
/// Errors: template_not_found and those of check_parameters.
Result<Template> check_template(db::WorkspaceTxn& txn, const WabaId& waba_id, std::string_view name,
                                std::string_view language, const boost::json::array& components);

// Service.

struct Page {
    std::vector<Template> templates;
    std::string next_cursor;  ///< empty on the last page
};

class Service {
  public:
    Service(db::Db& db, whatsapp::GraphClient& graph, vault::Vault& vault, const Clock& clock)
        : db_(db), graph_(graph), vault_(vault), clock_(clock) {}
    async::Task<Result<Page>> list(Context context, std::size_t limit, std::string cursor);
    /// Reads every template of the account from Meta and stores them; returns how many. Templates
    /// that Meta no longer lists are removed here too. Errors: those of whatsapp::to_error.
    async::Task<Result<std::size_t>> sync(Context context, WabaId waba_id, SecretString token);
    /// As sync, for each account that the workspace has connected, with its stored token. Errors:
    /// those of sync and of vault::Vault::read.
    async::Task<Result<std::size_t>> sync_all(Context context);

  private:
    db::Db& db_;
    whatsapp::GraphClient& graph_;
    vault::Vault& vault_;
    const Clock& clock_;
};

}  // namespace wapi::templates
