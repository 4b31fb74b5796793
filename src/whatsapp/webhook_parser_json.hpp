// A whole JSON text as an index of its values, to be read in any order and any number of times.
//
// simdjson On-Demand reads each value once and in order, and notices an error only where it reads.
// A webhook needs more: contacts may follow the messages they belong to, each message is stored as
// it came, and a bad message must not harm the next. So one On-Demand walk proves the syntax of the
// whole text and notes where each value lies; strings are decoded only when asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace wapi::whatsapp {

enum class JsonKind : std::uint8_t { object, array, string, number, boolean, null };

/// One value: its key when it is a member, its text, and where the next value beside it begins.
struct JsonNode {
    std::string_view key;  ///< as written, without quotes
    std::string_view raw;  ///< as written, strings with their quotes
    std::uint32_t end;     ///< index behind this value's last descendant
    JsonKind kind;
};

/// One value of an index, or nothing. Copies freely; lives as long as the index and the text.
class JsonView {
  public:
    JsonView() = default;
    JsonView(const JsonNode* nodes, std::uint32_t position) : nodes_(nodes), position_(position) {}

    /// False when nothing was found; reading nothing gives nothing.
    explicit operator bool() const { return nodes_ != nullptr; }
    [[nodiscard]] bool is(JsonKind kind) const { return *this && node().kind == kind; }
    [[nodiscard]] std::string_view raw() const { return *this ? node().raw : std::string_view{}; }

    /// The member of an object; nothing when absent or null, or when this is not an object.
    [[nodiscard]] JsonView find(std::string_view key) const;

    /// Calls visit(JsonView) for each element or member value, in order.
    template <class Visit>
    void for_each(Visit visit) const {
        if (!is(JsonKind::object) && !is(JsonKind::array)) {
            return;
        }
        for (std::uint32_t i = position_ + 1; i < node().end; i = nodes_[i].end) {
            visit(JsonView(nodes_, i));
        }
    }

    /// Text of a string, digits of a number; empty for anything else.
    [[nodiscard]] std::string text() const;
    /// text() of a member.
    [[nodiscard]] std::string text(std::string_view key) const { return find(key).text(); }
    /// A whole number, written as number or as string.
    [[nodiscard]] std::optional<std::int64_t> whole_number() const;
    [[nodiscard]] std::optional<bool> boolean() const;
    /// Seconds since 1970, written as number or as string, from 1 to the year 9999.
    [[nodiscard]] std::optional<Timestamp> seconds() const;

  private:
    [[nodiscard]] const JsonNode& node() const { return nodes_[position_]; }

    const JsonNode* nodes_ = nullptr;
    std::uint32_t position_ = 0;
};

/// Owns the padded copy of one text and the index over it. Reusable: `load` replaces both.
class JsonIndex {
  public:
    static constexpr std::size_t nodes_max = 1'000'000;

    /// Escapes that are valid JSON but no text (lone surrogates, NUL) become that of U+FFFD.
    /// Errors: `malformed_json` when it is not one JSON object of at most `depth_max` levels and
    /// `nodes_max` values in UTF-8.
    Result<JsonView> load(std::string_view body, std::size_t depth_max);

    /// Gives memory back after an unusually large text.
    void shrink();

  private:
    std::vector<char> padded_;
    std::vector<JsonNode> nodes_;
};

}  // namespace wapi::whatsapp
