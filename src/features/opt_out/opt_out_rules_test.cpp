// STOP and START words in every listed language and disguise, and decisions in any order.
//
// Goal: no opt-out is missed and no ordinary sentence is taken for one; the state after a set of
// events does not depend on their order or number. Method: lists of real messages, and seeded
// shuffles.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>

#include "base/text.hpp"
#include "features/opt_out/opt_out_rules_test_support.hpp"

namespace wapi::opt_out {
namespace {

using namespace testing;

Keyword meaning_of(std::string_view text, bool opted_out = false) {
    return classify(text, Words(), opted_out);
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) {
        out += text;
    }
    return out;
}

TEST(OptOutRules, every_english_stop_word_is_an_opt_out) {
    for (const std::string_view word :
         {"stop", "stop all", "stopall", "unsubscribe", "opt out", "opt-out", "optout", "remove",
          "remove me", "quit", "cancel", "end", "unfollow", "revoke", "stop promotions",
          "no more messages"}) {
        EXPECT_EQ(meaning_of(word), Keyword::stop) << word;
    }
}

TEST(OptOutRules, every_english_start_word_is_an_opt_in) {
    for (const std::string_view word :
         {"start", "subscribe", "opt in", "opt-in", "optin", "resume", "unstop", "continue"}) {
        EXPECT_EQ(meaning_of(word), Keyword::start) << word;
        EXPECT_EQ(meaning_of(word, true), Keyword::start) << word;
    }
}

TEST(OptOutRules, yes_is_an_opt_in_only_for_who_is_opted_out) {
    for (const std::string_view word :
         {"yes", "YES!", "sí", "si", "sim", "हाँ", "نعم", "oui", "ja", "ya"}) {
        EXPECT_EQ(meaning_of(word, false), Keyword::none) << word;
        EXPECT_EQ(meaning_of(word, true), Keyword::start) << word;
    }
}

TEST(OptOutRules, a_disguised_stop_word_is_an_opt_out) {
    for (const std::string_view text : {"STOP",         "Stop.",
                                        "STOP!!! 🛑",   "  stop\n",
                                        "\"Stop\"",     "*stop*",
                                        "_STOP_",       "Ｓｔｏｐ",
                                        "s.t.o.p",      "S-T-O-P",
                                        "🛑stop🛑",     "stop👋🏽",
                                        "st\u200Bop",   "stop\uFE0F",
                                        "𝐒𝐓𝐎𝐏",         "Opt - Out",
                                        "OPT–OUT",      "opt_out",
                                        "Stop   All",   "StOp\tAlL",
                                        "un-subscribe", "no more messages!!!",
                                        "¡STOP!",       "stop\u00A0all"}) {
        EXPECT_EQ(meaning_of(text), Keyword::stop) << text;
    }
}

TEST(OptOutRules, a_sentence_that_contains_stop_is_not_an_opt_out) {
    for (const std::string_view text :
         {"please stop by at 5", "stop it", "don't stop", "can I cancel my order?", "the end",
          "stop stop", "stopping", "nonstop", "s t o p", "bus stop", "remove the onions", "quit?x",
          "I want to unsubscribe from the newsletter but keep orders", "start now", "", "🛑", "...",
          "para", "end of the week"}) {
        EXPECT_EQ(meaning_of(text), Keyword::none) << text;
        EXPECT_EQ(meaning_of(text, true), Keyword::none) << text;
    }
}

TEST(OptOutRules, people_of_all_listed_languages_can_opt_out) {
    for (const std::string_view text : {"BAJA",
                                        "Cancelar suscripción",
                                        "No más mensajes.",
                                        "darme de baja",
                                        "Parar",
                                        "SAIR",
                                        "Não quero mais mensagens!",
                                        "descadastrar-me",
                                        "बंद करो",
                                        "रोकें।",
                                        "मैसेज मत भेजो",
                                        "إيقاف",
                                        "ايقاف",
                                        "إلغاء الاشتراك",
                                        "توقـــف",
                                        "أَوْقِف",
                                        "Désabonner",
                                        "DÉSINSCRIRE",
                                        "arrêt",
                                        "De\u0301sabonnez-moi",
                                        "Abmelden!",
                                        "Keine Werbung mehr",
                                        "LÖSCHEN",
                                        "stopp",
                                        "Berhenti",
                                        "batal langganan",
                                        "UNREG",
                                        "jangan kirim pesan lagi"}) {
        EXPECT_EQ(meaning_of(text), Keyword::stop) << text;
    }
}

TEST(OptOutRules, people_of_all_listed_languages_can_opt_in_again) {
    for (const std::string_view text :
         {"Suscribirme", "iniciar", "quero receber", "inscrever-me", "mulai", "Berlangganan",
          "शुरू करें", "चालू करो", "اشترك", "ابدأ", "m’abonner", "Reprendre", "anmelden",
          "FORTSETZEN"}) {
        EXPECT_EQ(meaning_of(text), Keyword::start) << text;
    }
}

TEST(OptOutRules, no_built_in_word_means_two_things) {
    std::map<std::string, Keyword> meanings;
    std::size_t count = 0;
    for (const WordList& list : built_in_words()) {
        EXPECT_FALSE(list.words.empty());
        for (const std::string_view word : list.words) {
            ++count;
            for (const auto mode : {text::Punctuation::separates, text::Punctuation::vanishes}) {
                const std::string normalized = text::normalize_keyword(word, mode);
                EXPECT_FALSE(normalized.empty()) << word;
                EXPECT_EQ(meanings.emplace(normalized, list.keyword).first->second, list.keyword)
                    << word;
            }
            EXPECT_EQ(classify(word, Words(), true), list.keyword) << word;
        }
    }
    EXPECT_GT(count, 200U);
}

TEST(OptOutRules, each_listed_language_has_stop_start_and_yes) {
    for (const std::string_view language : {"en", "es", "pt", "hi", "ar", "fr", "de", "id"}) {
        EXPECT_EQ(std::ranges::count(built_in_words(), language, &WordList::language), 3)
            << language;
    }
}

TEST(OptOutRules, a_workspace_adds_and_removes_words) {
    const Words words({.stop_added = {"No Ads!"},
                       .stop_removed = {"END", "opt-out"},
                       .start_added = {"Hello again"},
                       .start_removed = {"continue", "yes"}});
    EXPECT_EQ(classify("no ads", words, false), Keyword::stop);
    EXPECT_EQ(classify("End", words, false), Keyword::none);
    EXPECT_EQ(classify("opt-out", words, false), Keyword::none);
    EXPECT_EQ(classify("optout", words, false), Keyword::none);
    EXPECT_EQ(classify("stop", words, false), Keyword::stop);
    EXPECT_EQ(classify("hello again 👋", words, false), Keyword::start);
    EXPECT_EQ(classify("continue", words, true), Keyword::none);
    EXPECT_EQ(classify("yes", words, true), Keyword::none);
}

TEST(OptOutRules, a_word_that_is_both_is_an_opt_out) {
    const Words words({.stop_added = {"basta ya"}, .start_added = {"basta ya", "stop"}});
    EXPECT_EQ(classify("basta ya", words, false), Keyword::stop);
    EXPECT_EQ(classify("stop", words, false), Keyword::stop);
    const Words moved({.stop_removed = {"end"}, .start_added = {"end"}});
    EXPECT_EQ(classify("end", moved, false), Keyword::start);
}

TEST(OptOutRules, a_workspace_word_without_letters_matches_nothing) {
    const Words words({.stop_added = {"!!!", "", "🛑"}});
    EXPECT_EQ(classify("🛑", words, false), Keyword::none);
    EXPECT_EQ(classify("?", words, false), Keyword::none);
}

TEST(OptOutRules, a_button_counts_by_title_or_payload) {
    const Words words;
    EXPECT_EQ(classify_reply("Stop promotions", "p1", words, false), Keyword::stop);
    EXPECT_EQ(classify_reply("No thanks", "STOP_PROMOTIONS", words, false), Keyword::stop);
    EXPECT_EQ(classify_reply("Unsubscribe", "", words, false), Keyword::stop);
    EXPECT_EQ(classify_reply("Subscribe", "x", words, false), Keyword::start);
    EXPECT_EQ(classify_reply("Yes", "btn_yes", words, false), Keyword::none);
    EXPECT_EQ(classify_reply("Yes", "btn_yes", words, true), Keyword::start);
    EXPECT_EQ(classify_reply("Track my order", "track", words, false), Keyword::none);
}

TEST(OptOutRules, a_message_that_is_too_long_is_never_a_keyword) {
    EXPECT_EQ(meaning_of("stop" + std::string(text_bytes_max - 4, '!')), Keyword::stop);
    EXPECT_EQ(meaning_of("stop" + std::string(text_bytes_max - 3, '!')), Keyword::none);
    const std::string letters(message_bytes_max, 'o');
    const Words words({.stop_added = {letters}});
    EXPECT_EQ(classify(letters, words, false), Keyword::stop);
    EXPECT_EQ(classify(letters + "!", words, false), Keyword::stop);
    const Words longer({.stop_added = {letters + "o"}});
    EXPECT_EQ(classify(letters + "o", longer, false), Keyword::none);
    EXPECT_EQ(classify(repeated("!", 2'000) + letters + "o", longer, false), Keyword::none);
}

TEST(OptOutRules, what_is_removed_from_a_message_does_not_make_it_too_long) {
    for (const std::string_view removed :
         {"\n", " ", "!", "🛑", "\u200B", "\uFE0F", "\u064B", "'"}) {
        for (const std::size_t times : {100U, 500U, 4'092U}) {
            EXPECT_EQ(meaning_of("STOP" + repeated(removed, times)), Keyword::stop) << removed;
            EXPECT_EQ(meaning_of(repeated(removed, times) + "Stop all"), Keyword::stop) << removed;
            EXPECT_EQ(meaning_of("STOP" + repeated(removed, times) + "by tomorrow"), Keyword::none)
                << removed;
        }
    }
    EXPECT_EQ(classify_reply("Yes", "STOP" + repeated("_", 500), Words(), false), Keyword::stop);
}

TEST(OptOutRules, broken_bytes_are_not_an_opt_out) {
    EXPECT_EQ(meaning_of("st\xffop"), Keyword::stop);  // the replaced byte is punctuation
    EXPECT_EQ(meaning_of("\xff\xfe"), Keyword::none);
}

TEST(OptOutRules, via_names_round_trip) {
    using enum OptOutVia;
    for (const OptOutVia via : {message, manual, system, meta}) {
        EXPECT_EQ(parse_opt_out_via(name_of(via)), via);
    }
    EXPECT_EQ(name_of(OptOutVia::meta), "meta");
    EXPECT_EQ(parse_opt_out_via("Message"), std::nullopt);
}

TEST(DecideOptOut, a_stop_opts_out_and_a_start_opts_back_in) {
    const OptOutState stopped = after({stop_at(10, OptOutVia::meta)});
    EXPECT_TRUE(stopped.opted_out);
    EXPECT_EQ(stopped.opted_out_at, second(10));
    EXPECT_EQ(stopped.opted_out_via, OptOutVia::meta);
    EXPECT_EQ(stopped.opted_back_in_at, std::nullopt);
    const OptOutState started = decide_opt_out(stopped, start_at(20));
    EXPECT_FALSE(started.opted_out);
    EXPECT_EQ(started.opted_back_in_at, second(20));
    EXPECT_EQ(started.opted_out_at, second(10));
    const OptOutState again = decide_opt_out(started, stop_at(30));
    EXPECT_TRUE(again.opted_out);
    EXPECT_EQ(again.opted_back_in_at, std::nullopt);
}

TEST(DecideOptOut, a_late_stop_does_not_undo_a_newer_start) {
    const OptOutState state = after({start_at(20), stop_at(10)});
    EXPECT_FALSE(state.opted_out);
    EXPECT_EQ(state.decided_at, second(20));
    EXPECT_EQ(state.opted_out_at, second(10));
}

TEST(DecideOptOut, a_late_start_does_not_undo_a_newer_stop) {
    const OptOutState state = after({stop_at(20), start_at(10)});
    EXPECT_TRUE(state.opted_out);
    EXPECT_EQ(state.opted_back_in_at, std::nullopt);
}

TEST(DecideOptOut, in_a_tie_the_opt_out_wins) {
    EXPECT_TRUE(after({stop_at(10), start_at(10)}).opted_out);
    EXPECT_TRUE(after({start_at(10), stop_at(10)}).opted_out);
}

TEST(DecideOptOut, a_start_of_who_never_opted_out_is_no_coming_back) {
    EXPECT_EQ(after({start_at(10)}).opted_back_in_at, std::nullopt);
    EXPECT_EQ(after({start_at(10), stop_at(5)}).opted_back_in_at, second(10));
}

TEST(DecideOptOut, a_yes_counts_after_a_stop_and_not_after_a_start) {
    EXPECT_EQ(after({yes_at(10)}), OptOutState{});
    EXPECT_TRUE(after({stop_at(10), yes_at(10)}).opted_out) << "in a tie the opt-out wins";
    EXPECT_FALSE(after({stop_at(10), yes_at(11)}).opted_out);
    EXPECT_TRUE(after({stop_at(10), yes_at(11), stop_at(12)}).opted_out);
    EXPECT_EQ(after({stop_at(10), start_at(12), yes_at(14)}).opted_back_in_at, second(12));
    EXPECT_EQ(after({stop_at(10), yes_at(14), start_at(12)}).opted_back_in_at, second(12));
    EXPECT_EQ(after({stop_at(10), yes_at(14), yes_at(12)}).opted_back_in_at, second(12));
}

TEST(DecideOptOut, none_changes_nothing) {
    EXPECT_EQ(decide_opt_out({}, {Keyword::none, second(5), OptOutVia::manual}), OptOutState{});
}

TEST(DecideOptOut, order_and_repetition_of_events_do_not_matter) {
    std::mt19937_64 random(20261122);
    for (int round = 0; round < 3000; ++round) {
        std::vector<OptOutEvent> events;
        const auto count = 1 + random() % 7;
        for (std::uint64_t i = 0; i < count; ++i) {
            events.push_back({static_cast<Keyword>(random() % 3),
                              second(static_cast<int>(random() % 5)),
                              static_cast<OptOutVia>(random() % 4)});
        }
        const OptOutState expected = after(events);
        const auto newest = std::ranges::max(events, {}, [](const OptOutEvent& event) {
            return event.keyword == Keyword::none ? Timestamp::min() : event.at;
        });
        std::vector<OptOutEvent> repeated = events;
        repeated.insert(repeated.end(), events.begin(), events.end());
        for (int shuffle = 0; shuffle < 4; ++shuffle) {
            std::ranges::shuffle(repeated, random);
            ASSERT_EQ(after(repeated), expected) << "round " << round;
        }
        const bool stop_at_newest = std::ranges::any_of(events, [&](const OptOutEvent& event) {
            return event.keyword == Keyword::stop && event.at == newest.at;
        });
        ASSERT_EQ(expected.opted_out, stop_at_newest) << "round " << round;
    }
}

}  // namespace
}  // namespace wapi::opt_out
