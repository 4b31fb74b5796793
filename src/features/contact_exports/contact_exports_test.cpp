// Goal: an export holds every contact that a list would show, once, as a spreadsheet can bear it,
// and leaves its entry. Method: the exporter on both engines, piece by piece.
#include "features/contact_exports/contact_exports.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/json.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::contact_exports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");

const db::Sql insert_restriction{{
    .name = "contact_exports_test.insert_restriction",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, 'agent', 'tag', 'vip')",
}};
const db::Sql list_entries{{
    .name = "contact_exports_test.list_entries",
    .text = "SELECT details FROM audit_logs WHERE workspace_id = $1"
            " AND action = 'contact.exported'",
}};

class ExportsTest : public test::EnginesTest {
  protected:
    static Context context(const WorkspaceId& workspace = shop) {
        Context made;
        made.workspace = workspace;
        made.actor = {ActorKind::user, "owner"};
        return made;
    }
    ContactId make(int number, const std::string& name, std::vector<std::string> tags = {},
                   const WorkspaceId& workspace = shop) {
        contacts::Draft draft;
        draft.name = name;
        draft.phone = fmt::format("+43660{:07}", number);
        draft.tags = std::move(tags);
        return run(contacts_.create(context(workspace), draft)).value().id;
    }
    std::string export_of(const Context& who, const contact_lists::Filter& filter, Format format) {
        const auto running = run(exporter_.begin(who, filter, format)).value();
        std::string file;
        for (std::string piece = run(exporter_.next_piece(*running)); !piece.empty();
             piece = run(exporter_.next_piece(*running))) {
            file += piece;
        }
        return file;
    }

    contacts::Service contacts_{database(), ids_, clock_};
    Exporter exporter_{database(), clock_};
};

TEST_P(ExportsTest, every_contact_is_in_the_file_once) {
    constexpr int people = 450;
    for (int number = 0; number < people; ++number) {
        make(number, fmt::format("Person {}", number), {"a", "b"});
    }
    make(0, "Stranger", {}, other_shop);
    const std::string csv = export_of(context(), {}, Format::csv);
    EXPECT_EQ(std::ranges::count(csv, '\n'), people + 1);
    EXPECT_TRUE(csv.starts_with(csv_head()));
    for (int number = 0; number < people; ++number) {
        EXPECT_THAT(csv,
                    HasSubstr(fmt::format(",\"'+43660{:07}\",Person {},\"a,b\",", number, number)));
    }
    EXPECT_THAT(csv, Not(HasSubstr("Stranger")));
    const std::string lines = export_of(context(), {.text = "person 7"}, Format::jsonl);
    EXPECT_EQ(std::ranges::count(lines, '\n'), 11);
    const auto first = json::parse_object(lines.substr(0, lines.find('\n'))).value();
    EXPECT_EQ(first.at("name").as_string(), "Person 79");
}

TEST_P(ExportsTest, no_cell_is_a_formula) {
    make(1, "=HYPERLINK(\"http://evil.example\")", {"@tag"});
    const std::string csv = export_of(context(), {}, Format::csv);
    EXPECT_THAT(csv, HasSubstr("\"'=HYPERLINK(\"\"http://evil.example\"\")\""));
    EXPECT_THAT(csv, HasSubstr(",\"'@tag\","));
}

TEST_P(ExportsTest, a_member_with_restrictions_gets_their_part) {
    write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(insert_restriction); });
    make(1, "Vip", {"vip"});
    make(2, "Other");
    Context agent = context();
    agent.restrictions = {.member = "agent", .by_tag = true};
    const std::string csv = export_of(agent, {}, Format::csv);
    EXPECT_THAT(csv, HasSubstr("Vip"));
    EXPECT_THAT(csv, Not(HasSubstr("Other")));
}

TEST_P(ExportsTest, the_log_tells_what_was_asked_for_and_no_phone) {
    contact_lists::Filter filter;
    filter.conditions.tags = {"vip"};
    filter.text = "4366012345";
    export_of(context(), filter, Format::csv);
    const std::string details = read(shop, [](db::WorkspaceTxn& txn) {
        const db::Rows rows = txn.query(list_entries);
        return rows.size() == 1 ? rows[0].string(0) : std::string();
    });
    EXPECT_EQ(details, R"({"format":"csv","filter":{"tags":["vip"]},"searched":true})");
}

TEST_P(ExportsTest, two_at_once_and_an_hour_each) {
    make(1, "Ann");
    const auto one = run(exporter_.begin(context(), {}, Format::csv)).value();
    {
        const auto two = run(exporter_.begin(context(), {}, Format::csv)).value();
        EXPECT_EQ(run(exporter_.begin(context(), {}, Format::csv)).error().kind,
                  &audit_logs::errors::too_many_exports);
        EXPECT_TRUE(run(exporter_.begin(context(other_shop), {}, Format::csv)));
    }
    EXPECT_TRUE(run(exporter_.begin(context(), {}, Format::csv)));
    EXPECT_FALSE(run(exporter_.next_piece(*one)).empty());
    clock_.advance(export_time_max + std::chrono::minutes(1));
    EXPECT_THROW(run(exporter_.next_piece(*one)), Fault);
    contact_lists::Filter gone;
    gone.segment = "no-such";
    EXPECT_EQ(run(exporter_.begin(context(), gone, Format::csv)).error().kind,
              &segments::errors::segment_not_found);
}

WAPI_ON_BOTH_ENGINES(ExportsTest);

}  // namespace
}  // namespace wapi::contact_exports
