#include "base/ids.hpp"

#include <array>
#include <chrono>
#include <limits>

namespace wapi {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::int64_t epoch_2020_us = 1'577'836'800'000'000;

void append_hex(std::string& out, std::uint64_t value, int digits) {
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
        out.push_back(hex_digits[(value >> static_cast<unsigned>(shift)) & 0xFU]);
    }
}

/// Its 48 bits of milliseconds, with the dashes around.
void append_stamp(std::string& out, std::uint64_t milliseconds) {
    append_hex(out, milliseconds >> 16U, 8);
    out.push_back('-');
    append_hex(out, milliseconds & 0xFFFFU, 4);
    out.push_back('-');
}

}  // namespace

std::string IdGenerator::uuid() {
    const std::uint64_t random_bits = rng_.next_u64();
    const auto now_ms = static_cast<std::uint64_t>(to_us(clock_.now()) / 1000);
    std::uint64_t stamp_ms = 0;
    std::uint32_t sequence = 0;
    {
        const std::lock_guard lock(mutex_);
        if (now_ms > last_ms_) {
            last_ms_ = now_ms;
            sequence_ = static_cast<std::uint32_t>(random_bits & 0x7FU);
        } else if (++sequence_ > 0xFFFU) {
            ++last_ms_;  // 4,096 ids in one millisecond: borrow from the next
            sequence_ = 0;
        }
        stamp_ms = last_ms_;
        sequence = sequence_;
    }
    std::string text;
    text.reserve(36);
    append_stamp(text, stamp_ms);
    append_hex(text, 0x7000U | sequence, 4);
    text.push_back('-');
    append_hex(text, 0x8000U | ((random_bits >> 48U) & 0x3FFFU), 4);
    text.push_back('-');
    append_hex(text, random_bits & 0xFFFF'FFFF'FFFFU, 12);
    return text;
}

EventId IdGenerator::event_id() {
    const std::int64_t since_2020 = to_us(clock_.now()) - epoch_2020_us;
    const auto noise = static_cast<std::int64_t>(rng_.next_u64() & 0xFFU);
    const std::lock_guard lock(mutex_);
    last_event_ = std::max(last_event_ + 1, since_2020 * 256 + noise);
    return EventId{last_event_};
}

EventId first_event_at(Timestamp time) {
    // Times that no id can hold, before 2020 and beyond 3161, are cut to the first and the last.
    constexpr std::int64_t since_max = std::numeric_limits<std::int64_t>::max() / 256;
    const std::int64_t since = std::max(to_us(time), epoch_2020_us) - epoch_2020_us;
    return EventId{std::min(since, since_max) * 256};
}

Timestamp time_of_event(EventId event) { return from_us(epoch_2020_us + event.value / 256); }

std::string uuid_of_arrival(Timestamp time, EventId event, std::uint32_t ordinal) {
    // RFC 9562 leaves 74 bits beside time, version and variant: 57 of the event, 17 of the place.
    const auto number = static_cast<std::uint64_t>(event.value);
    const std::uint64_t low = ((number & 0x1FFF'FFFF'FFFFU) << 17U) | (ordinal & 0x1'FFFFU);
    std::string text;
    text.reserve(36);
    append_stamp(text, static_cast<std::uint64_t>(to_us(time) / 1000));
    append_hex(text, 0x7000U | ((number >> 45U) & 0xFFFU), 4);
    text.push_back('-');
    append_hex(text, 0x8000U | (low >> 48U), 4);
    text.push_back('-');
    append_hex(text, low & 0xFFFF'FFFF'FFFFU, 12);
    return text;
}

std::string restamp(std::string_view uuid, Timestamp time) {
    std::string text;
    text.reserve(36);
    append_stamp(text, static_cast<std::uint64_t>(to_us(time) / 1000));
    text += uuid.substr(text.size());
    return text;
}

std::string first_uuid_at(Timestamp time) {
    return restamp("00000000-0000-7000-8000-000000000000", time);
}

std::optional<Timestamp> time_of_uuid(std::string_view uuid) {
    if (!is_uuid(uuid)) {
        return std::nullopt;
    }
    std::int64_t milliseconds = 0;
    for (const char digit : uuid.substr(0, 13)) {
        if (digit != '-') {
            milliseconds = milliseconds * 16 + static_cast<std::int64_t>(hex_digits.find(digit));
        }
    }
    return from_us(milliseconds * 1000);
}

bool is_uuid(std::string_view text) {
    if (text.size() != 36) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : hex_digits.find(text[i]) == std::string_view::npos) {
            return false;
        }
    }
    return true;
}

}  // namespace wapi
