#include "features/search/search_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <charconv>
#include <limits>
#include <set>

#include "base/text.hpp"
#include "base/words.hpp"

namespace wapi::search {
namespace {

namespace json = boost::json;

constexpr std::size_t words_before = 6;  ///< in a snippet
constexpr std::size_t snippet_bytes = 160;
/// A shorter last word is looked for as a whole word: half of all words begin with some letter.
constexpr std::size_t prefix_bytes_min = 2;
constexpr std::size_t indexed_letters_max = 3;  ///< of the beginnings that FTS5 has an index of

void collect_strings(const json::value& value, std::string& out) {
    if (value.is_string()) {
        out.append(value.get_string()).push_back(' ');
    } else if (value.is_array()) {
        for (const json::value& item : value.get_array()) {
            collect_strings(item, out);
        }
    } else if (value.is_object()) {
        for (const auto& field : value.get_object()) {
            collect_strings(field.value(), out);
        }
    }
}

bool matches(const text::Word& word, const Terms& terms) {
    return std::ranges::any_of(terms.words, [&](const std::string& wanted) {
        const bool is_beginning = terms.prefix && &wanted == &terms.words.back();
        return is_beginning ? word.folded.starts_with(wanted) : word.folded == wanted;
    });
}

auto find_match(const std::vector<text::Word>& words, const Terms& terms) {
    return std::ranges::find_if(words,
                                [&terms](const text::Word& word) { return matches(word, terms); });
}

/// The words of a text up to `snippet_bytes` behind the first that matches: to fold all of a long
/// one takes most of a search's time.
std::vector<text::Word> words_of_snippet(std::string_view text, const Terms& terms) {
    constexpr std::size_t first_count = 64;
    for (std::size_t count = first_count;; count *= 4) {
        std::vector<text::Word> words = text::split_words(text, std::min(count, words_max));
        const auto match = find_match(words, terms);
        const bool is_all = words.size() < count || count >= words_max;
        if (is_all || (match != words.end() && words.back().end - match->begin > snippet_bytes)) {
            return words;
        }
    }
}

/// Joins the words with what `render` makes of each.
template <class Render>
std::string join(const Terms& terms, std::string_view between, Render render) {
    std::string joined;
    for (std::size_t index = 0; index < terms.words.size(); ++index) {
        const bool is_beginning = terms.prefix && index + 1 == terms.words.size();
        joined += (index == 0 ? "" : between);
        joined += render(terms.words[index], is_beginning);
    }
    return joined;
}

std::string render_list(const List& list) {
    return mark_of(list.workspace, list.kind) + " of " + list.workspace.value;
}

void add_part(std::vector<Part>& parts, std::string_view text, bool is_match) {
    if (text.empty()) {
        return;
    }
    if (parts.empty() || parts.back().matches != is_match) {
        parts.push_back({.text = {}, .matches = is_match});
    }
    parts.back().text += text;
}

}  // namespace

std::string mark_of(const WorkspaceId& workspace, Kind kind) {
    constexpr std::size_t length = 8;
    return (kind == Kind::message ? "m" : "c") +
           crypto::hex_encode(crypto::sha256(workspace.value)).substr(0, length);
}

std::string index_words(const std::string& mark, std::string_view text) {
    std::set<std::string> different;
    for (text::Word& word : text::split_words(text, words_max)) {
        different.insert(std::move(word.folded));
    }
    std::string words;
    for (const std::string& word : different) {
        words += (words.empty() ? "" : " ") + mark + word;
    }
    return words;
}

std::string strings_of(std::string_view json) {
    boost::system::error_code failed;
    const json::value value = json::parse(json, failed);
    std::string strings;
    if (!failed) {
        collect_strings(value, strings);
    }
    return strings;
}

Result<Terms> parse_terms(std::string_view text) {
    Terms terms;
    for (text::Word& word : text::split_words(text, query_words_max)) {
        terms.words.push_back(std::move(word.folded));
    }
    if (terms.words.empty()) {
        return fail_field(wapi::errors::invalid_request, "q", "Name a word to search for.");
    }
    terms.prefix = terms.words.back().size() >= prefix_bytes_min;
    return terms;
}

Last last_of(const Terms& terms) {
    constexpr std::size_t indexed_min = 2;
    const std::size_t letters = text::count_code_points(terms.words.back());
    if (!terms.prefix) {
        return Last::indexed;
    }
    if (letters < indexed_min) {
        return Last::shorter;
    }
    return letters > indexed_letters_max ? Last::longer : Last::indexed;
}

Terms cut_last(Terms terms) {
    std::string& last = terms.words.back();
    last.resize(text::truncate_utf8(last, indexed_letters_max).size());
    return terms;
}

std::string render_match(const std::string& mark, const Terms& terms) {
    return join(terms, " AND ", [&mark](const std::string& word, bool is_beginning) {
        return "\"" + mark + word + (is_beginning ? "\" *" : "\"");
    });
}

std::string render_tsquery(const std::string& mark, const Terms& terms) {
    return join(terms, " & ", [&mark](const std::string& word, bool is_beginning) {
        return "'" + mark + word + (is_beginning ? "':*" : "'");
    });
}

std::vector<std::string> render_needles(const std::string& mark, const Terms& terms) {
    std::vector<std::string> needles;
    for (const std::string& word : terms.words) {
        const bool is_beginning = terms.prefix && &word == &terms.words.back();
        needles.push_back(" " + mark + word + (is_beginning ? "" : " "));
    }
    return needles;
}

std::string seal_cursor(const SecretString& key, const List& list, std::int64_t document) {
    const std::string place = render_list(list);
    const std::string number = fmt::format("{:019}", document);  // its length tells nothing
    // Made of what is sealed, a nonce is used again only for the same text.
    const crypto::Digest digest = crypto::hmac_sha256(key.reveal(), place + " " + number);
    const std::string_view nonce = crypto::as_text(digest).substr(0, crypto::aes_nonce_bytes);
    return crypto::base64url_encode(std::string(nonce) +
                                    crypto::aes256_gcm_seal(key.reveal(), nonce, number, place));
}

Result<std::int64_t> open_cursor(const SecretString& key, const List& list,
                                 std::string_view cursor) {
    std::int64_t document = std::numeric_limits<std::int64_t>::max();
    if (cursor.empty()) {
        return document;
    }
    const std::string sealed = crypto::base64url_decode(cursor).value_or("");
    const std::string_view nonce = std::string_view(sealed).substr(0, crypto::aes_nonce_bytes);
    const auto number = nonce.size() < crypto::aes_nonce_bytes
                            ? std::nullopt
                            : crypto::aes256_gcm_open(key.reveal(), nonce,
                                                      std::string_view(sealed).substr(nonce.size()),
                                                      render_list(list));
    if (!number) {
        return fail_field(wapi::errors::invalid_request, "cursor", "Not a cursor of this list.");
    }
    const std::string_view digits = number->reveal();
    std::from_chars(digits.data(), digits.data() + digits.size(), document);
    return document;
}

std::vector<Part> make_snippet(std::string_view text, const Terms& terms) {
    const std::vector<text::Word> words = words_of_snippet(text, terms);
    const auto first = find_match(words, terms);
    const auto ahead = std::min<std::ptrdiff_t>(first - words.begin(), words_before);
    const auto begin = first == words.end() ? words.begin() : first - ahead;
    std::vector<Part> parts;
    std::size_t position = begin == words.begin() ? 0 : begin->begin;
    add_part(parts, position > 0 ? "…" : "", false);
    const std::size_t start = position;
    auto word = begin;
    for (; word != words.end() && word->end - start <= snippet_bytes; ++word) {
        add_part(parts, text.substr(position, word->begin - position), false);
        add_part(parts, text.substr(word->begin, word->end - word->begin), matches(*word, terms));
        position = word->end;
    }
    const bool is_whole = word == words.end() && text.size() - start <= 2 * snippet_bytes;
    add_part(parts, is_whole ? text.substr(position) : "…", false);
    return parts;
}

}  // namespace wapi::search
