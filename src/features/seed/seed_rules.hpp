// Inside the slice: who the customers are and what they write. No database, no clock.
#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "features/seed/seed.hpp"
#include "features/seed/seed_rules_languages.hpp"

namespace wapi::seed {

struct Customer {
    std::string name;
    std::string wa_id;  ///< digits, different for each number of the customer
    std::vector<std::string> tags;
    boost::json::object attributes;
    std::optional<Timestamp> opted_out_at;
};

struct Line {
    bool inbound = false;
    std::string text;
    std::string_view status;  ///< messages::status
    std::optional<std::int64_t> error_code = {};
    std::string_view error_message = {};
    bool is_confirmation = false;  ///< of an opt-out
    Timestamp at;
};

struct Talk {
    Customer customer;
    std::string_view status;  ///< inbox::status
    std::optional<Timestamp> snoozed_until;
    std::optional<std::size_t> assignee;  ///< which member of the team
    std::vector<Line> lines;              ///< oldest first, never none
    std::int64_t unread = 0;

    [[nodiscard]] Timestamp last_inbound() const;
};

/// How many messages each of a number of conversations gets: few have many. The sum is exact.
class Spread {
  public:
    Spread(std::size_t conversations, std::size_t messages, std::size_t longest);
    /// For the next conversation, the longest first; 1 or more.
    std::size_t next(std::mt19937_64& random);

  private:
    std::size_t conversations_;
    std::size_t messages_;
    std::size_t longest_;
};

/// Makes talks, each from the number of the seed, the shop and the customer alone.
class Writer {
  public:
    struct Scene {
        std::uint64_t seed = 1;
        std::size_t shop = 0;
        std::size_t agents = 1;  ///< of the team, to be assigned
        Timestamp now;
        std::chrono::days age{60};  ///< how far back the talks go
    };
    explicit Writer(const Scene& scene) : scene_(scene) {}
    Talk write(std::size_t customer, std::size_t lines);

  private:
    Customer make_customer(const Language& language, std::size_t number);
    void write_lines(const Language& language, std::size_t count, Talk& talk);
    void set_times(Talk& talk);
    void set_statuses(Talk& talk);
    void opt_out(const Language& language, Talk& talk);
    void set_states(Talk& talk);
    /// 0 to `below` - 1.
    std::size_t pick(std::size_t below) { return random_() % below; }
    /// True `percent` times in a hundred.
    bool chance(std::size_t percent) { return pick(100) < percent; }

    Scene scene_;
    std::mt19937_64 random_;
};

}  // namespace wapi::seed
