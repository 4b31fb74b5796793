// The route table: everything the server answers, in one place.
//
// Each feature describes its own routes; this file joins them, so that "what can be called, by
// whom, with which permission and limit" has one answer (`wapi routes` prints it, tests walk it).
#pragma once

#include <vector>

#include "app/health_http.hpp"
#include "base/rng.hpp"
#include "features/account_links/account_links.hpp"
#include "features/accounts/accounts_http.hpp"
#include "features/api_keys/api_keys.hpp"
#include "features/audit_logs/audit_logs_http.hpp"
#include "features/contact_acts/contact_acts.hpp"
#include "features/contact_exports/contact_exports.hpp"
#include "features/contact_imports/contact_imports.hpp"
#include "features/contact_lists/contact_lists.hpp"
#include "features/contacts/contacts.hpp"
#include "features/conversation_notes/conversation_notes.hpp"
#include "features/dead_letters/dead_letters_http.hpp"
#include "features/inbox/inbox.hpp"
#include "features/inbox_counts/inbox_counts.hpp"
#include "features/invites/invites.hpp"
#include "features/messages/messages_service.hpp"
#include "features/meta_callbacks/meta_callbacks.hpp"
#include "features/onboarding/onboarding.hpp"
#include "features/operator_desk/operator_desk.hpp"
#include "features/operators/operators.hpp"
#include "features/opt_out/opt_out.hpp"
#include "features/overview/overview.hpp"
#include "features/privacy/privacy.hpp"
#include "features/quick_replies/quick_replies.hpp"
#include "features/realtime/realtime_http.hpp"
#include "features/saved_views/saved_views.hpp"
#include "features/search/search.hpp"
#include "features/second_factor/second_factor.hpp"
#include "features/segments/segments.hpp"
#include "features/sending/sending_service.hpp"
#include "features/sessions/sessions.hpp"
#include "features/team/team.hpp"
#include "features/templates/templates.hpp"
#include "features/timeline/timeline.hpp"
#include "features/webhooks/webhooks_http.hpp"
#include "features/workspaces/workspaces.hpp"
#include "net/server.hpp"

namespace wapi::app {

struct RouteParts {
    Rng& rng;
    HealthParts health;
    accounts::Service& accounts;
    sessions::Service& sessions;
    account_links::Service& account_links;
    second_factor::Service& second_factor;
    operators::Service& operators;
    operator_desk::Service& operator_desk;
    api_keys::Service& api_keys;
    team::Service& team;
    invites::Service& invites;
    std::string public_url;
    workspaces::Service& workspaces;
    audit_logs::HttpParts audit_logs;
    templates::Service& templates;
    onboarding::Service& onboarding;
    meta_callbacks::Service& meta_callbacks;
    contact_lists::Service& contact_lists;
    contacts::Service& contacts;
    contact_acts::Service& contact_acts;
    contact_exports::Exporter& contact_exports;
    contact_imports::Service& contact_imports;
    segments::Service& segments;
    inbox::Service& inbox;
    inbox_counts::Service& inbox_counts;
    opt_out::Service& opt_out;
    privacy::Service& privacy;
    search::Service& search;
    timeline::Service& timeline;
    overview::Service& overview;
    conversation_notes::Service& conversation_notes;
    quick_replies::Service& quick_replies;
    saved_views::Service& saved_views;
    sending::Service& sending;
    messages::Service& messages;
    realtime::HttpParts realtime;
    webhooks::HttpParts webhooks;
    dead_letters::HttpParts dead_letters;
};

std::vector<net::Route> make_routes(const RouteParts& parts);

}  // namespace wapi::app
