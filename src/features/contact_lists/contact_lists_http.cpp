#include "features/contact_lists/contact_lists_http.hpp"

#include "base/json.hpp"
#include "net/paging.hpp"

namespace wapi::contact_lists {
namespace {

async::Task<Result<net::Response>> handle_list(Service& service, net::Call& call) {
    const Result<std::size_t> limit = net::page_limit(call.request);
    Result<Filter> filter = parse_filter(call.request.query);
    if (!limit || !filter) {
        co_return std::unexpected(limit ? filter.error() : limit.error());
    }
    filter->limit = *limit;
    const Result<Page> page = co_await service.list(call.context, *std::move(filter));
    if (!page) {
        co_return std::unexpected(page.error());
    }
    json::array shown;
    for (const contacts::Contact& contact : page->contacts) {
        shown.emplace_back(contacts::render(contact));
    }
    co_return net::page_response("contacts", std::move(shown), page->next_cursor);
}

}  // namespace

std::vector<net::Route> contact_lists_routes(Service& service) {
    return {
        {net::Verb::get, "/api/v1/contacts", net::Auth::api_key, "viewContacts",
         net::RateClass::api, 0, "listContacts",
         [&service](net::Call& call) { return handle_list(service, call); }},
    };
}

}  // namespace wapi::contact_lists
