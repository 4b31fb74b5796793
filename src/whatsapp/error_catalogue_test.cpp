// The catalogue of Meta's error codes: its order, the rows that decide what pauses, unknown codes.
#include "whatsapp/error_catalogue.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wapi::whatsapp {
namespace {

TEST(ErrorCatalogue, rows_are_sorted_and_do_not_overlap) {
    int last = -1;
    for (const ErrorAdvice& row : error_catalogue()) {
        EXPECT_GT(row.code_first, last);
        EXPECT_GE(row.code_last, row.code_first);
        last = row.code_last;
    }
}

TEST(ErrorCatalogue, every_row_is_found_by_its_first_and_last_code) {
    for (const ErrorAdvice& row : error_catalogue()) {
        EXPECT_EQ(&advise_on_error(row.code_first), &row);
        EXPECT_EQ(&advise_on_error(row.code_last), &row);
    }
}

TEST(ErrorCatalogue, every_row_speaks_in_one_whole_sentence) {
    for (const ErrorAdvice& row : error_catalogue()) {
        EXPECT_TRUE(row.message.ends_with('.')) << row.code_first;
        EXPECT_GT(row.message.size(), 15U) << row.code_first;
        EXPECT_LT(row.message.size(), 100U) << row.code_first;
    }
}

TEST(ErrorCatalogue, rate_limits_may_be_repeated_without_doubt) {
    for (const int code : {4, 80007, 130429, 131056}) {
        EXPECT_EQ(advise_on_error(code).error_class, ErrorClass::transient_refused) << code;
        EXPECT_TRUE(is_surely_refused(advise_on_error(code).error_class));
    }
}

TEST(ErrorCatalogue, outages_are_transient_but_may_have_sent) {
    for (const int code : {1, 2, 131000, 131016, 131057, 133004, 2494100}) {
        EXPECT_EQ(advise_on_error(code).error_class, ErrorClass::transient) << code;
        EXPECT_FALSE(is_surely_refused(advise_on_error(code).error_class));
    }
}

TEST(ErrorCatalogue, what_pauses_is_the_smallest_thing_that_is_broken) {
    for (const int code : {131031, 131042, 131045, 131048, 131057, 133010, 368}) {
        EXPECT_EQ(advise_on_error(code).scope, BreakScope::number) << code;
    }
    for (const int code : {0, 10, 190, 200, 250, 299}) {
        EXPECT_EQ(advise_on_error(code).scope, BreakScope::tenant) << code;
    }
    for (const int code : {132001, 132007, 132015, 132016, 132068, 131064}) {
        EXPECT_EQ(advise_on_error(code).scope, BreakScope::message_template) << code;
    }
    for (const int code : {131026, 131050, 130403}) {
        EXPECT_EQ(advise_on_error(code).scope, BreakScope::contact) << code;
    }
    EXPECT_EQ(advise_on_error(130429).scope, BreakScope::none);
}

TEST(ErrorCatalogue, waiting_and_final_codes_are_told_apart) {
    EXPECT_EQ(advise_on_error(131049).error_class, ErrorClass::wait);
    EXPECT_EQ(advise_on_error(131047).error_class, ErrorClass::fix);
    EXPECT_EQ(advise_on_error(131026).error_class, ErrorClass::never);
    EXPECT_TRUE(is_retryable(ErrorClass::wait));
    EXPECT_TRUE(is_retryable(ErrorClass::transient));
    EXPECT_TRUE(is_retryable(ErrorClass::transient_refused));
    EXPECT_FALSE(is_retryable(ErrorClass::fix));
    EXPECT_FALSE(is_retryable(ErrorClass::never));
}

TEST(ErrorCatalogue, unknown_codes_are_judged_by_the_http_status) {
    const int unknown = 987654;
    EXPECT_EQ(advise_on_error(unknown).error_class, ErrorClass::fix);
    EXPECT_EQ(advise_on_error(unknown, 400).error_class, ErrorClass::fix);
    EXPECT_EQ(advise_on_error(unknown, 429).error_class, ErrorClass::transient_refused);
    EXPECT_EQ(advise_on_error(unknown, 408).error_class, ErrorClass::transient);
    EXPECT_EQ(advise_on_error(unknown, 503).error_class, ErrorClass::transient);
    EXPECT_EQ(advise_on_error(-5, 500).error_class, ErrorClass::transient);
    EXPECT_EQ(advise_on_error(unknown, 500).scope, BreakScope::none);
}

TEST(ErrorCatalogue, a_known_code_outweighs_the_http_status) {
    EXPECT_EQ(advise_on_error(131045, 500).error_class, ErrorClass::fix);
}

TEST(ErrorCatalogue, gaps_between_ranges_are_unknown) {
    EXPECT_EQ(advise_on_error(131216).code_first, -1);
    EXPECT_EQ(advise_on_error(103).code_first, -1);
    EXPECT_EQ(advise_on_error(2388002).code_first, -1);
}

TEST(ErrorCatalogue, classes_and_scopes_have_names) {
    EXPECT_EQ(name_of(ErrorClass::transient_refused), "transient_refused");
    EXPECT_EQ(name_of(ErrorClass::never), "never");
    EXPECT_EQ(name_of(BreakScope::message_template), "message_template");
    EXPECT_EQ(name_of(BreakScope::tenant), "tenant");
}

}  // namespace
}  // namespace wapi::whatsapp
