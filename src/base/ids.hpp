// Identifiers: one type per thing, so that a contact id cannot be passed for a message id.
//
// Ids that wApi makes are UUIDv7 text (RFC 9562, 36 characters): time-ordered, so new rows land at
// the end of an index. Ids that Meta makes are opaque text. EventId is a 63-bit time-ordered
// integer, the row number of append-only tables.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/rng.hpp"

namespace wapi {

template <class Tag>
struct Id {
    std::string value;

    Id() = default;
    explicit Id(std::string text) : value(std::move(text)) {}
    explicit Id(std::string_view text) : value(text) {}
    explicit Id(const char* text) : value(text) {}
    [[nodiscard]] bool empty() const { return value.empty(); }
    friend auto operator<=>(const Id&, const Id&) = default;
};

using WorkspaceId = Id<struct WorkspaceTag>;
using UserId = Id<struct UserTag>;
using ContactId = Id<struct ContactTag>;
using ConversationId = Id<struct ConversationTag>;
using MessageId = Id<struct MessageTag>;          ///< wApi's own id of a message
using WaMessageId = Id<struct WaMessageTag>;      ///< Meta's id of a message: `wamid.…`
using PhoneNumberId = Id<struct PhoneNumberTag>;  ///< Meta's id of a business number
using WabaId = Id<struct WabaTag>;

/// Where things of the installation itself belong that need a workspace: its audit log, its
/// secrets.
inline constexpr std::string_view platform_workspace = "00000000-0000-0000-0000-000000000000";

/// Time-ordered 63-bit integer id of an append-only row or a job.
struct EventId {
    std::int64_t value = 0;
    friend auto operator<=>(const EventId&, const EventId&) = default;
};

/// Makes ids. Thread-safe. Strictly increasing within one process, even when the clock steps back.
class IdGenerator {
  public:
    IdGenerator(const Clock& clock, Rng& rng) : clock_(clock), rng_(rng) {}

    /// UUIDv7 text, 36 characters, lower case.
    std::string uuid();
    /// Microseconds since 2020 shifted left by 8, plus 8 random bits, plus a step when that is not
    /// new: two nodes collide once in 256 for events of the same microsecond, so who inserts must
    /// be ready to try another.
    EventId event_id();

    template <class IdType>
    IdType make() {
        return IdType(uuid());
    }

  private:
    const Clock& clock_;
    Rng& rng_;
    std::mutex mutex_;
    std::uint64_t last_ms_ = 0;
    std::uint32_t sequence_ = 0;
    std::int64_t last_event_ = 0;
};

/// The lowest event id of that moment (2020 to 3161, else cut): ids made before it are smaller.
EventId first_event_at(Timestamp time);

/// The microsecond in which an event id was made.
Timestamp time_of_event(EventId event);

/// A UUIDv7 of that millisecond that tells one arrival: made of the event that brought it and of
/// its place in there (below 131,072), so that of one millisecond what came in later is higher. The
/// event's bits that change within 17 years are in it.
std::string uuid_of_arrival(Timestamp time, EventId event, std::uint32_t ordinal);

/// The lowest UUIDv7 of that millisecond: ids made before it are smaller.
std::string first_uuid_at(Timestamp time);
/// The UUIDv7 as if it had been made then; for histories that are made up.
std::string restamp(std::string_view uuid, Timestamp time);
/// The millisecond in which a UUIDv7 was made. Nothing for text that is no UUID.
std::optional<Timestamp> time_of_uuid(std::string_view uuid);

/// True for 36 characters of lower-case hex with dashes in the right places.
bool is_uuid(std::string_view text);

}  // namespace wapi

template <class Tag>
struct std::hash<wapi::Id<Tag>> {
    std::size_t operator()(const wapi::Id<Tag>& id) const noexcept {
        return std::hash<std::string>{}(id.value);
    }
};
