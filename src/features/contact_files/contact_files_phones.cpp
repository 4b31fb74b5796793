// Whom a row names, also when it says nothing sound: an erasure must find what is kept of it.
#include <algorithm>
#include <utility>

#include "base/phone.hpp"
#include "base/text.hpp"
#include "features/contact_files/contact_files.hpp"

namespace wapi::contact_files {
namespace {

constexpr bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// Wherever a number may end, as twice in "0660 1111111 0660 2222222". What is no number costs
/// little: the digits of two are seldom the same.
void add_ends(std::string_view cell, std::set<std::string>& ends) {
    constexpr std::string_view within = " \t-./()+";
    std::string digits;
    for (std::size_t at = 0; at < cell.size(); ++at) {
        const char letter = cell[at];
        if (is_digit(letter)) {
            digits.push_back(letter);
            if (at + 1 == cell.size() || !is_digit(cell[at + 1])) {
                ends.insert(phone_end(digits));
            }
        } else if (letter > 0 && within.find(letter) == std::string_view::npos) {
            digits.clear();
        }
    }
}

void add_read(std::string_view text, const Options& options, Phones& phones) {
    if (const Result<PhoneNumber> number = parse_phone(text::trim(text), options.country)) {
        phones.read.insert(number->digits);
        phones.ends.insert(phone_end(number->digits));
    }
}

}  // namespace

Phones find_phones(const Cells& cells, const Options& options) {
    constexpr std::string_view between = ",;|/\r\n";
    Phones phones;
    for (const std::string& said : cells) {
        const std::string cell = bare(said);
        add_ends(cell, phones.ends);
        add_read(cell, options, phones);
        for (std::size_t begin = 0; begin < cell.size();) {
            const std::size_t end = std::min(cell.find_first_of(between, begin), cell.size());
            add_read(std::string_view(cell).substr(begin, end - begin), options, phones);
            begin = end + 1;
        }
    }
    phones.ends.erase("");
    return phones;
}

std::string find_phone(const Cells& cells, const Mapping& mapping, const Options& options) {
    std::string unreadable;
    std::string elsewhere;
    for (std::size_t column = 0; column < cells.size(); ++column) {
        std::string cell = bare(cells[column]);
        const bool is_phone =
            column < mapping.size() && mapping[column].target == Column::Target::phone;
        const Result<PhoneNumber> number = parse_phone(cell, options.country);
        if (is_phone && number) {
            return number->digits;
        }
        if (is_phone && unreadable.empty()) {
            std::erase_if(cell, [](char letter) { return !is_digit(letter); });
            unreadable = std::move(cell);
        } else if (number && elsewhere.empty()) {
            elsewhere = number->digits;
        }
    }
    return phone_end(unreadable).empty() ? elsewhere : unreadable;
}

contact_batches::Row read_any_row(const Cells& cells, const Mapping& mapping,
                                  const Options& options) {
    auto row = read_row(cells, mapping, options);
    if (row) {
        return *std::move(row);
    }
    const std::set<std::string> named = find_phones(cells, options).read;
    return {.phone = find_phone(cells, mapping, options),
            .name = {},
            .tags = {},
            .attributes = {},
            .wrong = std::move(row.error()),
            .also_named = {named.begin(), named.end()}};
}

Kept decide_kept(const Cells& cells, std::string_view phone, const Options& options) {
    Kept kept{.cells = cells, .phone_ends = find_phones(cells, options).ends};
    kept.phone_ends.insert(phone_end(phone));
    kept.phone_ends.erase("");
    return kept.phone_ends.size() > phone_ends_max ? Kept{} : kept;
}

}  // namespace wapi::contact_files
