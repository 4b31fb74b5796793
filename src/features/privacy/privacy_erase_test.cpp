// Goal: after an erasure nothing of the person is in any table, nothing brings it back, everybody
// else's data is whole, and the person is not messaged until they write START. Method: real webhook
// bodies through the real worker on both engines, then every cell of every table is searched.
#include <gtest/gtest.h>

#include <fstream>

#include "db/backup_file.hpp"
#include "features/opt_out/opt_out.hpp"
#include "features/privacy/privacy_erase_test_support.hpp"
#include "features/vault/vault_rotation.hpp"

namespace wapi::privacy::testing {
namespace {

const db::Sql forget_hash{{
    .name = "privacy_erase_test.forget_hash",
    .text = "DELETE FROM erased_identities WHERE workspace_id = $1 AND identity_hash = $2",
}};

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

TEST_P(EraseTest, nothing_of_the_person_is_left_in_the_index_of_the_search) {
    fill();
    for (const char* word : {"bicycle", "leewood", "trailer"}) {
        EXPECT_TRUE(index_holds(word)) << "the test must be able to find " << word;
    }
    erase(ann);
    index();
    for (const char* word : {"bicycle", "leewood", "trailer"}) {
        EXPECT_FALSE(index_holds(word)) << word;
    }
    EXPECT_TRUE(index_holds("green"));
}

TEST_P(EraseTest, everybody_else_is_whole) {
    fill();
    erase(ann);
    EXPECT_NE(lines_with("Bob has none"), "");
    EXPECT_NE(lines_with("-of-bob"), "") << "his row of the file";
    EXPECT_NE(lines_with("And I the green one"), "");
    EXPECT_NE(lines_with("Your green one is ready"), "");
    EXPECT_TRUE(find_contact(bob));
    EXPECT_EQ(letters(), 1) << "Bob's stays, Ann's is gone";
    replay_everything();
    use_up_retries();
    EXPECT_EQ(letters(), 1);
    EXPECT_NE(lines_with("wamid.B3"), "") << "the raw update of Bob in the body they shared";
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

TEST_P(EraseTest, another_form_is_the_same_person_also_where_one_form_alone_was_remembered) {
    const Author eva{.phone = "541145551234"};
    const Author same{.phone = "5491145551234"};
    write_text(eva, "wamid.C1", "Hola");
    erase(eva);
    // As a version left it that did not know the other form.
    const std::int64_t forgotten = write(shop, [&](db::WorkspaceTxn& txn) {
        const SecretString key = vault::find_purpose_key(txn, "erased-identity").value();
        const crypto::Digest hash = crypto::hmac_sha256(key.reveal(), "phone\n" + same.phone);
        return txn.execute(forget_hash, std::as_bytes(std::span(hash)));
    });
    EXPECT_EQ(forgotten, 1);
    clock_.advance(1h);
    write_text(same, "wamid.C2", "From before", 2h);
    EXPECT_FALSE(find_contact(same));
    EXPECT_EQ(send(same, "Hola"), "contact_opted_out");
    write_text(same, "wamid.C3", "Hola otra vez");
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
