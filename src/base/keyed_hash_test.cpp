// Goal: equal texts hash alike under one key, and another key gives another order. Method: two
// keys, many texts.
#include "base/keyed_hash.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace wapi {
namespace {

TEST(KeyedHash, equal_texts_are_equal_under_one_key_only) {
    SeededRng rng(1);
    const KeyedHash first(rng);
    const KeyedHash second(rng);
    std::set<std::size_t> hashes;
    for (int index = 0; index < 1'000; ++index) {
        const std::string text = "key" + std::to_string(index);
        EXPECT_EQ(first(text), first(std::string(text)));
        EXPECT_NE(first(text), second(text));
        hashes.insert(first(text));
    }
    EXPECT_EQ(hashes.size(), 1'000U);
}

}  // namespace
}  // namespace wapi
