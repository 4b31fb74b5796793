// Phone numbers: forms people type, what is refused, and the several forms of one WhatsApp number.
#include "base/phone.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace wapi {
namespace {

std::string digits_of(std::string_view input, std::string_view country = {}) {
    const Result<PhoneNumber> number = parse_phone(input, country);
    return number ? number->digits : "refused";
}

TEST(ParsePhone, reads_what_people_type) {
    for (const std::string_view input :
         {"+15551112222", "15551112222", "0015551112222", "+1 (555) 111-2222", "+1.555.111.2222",
          " +1 555 111/2222 ", "＋1 555 111 2222", "+1\u00A0555\u2011111\u20112222",
          "\u202A+15551112222\u202C", "+١٥٥٥١١١٢٢٢٢"}) {
        EXPECT_EQ(digits_of(input), "15551112222") << input;
    }
    EXPECT_EQ(digits_of("+44 (0)20 7946 0958"), "442079460958");
}

TEST(ParsePhone, tells_country_and_calling_code) {
    const PhoneNumber number = parse_phone("+971501234567").value();
    EXPECT_EQ(number.calling_code, "971");
    EXPECT_EQ(number.country, "AE");
    EXPECT_EQ(number.e164(), "+971501234567");
    EXPECT_TRUE(number.fits_plan);
    EXPECT_EQ(parse_phone("+14165550123").value().country, "US");
    EXPECT_EQ(parse_phone("+80012345678").value().country, "");
}

TEST(ParsePhone, refuses_what_cannot_be_a_number) {
    for (const std::string_view bad :
         {"", "+", "abc", "12", "+1", "+1555", "1555111222", "+155511122223", "+999123456789",
          "+1555111222x", "555-ANN-2222", "+1+5551112222", "5+15551112222", "+210123456789",
          "15551112222;ext=5", "\xff\xfe", "+00000000000"}) {
        const Result<PhoneNumber> number = parse_phone(bad);
        ASSERT_FALSE(number) << bad;
        EXPECT_EQ(number.error().kind, &errors::invalid_phone) << bad;
    }
    EXPECT_EQ(digits_of(std::string(10'000, '1')), "refused");
}

TEST(ParsePhone, a_refusal_does_not_repeat_the_number) {
    EXPECT_EQ(parse_phone("+1555777").error().message.find("777"), std::string::npos);
}

TEST(ParsePhone, a_national_number_gets_the_default_country) {
    EXPECT_EQ(digits_of("0171 1234567", "DE"), "491711234567");
    EXPECT_EQ(digits_of("98765 43210", "IN"), "919876543210");
    EXPECT_EQ(digits_of("098765 43210", "IN"), "919876543210");
    EXPECT_EQ(digits_of("(555) 111-2222", "US"), "15551112222");
    EXPECT_EQ(digits_of("1 555 111 2222", "US"), "15551112222");
    EXPECT_EQ(digits_of("06 12345678", "IT"), "390612345678");
    EXPECT_EQ(parse_phone("416 555 0123", "CA").value().country, "CA");
}

TEST(ParsePhone, an_international_number_keeps_its_country) {
    EXPECT_EQ(digits_of("+91 98765 43210", "US"), "919876543210");
    EXPECT_EQ(digits_of("0091 98765 43210", "US"), "919876543210");
    EXPECT_EQ(digits_of("919876543210", "US"), "919876543210");
    EXPECT_EQ(digits_of("919876543210", "IN"), "919876543210");
    EXPECT_EQ(digits_of("5551112222", "XX"), "refused");
}

TEST(ParsePhone, accepts_both_forms_of_brazilian_and_mexican_mobiles) {
    EXPECT_EQ(digits_of("+55 11 91234-5678"), "5511912345678");
    EXPECT_EQ(digits_of("+55 11 8123-4567"), "551181234567");
    EXPECT_EQ(digits_of("+52 55 1234 5678"), "525512345678");
    EXPECT_EQ(digits_of("+52 1 55 1234 5678"), "5215512345678");
    EXPECT_EQ(digits_of("+52 2 55 1234 5678"), "refused");
}

TEST(ParsePhone, a_number_outside_the_plan_is_marked_not_refused) {
    EXPECT_TRUE(parse_phone("+12125551234").value().fits_plan);
    EXPECT_FALSE(parse_phone("+10125551234").value().fits_plan);
}

TEST(PhoneVariants, brazilian_mobiles_with_and_without_the_ninth_digit) {
    using Forms = std::vector<std::string>;
    EXPECT_EQ(phone_variants("5511981234567"), (Forms{"5511981234567", "551181234567"}));
    EXPECT_EQ(phone_variants("551181234567"), (Forms{"551181234567", "5511981234567"}));
    EXPECT_EQ(phone_variants("551132345678"), (Forms{"551132345678"}));
    EXPECT_EQ(phone_variants("5511912345678"), (Forms{"5511912345678"}));
}

TEST(PhoneVariants, mexican_numbers_with_and_without_the_one) {
    using Forms = std::vector<std::string>;
    EXPECT_EQ(phone_variants("525512345678"), (Forms{"525512345678", "5215512345678"}));
    EXPECT_EQ(phone_variants("5215512345678"), (Forms{"5215512345678", "525512345678"}));
}

TEST(PhoneVariants, argentine_numbers_with_and_without_the_nine) {
    using Forms = std::vector<std::string>;
    EXPECT_EQ(phone_variants("5491145551234"), (Forms{"5491145551234", "541145551234"}));
    EXPECT_EQ(phone_variants("541145551234"), (Forms{"541145551234", "5491145551234"}));
    EXPECT_EQ(phone_variants("54911455512345"), (Forms{"54911455512345"})) << "too long";
    EXPECT_EQ(phone_variants("54114555123"), (Forms{"54114555123"})) << "too short";
}

TEST(PhoneVariants, one_form_stands_for_all) {
    for (const std::string_view phone : {"5511981234567", "5215512345678", "5491145551234"}) {
        for (const std::string& form : phone_variants(phone)) {
            EXPECT_EQ(canonical_phone(form), canonical_phone(phone)) << form;
            EXPECT_TRUE(has_several_forms(form)) << form;
        }
    }
    EXPECT_EQ(canonical_phone("15551112222"), "15551112222");
    EXPECT_FALSE(has_several_forms("15551112222"));
}

TEST(PhoneVariants, other_numbers_have_one_form) {
    for (const std::string_view phone :
         {"15551112222", "919876543210", "", "55", "52", "54", "549", "5511"}) {
        EXPECT_EQ(phone_variants(phone), (std::vector<std::string>{std::string(phone)}));
    }
}

TEST(PhoneVariants, each_form_names_the_same_set) {
    for (const std::string_view phone :
         {"5511981234567", "551181234567", "525512345678", "541145551234", "5491145551234"}) {
        std::vector<std::string> forms = phone_variants(phone);
        std::ranges::sort(forms);
        for (const std::string& form : phone_variants(phone)) {
            std::vector<std::string> back = phone_variants(form);
            std::ranges::sort(back);
            EXPECT_EQ(back, forms) << form;
        }
    }
}

TEST(PhoneEnd, is_the_same_in_all_forms_of_a_number) {
    for (const char* form : {"436601111111", "06601111111", "6601111111", "1111111"}) {
        EXPECT_EQ(phone_end(form), "1111111") << form;
    }
    EXPECT_EQ(phone_end("551187654321"), phone_end("5511987654321"));
    EXPECT_EQ(phone_end("525512345678"), phone_end("5215512345678"));
    EXPECT_EQ(phone_end("541145551234"), phone_end("5491145551234"));
    EXPECT_EQ(phone_end("111111"), "") << "too short to tell people apart";
    EXPECT_EQ(phone_end(""), "");
}

}  // namespace
}  // namespace wapi
