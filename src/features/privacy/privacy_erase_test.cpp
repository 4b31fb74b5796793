// Goal: after an erasure nothing of the person is in any table, nothing brings it back, everybody
// else's data is whole, and the person is not messaged until they write START. Method: real webhook
// bodies through the real worker on both engines, then every cell of every table is searched.
#include <gtest/gtest.h>

#include <fstream>

#include "db/backup_file.hpp"
#include "features/inbox/inbox.hpp"
#include "features/opt_out/opt_out.hpp"
#include "features/privacy/privacy_test_support.hpp"
#include "features/vault/vault_rotation.hpp"

namespace wapi::privacy::testing {
namespace {

using webhooks::testing::change_of;
using webhooks::testing::message_change;
using webhooks::testing::status_change;
using webhooks::testing::text_change;

class EraseTest : public PrivacyTest {
  protected:
    /// Ann in every table that can hold her, beside Bob.
    void fill() {
        deliver(body_of(boost::json::array{
            text_change(shop_number, ann, "wamid.A1", now_s() - 60, "I like the blue bicycle"),
            text_change(shop_number, bob, "wamid.B1", now_s() - 50, "And I the green one")}));
        deliver(body_of(message_change(
            shop_number, ann, "wamid.A2", now_s() - 40, "location",
            {{"latitude", 1.5}, {"longitude", 2.5}, {"address", "Kelvin Street 5"}})));
        contacts::Service service(database(), ids_, clock_);
        contacts::Draft draft;
        draft.tags = std::vector<std::string>{"anns-own-secret"};
        draft.attributes = boost::json::object{{"note", "has a red trailer"}};
        ASSERT_TRUE(run(service.change(context_of(), find_contact(ann).value(), draft)));
        ASSERT_EQ(send(ann, "Your blue bicycle is ready"), "ok");
        ASSERT_EQ(send(bob, "Your green one is ready"), "ok");
        // A status whose message never came; real wamids hold the number in base64.
        const std::string wamid =
            "wamid." + crypto::base64_encode(std::string("\x1d\x0b", 2) + ann.phone + "\x15\x02");
        deliver(body_of(
            status_change(shop_number, {.wamid = wamid, .status = "sent", .at_s = now_s() - 30})));
        // An update without time: refused again and again until it is a dead letter.
        deliver(body_of(change_of(
            shop_number, "messages",
            {{"messages",
              boost::json::array{{{"id", "wamid.A3"}, {"from", ann.phone}, {"type", "text"}},
                                 {{"id", "wamid.B3"}, {"from", bob.phone}, {"type", "text"}}}}})));
        use_up_retries();
        ASSERT_EQ(letters(), 2);
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

TEST_P(EraseTest, nothing_of_the_person_is_left_in_any_table) {
    fill();
    for (const std::string& trace : anns_traces) {
        EXPECT_NE(lines_with(trace), "") << "the test must be able to find " << trace;
    }
    const Erasure erasure = erase(ann);
    expect_nothing_of_ann();
    const auto done = run(service_.find(context_of(), erasure.id));
    ASSERT_TRUE(done);
    EXPECT_TRUE(done->completed_at);
    EXPECT_EQ(done->events_redacted, 4);
    EXPECT_EQ(count_audit("data.erased"), 1);
    EXPECT_TRUE(audit_is_whole());
}

TEST_P(EraseTest, everybody_else_is_whole) {
    fill();
    erase(ann);
    EXPECT_NE(lines_with("And I the green one"), "");
    EXPECT_NE(lines_with("Your green one is ready"), "");
    EXPECT_TRUE(find_contact(bob));
    EXPECT_EQ(letters(), 1) << "Bob's stays, Ann's is gone";
    replay_everything();
    use_up_retries();
    EXPECT_EQ(letters(), 1);
    EXPECT_NE(lines_with("wamid.B3"), "") << "the raw update of Bob in the body they shared";
}

TEST_P(EraseTest, a_replay_brings_nothing_back) {
    fill();
    erase(ann);
    clock_.advance(1h);
    replay_everything();
    EXPECT_FALSE(find_contact(ann));
    expect_nothing_of_ann();
}

TEST_P(EraseTest, what_meta_delivers_late_is_not_stored) {
    fill();
    const std::int64_t before = now_s();
    erase(ann);
    clock_.advance(1h);
    deliver(body_of(boost::json::array{
        text_change(shop_number, ann, "wamid.A9", before - 5, "blue bicycle again"),
        text_change(shop_number, bob, "wamid.B9", before - 5, "Bob once more")}));
    EXPECT_FALSE(find_contact(ann));
    expect_nothing_of_ann();
    EXPECT_NE(lines_with("Bob once more"), "");
}

TEST_P(EraseTest, what_the_phone_app_tells_late_is_taken_out_of_its_raw_body) {
    fill();
    const std::int64_t before = now_s() - 5;
    erase(ann);
    clock_.advance(1h);
    const auto echo_to = [&](const Author& author, const std::string& text, std::int64_t at_s) {
        return change_of(
            shop_number, "smb_message_echoes",
            {{"message_echoes", boost::json::array{{{"id", "wamid.E" + text},
                                                    {"from", "15550001111"},
                                                    {"to", author.phone},
                                                    {"timestamp", std::to_string(at_s)},
                                                    {"type", "text"},
                                                    {"text", {{"body", text}}}}}}});
    };
    deliver(body_of(boost::json::array{echo_to(ann, "late blue bicycle", before),
                                       echo_to(ann, "newer echo", now_s()),
                                       echo_to(bob, "late green one", before)}));
    const auto thread_of = [](const Author& author, const std::string& text) {
        return boost::json::value{
            {"id", author.phone},
            {"messages", boost::json::array{{{"from", author.phone}, {"text", text}}}}};
    };
    deliver(body_of(change_of(
        shop_number, "history",
        {{"history",
          boost::json::array{{{"threads", boost::json::array{thread_of(ann, "a red trailer"),
                                                             thread_of(bob, "Bob's past")}}}}}})));
    deliver(body_of(change_of(
        shop_number, "smb_app_state_sync",
        {{"state_sync",
          boost::json::array{
              {{"contact", {{"full_name", ann.name}, {"phone_number", "+" + ann.phone}}}}}}})));
    for (const char* gone : {"late blue bicycle", "a red trailer", ann.name.c_str()}) {
        EXPECT_EQ(lines_with(gone), "") << gone;
    }
    for (const char* kept : {"newer echo", "late green one", "Bob's past"}) {
        EXPECT_NE(lines_with(kept), "") << kept;
    }
}

TEST_P(EraseTest, everybody_in_a_large_body_is_recognised) {
    boost::json::array changes;
    const auto author_of = [](int index) {
        return Author{.phone = "1555777" + std::to_string(1000 + index),
                      .bsuid = "US." + std::to_string(1000 + index)};
    };
    for (int index = 0; index < 45; ++index) {
        changes.push_back(text_change(shop_number, author_of(index),
                                      "wamid.L" + std::to_string(index), now_s() - 60, "Hello"));
    }
    const std::string body = body_of(changes);
    deliver(body);
    const std::set<int> erased{0, 31, 32, 44};
    for (const int index : erased) {
        erase(author_of(index));
    }
    clock_.advance(1h);
    deliver(body);
    for (int index = 0; index < 45; ++index) {
        EXPECT_EQ(find_contact(author_of(index)).has_value(), !erased.contains(index)) << index;
    }
}

TEST_P(EraseTest, what_a_neighbour_writes_about_the_person_is_kept_and_applied) {
    const Author textual{.phone = ann.phone, .bsuid = ann.bsuid, .username = "text"};
    write_text(textual, "wamid.A1", "Hello");
    store_body(body_of(text_change(shop_number, bob, "wamid.B1", now_s() - 1, ann.phone)));
    erase(ann);
    EXPECT_NE(lines_with("wamid.B1"), "") << "stored, not yet processed";
    drain();
    ASSERT_TRUE(find_contact(bob));
    EXPECT_NE(lines_with("messages:").find("wamid.B1"), std::string::npos);
}

TEST_P(EraseTest, a_late_update_is_dropped_alone_and_a_newer_one_beside_it_stays) {
    fill();
    const std::int64_t before = now_s();
    erase(ann);
    clock_.advance(1h);
    boost::json::object change =
        text_change(shop_number, ann, "wamid.A8", before - 5, "blue bicycle again");
    boost::json::object newer =
        text_change(shop_number, ann, "wamid.A9", now_s(), "I came back myself");
    change["value"].as_object()["messages"].as_array().push_back(
        newer["value"].as_object()["messages"].as_array()[0]);
    const EventId event = deliver(body_of(change));
    const std::string body =
        read([&](db::Txn& txn) { return webhook_events::find_body(txn, event).value(); });
    EXPECT_EQ(body.find("blue bicycle"), std::string::npos);
    EXPECT_NE(body.find("I came back myself"), std::string::npos);
    EXPECT_NE(body.find(ann.name), std::string::npos) << "the newer one needs its contact";
    EXPECT_TRUE(find_contact(ann));
}

TEST_P(EraseTest, late_statuses_of_erased_messages_leave_nothing) {
    fill();
    const ContactId contact = find_contact(ann).value();
    const std::string sent = read(shop, [&](db::WorkspaceTxn& txn) {
        return inbox::find_latest_of_contact(txn, contact).value().last_message.value;
    });
    erase(ann);
    clock_.advance(1h);
    for (const std::string& callback : {sent, std::string()}) {
        deliver(body_of(status_change(shop_number, {.wamid = "wamid.OUT1",
                                                    .status = "delivered",
                                                    .at_s = now_s(),
                                                    .callback_data = callback,
                                                    .error_code = 131050})));
    }
    EXPECT_FALSE(find_contact(ann));
    EXPECT_EQ(lines_with("wamid.OUT1"), "");
}

TEST_P(EraseTest, who_comes_back_stays_opted_out_until_they_write_start) {
    fill();
    erase(ann);
    clock_.advance(1h);
    EXPECT_EQ(send(ann, "Hello again"), "contact_opted_out");
    EXPECT_FALSE(find_contact(ann)) << "a refused send makes no contact";
    write_text(ann, "wamid.A10", "Is anybody there?");
    EXPECT_TRUE(opt_out_of(ann).status);
    EXPECT_EQ(opt_out_of(ann).opted_out_via, "system");
    EXPECT_EQ(send(ann, "Hello again"), "contact_opted_out");
    opt_out::Service by_hand(database(), ids_, clock_);
    const auto refused = run(by_hand.opt_in(context_of(), find_contact(ann).value()));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind->code, "contact_was_erased");
    clock_.advance(1min);
    write_text(ann, "wamid.A11", "START");
    EXPECT_FALSE(opt_out_of(ann).status);
    EXPECT_EQ(send(ann, "Welcome"), "ok");
}

TEST_P(EraseTest, a_start_from_before_the_erasure_lifts_nothing) {
    write_text(ann, "wamid.A1", "STOP", 60s);
    erase(ann);
    clock_.advance(1h);
    write_text(ann, "wamid.A2", "START", 2h);
    EXPECT_FALSE(find_contact(ann));
    write_text(ann, "wamid.A3", "Hello");
    EXPECT_TRUE(opt_out_of(ann).status);
}

TEST_P(EraseTest, a_contact_made_by_hand_or_known_by_bsuid_starts_opted_out) {
    fill();
    erase(ann);
    clock_.advance(1h);
    contacts::Service service(database(), ids_, clock_);
    contacts::Draft draft;
    draft.phone = "+" + ann.phone;
    const auto made = run(service.create(context_of(), draft));
    ASSERT_TRUE(made);
    EXPECT_TRUE(made->opt_out.status);
    Author by_bsuid;
    by_bsuid.bsuid = ann.bsuid;
    write_text(by_bsuid, "wamid.A4", "It is me");
    const auto found = read(shop, [&](db::WorkspaceTxn& txn) {
        const auto id = contacts::find_by_identity(txn, {contacts::IdentityKind::bsuid, ann.bsuid});
        return contacts::get(txn, id.value()).value();
    });
    EXPECT_TRUE(found.opt_out.status);
}

TEST_P(EraseTest, another_form_of_the_number_is_the_same_person) {
    const Author bia{.phone = "5511987654321"};
    const Author same{.phone = "551187654321"};
    write_text(bia, "wamid.C1", "Oi");
    erase(bia);
    clock_.advance(1h);
    write_text(same, "wamid.C2", "Oi de novo");
    EXPECT_TRUE(opt_out_of(same).status);
}

TEST_P(EraseTest, another_workspace_keeps_its_customer) {
    fill();
    write_text(ann, "wamid.D1", "Mail me to Kelvin Street", 10s, other_number);
    erase(ann);
    EXPECT_TRUE(find_contact(ann, other_shop));
    EXPECT_NE(lines_with("Mail me to Kelvin Street"), "");
    clock_.advance(1h);
    write_text(ann, "wamid.D2", "And again", 2h, other_number);
    EXPECT_NE(lines_with("And again"), "");
    const ContactId theirs = find_contact(ann, other_shop).value();
    const auto refused = run(service_.erase(context_of(), theirs, theirs.value));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind->code, "contact_not_found");
}

TEST_P(EraseTest, the_person_is_recognised_after_the_master_key_was_rotated) {
    fill();
    erase(ann);
    clock_.advance(1h);
    vault::Rotator rotator{
        .db = database(),
        .keys = vault::MasterKeys(vault::MasterKey(SecretString(next_key_hex), "NEXT"),
                                  vault::MasterKey(SecretString(key_hex))),
        .rng = rng_,
        .clock = clock_};
    EXPECT_EQ(run(rotator.run()).rotated, 1);
    vault_ = std::make_unique<vault::DatabaseBackend>(
        database(), vault::MasterKey(SecretString(next_key_hex)), rng_, clock_);
    EXPECT_EQ(send(ann, "Hello again"), "contact_opted_out");
}

TEST_P(EraseTest, without_the_key_nobody_new_is_stored) {
    fill();
    erase(ann);
    clock_.advance(1h);
    vault_.reset();
    EXPECT_THROW(send({.phone = "15550009999"}, "Hello"), Fault);
    vault_ = std::make_unique<vault::DatabaseBackend>(
        database(), vault::MasterKey(SecretString(next_key_hex)), rng_, clock_);
    EXPECT_THROW(send({.phone = "15550009999"}, "Hello"), Fault);
}

TEST_P(EraseTest, a_search_that_was_interrupted_goes_on_after_a_restart) {
    fill();
    const ContactId id = find_contact(ann).value();
    ASSERT_TRUE(run(service_.erase(context_of(), id, id.value)));
    EXPECT_NE(lines_with("blue bicycle"), "") << "raw bodies are not searched yet";
    Eraser restarted(tasks_, database(), clock_);
    EXPECT_EQ(run(restarted.run_open()), 1U);
    expect_nothing_of_ann();
    EXPECT_EQ(run(restarted.run_open()), 0U);
}

TEST_P(EraseTest, a_search_whose_key_a_restore_left_out_is_not_called_complete) {
    fill();
    const ContactId id = find_contact(ann).value();
    const Erasure erasure = run(service_.erase(context_of(), id, id.value)).value();
    execute(db::restore_drop_sql());
    EXPECT_EQ(run(eraser_.run_open()), 0U);
    const Erasure found = run(service_.find(context_of(), erasure.id)).value();
    EXPECT_FALSE(found.completed_at);
    EXPECT_TRUE(found.interrupted);
    EXPECT_FALSE(erasure.interrupted);
}

/// PostgreSQL keeps old rows until VACUUM.
class EraseFileTest : public EraseTest {};

TEST_P(EraseFileTest, the_file_of_sqlite_holds_nothing_either) {
    fill();
    erase(ann);
    reopen();  // as a restart: the write-ahead log is copied into the file
    std::ifstream file(files_.file(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    ASSERT_GT(bytes.size(), 100'000U);
    EXPECT_NE(bytes.find("And I the green one"), std::string::npos);
    for (const std::string& trace : anns_traces) {
        EXPECT_EQ(bytes.find(trace), std::string::npos) << trace;
    }
}

WAPI_ON_BOTH_ENGINES(EraseTest);
WAPI_ON_SQLITE(EraseFileTest);

}  // namespace
}  // namespace wapi::privacy::testing
