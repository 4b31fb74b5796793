#include "features/overview/overview_http.hpp"

#include <charconv>

#include "base/json.hpp"
#include "base/time_text.hpp"
#include "features/overview/overview_rules.hpp"

namespace wapi::overview {
namespace {

Result<Query> parse_query(const net::Request& request) {
    Query query;
    const std::string_view days = request.query_param("days");
    if (!days.empty()) {
        const auto parsed = std::from_chars(days.data(), days.data() + days.size(), query.days);
        if (parsed.ec != std::errc{} || parsed.ptr != days.data() + days.size()) {
            return fail_field(wapi::errors::invalid_request, "days", "A number from 1 to 90.");
        }
    }
    if (const std::string_view zone = request.query_param("timeZone"); !zone.empty()) {
        query.time_zone = zone;
    }
    return query;
}

json::object render(const Counts& counts) {
    const std::optional<std::int64_t> median = median_wait_s(counts);
    return {{"inbound", counts.inbound},
            {"outbound", counts.outbound},
            {"failed", counts.failed},
            {"newContacts", counts.new_contacts},
            {"optOuts", counts.opt_outs},
            {"replies", replies(counts)},
            {"medianWaitSeconds", median ? json::value(*median) : json::value(nullptr)}};
}

json::object render(const Report& report) {
    json::array days;
    Counts total;
    for (const Day& day : report.days) {
        days.push_back(json::object{{"date", day.date}, {"counts", render(day.counts)}});
        total += day.counts;
    }
    json::array hours;
    for (const Hour& hour : report.hours) {
        hours.push_back(json::object{{"begin", render_time(hour.begin)},
                                     {"inbound", hour.counts.inbound},
                                     {"outbound", hour.counts.outbound}});
    }
    json::array open;
    for (const Age& age : report.open) {
        open.push_back(json::object{
            {"hoursMax", age.hours_max > 0 ? json::value(age.hours_max) : json::value(nullptr)},
            {"waiting", age.waiting},
            {"answered", age.answered}});
    }
    return {{"days", std::move(days)},        {"total", render(total)},
            {"hours", std::move(hours)},      {"open", std::move(open)},
            {"openExact", report.open_exact}, {"complete", report.complete}};
}

async::Task<Result<net::Response>> handle_overview(Service& service, net::Call& call) {
    Result<Query> query = parse_query(call.request);
    if (!query) {
        co_return std::unexpected(query.error());
    }
    const Result<Report> report = co_await service.read(call.context, *std::move(query));
    if (!report) {
        co_return std::unexpected(report.error());
    }
    co_return net::json_response(json::render(render(*report)));
}

}  // namespace

std::vector<net::Route> overview_routes(Service& service) {
    return {
        {net::Verb::get, "/api/v1/overview", net::Auth::api_key, "viewAnalytics",
         net::RateClass::api, 0, "getOverview",
         [&service](net::Call& call) { return handle_overview(service, call); }},
    };
}

}  // namespace wapi::overview
