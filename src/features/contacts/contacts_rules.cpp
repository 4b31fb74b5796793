#include "features/contacts/contacts_rules.hpp"

#include <algorithm>
#include <array>

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

}  // namespace wapi::contacts
