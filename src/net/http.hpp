// HTTP as the features see it: a request, a response, a route. No Beast types, so that handlers
// compile fast.
//
// The route table (src/app/routes.cpp) is the one place that names every route: verb, path, who may
// call it, rate class, body limit, handler, operation id. The dispatcher applies those attributes
// before the handler runs; a handler parses, calls its service and renders (at most 30 lines).
#pragma once

#include <boost/beast/http/verb.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "async/async.hpp"
#include "base/context.hpp"
#include "base/error.hpp"

namespace wapi::net {

using Verb = boost::beast::http::verb;

/// A request's body as it arrives, for a route that takes it in pieces, so that one of any size
/// needs little memory. Network thread; only while the handler runs.
class BodyReader {
  public:
    virtual ~BodyReader() = default;
    /// The next piece, about 64 KiB; an empty one ends the body. Each has the time of a whole body
    /// to arrive. After an error the handler gives that error as its answer and reads no more.
    /// Errors: body_too_large, malformed_request (also when the client is gone), request_timeout,
    /// overloaded, deadline_exceeded.
    virtual async::Task<Result<std::string>> next() = 0;
};

/// A request as read from the wire. The body's limit has already been enforced.
class Request {
  public:
    Verb verb = Verb::unknown;
    std::string target;  ///< as sent: `/api/v1/contacts?limit=10`
    std::string path;    ///< percent-decoded, without the query
    std::vector<std::pair<std::string, std::string>> query;    ///< decoded, in order
    std::vector<std::pair<std::string, std::string>> params;   ///< from the pattern: {id} -> value
    std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
    std::string body;
    BodyReader* body_reader = nullptr;  ///< where the route takes its body in pieces, else null
    std::string remote_ip;              ///< of the client, also behind proxies that are trusted
    std::string request_id;  ///< the caller's X-Request-Id when well-formed, else made here
    bool keep_alive = true;

    /// First header of that lower-case name, or empty.
    [[nodiscard]] std::string_view header(std::string_view name) const;
    /// Whether there is a header of that lower-case name, empty or not.
    [[nodiscard]] bool has_header(std::string_view name) const;
    /// First query parameter of that name, or empty.
    [[nodiscard]] std::string_view query_param(std::string_view name) const;
    /// What follows `Bearer` in the Authorization header, trimmed; empty when it is another scheme.
    [[nodiscard]] std::string_view bearer_token() const;
    /// Path parameter; assertion when the pattern has none of that name.
    [[nodiscard]] const std::string& param(std::string_view name) const;
};

/// A body that is made while it is sent, so that one of any size needs little memory. Network
/// thread; freed when the answer is out or its client is gone, at the latest with the io_context:
/// its destructor must not name anything that may be gone by then.
class BodySource {
  public:
    virtual ~BodySource() = default;
    /// The next piece, some 64 KiB; an empty one ends the body. Asked for when the client has taken
    /// what came before. Errors: a Fault gives an error answer when it comes with the first piece;
    /// later the connection is cut, so that the client sees that the body is not whole.
    virtual async::Task<std::string> next() = 0;
};

struct WebSocketUpgrade;

struct Response {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    /// Close the connection without answering: how the simulator plays an answer lost on the way.
    bool abandon = false;
    /// Makes the body, which is left empty then. It goes out in chunks, to HTTP/1.0 until the end
    /// of the connection; each piece has the time of a handler to be made and that of an answer to
    /// be taken. HEAD asks it for nothing.
    std::shared_ptr<BodySource> source = {};
    /// Turns the connection into a WebSocket (websocket.hpp); there is no other answer then.
    std::shared_ptr<WebSocketUpgrade> upgrade = {};
};

/// What a handler gets: the request, and who asks (empty workspace on public routes).
struct Call {
    Request request;
    Context context;
};

/// Errors are rendered by the dispatcher, the one error writer.
using Handler = std::function<async::Task<Result<Response>>(Call&)>;

enum class Auth {
    none,               ///< anybody: health, signup, login
    session,            ///< a member's access token, and no API key
    api_key,            ///< a member's access token, or an API key of the workspace
    meta_signature,     ///< anybody; the handler verifies the signature over the raw body
    platform_operator,  ///< an operator's token, which the handler asks for
};

/// Whether a route is for somebody who is known.
constexpr bool needs_caller(Auth auth) { return auth == Auth::session || auth == Auth::api_key; }

enum class RateClass {
    none,         ///< health, metrics, the console's files: never limited
    public_form,  ///< by address
    api,          ///< by workspace and API key
    webhook,      ///< Meta's: never limited, what is refused here might be lost
};
constexpr bool is_limited(RateClass rate) {
    return rate == RateClass::public_form || rate == RateClass::api;
}

/// One line of the route table. No field but the last has a default.
struct Route {
    Verb verb;
    std::string_view path;  ///< pattern: `/api/v1/contacts/{id}`
    Auth auth;
    std::string_view permission;  ///< empty: any member
    RateClass rate;
    std::size_t body_bytes_max;
    std::string_view operation_id;  ///< camelCase, unique
    Handler handler;
    /// The handler is called when the head is there, and reads the body by Request::body_reader.
    bool body_in_pieces = false;
};

/// Turns the Authorization header into a Context. Implemented by features/accounts for sessions
/// and by features/api_keys for keys.
class Authenticator {
  public:
    virtual ~Authenticator() = default;
    /// Errors: unauthorized, token_expired, forbidden.
    virtual async::Task<Result<Context>> authenticate(const Request& request) = 0;
    /// False when the database must be asked although anybody could have made the token up. Such
    /// requests wait when too many from their address were refused. Network thread.
    [[nodiscard]] virtual bool is_token_known(const Request& /*request*/) const { return true; }
    /// The same for somebody who was let in with this request before, while its answer is sent: a
    /// token that has expired meanwhile does not end it, rights that were withdrawn do. Errors: as
    /// authenticate.
    virtual async::Task<Result<Context>> authenticate_again(const Request& request,
                                                            const Context& /*before*/) {
        return authenticate(request);
    }
    /// True when the caller's role may do what `permission` names. Never empty. Network thread.
    [[nodiscard]] virtual bool allowed(const Context& context,
                                       std::string_view permission) const = 0;
};

/// What a limit says about one request; the dispatcher renders it as X-RateLimit-* and Retry-After.
struct RateDecision {
    bool allowed;
    std::int64_t limit;                ///< requests a minute
    std::int64_t remaining;            ///< that may follow at once
    std::chrono::sys_seconds reset;    ///< when the whole allowance is there again
    std::chrono::seconds retry_after;  ///< when refused
};

/// Counts requests. Implemented by features/rate_limits.
class RateLimiter {
  public:
    virtual ~RateLimiter() = default;
    /// Counts one request of a limited route, once the caller is known and may do what the route
    /// does. Network thread.
    virtual async::Task<RateDecision> count(const Route& route, const Call& call) = 0;
    /// Counts one request whose token was no token of ours, for its address.
    virtual async::Task<RateDecision> count_unauthorized(const Request& request) = 0;
    /// What count_unauthorized would say, without counting. Network thread.
    [[nodiscard]] virtual RateDecision look_unauthorized(const Request& request) const = 0;
};

/// What the server itself refuses, before a handler has seen anything.
namespace http_errors {
inline const ErrorKind workspace_suspended{"workspace_suspended", 403, RetryClass::never,
                                           "This workspace is suspended; ask the operator."};
inline const ErrorKind session_required{"session_required", 403, RetryClass::never,
                                        "An API key may not do this; log in as a member."};
inline const ErrorKind malformed_request{"malformed_request", 400, RetryClass::never,
                                         "This is not a well-formed HTTP request."};
inline const ErrorKind request_timeout{"request_timeout", 408, RetryClass::transient,
                                       "The request did not arrive in time."};
inline const ErrorKind target_too_long{"target_too_long", 414, RetryClass::never,
                                       "The URL is too long."};
inline const ErrorKind expectation_failed{"expectation_failed", 417, RetryClass::never,
                                          "Only the expectation 100-continue is known."};
inline const ErrorKind transfer_encoding_unknown{"transfer_encoding_unknown", 501,
                                                 RetryClass::never,
                                                 "Only the transfer encoding chunked is known."};
inline const ErrorKind deadline_exceeded{
    "deadline_exceeded", 503, RetryClass::transient,
    "The request took too long; what it asked for may still happen."};
inline const ErrorKind upgrade_required{"upgrade_required", 426, RetryClass::never,
                                        "This address speaks WebSocket, version 13, only."};
inline const ErrorKind header_too_large{"header_too_large", 431, RetryClass::never,
                                        "The request's header is too large."};
}  // namespace http_errors

/// The body every failed request gets (product.md section 2).
Response render_error(const Error& error, std::string_view request_id);

/// 200 (or `status`) with a JSON body.
Response json_response(std::string body, int status = 200);

}  // namespace wapi::net
