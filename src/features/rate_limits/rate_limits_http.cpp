#include "features/rate_limits/rate_limits_http.hpp"

namespace wapi::rate_limits {
namespace {

net::RateDecision render(const Decision& decision) {
    return {.allowed = decision.allowed,
            .limit = decision.limit,
            .remaining = decision.remaining,
            .reset = std::chrono::ceil<std::chrono::seconds>(decision.full_again),
            .retry_after = decision.retry_after};
}

}  // namespace

async::Task<net::RateDecision> RequestLimiter::count(const net::Route& route,
                                                     const net::Call& call) {
    const Context& context = call.context;
    if (route.auth == net::Auth::platform_operator) {
        co_return render(co_await service_.count_address(call.request.remote_ip, operator_form));
    }
    if (route.rate == net::RateClass::public_form || context.workspace.empty()) {
        co_return render(
            co_await service_.count_address(call.request.remote_ip, form_of(route.operation_id)));
    }
    Caller caller{.workspace = context.workspace, .api_key = {}};
    if (context.actor.kind == ActorKind::api_key) {
        caller.api_key = context.actor.id;
    }
    co_return render(co_await service_.count(std::move(caller)));
}

async::Task<net::RateDecision> RequestLimiter::count_unauthorized(const net::Request& request) {
    co_return render(co_await service_.count_address(request.remote_ip, unauthorized_form));
}

net::RateDecision RequestLimiter::look_unauthorized(const net::Request& request) const {
    return render(service_.look_address(request.remote_ip, unauthorized_form));
}

}  // namespace wapi::rate_limits
