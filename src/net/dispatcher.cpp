// See dispatcher.hpp.
#include "net/dispatcher.hpp"

#include <stdexcept>

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
        if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '-') {
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

Error make_error(const ErrorKind& kind) { return fail(kind).error(); }

Error log_failure(const Route& route, const Request& request, std::exception_ptr failure) {
    try {
        std::rethrow_exception(std::move(failure));
    } catch (const Fault& fault) {
        log::error("http.fault", {{"operation", route.operation_id},
                                  {"requestId", request.request_id},
                                  {"code", fault.code()},
                                  {"error", fault.what()}});
        return error_of_fault(fault);
    } catch (const std::exception& error) {
        log::error("http.exception", {{"operation", route.operation_id},
                                      {"requestId", request.request_id},
                                      {"error", error.what()}});
    } catch (...) {
        log::error("http.exception",
                   {{"operation", route.operation_id}, {"requestId", request.request_id}});
    }
    return make_error(errors::internal_error);
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
                       std::function<std::string()> make_request_id)
    : router_(std::move(routes)),
      authenticator_(authenticator),
      make_request_id_(std::move(make_request_id)) {
    for (const Route& route : router_.routes()) {
        const bool open = route.auth != Auth::session;
        if ((!open && authenticator_ == nullptr) || (open && !route.permission.empty())) {
            throw std::logic_error("route " + std::string(route.path) +
                                   ": sessions need an authenticator, permissions need a session");
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

async::Task<Result<Response>> Dispatcher::call(const Route& route, Call& call) const {
    if (route.auth == Auth::session) {
        Result<Context> context = co_await authenticator_->authenticate(call.request);
        if (!context) {
            co_return std::unexpected(context.error());
        }
        call.context = std::move(*context);
    }
    fill_context(call.context, call.request);
    const bool restricted = !route.permission.empty();
    if (restricted && !authenticator_->allowed(call.context, route.permission)) {
        co_return fail(errors::forbidden);
    }
    co_return co_await route.handler(call);
}

async::Task<Response> Dispatcher::run(const Route& route, Request request) const {
    Call call{std::move(request), {}};
    std::exception_ptr failure;
    try {
        Result<Response> result = co_await this->call(route, call);
        if (result) {
            co_return std::move(*result);
        }
        co_return render_error(result.error(), call.request.request_id);
    } catch (...) {
        failure = std::current_exception();
    }
    const Error error = log_failure(route, call.request, failure);
    co_return render_error(error, call.request.request_id);
}

}  // namespace wapi::net
