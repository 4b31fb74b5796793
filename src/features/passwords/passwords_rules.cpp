// The list is a sorted table of digests, so that it needs little room and names nobody's password.
#include "features/passwords/passwords_rules.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>

#include "base/text.hpp"
#include "features/passwords/passwords.hpp"

namespace wapi::passwords {
namespace {

constexpr std::size_t distinct_characters_min = 5;

/// The first 8 bytes of SHA-256, as a number, in order.
constexpr std::uint64_t common_digests[] = {
#include "features/passwords/passwords_rules_common.inc"
};

bool is_listed(std::string_view text) {
    std::uint64_t digest = 0;
    const crypto::Digest whole = crypto::sha256(text);
    for (std::size_t index = 0; index < sizeof digest; ++index) {
        digest = digest << 8U | whole[index];
    }
    return std::ranges::binary_search(common_digests, digest);
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80; }

}  // namespace

bool is_common(std::string_view lower) {
    const auto first = std::ranges::find_if(lower, is_letter) - lower.begin();
    std::size_t end = lower.size();
    while (end > 0 && !is_letter(lower[end - 1])) {
        --end;
    }
    const auto begin = static_cast<std::size_t>(first);
    return is_listed(lower) || (begin < end && is_listed(lower.substr(begin, end - begin)));
}

Result<void> check_strength(const SecretString& password, std::string_view email) {
    const std::string_view text = password.reveal();
    if (text.size() > bytes_max || !text::is_valid_utf8(text) ||
        text::count_code_points(text) < characters_min) {
        return fail(errors::weak_password, "The password must have 10 to 256 characters.",
                    "password");
    }
    std::string lower = text::to_lower_ascii(text);
    const bool common = is_common(lower);
    const bool own = lower == email;
    const std::set<char> distinct(lower.begin(), lower.end());
    wipe(lower);
    if (common) {
        return fail(errors::weak_password,
                    "This password is among those that are guessed first: choose another.",
                    "password");
    }
    if (own || distinct.size() < distinct_characters_min) {
        return fail(errors::weak_password, "This password is too easy to guess.", "password");
    }
    return {};
}

}  // namespace wapi::passwords
