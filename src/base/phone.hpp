// Phone numbers: from what people type to the digits that WhatsApp uses, and the forms of one
// number.
//
// WhatsApp's `wa_id` is E.164 without the plus. Lengths and prefixes come from Google's metadata,
// compiled into phone_table.inc by tools/generate_phone_table.mjs. Whether a number exists only
// WhatsApp knows, so a number is refused only when no number of its country has that length.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace wapi {

namespace errors {
inline const ErrorKind invalid_phone{"invalid_phone", 422, RetryClass::never,
                                     "This is not a phone number in international form."};
}

struct PhoneNumber {
    std::string digits;  ///< country calling code and national number, no plus: WhatsApp's wa_id
    std::string calling_code;  ///< "1", "44", "971"
    std::string country;       ///< ISO 3166 alpha-2; of shared codes the main one ("US" for 1)
    bool fits_plan = false;    ///< its leading digits occur in that country's numbering plan

    /// With the plus: "+15551112222".
    [[nodiscard]] std::string e164() const { return "+" + digits; }
};

/// Reads a number with or without plus, "00", spaces, dots, dashes, slashes and brackets; digits of
/// any script. Without plus or "00" it is taken as national to `default_country` (ISO alpha-2) when
/// it fits there, else as international without its plus. Errors: `invalid_phone` when it holds
/// other characters, its country code is unknown, or its length does not occur in that country.
Result<PhoneNumber> parse_phone(std::string_view input, std::string_view default_country = {});

/// All forms under which WhatsApp may know the same number, the given one first. Brazilian mobiles
/// may lack their ninth digit, Mexican numbers may carry a 1 after 52, and Argentine ones a 9 after
/// 54; others have one form only. Source: Meta, "Messages" (sending.md: wa_id can differ from input
/// in Brazil and Mexico); Argentina is not in Meta's papers (meta-facts.md, "Forms of a number"):
/// taking two numbers for one costs a message, taking one person for two costs an opt-out.
std::vector<std::string> phone_variants(std::string_view wa_id);
bool has_several_forms(std::string_view wa_id);
/// The one form that stands for all: the smallest.
std::string canonical_phone(std::string_view wa_id);

/// The last seven digits, which are the same in all forms of a number, also the national one; empty
/// when there are fewer. Two numbers of different people may share them.
std::string phone_end(std::string_view digits);

}  // namespace wapi
