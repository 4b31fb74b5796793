#include "features/inbox_counts/inbox_counts_http.hpp"

#include "base/json.hpp"

namespace wapi::inbox_counts {
namespace {

async::Task<Result<net::Response>> handle_counts(Service& service, net::Call& call) {
    const Counts counts = co_await service.count(call.context);
    co_return net::json_response(json::render(json::object{{"mine", counts.mine},
                                                           {"unassigned", counts.unassigned},
                                                           {"all", counts.all},
                                                           {"unread", counts.unread},
                                                           {"snoozed", counts.snoozed},
                                                           {"exact", counts.exact}}));
}

}  // namespace

std::vector<net::Route> inbox_counts_routes(Service& service) {
    using net::Auth;
    using net::RateClass;
    using net::Verb;
    return {
        {Verb::get, "/api/v1/conversations/counts", Auth::api_key, "viewContacts", RateClass::api,
         0, "countConversations",
         [&service](net::Call& call) { return handle_counts(service, call); }},
    };
}

}  // namespace wapi::inbox_counts
