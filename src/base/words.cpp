#include "base/words.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <cstdint>

#include "base/error.hpp"

namespace wapi::text {
namespace {

/// What a character does to the word it stands in.
enum class Role { part, alone, nothing, separator };

UScriptCode script_of(UChar32 point) {
    UErrorCode status = U_ZERO_ERROR;
    return uscript_getScript(point, &status);
}

bool is_written_without_spaces(UChar32 point) {
    switch (script_of(point)) {
        case USCRIPT_HAN:
        case USCRIPT_HIRAGANA:
        case USCRIPT_KATAKANA:
        case USCRIPT_THAI:
        case USCRIPT_LAO:
        case USCRIPT_KHMER:
        case USCRIPT_MYANMAR: return true;
        default: return false;
    }
}

/// Accents, Arabic and Hebrew vowel points: marks that belong to no script of their own. The vowel
/// signs of Devanagari and its like are letters of their words and stay.
bool is_accent(UChar32 point) {
    const bool is_mark = (U_GET_GC_MASK(point) & U_GC_MN_MASK) != 0;
    const bool hebrew_point = point >= 0x0591 && point <= 0x05C7;
    return is_mark && (script_of(point) == USCRIPT_INHERITED || hebrew_point);
}

bool is_apostrophe(UChar32 point) {
    return point == 0x27 || point == 0x60 || point == 0xB4 || (point >= 0x2018 && point <= 0x201B);
}

Role role_of(UChar32 point) {
    constexpr std::uint32_t of_words = U_GC_L_MASK | U_GC_M_MASK | U_GC_ND_MASK | U_GC_NL_MASK;
    if (is_apostrophe(point) || is_accent(point) || point == 0x0640 ||
        u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0) {
        return Role::nothing;
    }
    if ((U_GET_GC_MASK(point) & of_words) == 0) {
        return Role::separator;
    }
    return is_written_without_spaces(point) ? Role::alone : Role::part;
}

/// Spellings of an Arabic letter that a decomposition does not bring together.
UChar32 fold_arabic(UChar32 point) {
    switch (point) {
        case 0x0671: return 0x0627;  // alef wasla
        case 0x0649:                 // alef maksura
        case 0x06CC: return 0x064A;  // Farsi yeh
        case 0x0629: return 0x0647;  // teh marbuta
        case 0x06A9: return 0x0643;  // keheh
        default: return point;
    }
}

/// The character decomposed, without accents and case.
std::string fold(UChar32 point) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* const normalizer = icu::Normalizer2::getNFKDInstance(status);
    if (U_FAILURE(status)) {
        throw Fault("text.normalize_failed", u_errorName(status));
    }
    icu::UnicodeString parts;
    if (normalizer->getDecomposition(point, parts) == 0) {
        parts = icu::UnicodeString(point);
    }
    icu::UnicodeString kept;
    for (std::int32_t at = 0; at < parts.length(); at = parts.moveIndex32(at, 1)) {
        const UChar32 part = fold_arabic(parts.char32At(at));
        const Role role = role_of(part);
        if (role == Role::part || role == Role::alone) {
            kept.append(part);
        }
    }
    std::string folded;
    kept.foldCase().toUTF8String(folded);
    return folded;
}

class Splitter {
  public:
    Splitter(std::string_view text, std::size_t words_max) : text_(text), words_max_(words_max) {}

    std::vector<Word> split() {
        while (position_ < text_.size() && words_.size() <= words_max_) {
            const std::size_t begin = position_;
            const auto byte = static_cast<unsigned char>(text_[position_]);
            if (byte < 0x80) {
                ++position_;
                take_ascii(static_cast<char>(byte), begin);
            } else {
                UChar32 point = 0;
                U8_NEXT_OR_FFFD(reinterpret_cast<const std::uint8_t*>(text_.data()), position_,
                                text_.size(), point);
                take(point, begin);
            }
        }
        if (words_.size() > words_max_) {  // one more has begun, so that the last one was whole
            words_.pop_back();
        }
        return std::move(words_);
    }

  private:
    void take_ascii(char letter, std::size_t begin) {
        const bool upper = letter >= 'A' && letter <= 'Z';
        if (upper || (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9')) {
            add(std::string(1, upper ? static_cast<char>(letter - 'A' + 'a') : letter), begin);
        } else if (letter != '\'' && letter != '`') {
            end_word();
        }
    }
    void take(UChar32 point, std::size_t begin) {
        switch (role_of(point)) {
            case Role::nothing: return;
            case Role::separator: return end_word();
            case Role::part: return add(fold(point), begin);
            case Role::alone:
                end_word();
                add(fold(point), begin);
                return end_word();
        }
    }
    void add(const std::string& folded, std::size_t begin) {
        if (folded.empty()) {
            return;
        }
        if (!in_word_) {
            in_word_ = true;
            words_.push_back({.folded = {}, .begin = begin, .end = begin});
        }
        Word& word = words_.back();
        word.end = position_;
        if (word.folded.size() + folded.size() <= word_bytes_max) {
            word.folded += folded;
        }
    }
    void end_word() { in_word_ = false; }

    std::string_view text_;
    std::size_t words_max_;
    std::size_t position_ = 0;
    bool in_word_ = false;
    std::vector<Word> words_;
};

}  // namespace

std::vector<Word> split_words(std::string_view text, std::size_t words_max) {
    return Splitter(text, words_max).split();
}

}  // namespace wapi::text
