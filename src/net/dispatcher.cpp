// See dispatcher.hpp.
#include "net/dispatcher.hpp"

#include <memory>
#include <stdexcept>
#include <utility>

#include "base/log.hpp"
#include "net/target.hpp"

namespace wapi::net {
namespace {

constexpr std::size_t user_agent_bytes_max = 256;
constexpr std::chrono::seconds overloaded_retry_after{1};
constexpr std::chrono::seconds unavailable_retry_after{5};

bool is_request_id(std::string_view text) {
    if (text.size() < 8 || text.size() > 64) {
        return false;
    }
    for (const char c : text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        const bool digit = c >= '0' && c <= '9';
        if (!letter && !digit && c != '_' && c != '-') {
            return false;
        }
    }
    return true;
}

void fill_context(Context& context, const Request& request) {
    context.request_id = request.request_id;
    context.ip = request.remote_ip;
    context.user_agent = request.header("user-agent").substr(0, user_agent_bytes_max);
}

std::string join_path(const std::vector<std::string>& segments) {
    std::string path;
    for (const std::string& segment : segments) {
        path += '/';
        path += segment;
    }
    return path;
}

/// While the answer may still become an error.
async::Task<> take_first_piece(Response& response) {
    response.body = co_await response.source->next();
    if (response.body.empty()) {
        response.source.reset();
    }
}

/// Gives on what another source makes as long as the caller may have it.
class GuardedSource final : public BodySource {
  public:
    GuardedSource(Authenticator& authenticator, std::string_view permission, Call call,
                  std::shared_ptr<BodySource> source)
        : authenticator_(authenticator),
          permission_(permission),
          call_(std::move(call)),
          source_(std::move(source)) {}
    async::Task<std::string> next() override {
        if (begun_) {
            co_await check();
        }
        begun_ = true;
        std::string piece = co_await source_->next();
        co_return piece;
    }

  private:
    async::Task<> check() {
        const Result<Context> now =
            co_await authenticator_.authenticate_again(call_.request, call_.context);
        const bool same = now && now->workspace == call_.context.workspace &&
                          now->restrictions == call_.context.restrictions;
        if (!same || !is_allowed(*now)) {
            throw Fault("http.rights_ended", "the caller may not have the rest of the answer");
        }
    }
    [[nodiscard]] bool is_allowed(const Context& now) const {
        return permission_.empty() || (!now.suspended && authenticator_.allowed(now, permission_));
    }
    Authenticator& authenticator_;
    std::string_view permission_;  ///< of the route, which outlives every answer
    Call call_;
    std::shared_ptr<BodySource> source_;
    bool begun_ = false;
};

Error make_error(const ErrorKind& kind) { return fail(kind).error(); }

Error log_failure(const Route& route, const std::string& request_id, std::exception_ptr failure) {
    try {
        std::rethrow_exception(std::move(failure));
    } catch (const Fault& fault) {
        log::error("http.fault", {{"operation", route.operation_id},
                                  {"requestId", request_id},
                                  {"code", fault.code()},
                                  {"error", fault.what()}});
        return error_of_fault(fault);
    } catch (const std::exception& error) {
        log::error("http.exception", {{"operation", route.operation_id},
                                      {"requestId", request_id},
                                      {"error", error.what()}});
    } catch (...) {
        log::error("http.exception",
                   {{"operation", route.operation_id}, {"requestId", request_id}});
    }
    return make_error(errors::internal_error);
}

Error refusal(const RateDecision& rate) {
    Error error = make_error(errors::rate_limited);
    error.retry_after = rate.retry_after;
    return error;
}

Response with_rate(Response response, const std::optional<RateDecision>& rate) {
    if (rate) {
        const auto reset = rate->reset.time_since_epoch().count();
        response.headers.emplace_back("X-RateLimit-Limit", std::to_string(rate->limit));
        response.headers.emplace_back("X-RateLimit-Remaining", std::to_string(rate->remaining));
        response.headers.emplace_back("X-RateLimit-Reset", std::to_string(reset));
    }
    return response;
}

}  // namespace

Error error_of_fault(const Fault& fault) {
    if (fault.code() == "db.overloaded" || fault.code() == "db.busy") {
        Error error = make_error(errors::overloaded);
        error.retry_after = overloaded_retry_after;
        return error;
    }
    if (fault.code() == "db.down" || fault.code() == "db.full") {
        Error error = make_error(errors::unavailable);
        error.retry_after = unavailable_retry_after;
        return error;
    }
    return make_error(errors::internal_error);
}

Dispatcher::Dispatcher(std::vector<Route> routes, Authenticator* authenticator,
                       std::function<std::string()> make_request_id, RateLimiter* rate_limiter)
    : router_(std::move(routes)),
      authenticator_(authenticator),
      make_request_id_(std::move(make_request_id)),
      rate_limiter_(rate_limiter) {
    for (const Route& route : router_.routes()) {
        const bool open = !needs_caller(route.auth);
        if ((!open && authenticator_ == nullptr) || (open && !route.permission.empty())) {
            throw std::logic_error("route " + std::string(route.path) +
                                   ": callers need an authenticator, permissions need a caller");
        }
    }
}

std::string Dispatcher::request_id(std::string_view given) const {
    return is_request_id(given) ? std::string(given) : make_request_id_();
}

Result<const Route*> Dispatcher::route(Request& request, std::string& allow) const {
    Result<Target> target = parse_target(request.target);
    if (!target) {
        return std::unexpected(target.error());
    }
    RouteMatch match = router_.find(request.verb, target->segments);
    request.path = join_path(target->segments);
    request.query = std::move(target->query);
    request.params = std::move(match.params);
    if (match.route != nullptr) {
        return match.route;
    }
    allow = std::move(match.allow);
    return allow.empty() ? fail(errors::not_found) : fail(errors::method_not_allowed);
}

/// An address that has sent too many invented tokens is told to wait, not that one more is none;
/// and where finding that out costs a read, before it. Tokens that are known to be real are let in.
async::Task<Result<Context>> Dispatcher::authenticate(const Request& request, Rate& rate) const {
    if (rate_limiter_ == nullptr) {
        co_return co_await authenticator_->authenticate(request);
    }
    if (!authenticator_->is_token_known(request) &&
        !rate_limiter_->look_unauthorized(request).allowed) {
        const RateDecision counted = co_await rate_limiter_->count_unauthorized(request);
        if (!counted.allowed) {
            rate = counted;
            co_return std::unexpected(refusal(counted));
        }
    }
    Result<Context> context = co_await authenticator_->authenticate(request);
    if (!context && context.error().kind == &errors::unauthorized) {
        const RateDecision counted = co_await rate_limiter_->count_unauthorized(request);
        if (!counted.allowed) {
            rate = counted;
            co_return std::unexpected(refusal(counted));
        }
    }
    co_return context;
}

/// Who asks, may they, and not too often: in this order, so that the first refusal is the answer.
async::Task<Result<Response>> Dispatcher::call(const Route& route, Call& call, Rate& rate) const {
    if (needs_caller(route.auth)) {
        Result<Context> context = co_await authenticate(call.request, rate);
        if (!context) {
            co_return std::unexpected(context.error());
        }
        call.context = std::move(*context);
    }
    fill_context(call.context, call.request);
    if (route.auth == Auth::session && call.context.actor.kind == ActorKind::api_key) {
        co_return fail(http_errors::session_required);
    }
    const bool restricted = !route.permission.empty();
    if (restricted && call.context.suspended) {
        co_return fail(http_errors::workspace_suspended);
    }
    if (restricted && !authenticator_->allowed(call.context, route.permission)) {
        co_return fail(errors::forbidden);
    }
    if (rate_limiter_ != nullptr && is_limited(route.rate)) {
        rate = co_await rate_limiter_->count(route, call);
        if (!rate->allowed) {
            co_return std::unexpected(refusal(*rate));
        }
    }
    Result<Response> response = co_await route.handler(call);
    if (response && response->source != nullptr && needs_caller(route.auth)) {
        response->source = std::make_shared<GuardedSource>(*authenticator_, route.permission, call,
                                                           std::move(response->source));
    }
    co_return response;
}

async::Task<Response> Dispatcher::run(const Route& route, Request request) const {
    Call call{std::move(request), {}};
    Rate rate;
    std::exception_ptr failure;
    try {
        Result<Response> result = co_await this->call(route, call, rate);
        if (result) {
            if (result->source != nullptr && call.request.verb != Verb::head) {
                co_await take_first_piece(*result);
            }
            co_return with_rate(std::move(*result), rate);
        }
        co_return with_rate(render_error(result.error(), call.request.request_id), rate);
    } catch (...) {
        failure = std::current_exception();
    }
    const Error error = log_failure(route, call.request.request_id, failure);
    co_return with_rate(render_error(error, call.request.request_id), rate);
}

async::Task<std::optional<std::string>> Dispatcher::next_piece(const Route& route,
                                                               const std::string& request_id,
                                                               BodySource& source) {
    try {
        std::string piece = co_await source.next();
        co_return piece;
    } catch (...) {
        log_failure(route, request_id, std::current_exception());
    }
    co_return std::nullopt;
}

}  // namespace wapi::net
