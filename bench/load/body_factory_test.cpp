// The bodies must be what Meta would send, the same for the same seed, and countable afterwards.
#include "bench/load/body_factory.hpp"

#include <map>
#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <boost/json.hpp>

namespace wapi::load {
namespace {

constexpr std::uint64_t sample = 3'000;

BodyMix test_mix(std::uint64_t seed) {
    BodyMix mix;
    mix.seed = seed;
    mix.contacts = 500;
    mix.phone_number_ids = {"1080000000001", "1080000000002"};
    return mix;
}

boost::json::object value_of(const Body& body) {
    const boost::json::value whole = boost::json::parse(body.json);
    const auto& entry = whole.at("entry").as_array().at(0);
    return entry.at("changes").as_array().at(0).at("value").as_object();
}

std::string text(const boost::json::value& value) { return std::string(value.as_string()); }

TEST(BodyFactory, every_body_is_valid_json_with_the_type_it_names) {
    const BodyFactory factory(test_mix(1));
    std::map<std::string, int> kinds;
    for (std::uint64_t index = 0; index < sample; ++index) {
        const Body body = factory.make(index);
        const boost::json::object value = value_of(body);
        ASSERT_EQ(text(value.at("messaging_product")), "whatsapp");
        ASSERT_FALSE(text(value.at("contacts").as_array().at(0).at("profile").at("name")).empty());
        if (!body.status.empty()) {
            const auto& status = value.at("statuses").as_array().at(0);
            ASSERT_EQ(text(status.at("id")), body.wamid);
            ASSERT_EQ(text(status.at("status")), body.status);
            ++kinds[body.status];
            continue;
        }
        const auto& message = value.at("messages").as_array().at(0);
        ASSERT_EQ(text(message.at("id")), body.wamid);
        ASSERT_TRUE(message.as_object().contains(text(message.at("type")))) << body.json;
        ++kinds[text(message.at("type"))];
    }
    for (const char* kind : {"text", "image", "document", "location", "button", "interactive",
                             "sent", "delivered", "read"}) {
        EXPECT_GT(kinds[kind], 0) << kind;
    }
}

TEST(BodyFactory, the_same_seed_gives_the_same_bytes_and_another_seed_other_bytes) {
    const BodyFactory first(test_mix(7));
    const BodyFactory again(test_mix(7));
    const BodyFactory other(test_mix(8));
    int equal_to_other = 0;
    for (std::uint64_t index = sample; index-- > 0;) {  // the order of making must not matter
        const std::string json = again.make(index).json;
        ASSERT_EQ(first.make(index).json, json);
        equal_to_other += other.make(index).json == json ? 1 : 0;
    }
    EXPECT_EQ(equal_to_other, 0);
}

TEST(BodyFactory, message_ids_and_pairs_of_id_and_status_are_unique_across_seeds) {
    std::set<std::pair<std::string, std::string>> seen;
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        const BodyFactory factory(test_mix(seed));
        for (std::uint64_t index = 0; index < sample; ++index) {
            Body body = factory.make(index);
            EXPECT_TRUE(body.wamid.starts_with("wamid."));
            EXPECT_TRUE(seen.emplace(std::move(body.wamid), std::move(body.status)).second);
        }
    }
}

TEST(BodyFactory, sizes_are_those_of_real_traffic) {
    const BodyFactory factory(test_mix(3));
    std::size_t total = 0;
    for (std::uint64_t index = 0; index < sample; ++index) {
        const std::size_t size = factory.make(index).json.size();
        ASSERT_GE(size, 450U);
        ASSERT_LE(size, 8'000U);
        total += size;
    }
    EXPECT_GT(total / sample, 550U);
    EXPECT_LT(total / sample, 1'500U);
}

TEST(BodyFactory, bodies_are_one_line_of_ascii_with_escaped_slashes) {
    const BodyFactory factory(test_mix(4));
    bool slash_seen = false;
    for (std::uint64_t index = 0; index < sample; ++index) {
        const std::string json = factory.make(index).json;
        for (std::size_t at = 0; at < json.size(); ++at) {
            ASSERT_GE(json[at], ' ');
            ASSERT_LT(static_cast<unsigned char>(json[at]), 0x7f);
            if (json[at] == '/') {
                ASSERT_EQ(json[at - 1], '\\') << json;
                slash_seen = true;
            }
        }
    }
    EXPECT_TRUE(slash_seen);
}

TEST(BodyFactory, the_status_share_is_exact_at_every_count) {
    for (const unsigned percent : {0U, 1U, 30U, 99U, 100U}) {
        BodyMix mix = test_mix(5);
        mix.status_percent = percent;
        const BodyFactory factory(mix);
        std::uint64_t statuses = 0;
        for (std::uint64_t index = 0; index < 1'000; ++index) {
            statuses += factory.make(index).status.empty() ? 0 : 1;
            ASSERT_EQ(factory.status_count(index + 1), statuses);
        }
        EXPECT_EQ(statuses, percent * 10);
    }
}

TEST(BodyFactory, a_customer_always_writes_to_the_same_business_number) {
    const BodyFactory factory(test_mix(6));
    std::map<std::string, std::string> number_of;
    std::set<std::string> numbers;
    for (std::uint64_t index = 0; index < sample; ++index) {
        const boost::json::object value = value_of(factory.make(index));
        const std::string number = text(value.at("metadata").at("phone_number_id"));
        const std::string customer = text(value.at("contacts").as_array().at(0).at("wa_id"));
        ASSERT_EQ(number_of.emplace(customer, number).first->second, number);
        numbers.insert(number);
    }
    EXPECT_EQ(numbers.size(), 2U);
}

TEST(BodyFactory, stop_comes_as_often_as_asked_for) {
    BodyMix mix = test_mix(9);
    mix.status_percent = 0;
    for (const auto& [per_mille, low, high] :
         {std::tuple{0U, 0, 0}, std::tuple{1'000U, 1'000, 1'000}, std::tuple{100U, 60, 140}}) {
        mix.stop_per_mille = per_mille;
        const BodyFactory factory(mix);
        int stops = 0;
        for (std::uint64_t index = 0; index < 1'000; ++index) {
            const bool stop = factory.make(index).json.contains(R"("body":"STOP")");
            stops += stop ? 1 : 0;
        }
        EXPECT_GE(stops, low);
        EXPECT_LE(stops, high);
    }
}

}  // namespace
}  // namespace wapi::load
