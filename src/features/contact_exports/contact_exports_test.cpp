// Goal: an export holds every contact that a list would show, once, as a spreadsheet can bear it,
// leaves its entry, and ends where the caller's rights end. Method: the exporter on both engines,
// piece by piece.
#include "features/contact_exports/contact_exports.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/json.hpp"
#include "features/access/access.hpp"
#include "features/api_keys/api_keys.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::contact_exports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");

const db::Sql insert_workspace{{
    .name = "contact_exports_test.insert_workspace",
    .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us)"
            " VALUES ($1, 'Shop', 'free', '{}', 0)",
}};
const db::Sql insert_member{{
    .name = "contact_exports_test.insert_member",
    .text = "INSERT INTO members (workspace_id, user_id, role, created_us) VALUES ($1, $2, $3, 0)",
}};
const db::Sql insert_restriction{{
    .name = "contact_exports_test.insert_restriction",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, 'agent', 'tag', 'vip')",
}};
const db::Sql delete_restriction{{
    .name = "contact_exports_test.delete_restriction",
    .text = "DELETE FROM member_restrictions WHERE workspace_id = $1",
}};
const db::Sql make_viewer{{
    .name = "contact_exports_test.make_viewer",
    .text = "UPDATE members SET role = 'viewer' WHERE workspace_id = $1 AND user_id = 'agent'",
}};
const db::Sql make_manager{{
    .name = "contact_exports_test.make_manager",
    .text = "UPDATE members SET role = 'manager' WHERE workspace_id = $1 AND user_id = 'agent'",
}};
const db::Sql delete_member{{
    .name = "contact_exports_test.delete_member",
    .text = "DELETE FROM members WHERE workspace_id = $1 AND user_id = 'agent'",
}};
const db::Sql suspend{{
    .name = "contact_exports_test.suspend",
    .text = "UPDATE workspaces SET suspended_us = 1 WHERE workspace_id = $1",
}};
const db::Sql resume{{
    .name = "contact_exports_test.resume",
    .text = "UPDATE workspaces SET suspended_us = NULL WHERE workspace_id = $1",
}};
const db::Sql list_entries{{
    .name = "contact_exports_test.list_entries",
    .text = "SELECT details FROM audit_logs WHERE workspace_id = $1"
            " AND action = 'contact.exported'",
}};

class ExportsTest : public test::EnginesTest {
  protected:
    void SetUp() override {
        for (const WorkspaceId& workspace : {shop, other_shop}) {
            write(workspace, [](db::WorkspaceTxn& txn) {
                txn.execute(insert_workspace);
                txn.execute(insert_member, "agent", "manager");
                return txn.execute(insert_member, "owner", "owner");
            });
        }
    }
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

    static Context agent() {
        Context made = context();
        made.actor.id = "agent";
        return made;
    }
    void execute(const db::Sql& statement) {
        write(shop, [&](db::WorkspaceTxn& txn) { return txn.execute(statement); });
    }
    /// The context of a key that the agent makes; it lives for an hour.
    Context make_key() {
        Context maker = agent();
        maker.permissions = *access::find_built_in("manager");
        const auto key = run(keys_.create(
            maker, {.name = "Key",
                    .permissions = access::bit(access::Permission::export_contacts) |
                                   access::bit(access::Permission::view_all_conversations),
                    .networks = {},
                    .expires_at = clock_.now() + std::chrono::hours(1)}));
        Context made = context();
        made.actor = {ActorKind::api_key, key.value().key.id};
        return made;
    }
    void make_two_pieces() {
        for (std::size_t number = 0; number <= export_rows_max; ++number) {
            make(static_cast<int>(number), "Person");
        }
    }
    /// An export of which one piece has been sent and more are to come.
    std::shared_ptr<Export> begun_by(const Context& who) {
        auto running = run(exporter_.begin(who, {}, Format::jsonl)).value();
        EXPECT_FALSE(run(exporter_.next_piece(*running)).empty());
        return running;
    }
    /// What comes of the next piece: `more`, or the code of the fault that cuts the connection.
    std::string next(Export& running) {
        try {
            return run(exporter_.next_piece(running)).empty() ? "end" : "more";
        } catch (const Fault& fault) {
            return std::string(fault.code());
        }
    }

    async::Tasks tasks_{io_};
    api_keys::Service keys_{
        {.tasks = tasks_, .db = database(), .ids = ids_, .clock = clock_, .rng = rng_}};
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
    execute(insert_restriction);
    make(1, "Vip", {"vip"});
    make(2, "Other");
    Context restricted = agent();
    restricted.restrictions = {.member = "agent", .by_tag = true};
    const std::string csv = export_of(restricted, {}, Format::csv);
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

TEST_P(ExportsTest, a_member_whose_rights_end_gets_no_more_of_the_file) {
    make_two_pieces();
    const std::vector<std::pair<const db::Sql*, const db::Sql*>> changes{
        {&make_viewer, &make_manager},
        {&insert_restriction, &delete_restriction},
        {&suspend, &resume}};
    for (const auto& [ends, restores] : changes) {
        const auto running = begun_by(agent());
        execute(*ends);
        EXPECT_EQ(next(*running), "contact_exports.rights_ended") << ends->name();
        execute(*restores);
        EXPECT_EQ(next(*running), "more") << restores->name();
    }
    const auto running = begun_by(agent());
    execute(delete_member);
    EXPECT_EQ(next(*running), "contact_exports.rights_ended");
}

TEST_P(ExportsTest, a_key_that_ends_or_whose_maker_loses_rights_gets_no_more_of_the_file) {
    make_two_pieces();
    const Context key = make_key();
    const auto narrowed = begun_by(key);
    execute(make_viewer);
    EXPECT_EQ(next(*narrowed), "contact_exports.rights_ended");
    execute(make_manager);
    EXPECT_EQ(next(*narrowed), "more");

    const auto revoked = begun_by(key);
    ASSERT_TRUE(run(keys_.revoke(context(), key.actor.id)));
    EXPECT_EQ(next(*revoked), "contact_exports.rights_ended");
}

TEST_P(ExportsTest, a_key_whose_time_is_over_gets_no_more_of_the_file) {
    make_two_pieces();
    const auto running = begun_by(make_key());
    clock_.advance(std::chrono::hours(1));
    EXPECT_EQ(next(*running), "contact_exports.rights_ended") << "not yet too long";
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
