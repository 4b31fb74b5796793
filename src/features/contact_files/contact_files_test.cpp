// Goal: columns are guessed as a person would, and a row says what its cells say or why it says
// nothing. Method: headers and rows of real spreadsheets.
#include "features/contact_files/contact_files.hpp"

#include <gmock/gmock.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace wapi::contact_files {
namespace {

using ::testing::HasSubstr;

std::string guessed(const Cells& header, const std::vector<Cells>& sample = {}) {
    return boost::json::serialize(render_mapping(guess_mapping(header, sample)));
}

TEST(ImportRules, columns_are_guessed_by_their_words) {
    EXPECT_EQ(guessed({"Name", "Phone Number", "Tags", "City"}),
              R"(["name","phone","tags","attributes.City"])");
    EXPECT_EQ(guessed({"Vorname", "Nachname", "Handynummer"}), R"(["name","name","phone"])");
    EXPECT_EQ(guessed({"Kundenname", "Telefon"}), R"(["name","phone"])");
    EXPECT_EQ(guessed({"Nombre", "Apellidos", "Móvil"}),
              R"(["name","attributes.Apellidos","phone"])");
    EXPECT_EQ(guessed({"WhatsApp-Number", "Phone"}), R"(["phone","attributes.Phone"])");
    EXPECT_EQ(guessed({"नाम", "मोबाइल"}), R"(["name","phone"])");
    EXPECT_EQ(guessed({"الاسم", "جوال"}), R"(["name","phone"])");
    EXPECT_EQ(guessed({"", " x "}), R"(["attributes.column 1","attributes.x"])");
}

TEST(ImportRules, a_phone_is_recognised_by_what_it_looks_like) {
    EXPECT_EQ(guessed({"a", "b", "c"}, {{"Ann", "+43 660 1111111", "7"},
                                        {"Bob", "+43 660 2222222", "8"},
                                        {"Cy", "", "9"}}),
              R"(["attributes.a","phone","attributes.c"])");
}

TEST(ImportRules, a_mapping_is_read_as_it_is_shown) {
    for (const Mapping& mapping :
         {guess_mapping({"Name", "Phone", "x"}, {}), Mapping{{Column::Target::phone}, {}}}) {
        EXPECT_EQ(parse_mapping(render_mapping(mapping), mapping.size()).value(), mapping);
    }
    const auto refused = [](const char* wire, std::size_t columns) {
        const auto mapping = parse_mapping(boost::json::parse(wire).as_array(), columns);
        return mapping ? "" : mapping.error().field;
    };
    EXPECT_EQ(refused(R"(["phone"])", 2), "mapping");
    EXPECT_EQ(refused(R"([null,"name"])", 2), "mapping");
    EXPECT_EQ(refused(R"(["phone",7])", 2), "mapping[1]");
    EXPECT_EQ(refused(R"(["phone","attributes."])", 2), "mapping[1]");
    EXPECT_EQ(refused(R"(["phone","phone"])", 2), "");
}

TEST(ImportRules, two_columns_do_not_become_one_attribute) {
    const auto refused = [](const char* wire) {
        const boost::json::array columns = boost::json::parse(wire).as_array();
        const auto distinct = check_distinct(parse_mapping(columns, columns.size()).value());
        return distinct ? "" : distinct.error().field;
    };
    EXPECT_EQ(refused(R"(["phone","attributes.City","name","attributes.City"])"), "mapping[3]");
    EXPECT_EQ(refused(R"(["phone","attributes.City","attributes.city"])"), "");
    EXPECT_EQ(refused(R"(["phone","phone","name","name","tags","tags",null,null])"), "");
    const Mapping guess = guess_mapping({"Phone", "City", "City ", "City (2)"}, {});
    EXPECT_TRUE(check_distinct(guess));
    EXPECT_EQ(guessed({"Phone", "City", "City ", "City (2)"}),
              R"x(["phone","attributes.City","attributes.City (3)","attributes.City (2)"])x");
}

TEST(ImportRules, a_header_of_names_that_are_numbered_already_is_numbered_on) {
    const std::string longest(attribute_name_bytes_max, 'A');
    const std::string numbered = std::string(attribute_name_bytes_max - 4, 'A') + " (3)";
    const Cells header{longest, numbered, longest, longest, "Phone"};
    const Mapping guess = guess_mapping(header, {});
    EXPECT_EQ(guess[2].attribute, std::string(attribute_name_bytes_max - 4, 'A') + " (4)");
    EXPECT_EQ(guess[3].attribute, std::string(attribute_name_bytes_max - 4, 'A') + " (5)");
    EXPECT_TRUE(check_distinct(guess));
    const std::string long_cell = guess_mapping({std::string(32'768, 'x') + "é"}, {})[0].attribute;
    EXPECT_EQ(long_cell, std::string(attribute_name_bytes_max, 'x'));
    EXPECT_EQ(
        guess_mapping({std::string(attribute_name_bytes_max - 1, 'x') + "é"}, {})[0].attribute,
        std::string(attribute_name_bytes_max - 1, 'x'));
}

class RowTest : public ::testing::Test {
  protected:
    std::expected<contact_batches::Row, std::string> read(const Cells& cells) {
        return read_row(cells, mapping_, options_);
    }
    std::string why(const Cells& cells) {
        const auto row = read(cells);
        return row ? "ok" : row.error();
    }
    Mapping mapping_ = parse_mapping(boost::json::parse(
                                         R"(["name","phone","tags","attributes.City","phone",
                                             "name",null])")
                                         .as_array(),
                                     7)
                           .value();
    Options options_{.tags = {"all", "x"}};
};

TEST_F(RowTest, cells_become_a_contact) {
    const auto row =
        read({" Ann ", "", "a, b;c|a ,,", "Vienna", "+43 (660) 111-1111", "Lee", "ignored"})
            .value();
    EXPECT_EQ(row.phone, "436601111111");
    EXPECT_EQ(row.name, "Ann Lee");
    EXPECT_EQ(row.tags, (std::vector<std::string>{"a", "b", "c", "all", "x"}));
    EXPECT_EQ(boost::json::serialize(row.attributes), R"({"City":"Vienna"})");
}

TEST_F(RowTest, an_apostrophe_before_a_formula_is_our_own) {
    const auto row = read({"'=Ann;'+Lee; '-", "'+436601111111", "'@tag", "'Vienna"}).value();
    EXPECT_EQ(row.phone, "436601111111");
    EXPECT_EQ(row.name, "=Ann;+Lee; '-") << "ours stands right behind the semicolon";
    EXPECT_EQ(row.tags.front(), "@tag");
    EXPECT_EQ(boost::json::serialize(row.attributes), R"({"City":"'Vienna"})");
}

TEST_F(RowTest, a_national_number_needs_its_country) {
    EXPECT_THAT(why({"", "0660 1111111"}), HasSubstr("phone number"));
    options_.country = "AT";
    EXPECT_EQ(read({"", "0660 1111111"})->phone, "436601111111");
}

TEST_F(RowTest, what_cannot_be_a_contact_says_why) {
    EXPECT_THAT(why({"Ann"}), HasSubstr("no phone number"));
    EXPECT_THAT(why({"Ann", "4.36602E+11"}), HasSubstr("phone number"));
    EXPECT_THAT(why({std::string(600, 'a'), "+436601111111"}), HasSubstr("512 bytes"));
    EXPECT_THAT(why({"", "+436601111111", std::string(65, 't')}), HasSubstr("64 bytes"));
    std::string tags;
    for (int tag = 0; tag < 100; ++tag) {
        tags += std::to_string(tag) + ",";
    }
    EXPECT_THAT(why({"", "+436601111111", tags}), HasSubstr("100 tags"));
    EXPECT_THAT(why({"", "+436601111111", "", std::string(17'000, 'c')}), HasSubstr("16 KiB"));
    EXPECT_THAT(why({"", "+436601111111", "", "", "", "", "", "more"}), HasSubstr("more cells"));
    EXPECT_EQ(why({"", "+436601111111", "", "", "", "", "", ""}), "ok");
}

TEST_F(RowTest, whom_a_row_names_is_found_whatever_is_wrong_with_it) {
    const auto named = [this](const Cells& cells) { return find_phone(cells, mapping_, options_); };
    EXPECT_EQ(named({"Ann", "'+43 660 1111111", std::string(65, 't')}), "436601111111");
    EXPECT_EQ(named({"Ann", "0660/111 1111"}), "06601111111") << "cannot be read without a country";
    EXPECT_EQ(named({"Ann", "", "", "", "+436601111111"}), "436601111111");
    EXPECT_EQ(named({"Ann", "home", "", "", "+436601111111"}), "436601111111");
    EXPECT_EQ(named({"Lee", " Ann", "+436601111111", "Vienna"}), "436601111111") << "moved";
    EXPECT_EQ(named({"+436602222222", "0660 1111111"}), "06601111111") << "its column goes first";
    EXPECT_EQ(named({"Ann", "none", "vip"}), "");
    EXPECT_EQ(named({}), "");
}

TEST_F(RowTest, every_number_that_a_row_names_is_found) {
    using Ends = std::set<std::string>;
    const auto ends = [this](const Cells& cells) { return find_phones(cells, options_).ends; };
    for (const char* cell :
         {"0660 1111111, 0660 2222222", "0660/1111111 / 0660/2222222", "06601111111 06602222222",
          "+436601111111;+436602222222", "home 06601111111 or 06602222222"}) {
        EXPECT_THAT(ends({"Ann", cell}), testing::IsSupersetOf({"1111111", "2222222"})) << cell;
    }
    EXPECT_EQ(ends({"+436601111111", "", "(0660) 2222222"}), (Ends{"1111111", "2222222"}));
    EXPECT_THAT(ends({"+43 660 111 11 11"}), testing::Contains("1111111"));
    EXPECT_EQ(ends({"٠٠٤٣٦٦٠١١١١١١١"}), Ends{"1111111"}) << "in other digits";
    EXPECT_EQ(ends({"Ann", "vip", "12", "10:30:00.1234", "123456"}), Ends{});
    EXPECT_EQ(ends({}), Ends{});
    EXPECT_EQ(find_phones({"Ann", "0660 1111111, +43 660 2222222"}, options_).read,
              (std::set<std::string>{"436602222222"}));
}

TEST_F(RowTest, of_a_row_that_may_name_many_people_nothing_is_kept) {
    Cells cells;
    for (std::size_t at = 0; at < phone_ends_max; ++at) {
        cells.push_back(std::to_string(436'600'000'000 + at));
    }
    EXPECT_EQ(decide_kept(cells, cells[0], options_).phone_ends.size(), phone_ends_max);
    EXPECT_EQ(decide_kept(cells, cells[0], options_).cells, cells);
    const Kept none = decide_kept(cells, "436609999999", options_);
    EXPECT_THAT(none.cells, testing::IsEmpty());
    EXPECT_THAT(none.phone_ends, testing::IsEmpty());
}

TEST(ImportUpload, no_row_has_more_cells_than_a_file_may_have_columns) {
    const auto why = [](std::size_t cells) {
        Upload upload({});
        const Result<void> added =
            upload.add("phone,name\n+436601111111,Ann\nx" + std::string(cells - 1, ',') + "\n");
        const Result<void> whole = added ? upload.finish() : added;
        return whole ? std::string("ok") : whole.error().message;
    };
    EXPECT_EQ(why(columns_max), "ok");
    EXPECT_EQ(why(columns_max + 1), "The row at line 3 has more than 200 columns.");
    EXPECT_EQ(why(30'000), "The row at line 3 has more than 200 columns.");
}

TEST(ImportUpload, chunks_are_the_file_and_all_but_the_last_are_full) {
    std::string file = "phone\n";
    while (file.size() < 5 * chunk_bytes) {
        file += "+436601111111,ä\n";
    }
    Upload upload({});
    std::string stored;
    for (std::size_t at = 0; at < file.size(); at += 777) {
        ASSERT_TRUE(upload.add(std::string_view(file).substr(at, 777)));
        for (std::string chunk = upload.take_chunk(); !chunk.empty(); chunk = upload.take_chunk()) {
            EXPECT_EQ(chunk.size(), chunk_bytes);
            stored += chunk;
        }
    }
    ASSERT_TRUE(upload.finish());
    for (std::string chunk = upload.take_chunk(); !chunk.empty(); chunk = upload.take_chunk()) {
        stored += chunk;
    }
    EXPECT_EQ(stored, file);
    EXPECT_EQ(upload.bytes(), static_cast<std::int64_t>(file.size()));
    EXPECT_EQ(upload.rows() + 1, std::ranges::count(file, '\n'));
    EXPECT_EQ(upload.first_row().byte, 6);
    EXPECT_EQ(upload.first_row().line, 2);
}

}  // namespace
}  // namespace wapi::contact_files
