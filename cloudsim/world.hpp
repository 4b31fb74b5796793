// The simulated world: portfolio, WABAs, numbers, templates, customers, threads and messages.
//
// Plain data in memory with indexes; no I/O, no clock (times are passed in), randomness from one
// seeded source, so that the same seed and the same calls give the same ids. Network thread only.
// Source: shared/meta/embedded-signup.md sections 5-6, templates.md, cloud-api.md section 7.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/rng.hpp"

namespace wapi::cloudsim {

/// A callback of a WABA's or number's own, which goes before the app's.
struct CallbackOverride {
    std::string url;
    std::string verify_token;
};

struct Template {
    std::string id;
    std::string name;
    std::string language;          ///< en_US
    std::string category;          ///< AUTHENTICATION, UTILITY, MARKETING
    std::string status;            ///< PENDING, APPROVED, REJECTED, PAUSED, DISABLED
    std::string parameter_format;  ///< POSITIONAL or NAMED
    json::array components;
    std::string rejected_reason = "NONE";
    std::string quality = "UNKNOWN";
};

struct Waba {
    std::string id;
    std::string name;
    std::string business_id;
    std::string template_namespace;
    bool subscribed = false;  ///< the app receives webhooks of this WABA
    CallbackOverride callback;
    std::vector<std::string> phone_ids;
    std::deque<Template> templates;
};

struct PhoneNumber {
    std::string id;
    std::string waba_id;
    std::string display;       ///< "+1 555-000-1111"
    std::string digits;        ///< "15550001111"
    std::string country_code;  ///< "1"
    std::string verified_name;
    std::string pin;  ///< two-step PIN; empty: none set
    bool registered = false;
    CallbackOverride callback;
    std::deque<Timestamp> registrations;  ///< register and deregister calls of the last 72 h
};

struct Customer {
    std::string key;      ///< name in the control API: the phone's digits, else the user id
    std::string phone;    ///< digits; may be empty
    std::string user_id;  ///< BSUID: "US.1349..."
    std::string name;
    std::string username;
    std::string language;
    bool phone_hidden = false;  ///< username adopter: webhooks carry no phone fields
    bool marketing_stopped = false;
    std::string greeting;  ///< what the phone page proposes as a first message
};

enum class Direction { inbound, outbound };
enum class MessageState { accepted, sent, delivered, read, failed };

std::string_view state_name(MessageState state);

struct Message {
    std::string id;  ///< wamid
    Direction direction = Direction::outbound;
    const PhoneNumber* phone = nullptr;
    const Customer* customer = nullptr;
    std::string type;
    std::string body;           ///< JSON text: the send request, or the inbound message object
    std::string callback_data;  ///< biz_opaque_callback_data
    std::string category = "service";
    std::string template_id;
    bool addressed_by_phone = true;  ///< sent with `to`, not with `recipient`
    Timestamp at{};
    MessageState state = MessageState::accepted;
    int error_code = 0;
};

/// What passed between one number and one customer.
struct Thread {
    std::vector<Message*> messages;
    std::optional<Timestamp> last_inbound;  ///< opens the 24 h window
    std::optional<Timestamp> typing_until;
};

class World {
  public:
    explicit World(std::uint64_t seed) : rng_(seed) {}
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    Waba& add_waba(Waba waba);
    PhoneNumber& add_phone(PhoneNumber phone);
    Template& add_template(Waba& waba, Template entry);
    /// Makes the key, and a user id when there is none.
    Customer& add_customer(Customer customer);
    Message& add_message(Message message);

    Waba* find_waba(std::string_view id);
    PhoneNumber* find_phone(std::string_view id);
    /// A number by its digits.
    PhoneNumber* find_phone_by_digits(std::string_view digits);
    /// By key, phone digits (with or without +), user id or username.
    Customer* find_customer(std::string_view key);
    /// The customer of that phone; one nobody described gets made up.
    Customer& customer_of_phone(const std::string& digits);
    Message* find_message(std::string_view id);
    Thread& thread_of(const PhoneNumber& phone, const Customer& customer);

    /// The WABA that owns the template of that id, with the template; null when there is none.
    std::pair<Waba*, Template*> find_template(std::string_view id);

    /// "wamid." and base64, unique, in the shape of Meta's.
    std::string make_message_id(std::string_view digits);
    /// `length` characters of A-Z, a-z, 0-9.
    std::string make_text(std::size_t length);
    /// Uniform in [0, limit).
    std::uint64_t random_below(std::uint64_t limit);
    /// True with the given probability.
    bool chance(double probability);

    [[nodiscard]] std::deque<Waba>& wabas() { return wabas_; }
    [[nodiscard]] std::deque<PhoneNumber>& phones() { return phones_; }
    [[nodiscard]] std::deque<Customer>& customers() { return customers_; }
    /// Accepted messages of the businesses, oldest first.
    [[nodiscard]] const std::vector<Message*>& sent() const { return sent_; }

    /// Recipients (digits) that already had their one 131000 (magic number).
    std::unordered_set<std::string> failed_once;

  private:
    template <class Value>
    using Index = std::unordered_map<std::string, Value>;

    SeededRng rng_;
    std::uint64_t message_sequence_ = 0;
    std::uint64_t template_sequence_ = 0;
    std::deque<Waba> wabas_;
    std::deque<PhoneNumber> phones_;
    std::deque<Customer> customers_;
    std::deque<Message> messages_;
    std::vector<Message*> sent_;
    Index<Waba*> waba_index_;
    Index<PhoneNumber*> phone_index_;
    Index<Customer*> customer_index_;
    Index<Message*> message_index_;
    Index<Thread> threads_;
};

/// One portfolio, two WABAs, three numbers, six templates each, five customers.
std::unique_ptr<World> make_default_world(std::uint64_t seed);

}  // namespace wapi::cloudsim
