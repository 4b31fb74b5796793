#include "app/routes.hpp"

#include <iterator>

#include "app/api_docs_http.hpp"
#include "app/console_http.hpp"
#include "features/account_links/account_links_http.hpp"
#include "features/api_keys/api_keys_http.hpp"
#include "features/contact_acts/contact_acts_http.hpp"
#include "features/contact_exports/contact_exports_http.hpp"
#include "features/contact_imports/contact_imports_http.hpp"
#include "features/contact_lists/contact_lists_http.hpp"
#include "features/contacts/contacts_http.hpp"
#include "features/conversation_notes/conversation_notes_http.hpp"
#include "features/inbox/inbox_http.hpp"
#include "features/inbox_counts/inbox_counts_http.hpp"
#include "features/invites/invites_http.hpp"
#include "features/messages/messages_http.hpp"
#include "features/meta_callbacks/meta_callbacks_http.hpp"
#include "features/onboarding/onboarding_http.hpp"
#include "features/operator_desk/operator_desk_http.hpp"
#include "features/operators/operators_http.hpp"
#include "features/opt_out/opt_out_http.hpp"
#include "features/overview/overview_http.hpp"
#include "features/privacy/privacy_http.hpp"
#include "features/quick_replies/quick_replies_http.hpp"
#include "features/realtime/realtime_http.hpp"
#include "features/saved_views/saved_views_http.hpp"
#include "features/search/search_http.hpp"
#include "features/second_factor/second_factor_http.hpp"
#include "features/segments/segments_http.hpp"
#include "features/sending/sending_http.hpp"
#include "features/sessions/sessions_http.hpp"
#include "features/team/team_http.hpp"
#include "features/templates/templates_http.hpp"
#include "features/timeline/timeline_http.hpp"
#include "features/workspaces/workspaces_http.hpp"

namespace wapi::app {

std::vector<net::Route> make_routes(const RouteParts& parts) {
    std::vector<net::Route> all;
    const auto add = [&all](std::vector<net::Route> routes) {
        std::move(routes.begin(), routes.end(), std::back_inserter(all));
    };
    add(health_routes(parts.health));
    add(api_docs_routes());
    add(console_routes(parts.rng));
    add(webhooks::webhooks_routes(parts.webhooks));
    add(dead_letters::dead_letters_routes(parts.dead_letters));
    add(accounts::account_routes(parts.accounts));
    add(sessions::session_routes(parts.sessions));
    add(account_links::account_links_routes(parts.account_links));
    add(second_factor::second_factor_routes(parts.second_factor));
    add(operators::operator_routes(parts.operators));
    add(operator_desk::operator_desk_routes(parts.operator_desk));
    add(api_keys::api_keys_routes(parts.api_keys));
    add(team::team_routes(parts.team));
    add(invites::invites_routes(parts.invites, parts.public_url));
    add(workspaces::workspace_routes(parts.workspaces));
    add(onboarding::onboarding_routes(parts.onboarding));
    add(meta_callbacks::meta_callback_routes(parts.meta_callbacks, parts.public_url));
    add(contact_lists::contact_lists_routes(parts.contact_lists));
    add(contacts::contacts_routes(parts.contacts));
    add(contact_acts::contact_acts_routes(parts.contact_acts));
    add(contact_exports::contact_exports_routes(parts.contact_exports));
    add(contact_imports::contact_imports_routes(parts.contact_imports));
    add(segments::segments_routes(parts.segments));
    add(inbox::inbox_routes(parts.inbox));
    add(inbox_counts::inbox_counts_routes(parts.inbox_counts));
    add(opt_out::opt_out_routes(parts.opt_out));
    add(privacy::privacy_routes(parts.privacy));
    add(search::search_routes(parts.search));
    add(timeline::timeline_routes(parts.timeline));
    add(overview::overview_routes(parts.overview));
    add(conversation_notes::conversation_notes_routes(parts.conversation_notes));
    add(quick_replies::quick_replies_routes(parts.quick_replies));
    add(saved_views::saved_views_routes(parts.saved_views));
    add(sending::sending_routes(parts.sending));
    add(messages::messages_routes(parts.messages));
    add(realtime::realtime_routes(parts.realtime));
    add(templates::template_routes(parts.templates));
    add(audit_logs::audit_logs_routes(parts.audit_logs));
    return all;
}

}  // namespace wapi::app
