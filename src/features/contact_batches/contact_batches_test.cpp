// Goal: whom a batch makes or changes is found by the search, and never before what is new one by
// one. Method: batches on both engines, and the queue of the search.
#include "features/contact_batches/contact_batches.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "features/contacts/contacts.hpp"
#include "features/search/search.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::contact_batches {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");

const db::Sql list_queued{{
    .name = "contact_batches_test.list_queued",
    .text = "SELECT contacts.phone FROM search_queue JOIN contacts"
            " ON contacts.workspace_id = search_queue.workspace_id"
            " AND contacts.contact_id = search_queue.subject_id"
            " WHERE search_queue.workspace_id = $1 ORDER BY queued_us, subject_id",
}};

class ContactBatches : public test::EnginesTest {
  protected:
    static Row row(int number, const std::string& name) {
        return {.phone = fmt::format("4366012345{:02}", number),
                .name = name,
                .tags = {"fair"},
                .attributes = {}};
    }
    void apply(const std::vector<Row>& rows, Existing existing = Existing::update) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            return contact_batches::apply(
                       txn, ids_, rows,
                       {.existing = existing, .said_at = clock_.now(), .now = clock_.now()})
                .size();
        });
    }
    /// Phones in the order in which they are indexed.
    std::vector<std::string> queued() {
        return read(shop, [](db::WorkspaceTxn& txn) {
            std::vector<std::string> phones;
            for (const db::Row row : txn.query(list_queued)) {
                phones.push_back(row.string(0));
            }
            return phones;
        });
    }
    void index() {
        async::Tasks tasks{io_};
        run(search::Indexer(tasks, database(), clock_).run_all());
    }
    std::size_t found(const std::string& text) {
        Context context;
        context.workspace = shop;
        search::Service search{database()};
        return run(search.find(context, {.text = text, .kind = search::Kind::contact}))
            ->hits.size();
    }
};

TEST_P(ContactBatches, who_is_made_or_changed_is_found) {
    apply({row(1, "Ann"), row(2, "Bob")});
    index();
    EXPECT_EQ(found("fair"), 2U);
    apply({row(1, "Anna"), row(2, "Bob")});
    EXPECT_THAT(queued(), ElementsAre("436601234501")) << "Bob is as he was";
    index();
    EXPECT_EQ(found("anna"), 1U);
    apply({row(1, "Other")}, Existing::skip);
    EXPECT_THAT(queued(), IsEmpty());
}

TEST_P(ContactBatches, who_is_made_by_hand_meanwhile_is_indexed_first) {
    apply({row(1, "Ann"), row(2, "Bob")});
    clock_.advance(std::chrono::hours(1));
    Context context;
    context.workspace = shop;
    context.actor = {ActorKind::user, "user-1"};
    contacts::Service contacts{database(), ids_, clock_};
    contacts::Draft draft;
    draft.phone = "+436601234503";
    ASSERT_TRUE(run(contacts.create(context, draft)));
    EXPECT_THAT(queued(), ElementsAre("436601234503", "436601234501", "436601234502"));
}

WAPI_ON_BOTH_ENGINES(ContactBatches);

}  // namespace
}  // namespace wapi::contact_batches
