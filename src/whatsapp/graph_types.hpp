// What Meta's Graph API answers, as values: numbers, templates, tokens, and how a call can end.
//
// Fields keep Meta's meaning; enumerations stay text, because Meta adds values at will
// (meta/README.md). The ways to end matter most: an uncertain send must be settled before it is
// repeated (invariant 5).
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "base/ids.hpp"
#include "whatsapp/error_catalogue.hpp"

namespace wapi::whatsapp {

/// Meta answered with an error envelope. Source: meta/cloud-api.md section 1, meta/errors.md.
struct Refused {
    /// Decide on this and on details. Nothing: the answer named none, and http_status decides.
    std::optional<int> code;
    int subcode = 0;  ///< 0 when absent
    std::string title;
    std::string details;
    int http_status = 0;
    std::string trace_id;  ///< Meta's fbtrace_id, for its support

    /// May it be repeated, what must pause, what to tell people.
    [[nodiscard]] const ErrorAdvice& advice() const {
        return code ? advise_on_error(*code, http_status) : advise_on_status(http_status);
    }
};

/// The request did not leave, or Meta certainly did not get it. Safe to repeat.
struct NotSent {
    std::string reason;
};

/// The request left and no understandable answer came: it may have been processed.
struct Uncertain {
    std::string reason;
};

/// Meta took the message. Delivery is told by webhooks later.
struct Accepted {
    WaMessageId wa_message_id;
    std::string wa_id;           ///< digits; may differ from what was asked for; may be empty
    std::string user_id;         ///< business-scoped user id, when sent to one
    std::string message_status;  ///< templates only: accepted, held_for_quality_assessment, paused
};

using SendOutcome = std::variant<Accepted, Refused, NotSent, Uncertain>;
using GraphFailure = std::variant<Refused, NotSent, Uncertain>;
template <class T>
using GraphResult = std::expected<T, GraphFailure>;

/// Answer of /debug_token.
struct TokenInfo {
    bool is_valid = false;
    std::string app_id;
    std::string type;
    std::string user_id;                  ///< of the Facebook or system user it belongs to
    std::optional<Timestamp> expires_at;  ///< nothing: never
    std::vector<std::string> scopes;
    /// WABAs granted for whatsapp_business_management; nothing when the grant names none (covers
    /// all).
    std::optional<std::vector<std::string>> waba_ids;
};

/// One business number. Source: meta/embedded-signup.md section 5.
struct PhoneInfo {
    PhoneNumberId id;
    std::string display_phone_number;  ///< as people write it: `+1 555-000-1111`
    std::string verified_name;
    std::string quality_rating;
    std::string code_verification_status;
    std::string status;
    std::string throughput_level;  ///< STANDARD, HIGH, NOT_APPLICABLE or empty
    bool is_on_biz_app = false;    ///< coexistence: do not register
};

/// One template. `components` is JSON array text as given.
struct TemplateInfo {
    std::string id;
    std::string name;
    std::string language;
    std::string category;
    std::string status;
    std::string parameter_format;
    std::string components;
};

struct TemplatePage {
    std::vector<TemplateInfo> templates;
    std::string next_cursor;  ///< empty on the last page
};

namespace errors {
inline const ErrorKind meta_unavailable{"meta_unavailable", 502, RetryClass::transient,
                                        "Meta did not answer; repeat in a moment."};
inline const ErrorKind meta_refused{"meta_refused", 422, RetryClass::never,
                                    "Meta refused the request."};
inline const ErrorKind meta_rate_limited{"meta_rate_limited", 429, RetryClass::wait,
                                         "Meta's own limit is reached; repeat later."};
inline const ErrorKind token_invalid{
    "token_invalid", 422, RetryClass::never,
    "Meta does not accept the access token; it may have expired or been revoked."};
}  // namespace errors

/// The failure as people see it. Errors: meta_unavailable, meta_refused, meta_rate_limited,
/// token_invalid.
Error to_error(const GraphFailure& failure);

/// True for the codes that mean the token itself no longer works (0, 102, 104, 190).
bool is_token_refusal(const Refused& refused);

}  // namespace wapi::whatsapp
