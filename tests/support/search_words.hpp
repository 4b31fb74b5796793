// What stands in the index of the search, down to the bytes: for tests that something is gone.
#pragma once

#include <string>

#include "db/txn.hpp"

namespace wapi::test {

inline const db::Sql search_words{{
    .name = "search_words.read",
    .text = {},
    .scope = db::Scope::system,
    .sqlite = "SELECT CAST(block AS BLOB) FROM search_words_data",
    .postgres = "SELECT convert_to(CAST(words AS TEXT), 'UTF8') FROM search_documents",
}};

/// Whether a word stands in the index, in whatever page of it.
inline bool search_words_hold(db::Txn& txn, const std::string& word) {
    bool holds = false;
    for (const db::Row row : txn.query(search_words)) {
        holds = holds || row.bytes(0).find(word) != std::string_view::npos;
    }
    return holds;
}

}  // namespace wapi::test
