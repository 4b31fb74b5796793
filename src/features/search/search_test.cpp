// Goal: what is queued is found, whatever its script, by who may see it and nobody else, in pages
// that hold everything once; what is removed is gone from every table and page of the index.
// Method: the loop's own step and the service on both engines, and the bytes of FTS5's tables.
#include <gtest/gtest.h>

#include <set>

#include "base/json.hpp"
#include "features/search/search_http.hpp"
#include "features/search/search_store.hpp"
#include "tests/support/interleaved.hpp"
#include "tests/support/random_key.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::search {
namespace {

using namespace std::chrono_literals;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");

const db::Sql insert_contact{{
    .name = "search_test.insert_contact",
    .text =
        "INSERT INTO contacts (workspace_id, contact_id, name, name_by_hand, phone, tags,"
        " attributes, opted_out, opt_out_decided_us, opted_out_via, created_us)"
        " VALUES ($1, $2, $3, 0, '15550002222', '[\"vip\"]', '{\"city\":\"Graz\"}', 0, 0, '', 0)",
}};
const db::Sql rename_contact{{
    .name = "search_test.rename_contact",
    .text = "UPDATE contacts SET name = $3 WHERE workspace_id = $1 AND contact_id = $2",
}};
const db::Sql insert_talk{{
    .name = "search_test.insert_talk",
    .text = "INSERT INTO conversations (workspace_id, conversation_id, contact_id,"
            " phone_number_id, status, assignee_id, unread_count, read_up_to_us, resolved_us,"
            " last_inbound_us, profile_name, profile_us, last_message_us, last_message_id,"
            " created_us) VALUES ($1, $2, $2, '1', 'open', $3, 0, 0, 0, 0, '', 0, 0, '', 0)",
}};
const db::Sql insert_message{{
    .name = "search_test.insert_message",
    .text = "INSERT INTO messages (workspace_id, message_id, conversation_id, contact_id,"
            " phone_number_id, wa_message_id, direction, type, status, text, content, purpose,"
            " timestamp_us, error_message, created_us) VALUES ($1, $2, $3, $3, '1', $2,"
            " 'inbound', 'text', 'received', $4, '', 'service', 7000000, '', 0)",
}};
const db::Sql delete_messages{{
    .name = "search_test.delete_messages",
    .text = "DELETE FROM messages WHERE workspace_id = $1 AND conversation_id = $2",
}};
const db::Sql index_blocks{{
    .name = "search_test.index_blocks",
    .text = {},
    .scope = db::Scope::system,
    .sqlite = "SELECT CAST(block AS BLOB) FROM search_words_data",
    .postgres = "SELECT convert_to(CAST(words AS TEXT), 'UTF8') FROM search_documents",
}};

class SearchTest : public test::EnginesTest {
  protected:
    void SetUp() override {
        for (const char* person : {"ann", "bob"}) {
            add_talk(person, "");
        }
    }
    void add_talk(const std::string& person, const std::string& assignee,
                  const WorkspaceId& workspace = shop) {
        write(workspace, [&](db::WorkspaceTxn& txn) {
            txn.execute(insert_contact, person, "Person " + person);
            txn.execute(insert_talk, person,
                        assignee.empty() ? std::nullopt : std::optional(assignee));
            enqueue(txn, Kind::contact, person, clock_.now());
            return true;
        });
    }
    void add_message(const std::string& person, const std::string& text,
                     const WorkspaceId& workspace = shop) {
        const std::string id = "m" + std::to_string(++messages_);
        write(workspace, [&](db::WorkspaceTxn& txn) {
            txn.execute(insert_message, id, person, text);
            enqueue(txn, Kind::message, id, clock_.now());
            return true;
        });
    }
    void index() { run(indexer_.run_all()); }
    /// A batch of messages of the loop's size, of words that differ.
    void index_batch(const std::string& person) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            for (int index = 0; index < 100; ++index) {
                const std::string id = "m" + std::to_string(++messages_);
                std::string text;
                for (int word = 0; word < 10; ++word) {
                    text += " w" + std::to_string((messages_ * 10 + word) * 7'919 % 100'003);
                }
                txn.execute(insert_message, id, person, text);
                enqueue(txn, Kind::message, id, clock_.now());
            }
            return true;
        });
        index();
    }
    Result<Page> page(const Query& query, const Restrictions& restrictions = {},
                      const WorkspaceId& workspace = shop) {
        Context context;
        context.workspace = workspace;
        context.restrictions = restrictions;
        return run(service_.find(context, query));
    }
    /// Ids of messages, or of contacts, over all pages of two.
    std::vector<std::string> found(const std::string& text, Kind kind = Kind::message,
                                   const Restrictions& restrictions = {},
                                   const WorkspaceId& workspace = shop) {
        std::vector<std::string> ids;
        Query query{.text = text, .kind = kind, .limit = 2};
        do {
            const Page got = page(query, restrictions, workspace).value();
            EXPECT_LE(got.hits.size(), 2U);
            for (const Hit& hit : got.hits) {
                ids.push_back(hit.message ? hit.message->id.value : hit.contact.value);
            }
            query.cursor = got.next_cursor;
        } while (!query.cursor.empty());
        return ids;
    }
    bool index_holds(const std::string& word) {
        return read([&](db::Txn& txn) {
            bool holds = false;
            for (const db::Row row : txn.query(index_blocks)) {
                holds = holds || row.bytes(0).find(word) != std::string_view::npos;
            }
            return holds;
        });
    }
    void merge_index() {
        for (bool first = true, more = true; more; first = false) {
            more = write([&](db::Txn& txn) { return merge_step(txn, first); });
        }
    }
    /// As an erasure does.
    void erase_messages_of(const std::string& person) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            forget_messages(txn, ConversationId(person));
            return txn.execute(delete_messages, person);
        });
    }

    int messages_ = 0;
    async::Tasks tasks_{io_};
    Service service_{database(), test::random_key()};
    Indexer indexer_{tasks_, database(), clock_};
};

using Ids = std::vector<std::string>;

TEST_P(SearchTest, messages_are_found_by_all_their_words_and_the_beginning_of_the_last) {
    add_message("ann", "I like the blue bicycle");
    add_message("bob", "Crème brûlée, bitte");
    add_message("bob", "A blue balloon");
    index();
    EXPECT_EQ(found("blue"), (Ids{"m3", "m1"})) << "indexed last comes first";
    EXPECT_EQ(found("BLUE bicy"), Ids{"m1"});
    EXPECT_EQ(found("bicycle blu"), Ids{"m1"});
    EXPECT_TRUE(found("bicy blue").empty()) << "only the last one may be a beginning";
    EXPECT_EQ(found("creme brulee"), Ids{"m2"});
    EXPECT_EQ(found("brûl"), Ids{"m2"});
    EXPECT_TRUE(found("green").empty());
    EXPECT_TRUE(found("lue").empty());
}

TEST_P(SearchTest, scripts_of_all_kinds_are_found) {
    const std::vector<std::pair<std::string, std::string>> texts{
        {"मेरा ऑर्डर कहाँ है", "ऑर्डर"}, {"أين طلبي؟", "طلبى"},  {"私の注文はどこ", "注文"},
        {"Где мой заказ", "ЗАКАЗ"}, {"Πού είναι", "ειναι"}, {"emoji 🛑 stop", "stop"}};
    for (const auto& [text, query] : texts) {
        add_message("ann", text);
    }
    index();
    for (std::size_t at = 0; at < texts.size(); ++at) {
        EXPECT_EQ(found(texts[at].second), Ids{"m" + std::to_string(at + 1)}) << texts[at].first;
    }
}

TEST_P(SearchTest, contacts_are_found_by_name_phone_tag_and_attribute_as_they_are_now) {
    index();
    EXPECT_EQ(found("person an", Kind::contact), Ids{"ann"});
    EXPECT_EQ(found("+1555000", Kind::contact).size(), 2U);
    EXPECT_EQ(found("vip graz", Kind::contact).size(), 2U);
    write(shop, [&](db::WorkspaceTxn& txn) {
        txn.execute(rename_contact, "ann", "Zoë Miller");
        enqueue(txn, Kind::contact, "ann", clock_.now());
        return true;
    });
    index();
    EXPECT_EQ(found("zoe", Kind::contact), Ids{"ann"});
    EXPECT_EQ(found("person", Kind::contact), Ids{"bob"});
    EXPECT_TRUE(found("zoe", Kind::message).empty());
}

TEST_P(SearchTest, each_workspace_finds_its_own) {
    add_talk("eve", "", other_shop);
    add_message("ann", "shared word");
    add_message("eve", "shared word", other_shop);
    index();
    EXPECT_EQ(found("shared"), Ids{"m1"});
    EXPECT_EQ(found("shared", Kind::message, {}, other_shop), Ids{"m2"});
    EXPECT_EQ(found("person", Kind::contact, {}, other_shop), Ids{"eve"});
}

TEST_P(SearchTest, who_sees_a_part_finds_all_of_it_and_no_more) {
    add_talk("carl", "adam");
    std::set<std::string> own;
    for (int index = 0; index < 30; ++index) {
        const bool is_own = index % 6 == 0;
        add_message(is_own ? "carl" : "ann", "order number " + std::to_string(index));
        if (is_own) {
            own.insert("m" + std::to_string(messages_));
        }
    }
    index();
    const Ids seen = found("order", Kind::message, {.member = "adam", .assigned_only = true});
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()), own);
    EXPECT_EQ(seen.size(), own.size());
    EXPECT_EQ(found("order").size(), 30U);
    EXPECT_TRUE(found("order", Kind::message, {.member = "eve", .assigned_only = true}).empty());
    EXPECT_TRUE(found("person", Kind::contact, {.member = "eve", .by_tag = true}).empty());
}

TEST_P(SearchTest, what_matches_and_may_not_be_seen_ends_a_page_but_not_the_search) {
    add_talk("carl", "adam");
    add_message("carl", "needle");
    write(shop, [&](db::WorkspaceTxn& txn) {
        for (std::size_t at = 0; at < looked_at_max; ++at) {
            const std::string id = "x" + std::to_string(at);
            txn.execute(insert_message, id, "ann", "needle");
            enqueue(txn, Kind::message, id, clock_.now());
        }
        return true;
    });
    clock_.advance(1s);
    index();
    const Restrictions adam{.member = "adam", .assigned_only = true};
    const Page first = page({.text = "needle"}, adam).value();
    EXPECT_TRUE(first.hits.empty());
    ASSERT_FALSE(first.next_cursor.empty());
    EXPECT_EQ(found("needle", Kind::message, adam), Ids{"m1"});
}

TEST_P(SearchTest, a_text_that_is_removed_leaves_nothing_in_the_index) {
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

TEST_P(SearchTest, a_merge_ends_while_more_is_indexed_between_its_steps) {
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

TEST_P(SearchTest, a_message_that_cannot_be_indexed_keeps_no_other_waiting) {
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

TEST_P(SearchTest, new_messages_are_indexed_before_what_was_there_before_the_index) {
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

TEST_P(SearchTest, the_queue_is_read_from_a_place_on_and_then_from_its_beginning) {
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

TEST_P(SearchTest, rows_are_held_in_the_order_of_their_ids_contacts_first) {
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

TEST_P(SearchTest, long_messages_are_indexed_in_smaller_batches) {
    const std::string text = std::string(99'000, '!') + " needle";
    for (int message = 0; message < 5; ++message) {
        add_message("ann", text);
    }
    index();
    EXPECT_EQ(found("needle").size(), 5U);
}

TEST_P(SearchTest, what_was_queued_twice_is_found_once) {
    add_message("ann", "bicycle");
    clock_.advance(1s);
    write(shop, [&](db::WorkspaceTxn& txn) {
        enqueue(txn, Kind::message, "m1", clock_.now());
        return true;
    });
    index();
    EXPECT_EQ(found("bicycle"), Ids{"m1"});
}

TEST_P(SearchTest, what_is_gone_before_it_is_indexed_is_not_indexed) {
    add_message("ann", "bicycle");
    erase_messages_of("ann");
    index();
    EXPECT_FALSE(index_holds("icycle"));
    EXPECT_FALSE(read([](db::Txn& txn) { return store::find_oldest(txn, {}); }));
}

TEST_P(SearchTest, what_was_stored_without_being_queued_is_found_after_a_requeue) {
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

TEST_P(SearchTest, bad_queries_are_refused) {
    const auto routes = search_routes(service_);
    const auto refusal = [&](std::vector<std::pair<std::string, std::string>> query) {
        net::Call call;
        call.request.query = std::move(query);
        call.context.workspace = shop;
        const auto answer = run(routes.at(0).handler(call));
        return answer ? "ok" : answer.error().field;
    };
    EXPECT_EQ(refusal({}), "q");
    EXPECT_EQ(refusal({{"q", "🛑"}}), "q");
    EXPECT_EQ(refusal({{"q", std::string(257, 'x')}}), "q");
    EXPECT_EQ(refusal({{"q", "x"}, {"kind", "deal"}}), "kind");
    EXPECT_EQ(refusal({{"q", "x"}, {"cursor", "1x"}}), "cursor");
    EXPECT_EQ(refusal({{"q", "x"}, {"cursor", "1"}}), "cursor");
    EXPECT_EQ(refusal({{"q", "x"}, {"limit", "0"}}), "limit");
    EXPECT_EQ(refusal({{"q", "x"}, {"kind", "contact"}}), "ok");
}

WAPI_ON_BOTH_ENGINES(SearchTest);

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

WAPI_ON_POSTGRES(SearchRaceTest);

}  // namespace
}  // namespace wapi::search
