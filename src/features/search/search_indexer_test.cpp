// Goal: what waits is indexed in its order, once and beside erasures; what cannot be keeps nobody
// waiting. Method: as search_test.cpp.
#include <gtest/gtest.h>

#include "features/search/search_test_support.hpp"
#include "tests/support/interleaved.hpp"

namespace wapi::search {
namespace {

using namespace testing;

class SearchIndexerTest : public SearchTest {};

TEST_P(SearchIndexerTest, a_text_that_is_removed_leaves_nothing_in_the_index) {
    add_message("ann", "I like the bicycle");
    add_message("bob", "I like the balloon");
    index();
    ASSERT_TRUE(index_holds("icycle")) << "the test must be able to find it";
    erase_messages_of("ann");
    EXPECT_TRUE(found("bicycle").empty());
    EXPECT_EQ(found("like"), Ids{"m2"});
    merge_index();
    EXPECT_FALSE(index_holds("icycle"));
    EXPECT_EQ(found("like"), Ids{"m2"});
    write(shop, [&](db::WorkspaceTxn& txn) {
        forget_contact(txn, ContactId("bob"));
        return true;
    });
    EXPECT_EQ(found("person", Kind::contact), Ids{"ann"});
}

TEST_P(SearchIndexerTest, a_merge_ends_while_more_is_indexed_between_its_steps) {
    constexpr int batches = 40;
    constexpr int steps_max = 100;
    add_message("ann", "I like the bicycle");
    for (int batch = 0; batch < batches; ++batch) {
        index_batch("bob");
    }
    erase_messages_of("ann");
    int steps = 0;
    for (bool more = true; more && steps < steps_max; ++steps) {
        more = write([&](db::Txn& txn) { return merge_step(txn, steps == 0); });
        index_batch("bob");
        index_batch("bob");
    }
    EXPECT_LT(steps, steps_max);
    EXPECT_FALSE(index_holds("icycle"));
}

TEST_P(SearchIndexerTest, a_message_that_cannot_be_indexed_keeps_no_other_waiting) {
    write([&](db::Txn& txn) {
        txn.connection().execute_text(
            GetParam() == db::Engine::sqlite
                ? "CREATE TRIGGER poison BEFORE INSERT ON search_documents WHEN NEW.subject_id = "
                  "'m1'"
                  " BEGIN SELECT RAISE(ABORT, 'poison'); END"
                : "ALTER TABLE search_documents ADD CHECK (subject_id <> 'm1')");
        return true;
    });
    add_message("ann", "a blue bicycle");
    add_message("bob", "a blue balloon");
    index();
    EXPECT_EQ(found("blue"), Ids{"m2"});
    EXPECT_FALSE(read([](db::Txn& txn) { return store::find_oldest(txn, {}); }));
}

TEST_P(SearchIndexerTest, new_messages_are_indexed_before_what_was_there_before_the_index) {
    write(shop, [&](db::WorkspaceTxn& txn) {
        for (int index = 0; index < 150; ++index) {
            const std::string id = "a" + std::to_string(index);
            txn.execute(insert_message, id, "bob", "old");
            enqueue(txn, Kind::message, id, store::backfill);
        }
        return true;
    });
    add_message("ann", "new");
    const auto taken = write([](db::Txn& txn) { return store::take(txn, {}); });
    const auto is_new = [](const store::Waiting& one) { return one.id == "m1"; };
    EXPECT_EQ(std::ranges::count_if(taken, is_new), 1);
    EXPECT_EQ(read([](db::Txn& txn) { return count_waiting(txn, 10); }), 10U);
}

TEST_P(SearchIndexerTest, the_queue_is_read_from_a_place_on_and_then_from_its_beginning) {
    add_message("ann", "one");
    clock_.advance(1s);
    const QueueKey place{.queued_at = clock_.now()};
    EXPECT_EQ(read([&](db::Txn& txn) { return store::find_oldest(txn, place); }), std::nullopt);
    add_message("ann", "two");
    const auto taken = write([&](db::Txn& txn) { return store::take(txn, place); });
    EXPECT_EQ(taken.back().id, "m2");
    EXPECT_TRUE(std::ranges::none_of(taken, [](const auto& one) { return one.id == "m1"; }));
    index();
    EXPECT_EQ(found("one"), Ids{"m1"});
}

TEST_P(SearchIndexerTest, rows_are_held_in_the_order_of_their_ids_contacts_first) {
    for (const char* word : {"one", "two", "three"}) {
        add_message("ann", word);
        clock_.advance(-1s);
    }
    Ids taken;
    for (const store::Waiting& one : write([](db::Txn& txn) { return store::take(txn, {}); })) {
        taken.push_back(one.id);
    }
    EXPECT_EQ(taken, (Ids{"ann", "bob", "m1", "m2", "m3"}));
}

TEST_P(SearchIndexerTest, long_messages_are_indexed_in_smaller_batches) {
    const std::string text = std::string(99'000, '!') + " needle";
    for (int message = 0; message < 5; ++message) {
        add_message("ann", text);
    }
    index();
    EXPECT_EQ(found("needle").size(), 5U);
}

TEST_P(SearchIndexerTest, what_was_queued_twice_is_found_once) {
    add_message("ann", "bicycle");
    clock_.advance(1s);
    write(shop, [&](db::WorkspaceTxn& txn) {
        enqueue(txn, Kind::message, "m1", clock_.now());
        return true;
    });
    index();
    EXPECT_EQ(found("bicycle"), Ids{"m1"});
}

TEST_P(SearchIndexerTest, what_is_gone_before_it_is_indexed_is_not_indexed) {
    add_message("ann", "bicycle");
    erase_messages_of("ann");
    index();
    EXPECT_FALSE(index_holds("icycle"));
    EXPECT_FALSE(read([](db::Txn& txn) { return store::find_oldest(txn, {}); }));
}

TEST_P(SearchIndexerTest, what_was_stored_without_being_queued_is_found_after_a_requeue) {
    add_message("ann", "bicycle");
    index();
    write(shop, [&](db::WorkspaceTxn& txn) {
        return txn.execute(insert_message, "unqueued", "ann", "balloon");
    });
    Requeue place;
    while (!place.is_end) {
        place = write([&](db::Txn& txn) { return requeue_step(txn, place, 1); });
    }
    EXPECT_EQ(place.queued, 1U);
    index();
    EXPECT_EQ(found("balloon"), Ids{"unqueued"});
}

class SearchRaceTest : public SearchTest {};

TEST_P(SearchRaceTest, an_erasure_waits_for_an_indexing_and_removes_what_it_has_indexed) {
    add_message("ann", "bicycle");
    test::Interleaved indexing(database(), shop, [](db::WorkspaceTxn& txn) {
        const store::Waiting row{
            .workspace = shop, .kind = Kind::message, .id = "m1", .queued_at = {}};
        store::hold_texts(txn, Kind::message, std::span(&row, 1));
        const store::Document document{
            .id = "m1", .words = index_words(mark_of(shop, Kind::message), "bicycle")};
        store::put(txn, Kind::message, std::span(&document, 1));
    });
    erase_messages_of("ann");
    indexing.join();
    EXPECT_FALSE(index_holds("icycle"));
}

WAPI_ON_BOTH_ENGINES(SearchIndexerTest);
WAPI_ON_POSTGRES(SearchRaceTest);

}  // namespace
}  // namespace wapi::search
