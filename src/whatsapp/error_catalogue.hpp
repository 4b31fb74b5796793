// What each error code of Meta means for us: may the send be repeated, what must pause, what to
// tell people.
//
// One sorted table of codes and ranges; codes it does not know are judged by the HTTP status. The
// same code has the same meaning in an HTTP answer and in a status webhook. Source: meta-facts,
// "Error codes".
#pragma once

#include <span>
#include <string_view>

namespace wapi::whatsapp {

enum class ErrorClass {
    transient,          ///< repeat with backoff, but a send may have gone out already
    transient_refused,  ///< repeat with backoff; Meta refused it before doing anything
    wait,               ///< repeat after the stated time or event
    fix,                ///< the request or the set-up must change first
    never,              ///< never repeat for this recipient or object
};

/// What else is likely to fail for the same cause, and is paused.
enum class BreakScope { none, contact, message_template, number, tenant };

struct ErrorAdvice {
    int code_first;  ///< first and last code of the row; equal for a single code
    int code_last;
    ErrorClass error_class;
    BreakScope scope;
    std::string_view message;  ///< one sentence for people: what happened and what to do
};

/// The advice for a code of Meta. `http_status` (0 when it came by webhook) decides for unknown
/// codes: 401 and 403 fix, 404 fix, 408 and 5xx transient, 429 transient_refused, other 4xx fix;
/// without a status fix. Never fails.
const ErrorAdvice& advise_on_error(int code, int http_status = 0);

/// The advice for an answer that names no code, such as that of a proxy in between. As above.
const ErrorAdvice& advise_on_status(int http_status);

/// True when repeating the same send later can succeed (transient, transient_refused, wait).
bool is_retryable(ErrorClass error_class);

/// True when the send was surely refused, so that repeating it cannot send it twice.
bool is_surely_refused(ErrorClass error_class);

/// All rows, sorted by code_first, not overlapping. For tests, documentation and the console.
std::span<const ErrorAdvice> error_catalogue();

std::string_view name_of(ErrorClass error_class);
std::string_view name_of(BreakScope scope);

}  // namespace wapi::whatsapp
