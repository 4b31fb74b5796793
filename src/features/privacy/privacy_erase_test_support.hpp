// What the tests of erasing share: Ann in every table that can hold her, beside Bob, and a look
// into the index of the search.
#pragma once

#include "features/contact_imports/contact_imports.hpp"
#include "features/conversation_notes/conversation_notes.hpp"
#include "features/inbox/inbox.hpp"
#include "features/privacy/privacy_test_support.hpp"
#include "features/search/search.hpp"
#include "tests/support/search_words.hpp"

namespace wapi::privacy::testing {

inline const db::Sql insert_owner{{
    .name = "privacy_erase_test.insert_owner",
    .text = "INSERT INTO members (workspace_id, user_id, role, created_us)"
            " VALUES ($1, 'user-1', 'owner', 0)",
}};

class EraseTest : public PrivacyTest {
  protected:
    /// Ann in every table that can hold her, beside Bob.
    void fill() {
        deliver(body_of(boost::json::array{
            webhooks::testing::text_change(shop_number, ann, "wamid.A1", now_s() - 60,
                                           "I like the blue bicycle"),
            webhooks::testing::text_change(shop_number, bob, "wamid.B1", now_s() - 50,
                                           "And I the green one")}));
        deliver(body_of(webhooks::testing::message_change(
            shop_number, ann, "wamid.A2", now_s() - 40, "location",
            {{"latitude", 1.5}, {"longitude", 2.5}, {"address", "Kelvin Street 5"}})));
        contacts::Service service(database(), ids_, clock_);
        contacts::Draft draft;
        draft.tags = std::vector<std::string>{"anns-own-secret"};
        draft.attributes = boost::json::object{{"note", "has a red trailer"}};
        ASSERT_TRUE(run(service.change(context_of(), find_contact(ann).value(), draft)));
        ASSERT_EQ(send(ann, "Your blue bicycle is ready"), "ok");
        ASSERT_EQ(send(bob, "Your green one is ready"), "ok");
        write_note(ann, "Ann has a red trailer");
        write_note(bob, "Bob has none");
        import_refused_rows();
        index();
        // A status whose message never came; real wamids hold the number in base64.
        const std::string wamid =
            "wamid." + crypto::base64_encode(std::string("\x1d\x0b", 2) + ann.phone + "\x15\x02");
        deliver(body_of(webhooks::testing::status_change(
            shop_number, {.wamid = wamid, .status = "sent", .at_s = now_s() - 30})));
        // An update without time: refused again and again until it is a dead letter.
        deliver(body_of(webhooks::testing::change_of(
            shop_number, "messages",
            {{"messages",
              boost::json::array{{{"id", "wamid.A3"}, {"from", ann.phone}, {"type", "text"}},
                                 {{"id", "wamid.B3"}, {"from", bob.phone}, {"type", "text"}}}}})));
        use_up_retries();
        ASSERT_EQ(letters(), 2);
    }
    void write_note(const Author& author, const std::string& text) {
        const ConversationId talk = read(shop, [&](db::WorkspaceTxn& txn) {
            return inbox::find_latest_of_contact(txn, find_contact(author).value())->id;
        });
        conversation_notes::Service notes(database(), ids_, clock_);
        ASSERT_TRUE(run(notes.add(context_of(), talk, {.text = text, .mentions = {}},
                                  {.key = "key of: " + text, .hash = {}})));
    }
    /// Rows that become no contact, some with Ann's number as people of her country write it, alone
    /// or beside another one.
    void import_refused_rows() {
        const std::string long_tag(contacts::tag_bytes_max + 1, 't');
        write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(insert_owner); });
        contact_imports::Importer importer(tasks_, database(), ids_, clock_);
        contact_imports::Service imports(database(), ids_, clock_, [] {});
        const auto file = run(imports.begin(context_of(), {})).value();
        ASSERT_TRUE(run(imports.add(
            *file, "name,phone,tags,fax\nAnn Leewood,+1 555-000-2222," + long_tag +
                       "\nAnn Leewood,0 (555) 000 2222,anns-own-secret\nBob,+15550003333," +
                       long_tag +
                       "-of-bob\nAnn Leewood,\"0 555 000 1111, 0 555 000 2222\",red trailer"
                       "\nAnn Leewood,+15550001111," +
                       long_tag + ",0 555 000 2222\n")));
        const contact_imports::Import ready = run(imports.finish(*file)).value();
        ASSERT_TRUE(run(imports.start(context_of(), ready.id, {{"mapping", ready.guess}})));
        while (run(importer.run_batch())) {
        }
        ASSERT_EQ(run(imports.get(context_of(), ready.id))->counts.refused, 5);
        write([&](db::Txn& txn) { return contact_imports::prune_step(txn, clock_.now()); });
    }
    void index() {
        search::Indexer indexer(tasks_, database(), clock_);
        run(indexer.run_all());
    }
    bool index_holds(const std::string& word) {
        return read([&](db::Txn& txn) { return test::search_words_hold(txn, word); });
    }
    void use_up_retries() {
        for (int attempt = 0; attempt < 8; ++attempt) {
            clock_.advance(20min);
            drain();
        }
    }
    std::int64_t letters() {
        return read([&](db::Txn& txn) {
            return queue::count(txn, webhook_events::queue_name, std::nullopt, clock_.now()).dead;
        });
    }
    void expect_nothing_of_ann() {
        for (const std::string& trace : anns_traces) {
            EXPECT_EQ(lines_with(trace), "") << trace;
        }
        EXPECT_EQ(
            lines_with(crypto::base64_encode(std::string("\x1d\x0b", 2) + ann.phone).substr(0, 16)),
            "");
    }
    void replay_everything() {
        write([&](db::Txn& txn) {
            webhook_events::enqueue_replay(
                txn, std::nullopt, ids_.event_id(),
                {.ids = {}, .from = Timestamp{}, .to = clock_.now() + 1h}, clock_.now());
            return true;
        });
        drain();
    }
};

}  // namespace wapi::privacy::testing
