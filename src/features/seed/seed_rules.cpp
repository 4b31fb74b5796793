#include "features/seed/seed_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ranges>

#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"

namespace wapi::seed {
namespace {

using std::chrono::microseconds;

constexpr std::array<std::string_view, 7> tags{"vip",     "new",    "wholesale", "returning",
                                               "support", "refund", "newsletter"};
constexpr std::int64_t undeliverable = 131026;  // meta/cloud-api.md: recipient cannot be reached
constexpr std::string_view undeliverable_text = "Message undeliverable";
constexpr std::string_view goodbye =
    "You have been unsubscribed and will get no more messages from us. Reply START to come back.";

/// In [0, 1).
double fraction(std::mt19937_64& random) { return std::ldexp(double(random() >> 11), -53); }

std::string fill(std::string_view text, std::string_view number, std::string_view product) {
    std::string filled(text);
    for (const auto& [slot, value] : {std::pair{"{n}", number}, std::pair{"{p}", product}}) {
        if (const std::size_t at = filled.find(slot); at != std::string::npos) {
            filled.replace(at, 3, value);
        }
    }
    return filled;
}

Result<void> refuse(std::string option, std::string why) {
    return fail_field(errors::invalid_request, std::move(option), std::move(why));
}

}  // namespace

Result<void> check_size(const Size& size) {
    if (size.workspaces < 1 || size.workspaces > workspaces_max) {
        return refuse("workspaces", fmt::format("1 to {}.", workspaces_max));
    }
    if (size.conversations < size.workspaces || size.conversations > conversations_max) {
        return refuse("conversations", "At least one a workspace, at most 10 million.");
    }
    if (size.longest_thread > thread_max) {
        return refuse("longest-thread", "At most 1 million.");
    }
    const std::size_t least =
        size.conversations +
        size.workspaces * (size.longest_thread > 0 ? size.longest_thread - 1 : 0);
    if (size.messages < least || size.messages > messages_max) {
        return refuse("messages",
                      fmt::format("At least {}, that is one a conversation and the longest threads;"
                                  " at most 1,000 million.",
                                  least));
    }
    if (size.age < std::chrono::days(1) || size.age > std::chrono::days(3'650)) {
        return refuse("days", "1 to 3,650.");
    }
    return {};
}

Timestamp Talk::last_inbound() const {
    const auto found =
        std::ranges::find_if(lines.rbegin(), lines.rend(), [](const Line& l) { return l.inbound; });
    return found == lines.rend() ? Timestamp{} : found->at;
}

Spread::Spread(std::size_t conversations, std::size_t messages, std::size_t longest)
    : conversations_(conversations), messages_(messages), longest_(longest) {}

std::size_t Spread::next(std::mt19937_64& random) {
    std::size_t count = longest_;
    if (count == 0) {
        const double mean = double(messages_) / double(conversations_);
        count = std::size_t(std::lround(-mean * std::log(1.0 - fraction(random))));
    }
    const std::size_t most = messages_ - (conversations_ - 1);  // one for each that follows
    count = conversations_ == 1 ? messages_ : std::clamp(count, std::size_t{1}, most);
    longest_ = 0;
    --conversations_;
    messages_ -= count;
    return count;
}

Customer Writer::make_customer(const Language& language, std::size_t number) {
    Customer customer;
    customer.name = fmt::format("{} {}", language.first_names[pick(language.first_names.size())],
                                language.last_names[pick(language.last_names.size())]);
    // Two numbers of a seed give other people, also to one shop.
    customer.wa_id = fmt::format("{}{:03}{:07}", language.country, scene_.seed % 1'000, number);
    customer.attributes = {{"language", language.code},
                           {"city", language.cities[pick(language.cities.size())]},
                           {"orders", std::int64_t(pick(20))}};
    for (std::string_view tag : tags) {
        if (chance(12)) {
            customer.tags.emplace_back(tag);
        }
    }
    return customer;
}

void Writer::write_lines(const Language& language, std::size_t count, Talk& talk) {
    std::string number;
    std::string_view product;
    const Topic* topic = language.topics.data();
    for (std::size_t step = 0; step < count; ++step) {
        const std::size_t turn = step % topic->size();
        if (turn == 0) {
            topic = &language.topics.at(pick(language.topics.size()));
            number = fmt::format("{}", 1'000 + pick(9'000));
            product = language.products[pick(language.products.size())];
        }
        Line line;
        line.inbound = turn % 2 == 0;
        line.text = fill((*topic)[turn], number, product);
        line.status = line.inbound ? messages::status::received : messages::status::read;
        talk.lines.push_back(std::move(line));
    }
}

/// The last message is the younger the likelier; minutes lie between two, at times hours.
void Writer::set_times(Talk& talk) {
    const double back = std::pow(fraction(random_), 3.0);
    const microseconds age = scene_.age;
    Timestamp at = scene_.now - microseconds(std::int64_t(back * double(age.count())));
    const std::int64_t gap_max = 2 * age.count() / std::int64_t(talk.lines.size());
    for (Line& line : std::views::reverse(talk.lines)) {
        line.at = std::chrono::floor<std::chrono::seconds>(at);
        const std::int64_t gap = chance(8) ? 1'000'000LL * std::int64_t(3'600 + pick(80'000))
                                           : 1'000'000LL * std::int64_t(15 + pick(500));
        at -= microseconds(std::min(gap, gap_max));
    }
}

/// What was sent arrived and was read, but for one in a hundred and what is new.
void Writer::set_statuses(Talk& talk) {
    for (Line& line : talk.lines) {
        if (line.inbound) {
            continue;
        }
        if (chance(1)) {
            line.status = messages::status::failed;
            line.error_code = undeliverable;
            line.error_message = undeliverable_text;
        } else if (&line == &talk.lines.back()) {
            line.status = chance(50) ? messages::status::delivered : messages::status::sent;
        }
    }
}

void Writer::opt_out(const Language& language, Talk& talk) {
    if (talk.lines.size() < 2) {
        return;
    }
    Line& stop = talk.lines.end()[-2];
    Line& answer = talk.lines.end()[-1];
    stop = {.inbound = true,
            .text = std::string(language.stop),
            .status = messages::status::received,
            .at = stop.at};
    answer = {.text = std::string(goodbye),
              .status = messages::status::delivered,
              .is_confirmation = true,
              .at = stop.at + std::chrono::seconds(1)};
    talk.customer.opted_out_at = stop.at;
}

void Writer::set_states(Talk& talk) {
    const Line& last = talk.lines.back();
    const bool is_fresh = scene_.now - last.at < std::chrono::days(4);
    talk.status = inbox::status::open;
    if (!is_fresh && !(last.inbound && chance(10))) {
        talk.status = inbox::status::resolved;
    } else if (chance(8)) {
        talk.status = inbox::status::snoozed;
        talk.snoozed_until = scene_.now + std::chrono::hours(1 + std::int64_t(pick(96)));
    }
    if (scene_.agents > 0 && chance(talk.status == inbox::status::resolved ? 90 : 60)) {
        talk.assignee = pick(scene_.agents);
    }
    if (talk.status == inbox::status::open && last.inbound && chance(70)) {
        const auto answered = std::ranges::find_if(talk.lines.rbegin(), talk.lines.rend(),
                                                   [](const Line& line) { return !line.inbound; });
        talk.unread = answered - talk.lines.rbegin();
    }
}

Talk Writer::write(std::size_t customer, std::size_t lines) {
    std::seed_seq mixed{scene_.seed, std::uint64_t(scene_.shop), std::uint64_t(customer)};
    random_.seed(mixed);
    const Language& language = languages()[pick(languages().size())];
    Talk talk;
    talk.customer = make_customer(language, customer);
    write_lines(language, lines, talk);
    set_times(talk);
    set_statuses(talk);
    if (chance(3)) {
        opt_out(language, talk);
    }
    set_states(talk);
    return talk;
}

}  // namespace wapi::seed
