// Goal: segments are kept, changed and removed by name, within their limit and workspace, and the
// log says so; nobody's rights are read again for it. Of two members at once one is told what the
// other did. Method: the service on both engines, and a second writer on PostgreSQL.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "features/audit/audit.hpp"
#include "features/segments/segments_store.hpp"
#include "tests/support/interleaved.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::segments {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");

class SegmentsTest : public test::EnginesTest {
  protected:
    static Context context(const WorkspaceId& workspace = shop) {
        Context made;
        made.workspace = workspace;
        made.actor = {ActorKind::user, "user-1"};
        return made;
    }
    /// Action and details, newest first.
    std::vector<std::string> entries() {
        audit::Service log(database());
        std::vector<std::string> found;
        for (const audit::StoredEntry& entry : run(log.list(context(), {}))->entries) {
            found.push_back(entry.action + " " + entry.details);
        }
        return found;
    }
    Service service_{database(), ids_, clock_};
};

TEST_P(SegmentsTest, a_segment_lives) {
    const Segment made =
        run(service_.create(context(), "Vips", {.tags = {"vip"}, .silent_for_days = 30})).value();
    EXPECT_EQ(run(service_.get(context(), made.id))->conditions, made.conditions);
    Segment changed = made;
    changed.name = "All";
    changed.conditions = {};
    EXPECT_EQ(run(service_.replace(context(), changed))->name, "All");
    EXPECT_TRUE(run(service_.list(context()))[0].conditions.empty());
    EXPECT_TRUE(run(service_.remove(context(), made.id)));
    EXPECT_TRUE(run(service_.list(context())).empty());
    EXPECT_EQ(run(service_.remove(context(), made.id)).error().kind, &errors::segment_not_found);
    EXPECT_THAT(entries(), ElementsAre(R"(segment.deleted {"name":"All"})",
                                       R"(segment.updated {"name":"All"})",
                                       R"(segment.created {"name":"Vips"})"));
}

TEST_P(SegmentsTest, no_change_of_a_segment_is_told_as_one_of_rights) {
    std::vector<std::string_view> announced;
    database().on_announced([&](const std::vector<db::Announcement>& all) {
        for (const db::Announcement& one : all) {
            announced.push_back(one.kind);
        }
    });
    const Segment made = run(service_.create(context(), "Vips", {})).value();
    EXPECT_TRUE(run(service_.replace(context(), made)));
    EXPECT_TRUE(run(service_.remove(context(), made.id)));
    io_.restart();
    io_.poll();
    EXPECT_THAT(announced, IsEmpty());
}

TEST_P(SegmentsTest, a_name_is_one_segments_and_another_workspace_has_its_own) {
    const Segment vips = run(service_.create(context(), "Vips", {})).value();
    const Segment all = run(service_.create(context(), "All", {})).value();
    EXPECT_EQ(run(service_.create(context(), "Vips", {})).error().kind, &errors::segment_exists);
    Segment renamed = all;
    renamed.name = "Vips";
    EXPECT_EQ(run(service_.replace(context(), renamed)).error().kind, &errors::segment_exists);
    EXPECT_TRUE(run(service_.replace(context(), vips)));
    EXPECT_TRUE(run(service_.create(context(other_shop), "Vips", {})));
    EXPECT_EQ(run(service_.get(context(other_shop), vips.id)).error().kind,
              &errors::segment_not_found);
    EXPECT_EQ(run(service_.remove(context(other_shop), vips.id)).error().kind,
              &errors::segment_not_found);
    EXPECT_EQ(run(service_.list(context())).size(), 2U);
}

TEST_P(SegmentsTest, there_is_a_limit) {
    for (std::size_t made = 0; made < segments_max; ++made) {
        ASSERT_TRUE(run(service_.create(context(), fmt::format("Segment {}", made), {})));
    }
    EXPECT_EQ(run(service_.create(context(), "One more", {})).error().kind,
              &errors::too_many_segments);
}

WAPI_ON_BOTH_ENGINES(SegmentsTest);

class SegmentRaces : public SegmentsTest {
  protected:
    Segment make(const std::string& name) {
        return run(service_.create(context(), name, {})).value();
    }
    static Segment named(Segment segment, const std::string& name) {
        segment.name = name;
        return segment;
    }
};

TEST_P(SegmentRaces, of_two_renames_to_one_name_the_second_is_told_that_it_is_taken) {
    const Segment vips = make("Vips");
    const Segment all = make("All");
    test::Interleaved rename(database(), shop, [&](db::WorkspaceTxn& txn) {
        ASSERT_TRUE(store::update(txn, named(vips, "New")));
    });
    const Result<Segment> second = run(service_.replace(context(), named(all, "New")));
    rename.join();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().kind, &errors::segment_exists);
    EXPECT_EQ(second.error().field, "name");
    EXPECT_EQ(run(service_.get(context(), all.id))->name, "All");
}

TEST_P(SegmentRaces, what_is_removed_meanwhile_is_neither_changed_nor_removed_again) {
    for (const bool replaces : {true, false}) {
        const Segment vips = make("Vips");
        test::Interleaved removal(database(), shop, [&](db::WorkspaceTxn& txn) {
            ASSERT_TRUE(store::remove(txn, vips.id));
        });
        const Result<Segment> second = replaces
                                           ? run(service_.replace(context(), named(vips, "New")))
                                           : run(service_.remove(context(), vips.id));
        removal.join();
        ASSERT_FALSE(second) << replaces;
        EXPECT_EQ(second.error().kind, &errors::segment_not_found) << replaces;
    }
    EXPECT_THAT(entries(), ElementsAre(R"(segment.created {"name":"Vips"})",
                                       R"(segment.created {"name":"Vips"})"));
}

WAPI_ON_POSTGRES(SegmentRaces);

}  // namespace
}  // namespace wapi::segments
