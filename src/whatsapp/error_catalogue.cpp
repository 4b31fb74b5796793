#include "whatsapp/error_catalogue.hpp"

#include <algorithm>
#include <iterator>

namespace wapi::whatsapp {
namespace {

constexpr auto transient = ErrorClass::transient;
constexpr auto refused = ErrorClass::transient_refused;
constexpr auto wait = ErrorClass::wait;
constexpr auto fix = ErrorClass::fix;
constexpr auto never = ErrorClass::never;

constexpr auto none = BreakScope::none;
constexpr auto contact = BreakScope::contact;
constexpr auto message_template = BreakScope::message_template;
constexpr auto number = BreakScope::number;
constexpr auto tenant = BreakScope::tenant;

constexpr ErrorAdvice rows[] = {
    {0, 0, fix, tenant, "Meta does not accept the access token; connect the account again."},
    {1, 1, transient, none, "Meta answered with an unknown error; it is tried again."},
    {2, 2, transient, none, "Meta's service is down or overloaded; it is tried again."},
    {3, 3, fix, none, "The app lacks a capability or permission; check its permissions."},
    {4, 4, refused, none, "The app has made too many calls to Meta; sending slows down."},
    {10, 10, fix, tenant, "A permission is missing or was removed; grant it again."},
    {33, 33, never, number, "The business number no longer exists at Meta."},
    {100, 100, fix, none, "Meta refused a parameter of the request."},
    {102, 102, fix, tenant, "The session or token is not valid; connect the account again."},
    {104, 104, fix, tenant, "The proof of the access token is not valid; check the app secret."},
    {190, 190, fix, tenant, "The access token has expired or was revoked; connect again."},
    {200, 299, fix, tenant, "A permission or the access to the account is missing."},
    {368, 368, wait, number, "Meta has restricted the account for a breach of its policy."},
    {613, 613, wait, none, "Too many look-ups of call permissions; wait and try again."},
    {80007, 80007, refused, none, "The account has made too many management calls; it waits."},
    {130403, 130403, never, contact, "You have blocked this user; unblock them first."},
    {130429, 130429, refused, none, "The number sends faster than Meta allows; it slows down."},
    {130472, 130472, never, none, "Not sent: the user is part of an experiment of Meta."},
    {130497, 130497, never, none, "The account may not message people in this country."},
    {131000, 131000, transient, none, "Something failed at Meta; it is tried again."},
    {131005, 131005, fix, none, "Access denied; check the permissions of the token."},
    {131008, 131008, fix, none, "A required parameter is missing."},
    {131009, 131009, fix, none, "The value of a parameter is not valid."},
    {131016, 131016, transient, none, "Meta's service is unavailable; it is tried again."},
    {131020, 131020, fix, none, "This is not a valid group."},
    {131021, 131021, never, none, "Sender and recipient are the same number."},
    {131026, 131026, never, contact,
     "Not deliverable: the person is not on WhatsApp or uses an old version."},
    {131030, 131030, fix, none, "The recipient is not in the list of the test number."},
    {131031, 131031, wait, number, "The account is locked, or its data does not match."},
    {131035, 131035, never, none, "The webhook could not be delivered in time and was dropped."},
    {131036, 131036, never, none, "The content was gone before it reached a device."},
    {131037, 131037, fix, none, "The display name of this number is not approved yet."},
    {131041, 131041, fix, none, "The group is not known."},
    {131042, 131042, wait, number, "There is a problem with the payment method at Meta."},
    {131044, 131044, wait, none, "There is a problem with the payment method for calls."},
    {131045, 131045, fix, number, "The number is not registered properly; register it again."},
    {131047, 131047, fix, none, "More than 24 hours since the last reply; use a template."},
    {131048, 131048, wait, number, "Too many reports of spam: Meta limits this number."},
    {131049, 131049, wait, none, "Meta held it back: the person got enough marketing lately."},
    {131050, 131050, never, contact, "The person has stopped marketing messages from you."},
    {131051, 131051, fix, none, "This type of message is not supported."},
    {131052, 131052, never, none, "The media could not be loaded; ask the sender to resend it."},
    {131053, 131053, fix, none, "The media could not be uploaded; check its real type and size."},
    {131055, 131055, fix, none, "Only marketing templates may be sent this way."},
    {131056, 131056, refused, none, "Too many messages to this person in a short time."},
    {131057, 131057, transient, number, "The number is under maintenance at Meta for a moment."},
    {131059, 131059, fix, none, "The page marker is not valid; begin again without it."},
    {131060, 131060, never, none, "This message is not available; ask the sender to resend it."},
    {131062, 131062, fix, none, "This message needs a phone number, not a user id."},
    {131063, 131063, fix, none, "Marketing templates are switched off for this way of sending."},
    {131064, 131064, wait, message_template,
     "Templates were filed under a wrong category too often; correct the categories."},
    {131201, 131215, fix, none, "The group operation was refused."},
    {132000, 132000, fix, none, "The number of template variables does not match."},
    {132001, 132001, fix, message_template,
     "The template does not exist in this language or is not approved."},
    {132005, 132005, fix, none, "The filled-in text is too long; shorten the variables."},
    {132007, 132007, fix, message_template, "The content of the template breaks Meta's policy."},
    {132008, 132008, fix, none, "The value of a template variable is not valid."},
    {132012, 132012, fix, none, "A template variable has the wrong format."},
    {132015, 132015, wait, message_template, "The template is paused for low quality."},
    {132016, 132016, never, message_template,
     "The template is disabled for good for low quality; make a new one."},
    {132018, 132018, fix, none, "The template variables did not pass Meta's checks."},
    {132068, 132068, fix, message_template, "The flow of this template is blocked."},
    {132069, 132069, wait, none, "The flow is throttled; wait an hour."},
    {133000, 133000, wait, none, "The earlier removal of the number is not finished."},
    {133004, 133004, transient, none, "Meta's server is unavailable for a moment."},
    {133005, 133005, fix, none, "The two-step verification PIN is wrong."},
    {133006, 133006, fix, none, "The number must be verified first."},
    {133008, 133008, wait, none, "Too many wrong PINs; wait for the time Meta gives."},
    {133009, 133009, wait, none, "The PIN was entered too fast; wait for the time Meta gives."},
    {133010, 133010, fix, number, "The number is not registered; register it."},
    {133015, 133015, wait, none, "The number was deleted just now; wait five minutes."},
    {133016, 133016, wait, none, "Registered or removed too often; wait three days."},
    {134011, 134011, fix, none, "The terms of service for payments are not accepted."},
    {134100, 134100, fix, none, "Only marketing templates may be sent this way."},
    {134101, 134101, wait, none, "The template is still being prepared; wait ten minutes."},
    {134102, 134102, fix, none, "The template is not available, or marketing is not set up."},
    {135000, 135000, fix, none, "Meta refused the request without saying why."},
    {136024, 136025, wait, none, "Too many verification codes were asked for; wait."},
    {137000, 137000, fix, none, "The identity of the person has changed; confirm it again."},
    {138000, 138024, fix, none, "The call operation was refused."},
    {139000, 139004, fix, none, "The flow operation was refused."},
    {139100, 139103, fix, none, "Blocking or unblocking users failed in part."},
    {141002, 141002, fix, none, "The template is not approved."},
    {147001, 147005, fix, none, "The business username cannot be used."},
    {200005, 200007, fix, none, "Template insights are not available or not switched on."},
    {1752041, 1752041, never, none, "Marketing messages were already applied for."},
    {2388001, 2388001, fix, none, "The owner of the number is not confirmed for the move."},
    {2388012, 2388012, never, none, "The number is already in your account."},
    {2388019, 2388019, fix, none, "The account has reached its number of templates."},
    {2388023, 2388023, wait, none, "A deleted template's language stays locked for weeks."},
    {2388024, 2388024, fix, none, "A template of this name and language exists already."},
    {2388039, 2388039, wait, none, "The template cannot be changed now, as it is in review."},
    {2388040, 2388040, fix, none, "The template is too long."},
    {2388047, 2388047, fix, none, "The header of the template has a wrong format."},
    {2388072, 2388072, fix, none, "The body of the template has a wrong format."},
    {2388073, 2388073, fix, none, "The footer of the template has a wrong format."},
    {2388091, 2388091, fix, none, "The number cannot be moved by code."},
    {2388093, 2388093, fix, none, "The number cannot be moved by code."},
    {2388103, 2388103, fix, none, "The number cannot be moved."},
    {2388293, 2388293, fix, none, "The template has too many variables for its length."},
    {2388299, 2388299, fix, none, "A variable may not stand at the start or end of a template."},
    {2494100, 2494100, transient, none, "The number is in maintenance for some minutes."},
    {2494164, 2494179, fix, none, "The in-app signup was refused."},
    {2593079, 2593079, never, none, "The account cannot change its owner."},
    {2593085, 2593085, never, none, "The account cannot change its owner."},
    {2593107, 2593107, never, none, "The phone was already synchronised; connect it anew."},
    {2593108, 2593108, never, none, "Synchronising is possible for 24 hours only; connect anew."},
    {2593109, 2593109, never, none, "The owner of the phone did not share its history."},
};

constexpr ErrorAdvice unknown_refusal{-1, -1, fix, none, "Meta refused the request."};
constexpr ErrorAdvice unknown_outage{-1, -1, transient, none, "Meta failed; it is tried again."};
constexpr ErrorAdvice unknown_throttle{-1, -1, refused, none,
                                       "Meta asks for fewer requests; it slows down."};

}  // namespace

const ErrorAdvice& advise_on_status(int http_status) {
    if (http_status == 429) {
        return unknown_throttle;
    }
    return http_status == 408 || http_status >= 500 ? unknown_outage : unknown_refusal;
}

const ErrorAdvice& advise_on_error(int code, int http_status) {
    const auto* row = std::ranges::lower_bound(rows, code, {}, &ErrorAdvice::code_last);
    const bool known = row != std::end(rows) && row->code_first <= code;
    return known ? *row : advise_on_status(http_status);
}

bool is_retryable(ErrorClass error_class) {
    return error_class == transient || error_class == refused || error_class == wait;
}

bool is_surely_refused(ErrorClass error_class) { return error_class != transient; }

std::span<const ErrorAdvice> error_catalogue() { return rows; }

std::string_view name_of(ErrorClass error_class) {
    switch (error_class) {
        case transient: return "transient";
        case refused: return "transient_refused";
        case wait: return "wait";
        case fix: return "fix";
        case never: return "never";
    }
    return "fix";
}

std::string_view name_of(BreakScope scope) {
    switch (scope) {
        case none: return "none";
        case contact: return "contact";
        case message_template: return "message_template";
        case number: return "number";
        case tenant: return "tenant";
    }
    return "none";
}

}  // namespace wapi::whatsapp
