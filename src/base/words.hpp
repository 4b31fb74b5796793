// Words as a search compares them: without case, accents and other spellings of one letter.
//
// Pure functions on UTF-8; Unicode work is ICU's. A word is a run of letters, marks and digits;
// apostrophes inside it vanish. Scripts that write without spaces (Chinese, Japanese, Thai, Khmer,
// Lao, Burmese) give a word for each character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wapi::text {

/// A word, and the bytes [begin, end) of the text that it was made of.
struct Word {
    std::string folded;
    std::size_t begin = 0;
    std::size_t end = 0;
};

inline constexpr std::size_t word_bytes_max = 64;  ///< of `folded`; what is longer is cut

/// The first `words_max` words of a text, in their order. "Crème brûlée!" gives "creme", "brulee".
std::vector<Word> split_words(std::string_view text, std::size_t words_max);

}  // namespace wapi::text
