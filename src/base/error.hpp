// Errors: expected outcomes are values (Result), infrastructure faults are exceptions (Fault).
//
// A feature lists its error kinds in its header as ErrorKind constants. The kind fixes the wire
// code, the HTTP status and whether repeating can help; the Error value adds the field and a
// message for people. A Fault is caught in three places only: HTTP dispatch, job attempt,
// background loop.
#pragma once

#include <chrono>
#include <expected>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/registered.hpp"

namespace wapi {

/// Whether the same request can succeed later without being changed.
enum class RetryClass { never, transient, wait };

/// One kind of expected failure. Lives for the whole program; compare by address.
struct ErrorKind : Registered<ErrorKind> {
    ErrorKind(std::string_view code_, int status_, RetryClass retry_, std::string_view message_)
        : code(code_), status(status_), retry(retry_), message(message_) {}

    std::string_view code;     ///< wire code, snake_case: `contact_opted_out`
    int status;                ///< HTTP status
    RetryClass retry;          ///< may the caller repeat it
    std::string_view message;  ///< default text for people, one sentence
};

/// One occurrence of an ErrorKind.
struct Error {
    const ErrorKind* kind;
    std::string message;  ///< for people; never holds a secret, a body or a full phone number
    std::string field;    ///< dotted path of the offending input, empty when there is none
    std::optional<std::chrono::seconds> retry_after;
};

template <class T>
using Result = std::expected<T, Error>;

/// Builds the failure side of a Result. An empty message means the kind's default text.
inline std::unexpected<Error> fail(const ErrorKind& kind, std::string message = {},
                                   std::string field = {}) {
    return std::unexpected(Error{&kind,
                                 message.empty() ? std::string(kind.message) : std::move(message),
                                 std::move(field), std::nullopt});
}

inline std::unexpected<Error> fail_field(const ErrorKind& kind, std::string field,
                                         std::string message = {}) {
    return fail(kind, std::move(message), std::move(field));
}

/// Something the program needs is broken (database, network, disk). `code` is stable and short, for
/// logs and metrics: `db.busy`, `http.timeout`. Never carries secrets or bodies.
class Fault : public std::runtime_error {
  public:
    Fault(std::string code, const std::string& what)
        : std::runtime_error(code + ": " + what), code_(std::move(code)) {}
    [[nodiscard]] const std::string& code() const { return code_; }

  private:
    std::string code_;
};

/// Errors that are not one feature's own.
namespace errors {
inline const ErrorKind invalid_request{"invalid_request", 422, RetryClass::never,
                                       "The request is not valid."};
inline const ErrorKind malformed_json{"malformed_json", 400, RetryClass::never,
                                      "The body is not valid JSON."};
inline const ErrorKind unsupported_media_type{"unsupported_media_type", 415, RetryClass::never,
                                              "Send the body as application/json."};
inline const ErrorKind not_found{"not_found", 404, RetryClass::never,
                                 "There is no such thing here."};
inline const ErrorKind method_not_allowed{"method_not_allowed", 405, RetryClass::never,
                                          "This path does not take that verb."};
inline const ErrorKind unauthorized{"unauthorized", 401, RetryClass::never,
                                    "A valid access token is needed."};
inline const ErrorKind token_expired{"token_expired", 401, RetryClass::never,
                                     "The access token has expired."};
inline const ErrorKind forbidden{"forbidden", 403, RetryClass::never, "You may not do this."};
inline const ErrorKind conflict{"conflict", 409, RetryClass::never,
                                "This is at odds with what is stored."};
inline const ErrorKind body_too_large{"body_too_large", 413, RetryClass::never,
                                      "The body is larger than this path takes."};
inline const ErrorKind rate_limited{"rate_limited", 429, RetryClass::wait,
                                    "Too many requests; wait and repeat."};
inline const ErrorKind internal_error{
    "internal_error", 500, RetryClass::transient,
    "Something failed on our side; the request id helps to find it."};
inline const ErrorKind overloaded{"overloaded", 503, RetryClass::transient,
                                  "The server is too busy; repeat after the time given."};
inline const ErrorKind unavailable{"unavailable", 503, RetryClass::transient,
                                   "A part the server needs is not reachable."};
}  // namespace errors

}  // namespace wapi
