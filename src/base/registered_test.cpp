// The list of constants holds each of them once.
#include "base/registered.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace wapi {
namespace {

struct Colour : Registered<Colour> {
    explicit Colour(const char* name_) : name(name_) {}
    std::string name;
};

const Colour red("red");
const Colour green("green");

struct Shape : Registered<Shape> {};
const Shape circle;

TEST(RegisteredConstants, are_all_visited_newest_first) {
    std::vector<std::string> names;
    Colour::for_each([&](const Colour& colour) { names.push_back(colour.name); });
    EXPECT_EQ(names, (std::vector<std::string>{"green", "red"}));
}

TEST(RegisteredConstants, of_another_kind_have_a_list_of_their_own) {
    std::vector<const Shape*> shapes;
    Shape::for_each([&](const Shape& shape) { shapes.push_back(&shape); });
    EXPECT_EQ(shapes, std::vector<const Shape*>{&circle});
}

}  // namespace
}  // namespace wapi
