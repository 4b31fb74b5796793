// Errors carry their kind; the kinds of this folder keep to the rules for wire codes.
#include "base/error.hpp"

#include <gtest/gtest.h>

#include <set>

namespace wapi {
namespace {

Result<int> refuse() { return fail_field(errors::invalid_request, "contact.phone"); }

TEST(Errors, a_failure_has_the_kinds_text_unless_given_its_own) {
    const Result<int> refused = refuse();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, &errors::invalid_request);
    EXPECT_EQ(refused.error().message, errors::invalid_request.message);
    EXPECT_EQ(refused.error().field, "contact.phone");
    EXPECT_FALSE(refused.error().retry_after);
    EXPECT_EQ(fail(errors::conflict, "Own text.").error().message, "Own text.");
}

TEST(Errors, a_fault_shows_its_code_first) {
    const Fault fault("db.down", "no answer");
    EXPECT_EQ(fault.code(), "db.down");
    EXPECT_STREQ(fault.what(), "db.down: no answer");
}

TEST(ErrorKinds, have_unique_snake_case_codes_an_error_status_and_a_sentence) {
    std::set<std::string_view> codes;
    ErrorKind::for_each([&](const ErrorKind& kind) {
        EXPECT_TRUE(codes.insert(kind.code).second) << kind.code;
        EXPECT_EQ(kind.code.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"),
                  std::string_view::npos)
            << kind.code;
        EXPECT_GE(kind.status, 400) << kind.code;
        EXPECT_LE(kind.status, 599) << kind.code;
        EXPECT_TRUE(kind.message.ends_with('.')) << kind.code;
    });
    EXPECT_GE(codes.size(), 14U);
}

}  // namespace
}  // namespace wapi
