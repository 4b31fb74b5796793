#include "features/opt_out/opt_out_rules.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/text.hpp"

namespace wapi::opt_out {
namespace {

using text::normalize_keyword;
using text::Punctuation;

constexpr std::array via_names{std::string_view("message"), std::string_view("manual"),
                               std::string_view("system"), std::string_view("meta")};

struct Meaning {
    Keyword keyword;
    bool only_when_opted_out;
};

/// Both normal forms of every built-in word.
const std::unordered_map<std::string, Meaning>& dictionary() {
    static const auto words = [] {
        std::unordered_map<std::string, Meaning> built;
        for (const WordList& list : built_in_words()) {
            for (const std::string_view word : list.words) {
                const Meaning meaning{list.keyword, list.only_when_opted_out};
                built.emplace(normalize_keyword(word, Punctuation::separates), meaning);
                built.emplace(normalize_keyword(word, Punctuation::vanishes), meaning);
            }
        }
        return built;
    }();
    return words;
}

std::unordered_set<std::string> normalized_set(const std::vector<std::string>& words) {
    std::unordered_set<std::string> normalized;
    for (const std::string& word : words) {
        normalized.insert(normalize_keyword(word, Punctuation::separates));
        normalized.insert(normalize_keyword(word, Punctuation::vanishes));
    }
    normalized.erase("");  // a word of punctuation only would match every emoji
    return normalized;
}

/// The newest STOP so far stays on record even when a newer START holds.
bool supersedes(const OptOutEvent& event, const OptOutState& state) {
    if (!state.opted_out_at || event.at != *state.opted_out_at) {
        return !state.opted_out_at || event.at > *state.opted_out_at;
    }
    return !state.opted_out_via || event.via < *state.opted_out_via;
}

/// The newest decision is a START, and it is not the person's own.
bool is_in_by_hand(const OptOutState& state) {
    return state.decided_at > state.opted_out_at && state.decided_at != state.started_at;
}

}  // namespace

std::string_view name_of(OptOutVia via) { return via_names.at(static_cast<std::size_t>(via)); }

std::optional<OptOutVia> parse_opt_out_via(std::string_view name) {
    const auto found = std::ranges::find(via_names, name);
    if (found == via_names.end()) {
        return std::nullopt;
    }
    return static_cast<OptOutVia>(found - via_names.begin());
}

Words::Words(const WordChanges& changes)
    : stop_added_(normalized_set(changes.stop_added)),
      stop_removed_(normalized_set(changes.stop_removed)),
      start_added_(normalized_set(changes.start_added)),
      start_removed_(normalized_set(changes.start_removed)) {}

Keyword Words::find(const std::string& normalized, bool currently_opted_out) const {
    const auto found = dictionary().find(normalized);
    const bool built_in = found != dictionary().end();
    const bool built_in_stop = built_in && found->second.keyword == Keyword::stop;
    if (stop_added_.contains(normalized) ||
        (built_in_stop && !stop_removed_.contains(normalized))) {
        return Keyword::stop;
    }
    const bool built_in_start = built_in && found->second.keyword == Keyword::start &&
                                (currently_opted_out || !found->second.only_when_opted_out);
    if (start_added_.contains(normalized) ||
        (built_in_start && !start_removed_.contains(normalized))) {
        return Keyword::start;
    }
    return Keyword::none;
}

Keyword classify(std::string_view text, const Words& words, bool currently_opted_out) {
    if (text.empty() || text.size() > message_bytes_max) {
        return Keyword::none;
    }
    const Keyword separated =
        words.find(normalize_keyword(text, Punctuation::separates), currently_opted_out);
    return separated != Keyword::none
               ? separated
               : words.find(normalize_keyword(text, Punctuation::vanishes), currently_opted_out);
}

Keyword classify_reply(std::string_view title, std::string_view payload, const Words& words,
                       bool currently_opted_out) {
    // What means the same to everybody goes before "yes": else a reply with the title "Yes" and the
    // payload "STOP" would mean one or the other, depending on what arrived before it.
    for (const bool opted_out : {false, currently_opted_out}) {
        const Keyword by_title = classify(title, words, opted_out);
        const Keyword meant =
            by_title != Keyword::none ? by_title : classify(payload, words, opted_out);
        if (meant != Keyword::none) {
            return meant;
        }
    }
    return Keyword::none;
}

OptOutState decide_opt_out(const OptOutState& state, const OptOutEvent& event) {
    OptOutState decided = state;
    if (event.keyword == Keyword::none) {
        return decided;
    }
    if (event.keyword == Keyword::stop && supersedes(event, state)) {
        decided.opted_out_at = event.at;
        decided.opted_out_via = event.via;
    }
    if (!event.only_while_opted_out && (!state.decided_at || event.at > *state.decided_at)) {
        decided.decided_at = event.at;
    }
    if (event.keyword == Keyword::start && !event.only_while_opted_out &&
        event.via != OptOutVia::manual) {
        decided.started_at = std::max(decided.started_at, std::optional(event.at));
    }
    const std::optional<Timestamp>& stop = decided.opted_out_at;
    std::optional<Timestamp>& back = decided.opted_back_in_at;
    if (!stop || decided.decided_at > stop) {
        back = stop ? decided.decided_at : std::nullopt;
    } else {
        back = back > stop ? back : std::nullopt;
        if (event.only_while_opted_out && event.at > *stop && (!back || event.at < *back)) {
            back = event.at;
        }
    }
    decided.opted_out = stop && !back;
    return decided;
}

OptOutState allow_for_skew(const OptOutState& state, const OptOutEvent& event, bool is_first) {
    const bool may_be_known = !is_first && state.opted_out_at >= event.at;
    if (event.keyword != Keyword::stop || event.via == OptOutVia::manual || !is_in_by_hand(state) ||
        may_be_known || state.started_at > event.at ||
        event.at < *state.decided_at - clock_skew_max) {
        return state;
    }
    OptOutState without_opt_in = state;
    without_opt_in.decided_at = state.opted_out_at;
    without_opt_in.opted_back_in_at = std::nullopt;
    without_opt_in.opted_out = state.opted_out_at.has_value();
    return without_opt_in;
}

}  // namespace wapi::opt_out
