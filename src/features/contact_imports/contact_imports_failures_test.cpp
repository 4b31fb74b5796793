// Goal: an outage of the database ends no import; a batch that is too slow is made smaller and one
// that cannot be done is not tried for ever; a row that breaks its batch is found and refused while
// the others are imported; and nobody waits for an import that fails. Method: an importer on both
// engines whose ids cannot be made, or with a trigger that refuses some contacts.
#include <gmock/gmock.h>

#include "features/contact_imports/contact_imports_test_support.hpp"

namespace wapi::contact_imports::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using namespace std::chrono_literals;

/// Fails in the middle of a batch, where a contact gets its id, once so many were made.
class FailingRng final : public Rng {
  public:
    FailingRng(std::string code, int sound) : code_(std::move(code)), sound_(sound), left_(sound) {}
    void begin_batch() { left_ = sound_; }
    void fill(std::span<std::byte> bytes) override {
        if (left_ == 0) {
            throw Fault(code_, "on purpose");
        }
        --left_;
        sound_rng_.fill(bytes);
    }

  private:
    std::string code_;
    int sound_;
    int left_;
    SeededRng sound_rng_{7};
};

class ImportFailures : public ImportTest {
  protected:
    /// Runs so many batches that fail with a Fault of that code when they make more contacts than
    /// `sound`; the clock goes on by two minutes after each. Returns how many were due.
    int run_batches(const std::string& code, int batches, int sound = 0) {
        FailingRng rng(code, sound);
        IdGenerator ids(clock_, rng);
        Importer importer(*tasks_, database(), ids, clock_);
        int due = 0;
        for (int batch = 0; batch < batches; ++batch) {
            rng.begin_batch();
            due += run(importer.run_batch()) ? 1 : 0;
            clock_.advance(2min);
        }
        return due;
    }
    /// No contact whose name ends so can be stored.
    void refuse_names(const std::string& ending) {
        write([&](db::Txn& txn) {
            if (txn.engine() == db::Engine::sqlite) {
                txn.connection().execute_text(
                    "CREATE TRIGGER refuse_names BEFORE INSERT ON contacts WHEN NEW.name LIKE '%" +
                    ending + "' BEGIN SELECT RAISE(ABORT, 'on purpose'); END");
                return true;
            }
            txn.connection().execute_text(
                "CREATE FUNCTION refuse_name() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                " RAISE EXCEPTION 'on purpose'; END $$");
            txn.connection().execute_text(
                "CREATE TRIGGER refuse_names BEFORE INSERT ON contacts FOR EACH ROW"
                " WHEN (NEW.name LIKE '%" +
                ending + "') EXECUTE FUNCTION refuse_name()");
            return true;
        });
    }
    std::size_t contacts() { return count("contacts"); }
};

TEST_P(ImportFailures, an_outage_of_the_database_ends_no_import) {
    const Import started = start(file_of(1'000));
    for (const char* code : {"db.down", "db.full", "db.overloaded", "db.conflict"}) {
        EXPECT_EQ(run_batches(code, failures_max + 1), failures_max + 1) << code;
        EXPECT_EQ(get(started.id).state, State::queued) << code;
    }
    EXPECT_EQ(run_batches("db.busy", 5), 5);
    run_batches("db.down", failures_max);
    EXPECT_EQ(get(started.id).state, State::queued) << "nor does it add to what counts";
    run_all();
    EXPECT_EQ(get(started.id).state, State::done);
    EXPECT_EQ(get(started.id).counts.created, 1'000);
    EXPECT_EQ(contacts(), 1'000U);
}

TEST_P(ImportFailures, a_batch_that_is_too_slow_is_made_smaller_until_it_passes) {
    const Import started = start(file_of(300));
    EXPECT_EQ(run_batches("db.busy", 6, 10), 6) << "500, 250, 125, 62, 31 and 15 rows";
    EXPECT_EQ(contacts(), 0U);
    reopen_all();
    run_batches("db.busy", 1, 10);
    EXPECT_EQ(contacts(), 7U) << "a restart goes on with the size that was found";
    run_batches("db.busy", 200, 10);
    EXPECT_EQ(get(started.id).state, State::done);
    EXPECT_EQ(get(started.id).counts.created, 300);
    EXPECT_EQ(contacts(), 300U);
}

TEST_P(ImportFailures, a_batch_that_is_always_too_slow_is_not_tried_for_ever) {
    const Import started = start(file_of(1'000));
    EXPECT_EQ(run_batches("db.busy", 100), failures_max);
    const Import ended = get(started.id);
    EXPECT_EQ(ended.state, State::failed);
    EXPECT_THAT(ended.failure, HasSubstr("on our side"));
    EXPECT_THAT(refused_of(ended), Not(SizeIs(0)));
    EXPECT_THAT(refused_of(ended).front().reason, HasSubstr("too long"));
    EXPECT_EQ(refused_of(ended).front().line, 2);
    EXPECT_EQ(ended.counts.refused, static_cast<std::int64_t>(refused_of(ended).size()));
    EXPECT_EQ(ended.counts.done, ended.counts.refused);
}

TEST_P(ImportFailures, a_row_that_is_too_slow_alone_is_refused_and_the_others_go_on) {
    const Import started = start(file_of(20));
    EXPECT_EQ(run_batches("db.busy", 10), 10) << "down to one row, which is refused";
    EXPECT_THAT(refused_of(started), SizeIs(1));
    while (run(importer_->run_batch())) {
        clock_.advance(2min);
    }
    EXPECT_EQ(get(started.id).state, State::done);
    EXPECT_EQ(get(started.id).counts.created, 19);
    EXPECT_EQ(get(started.id).counts.done, 20);
}

TEST_P(ImportFailures, a_row_that_breaks_its_batch_is_refused_and_the_others_are_imported) {
    refuse_names("Person 137");
    const Import started = start(file_of(600));
    run_all();
    const Import done = get(started.id);
    EXPECT_EQ(done.state, State::done);
    EXPECT_EQ(done.counts.created, 599);
    EXPECT_EQ(done.counts.done, 600);
    EXPECT_EQ(contacts(), 599U);
    EXPECT_EQ(count("identities"), 599U) << "nothing of it is left";
    ASSERT_THAT(refused_of(done), SizeIs(1));
    EXPECT_EQ(refused_of(done)[0].line, 139);
    EXPECT_EQ(refused_of(done)[0].cells[0], "Person 137");
    EXPECT_THAT(refused_of(done)[0].reason, HasSubstr("on our side"));
}

TEST_P(ImportFailures, several_such_rows_are_found_but_not_when_all_are) {
    refuse_names("3");  // one in ten
    const Import started = start(file_of(200));
    run_all();
    EXPECT_EQ(get(started.id).counts.created, 180);
    EXPECT_EQ(get(started.id).counts.refused, 20);
    const Import broken = start("Name,Phone\n" + [] {
        std::string rows;
        for (int row = 0; row < 100; ++row) {
            rows += "P3,+4366011" + std::to_string(10'000 + row) + "\n";
        }
        return rows;
    }());
    for (int batch = 0; batch < 100 && run(importer_->run_batch()); ++batch) {
        clock_.advance(2min);
    }
    const Import ended = get(broken.id);
    EXPECT_EQ(ended.state, State::failed) << "it is not the rows";
    EXPECT_LT(ended.counts.refused, 100);
}

TEST_P(ImportFailures, nobody_waits_for_an_import_that_fails) {
    const Import failing = start(file_of(100));
    clock_.advance(1s);
    const Import next = start(file_of(100, 10'000));
    FailingRng rng("db.busy", 0);
    IdGenerator ids(clock_, rng);
    Importer importer(*tasks_, database(), ids, clock_);
    EXPECT_TRUE(run(importer.run_batch())) << "the loop goes on at once";
    const Import theirs = start(file_of(100, 20'000), {}, context_of("owner", other_shop));
    EXPECT_EQ(run_all(), 2) << "both others, without a wait";
    EXPECT_EQ(get(next.id).counts.created, 100);
    EXPECT_EQ(get(theirs.id, context_of("owner", other_shop)).counts.created, 100);
    EXPECT_EQ(get(failing.id).counts.done, 0) << "it pauses";
    clock_.advance(2min);
    run_all();
    EXPECT_EQ(get(failing.id).counts.created, 100);
}

WAPI_ON_BOTH_ENGINES(ImportFailures);

}  // namespace
}  // namespace wapi::contact_imports::testing
