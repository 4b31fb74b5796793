// Goal: a name is one line that anybody can be shown. Method: names that people have, and what else
// one could send.
#include "base/names.hpp"

#include <gtest/gtest.h>

namespace wapi {
namespace {

TEST(Names, names_of_all_writings_pass_and_are_trimmed) {
    EXPECT_EQ(check_name(" Ann \n", "name"), "Ann");
    for (const char* name :
         {"Ann Änderung", "山田 太郎", "O'Neil & Sons", "🙂", "مريم", "می\xe2\x80\x8cخواهم"}) {
        EXPECT_EQ(check_name(name, "name"), name);
    }
    EXPECT_EQ(check_name(std::string(120, 'x'), "name")->size(), 120U);
}

TEST(Names, what_would_bring_lines_of_its_own_is_refused) {
    for (const std::string& name :
         {std::string(), std::string(" \t"), std::string("Ann\nBob"), std::string("Ann\r\nBob"),
          std::string("Ann\tBob"), std::string("Ann\0Bob", 7), std::string("Ann\x7f"),
          std::string("Ann\xc2\x85 Bob"), std::string("Ann\xe2\x80\xa8 Bob"),
          std::string("Ann\xe2\x80\xa9 Bob"), std::string("Ann\xe2\x80\xae Bob"),
          std::string("\xe2\x81\xa6 Ann"), std::string("\xe2\x80\x8b"), std::string("\xc2\xa0"),
          std::string("\xef\xbb\xbf"), std::string(121, 'x')}) {
        const Result<std::string> checked = check_name(name, "workspaceName");
        ASSERT_FALSE(checked) << name;
        EXPECT_EQ(checked.error().kind, &errors::invalid_request);
        EXPECT_EQ(checked.error().field, "workspaceName");
    }
}

}  // namespace
}  // namespace wapi
