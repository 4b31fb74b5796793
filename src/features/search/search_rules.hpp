// Inside the slice: from texts to what the index holds, from a query to what it is asked, and from
// a text that was found to its snippet. Pure.
#pragma once

#include "base/crypto.hpp"
#include "features/search/search.hpp"

namespace wapi::search {

/// What every word of a workspace's messages or contacts begins with in the index, so that a prefix
/// is looked for among these alone: the kind's letter and eight characters made of the id. Two
/// workspaces may share them; the row says whose it is.
std::string mark_of(const WorkspaceId& workspace, Kind kind);

/// The different words of a text, marked, parted by spaces; empty when there is none.
std::string index_words(const std::string& mark, std::string_view text);

/// The strings of a JSON text, however deep, parted by spaces. Empty when it is none.
std::string strings_of(std::string_view json);

/// A query as both engines take it.
struct Terms {
    std::vector<std::string> words;  ///< folded; the last one is a beginning when `prefix`
    bool prefix = true;
};
/// Errors: invalid_request when there is no word.
Result<Terms> parse_terms(std::string_view text);

/// How the last word stands to the beginnings of two and three letters of which FTS5 has an index
/// (0033_search.sqlite.sql): what is indexed it gives one by one, newest first; of anything else
/// that begins so it gathers all. A whole word is indexed as well.
enum class Last { shorter, indexed, longer };
Last last_of(const Terms& terms);
/// With the last word cut to a beginning that is indexed.
Terms cut_last(Terms terms);

/// For FTS5: `"m1a2b3c4dblue" AND "m1a2b3c4dbic" *`.
std::string render_match(const std::string& mark, const Terms& terms);
/// For PostgreSQL: `'m1a2b3c4dblue' & 'm1a2b3c4dbic':*`.
std::string render_tsquery(const std::string& mark, const Terms& terms);
/// What a document's words, with a space before and behind them, must hold: each of these.
std::vector<std::string> render_needles(const std::string& mark, const Terms& terms);

/// Which list a cursor belongs to.
struct List {
    WorkspaceId workspace;
    Kind kind = Kind::message;
};
/// The place behind a document, as a caller gets it. Documents are numbered through all workspaces:
/// sealed, the number does not tell what the others store. `key` has 32 bytes.
std::string seal_cursor(const SecretString& key, const List& list, std::int64_t document);
/// The document; the highest possible for an empty cursor. Errors: invalid_request (cursor) when it
/// was not made with this key for this list.
Result<std::int64_t> open_cursor(const SecretString& key, const List& list,
                                 std::string_view cursor);

/// Some 160 bytes around the first word that matches.
std::vector<Part> make_snippet(std::string_view text, const Terms& terms);

}  // namespace wapi::search
