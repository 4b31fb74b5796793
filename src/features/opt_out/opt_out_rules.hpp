// The rules of opt-out: which messages mean STOP or START, and which of several decisions holds.
//
// Pure: no I/O, no clock. A keyword counts only when it is the whole message, after Unicode
// normalisation (base/text). Decisions are ordered by WhatsApp's own time, so that late, repeated
// and reordered events end in the same state. Source: product description, "Opt-out".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"

namespace wapi::opt_out {

enum class Keyword { none, stop, start };

/// Who decided. In ties of time and direction the lower one wins.
enum class OptOutVia { message, manual, system, meta };

/// "message", "manual", "system", "meta": as stored and shown.
std::string_view name_of(OptOutVia via);
std::optional<OptOutVia> parse_opt_out_via(std::string_view name);

/// What a workspace changes in the built-in lists. Any spelling: words are normalised.
struct WordChanges {
    std::vector<std::string> stop_added = {};
    std::vector<std::string> stop_removed = {};
    std::vector<std::string> start_added = {};
    std::vector<std::string> start_removed = {};
};

inline constexpr std::size_t word_bytes_max = 100;  ///< of one workspace word, before normalising
inline constexpr std::size_t message_bytes_max = 400;  ///< a longer message is never a keyword

/// The words of one workspace. Immutable, cheap to share; build once and keep. Thread-safe to read.
class Words {
  public:
    /// The built-in lists: English, Spanish, Portuguese, Hindi, Arabic, French, German, Indonesian.
    Words() = default;
    /// The built-in lists with a workspace's changes. A word that is STOP in one list and START in
    /// another is STOP, so that a slip in the settings never costs a customer their opt-out.
    explicit Words(const WordChanges& changes);

    /// What a normalised text means.
    [[nodiscard]] Keyword find(const std::string& normalized, bool currently_opted_out) const;

  private:
    std::unordered_set<std::string> stop_added_;
    std::unordered_set<std::string> stop_removed_;
    std::unordered_set<std::string> start_added_;
    std::unordered_set<std::string> start_removed_;
};

/// What the whole text means. `currently_opted_out` lets "yes" (and its translations) count as
/// START.
Keyword classify(std::string_view text, const Words& words, bool currently_opted_out);

/// As classify, for a button or list reply: its title or text decides, then its payload or id, such
/// as "STOP_PROMOTIONS". A meaning that depends on `currently_opted_out` comes last.
Keyword classify_reply(std::string_view title, std::string_view payload, const Words& words,
                       bool currently_opted_out);

/// The built-in words of one language and meaning, as people write them.
struct WordList {
    std::string_view language;  ///< ISO 639-1
    Keyword keyword;
    bool only_when_opted_out;  ///< "yes": START only for who is opted out
    std::span<const std::string_view> words;
};
std::span<const WordList> built_in_words();

/// A decision of a customer or member, at WhatsApp's time (or ours, for manual ones).
struct OptOutEvent {
    Keyword keyword = Keyword::none;  ///< stop or start; none changes nothing
    Timestamp at;
    OptOutVia via = OptOutVia::message;
    bool only_while_opted_out = false;  ///< a "yes": a START of who is opted out, else nothing
};

/// What is known of one contact. The default is "never decided": not opted out.
struct OptOutState {
    bool opted_out = false;
    std::optional<Timestamp> opted_out_at;  ///< of the newest STOP
    std::optional<OptOutVia> opted_out_via;
    std::optional<Timestamp> opted_back_in_at;  ///< null while opted out, and when never opted out
    std::optional<Timestamp> decided_at;        ///< of the newest STOP or START; a "yes" is neither
    std::optional<Timestamp> started_at;        ///< of the newest START that is no member's

    friend bool operator==(const OptOutState&, const OptOutState&) = default;
};

/// The state after one more event. The newest time wins; of equal times STOP; of equal STOPs the
/// lower `via`. `opted_out_at` and `_via` keep the newest STOP, also while a newer START holds, so
/// any order and repetition of the same events gives the same state. A "yes" counts after the
/// newest STOP as long as there is no START after it, the earliest one; those that were passed over
/// before their STOP came must be given again. The state changed exactly when the result differs
/// from `state`; the contact's status changed when `opted_out` does.
OptOutState decide_opt_out(const OptOutState& state, const OptOutEvent& event);

/// By how much WhatsApp's clock may be behind ours; its times are whole seconds, too.
inline constexpr std::chrono::seconds clock_skew_max{5};

/// The state to decide the event on. A STOP that came in after a member's opt-in, and is older than
/// it by its own time but by no more than `clock_skew_max`, takes that opt-in back: nobody's STOP
/// is lost to a clock, and what the person says is ordered by WhatsApp's time alone. It does not
/// when the person's own START is newer, and a START never wins by that. `is_first`: this STOP was
/// not decided on before; where that is not known, one that the record reaches past may have been.
OptOutState allow_for_skew(const OptOutState& state, const OptOutEvent& event, bool is_first);

}  // namespace wapi::opt_out
