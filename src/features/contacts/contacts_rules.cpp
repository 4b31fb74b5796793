#include "features/contacts/contacts_rules.hpp"

#include <algorithm>
#include <array>

#include "base/phone.hpp"

namespace wapi::contacts {
namespace {

/// The rank of who decided, in ties of time (opt_out_rules.hpp): the lower one is kept.
std::ptrdiff_t rank_of_way(std::string_view via) {
    constexpr std::array<std::string_view, 4> ways{"message", "manual", "system", "meta"};
    return std::ranges::find(ways, via) - ways.begin();
}

bool is_newer_stop(const OptOut& one, const OptOut& other) {
    return one.opted_out_at != other.opted_out_at
               ? one.opted_out_at > other.opted_out_at
               : rank_of_way(one.opted_out_via) < rank_of_way(other.opted_out_via);
}

}  // namespace

OptOut join_opt_outs(const OptOut& one, const OptOut& other) {
    OptOut joined = is_newer_stop(one, other) ? one : other;
    joined.decided_at = std::max(one.decided_at, other.decided_at);
    joined.opted_back_in_at = std::nullopt;
    joined.started_at = std::max(one.started_at, other.started_at);
    if (joined.opted_out_at && joined.decided_at > *joined.opted_out_at) {
        joined.opted_back_in_at = joined.decided_at;
    } else if (joined.opted_out_at) {
        for (const auto& yes : {one.opted_back_in_at, other.opted_back_in_at}) {
            if (yes > joined.opted_out_at &&
                (!joined.opted_back_in_at || yes < joined.opted_back_in_at)) {
                joined.opted_back_in_at = yes;
            }
        }
    }
    joined.status = joined.opted_out_at && !joined.opted_back_in_at;
    return joined;
}

OptOut join_left(const OptOut& known, const OptOut& left) {
    return join_opt_outs(known, {.status = true,
                                 .decided_at = *left.opted_out_at,
                                 .opted_out_at = left.opted_out_at,
                                 .opted_out_via = left.opted_out_via,
                                 .opted_back_in_at = std::nullopt});
}

bool has_come_back(const OptOut& opt_out, Timestamp erased_at) {
    const std::optional<Timestamp>& back = opt_out.opted_back_in_at;
    // Who is back by neither START nor a member's hand has written "yes".
    return opt_out.started_at > erased_at || (back > erased_at && back != opt_out.decided_at);
}

OptOut join_erasure(const OptOut& known, Timestamp erased_at) {
    OptOut joined = join_opt_outs(known, {.status = true,
                                          .decided_at = erased_at,
                                          .opted_out_at = erased_at,
                                          .opted_out_via = std::string(erased_via),
                                          .opted_back_in_at = std::nullopt});
    if (!has_come_back(known, erased_at)) {  // what is newer than the STOP is a member's
        joined.decided_at = *joined.opted_out_at;
        joined.opted_back_in_at = std::nullopt;
        joined.status = true;
    }
    return joined;
}

std::vector<std::string> names_in_webhooks(const Contact& contact) {
    std::vector<std::string> names;
    for (const Identity& identity : contact.identities) {
        if (identity.kind == IdentityKind::phone) {
            std::ranges::copy(phone_variants(identity.value), std::back_inserter(names));
        } else if (identity.kind == IdentityKind::bsuid) {
            names.push_back(identity.value);
        }
    }
    return names;
}

}  // namespace wapi::contacts
