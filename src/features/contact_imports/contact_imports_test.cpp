// Goal: a file becomes the contacts it names, each row counted once whatever interrupts it, and
// nobody's opt-out, erasure or restriction is got around by it. Method: the service and the
// importer on both engines, batch by batch.
#include <gmock/gmock.h>

#include "features/audit/audit.hpp"
#include "features/contact_imports/contact_imports_store.hpp"
#include "features/contact_imports/contact_imports_test_support.hpp"
#include "features/erasures/erasures.hpp"
#include "features/vault/vault.hpp"

namespace wapi::contact_imports::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using std::chrono_literals::operator""h;
using Tags = std::vector<std::string>;

constexpr std::string_view key_hex =
    "3f8a1c5e9b7d204f6a8c1e3b5d7f90a2c4e6f8091b2d3f4a5c6e7f8192a3b4c5";
constexpr std::string_view three =
    "Name,Phone,Tags,City\r\n"
    "Ann,+43 660 1111111,\"vip, gold\",Vienna\r\n"
    "Bob,0043 660 2222222,,\r\n"
    "Cy,nonsense,x,Graz\r\n";

class Imports : public ImportTest {
  protected:
    contacts::OptOut opt_out_of(const std::string& phone) { return find(phone)->opt_out; }
    void set_opted_out(const std::string& phone) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            contacts::OptOut out;
            out.status = true;
            out.decided_at = clock_.now();
            out.opted_out_at = clock_.now();
            out.opted_out_via = "message";
            contacts::save_opt_out(
                txn, *contacts::find_by_identity(txn, {contacts::IdentityKind::phone, phone}), out);
            return true;
        });
    }
};

TEST_P(Imports, a_file_is_shown_before_it_is_imported) {
    const Import file = upload("\xEF\xBB\xBF" + std::string(three), {.file_name = "c.csv"}).value();
    EXPECT_EQ(file.state, State::ready);
    EXPECT_EQ(file.file_name, "c.csv");
    EXPECT_EQ(file.delimiter, "comma");
    EXPECT_EQ(file.counts.total, 3);
    EXPECT_EQ(file.header, boost::json::parse(R"(["Name","Phone","Tags","City"])"));
    EXPECT_EQ(file.guess, boost::json::parse(R"(["name","phone","tags","attributes.City"])"));
    EXPECT_EQ(file.sample.size(), 3U);
    EXPECT_EQ(file.sample[0].as_array()[2].as_string(), "vip, gold");
    EXPECT_EQ(get(file.id).sample, file.sample);
    EXPECT_TRUE(run(service_->list(context_of("owner"), "", 10)).imports.at(0).sample.empty())
        << "a hundred samples are too much for one answer";
    EXPECT_EQ(run_all(), 0);
    EXPECT_EQ(count("contacts"), 0U);
}

TEST_P(Imports, rows_become_contacts_and_what_cannot_is_kept_with_its_reason) {
    const Import done = import(std::string(three), {{"tags", {"fair"}}});
    EXPECT_EQ(done.state, State::done);
    EXPECT_EQ(done.counts.created, 2);
    EXPECT_EQ(done.counts.refused, 1);
    EXPECT_EQ(done.counts.done, 3);
    EXPECT_EQ(find("436601111111")->name, "Ann");
    EXPECT_EQ(find("436601111111")->tags, (Tags{"vip", "gold", "fair"}));
    EXPECT_EQ(find("436601111111")->attributes.at("City").as_string(), "Vienna");
    EXPECT_EQ(find("436602222222")->tags, Tags{"fair"});
    const auto refused = refused_of(done);
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0].line, 4);
    EXPECT_EQ(refused[0].cells, (Tags{"Cy", "nonsense", "x", "Graz"}));
    EXPECT_THAT(refused[0].reason, HasSubstr("phone number"));
    EXPECT_EQ(count("chunks"), 1U) << "the last goes with housekeeping";
    write([&](db::Txn& txn) { return prune_step(txn, clock_.now()); });
    EXPECT_EQ(count("chunks"), 0U);
}

TEST_P(Imports, two_entries_tell_when_an_import_began_and_how_it_ended) {
    import(file_of(700));
    EXPECT_THAT(audit_details(),
                ElementsAre(R"({"state":"queued","rows":700})",
                            R"({"state":"done","rows":700,"done":700,"created":700,"updated":0,)"
                            R"("skipped":0,"refused":0,"startedBy":"owner"})"));
    const auto whole = read(shop, [](db::WorkspaceTxn& txn) {
        return !audit::verify_chain(txn).first_bad.has_value();
    });
    EXPECT_TRUE(whole);
}

TEST_P(Imports, a_restart_after_any_batch_costs_and_repeats_nothing) {
    const Import started = start(file_of(3'000));
    int batches = 0;
    while (run(importer_->run_batch())) {
        ++batches;
        reopen_all();
        const Counts counts = get(started.id).counts;
        EXPECT_EQ(counts.created, counts.done);
        EXPECT_EQ(count("contacts"), static_cast<std::size_t>(counts.done));
    }
    EXPECT_GT(batches, 5);
    EXPECT_EQ(get(started.id).counts.created, 3'000);
    EXPECT_EQ(count("contacts"), 3'000U);
    EXPECT_EQ(count("identities"), 3'000U);
}

TEST_P(Imports, known_contacts_get_what_the_file_says_besides_what_they_have) {
    import("phone,name,tags,City\n+436601111111,Ann,vip,Vienna\n+436602222222,Bob,vip,Graz\n");
    const Import again =
        import("phone,name,tags,Street\n+436601111111,,gold,Ring 1\n+436602222222,Bob,vip,\n");
    EXPECT_EQ(again.counts.updated, 1);
    EXPECT_EQ(again.counts.skipped, 1) << "nothing new";
    EXPECT_EQ(find("436601111111")->name, "Ann") << "an empty cell says nothing";
    EXPECT_EQ(find("436601111111")->tags, (Tags{"vip", "gold"}));
    EXPECT_EQ(boost::json::serialize(find("436601111111")->attributes),
              R"({"City":"Vienna","Street":"Ring 1"})");
    EXPECT_EQ(count_bearers("gold"), 1U);
    const Import skipping = import("phone,name\n+436601111111,Other\n", {{"existing", "skip"}});
    EXPECT_EQ(skipping.counts.skipped, 1);
    EXPECT_EQ(find("436601111111")->name, "Ann");
}

TEST_P(Imports, one_person_twice_in_a_file_is_one_contact) {
    const Import done = import(
        "phone,tags\n+436601111111,a\n0043 660 1111111,b\n"
        "+5511987654321,x\n+551187654321,y\n");
    EXPECT_EQ(done.counts.created, 2);
    EXPECT_EQ(done.counts.updated, 2);
    EXPECT_EQ(find("436601111111")->tags, (Tags{"a", "b"}));
    EXPECT_EQ(find("551187654321")->tags, (Tags{"x", "y"}));
    EXPECT_EQ(count("contacts"), 2U);
}

TEST_P(Imports, nobody_is_opted_in_by_a_file) {
    import(file_of(2));
    set_opted_out("436600000001");
    const contacts::OptOut before = opt_out_of("436600000001");
    const Import again = import("phone,name\n+436600000001,New name\n");
    EXPECT_EQ(again.counts.updated, 1);
    EXPECT_TRUE(opt_out_of("436600000001").status);
    EXPECT_EQ(opt_out_of("436600000001").opted_out_at, before.opted_out_at);
}

TEST_P(Imports, who_was_erased_is_opted_out_and_stays_erased_when_the_file_is_older) {
    const vault::KeyRing ring{vault::MasterKeys(vault::MasterKey(SecretString(key_hex)))};
    const auto erase = [this](std::string_view phone) {
        const erasures::Person person{.phone = phone, .bsuid = {}};
        write(shop, [&](db::WorkspaceTxn& txn) {
            return erasures::remember(txn, std::span(&person, 1), clock_.now(), rng_, clock_.now());
        });
    };
    erase("436600000001");
    clock_.advance(1h);
    const Import started = start(file_of(3));
    clock_.advance(1h);
    erase("436600000002");
    run_all();
    const Import done = get(started.id);
    EXPECT_EQ(done.counts.created, 2);
    EXPECT_FALSE(opt_out_of("436600000000").status);
    EXPECT_TRUE(opt_out_of("436600000001").status);
    EXPECT_EQ(opt_out_of("436600000001").opted_out_via, "system");
    EXPECT_EQ(find("436600000001")->tags, (Tags{"a", "b"}));
    EXPECT_EQ(find("436600000001")->name, "Person 1");
    EXPECT_FALSE(find("436600000002"));
    ASSERT_EQ(done.counts.refused, 1);
    EXPECT_THAT(refused_of(done)[0].reason, HasSubstr("erased"));
    EXPECT_THAT(refused_of(done)[0].cells, IsEmpty()) << "nothing of the person is kept";
    EXPECT_THAT(done.sample, IsEmpty()) << "they stood in it";
}

TEST_P(Imports, of_who_was_erased_no_row_is_kept_whatever_is_wrong_with_it) {
    const vault::KeyRing ring{vault::MasterKeys(vault::MasterKey(SecretString(key_hex)))};
    const std::string long_tag(contacts::tag_bytes_max + 1, 't');
    const Import started =
        start("name,phone,tags\nAnn,+436600000001," + long_tag + "\nBob,+436600000002," + long_tag +
              "\nLee, Ann,+436600000001,vip\nCy,+436600000003 or +436600000004; +436600000001\n");
    const erasures::Person person{.phone = "436600000001", .bsuid = {}};
    write(shop, [&](db::WorkspaceTxn& txn) {
        return erasures::remember(txn, std::span(&person, 1), clock_.now(), rng_, clock_.now());
    });
    run_all();
    const std::vector<RefusedRow> refused = refused_of(get(started.id));
    ASSERT_EQ(refused.size(), 4U);
    EXPECT_THAT(refused[0].reason, HasSubstr("erased"));
    EXPECT_THAT(refused[0].cells, IsEmpty());
    EXPECT_EQ(refused[1].cells[0], "Bob");
    EXPECT_THAT(refused[2].cells, IsEmpty()) << "their number stands in another column";
    EXPECT_THAT(refused[3].cells, IsEmpty()) << "their number is one of several";
}

TEST_P(Imports, a_member_with_restrictions_imports_what_they_would_see) {
    add_member("agent", "manager");
    restrict_to_tag("agent", "vip");
    import("phone,tags\n+436601111111,gold\n+436602222222,vip\n");
    Context agent = context_of("agent");
    agent.restrictions = {.member = "agent", .by_tag = true};
    const Import started = start(
        "phone,name,tags\n+436601111111,A,vip\n+436602222222,B,x\n"
        "+436603333333,C,\n+436604444444,D,vip\n",
        {}, agent);
    run_all();
    const Import done = get(started.id, agent);
    EXPECT_EQ(done.counts.created, 1);
    EXPECT_EQ(done.counts.updated, 1);
    ASSERT_EQ(done.counts.refused, 2);
    EXPECT_THAT(refused_of(done)[0].reason, HasSubstr("exists already"));
    EXPECT_THAT(refused_of(done)[1].reason, HasSubstr("assigned to you"));
    EXPECT_EQ(find("436601111111")->tags, Tags{"gold"});
    EXPECT_FALSE(find("436603333333"));
    EXPECT_TRUE(find("436604444444"));
    const Import owners = start(file_of(1));
    EXPECT_FALSE(run(service_->get(agent, owners.id)));
    EXPECT_THAT(run(service_->list(agent, "", 10)).imports, SizeIs(1));
    EXPECT_THAT(run(service_->list(context_of("owner"), "", 10)).imports, SizeIs(3));
}

TEST_P(Imports, who_may_not_import_any_more_stops_their_import) {
    add_member("manager", "manager");
    const Import started = start(file_of(2'000), {}, context_of("manager"));
    ASSERT_TRUE(run(importer_->run_batch()));
    remove_member("manager");
    run_all();
    const Import ended = get(started.id);
    EXPECT_EQ(ended.state, State::failed);
    EXPECT_THAT(ended.failure, HasSubstr("may not import"));
    EXPECT_EQ(count("contacts"), static_cast<std::size_t>(ended.counts.done));
    EXPECT_LT(ended.counts.done, 2'000);
    EXPECT_THAT(audit_details(), ElementsAre(HasSubstr(R"("state":"queued")"),
                                             AllOf(HasSubstr(R"("state":"failed")"),
                                                   HasSubstr(R"("startedBy":"manager")"))));
}

TEST_P(Imports, of_a_workspace_one_goes_on_and_of_all_each_has_its_turn) {
    const Import first = start(file_of(1'500));
    clock_.advance(std::chrono::seconds(1));
    const Import second = start(file_of(1'500, 10'000));
    const Import theirs = start(file_of(1'500), {}, context_of("owner", other_shop));
    for (int batch = 0; batch < 4; ++batch) {
        clock_.advance(std::chrono::seconds(1));
        ASSERT_TRUE(run(importer_->run_batch()));
    }
    const auto done = [](const Import& import) { return import.counts.done; };
    EXPECT_GT(done(get(first.id)), 0);
    EXPECT_EQ(done(get(second.id)), 0);
    EXPECT_EQ(get(second.id).state, State::queued);
    EXPECT_EQ(done(get(theirs.id, context_of("owner", other_shop))), done(get(first.id)));
    run_all();
    EXPECT_EQ(done(get(second.id)), 1'500);
}

TEST_P(Imports, a_cancelled_import_keeps_what_is_done_and_does_no_more) {
    const Import started = start(file_of(2'000));
    ASSERT_TRUE(run(importer_->run_batch()));
    EXPECT_THAT(get(started.id).sample, Not(IsEmpty()));
    EXPECT_THAT(run(service_->cancel(context_of("owner"), started.id))->sample, IsEmpty());
    EXPECT_EQ(run_all(), 0);
    const Import ended = get(started.id);
    EXPECT_EQ(ended.state, State::cancelled);
    EXPECT_EQ(count("contacts"), static_cast<std::size_t>(ended.counts.created));
    const auto again = run(service_->cancel(context_of("owner"), started.id));
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, &errors::import_not_ready);
    EXPECT_THAT(audit_details(), SizeIs(2));
}

TEST_P(Imports, a_cancelled_upload_stops) {
    const auto file = run(service_->begin(context_of("owner"), {})).value();
    const std::string id = run(service_->list(context_of("owner"), "", 1)).imports.at(0).id;
    const std::string rows = file_of(10'000);  // more than one transaction stores
    ASSERT_TRUE(run(service_->add(*file, rows)));
    const std::size_t stored = count("chunks");
    EXPECT_GT(stored, 0U);
    ASSERT_TRUE(run(service_->cancel(context_of("owner"), id)));
    const Result<void> added = run(service_->add(*file, rows));
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().kind, &errors::import_not_found);
    EXPECT_EQ(count("chunks"), stored);
}

TEST_P(Imports, what_is_left_of_an_upload_goes_in_small_transactions) {
    const auto file = run(service_->begin(context_of("owner"), {})).value();
    const std::string id = run(service_->list(context_of("owner"), "", 1)).imports.at(0).id;
    write(shop, [&](db::WorkspaceTxn& txn) {
        for (std::int64_t chunk = 0; chunk < 250; ++chunk) {
            store::add_chunk(txn, id, chunk, "x");
        }
        return true;
    });
    const auto erase_some = [&](db::WorkspaceTxn& txn) {
        return store::erase_chunks(txn, id, 100);
    };
    EXPECT_EQ(write(shop, erase_some), 100);
    EXPECT_EQ(count("chunks"), 150U);
    run(service_->abandon(*file));
    EXPECT_EQ(count("chunks"), 0U);
    EXPECT_THAT(run(service_->list(context_of("owner"), "", 1)).imports, IsEmpty());
}

TEST_P(Imports, what_is_wrong_with_a_start_is_said) {
    const Import file = upload(std::string(three)).value();
    const auto start_with = [&](const char* body) {
        const auto started = run(
            service_->start(context_of("owner"), file.id, boost::json::parse(body).as_object()));
        return started ? std::string("ok") : started.error().field;
    };
    EXPECT_EQ(start_with(R"({})"), "mapping");
    EXPECT_EQ(start_with(R"({"mapping":["phone"]})"), "mapping");
    EXPECT_EQ(start_with(R"({"mapping":["name",null,null,null]})"), "mapping");
    EXPECT_EQ(start_with(R"({"mapping":["name","phone","what",null]})"), "mapping[2]");
    EXPECT_EQ(start_with(R"({"mapping":["name","phone","attributes.a","attributes.a"]})"),
              "mapping[3]");
    EXPECT_EQ(start_with(R"({"mapping":["name","phone",null,null],"existing":"x"})"), "existing");
    EXPECT_EQ(start_with(R"({"mapping":["name","phone",null,null],"country":"xx"})"), "country");
    EXPECT_EQ(start_with(R"({"mapping":["name","phone",null,null]})"), "ok");
    EXPECT_EQ(run(service_->start(context_of("owner"), file.id, {})).error().kind,
              &errors::import_not_ready);
    EXPECT_EQ(run(service_->start(context_of("owner", other_shop), file.id, {})).error().kind,
              &errors::import_not_found);
}

TEST_P(Imports, uploads_and_open_imports_have_limits) {
    {
        const auto one = run(service_->begin(context_of("owner"), {})).value();
        const auto two = run(service_->begin(context_of("owner"), {})).value();
        EXPECT_EQ(run(service_->begin(context_of("owner"), {})).error().kind,
                  &errors::too_many_imports);
    }
    for (int file = 2; file < open_max; ++file) {
        ASSERT_TRUE(upload(file_of(1)));
    }
    EXPECT_EQ(upload(file_of(1)).error().kind, &errors::too_many_imports);
    EXPECT_TRUE(upload(file_of(1), {}, context_of("owner", other_shop)));
}

TEST_P(Imports, what_has_come_is_told_once_when_it_ends) {
    std::vector<std::string_view> announced;
    database().on_announced([&](const std::vector<db::Announcement>& all) {
        for (const db::Announcement& one : all) {
            announced.push_back(one.kind);
        }
    });
    import(file_of(150));
    io_.restart();
    io_.poll();
    EXPECT_EQ(std::ranges::count(announced, contacts::contacts_changed), 1);
}

TEST_P(Imports, housekeeping_removes_what_nobody_starts_and_what_is_long_over) {
    const Import forgotten = upload(file_of(10)).value();
    const Import done = import(std::string(three) + "Di,06601111111 06602222222,x,Wien\n");
    clock_.advance(unstarted_kept + 1h);
    write([&](db::Txn& txn) { return prune_step(txn, clock_.now()); });
    EXPECT_EQ(get(forgotten.id).state, State::cancelled);
    EXPECT_THAT(get(forgotten.id).sample, IsEmpty());
    EXPECT_EQ(count("chunks"), 0U);
    EXPECT_THAT(refused_of(done), SizeIs(2));
    EXPECT_EQ(count("refused_phones"), 2U);
    clock_.advance(ended_kept + 1h);
    write([&](db::Txn& txn) { return prune_step(txn, clock_.now()); });
    EXPECT_TRUE(run(service_->list(context_of("owner"), "", 10)).imports.empty());
    EXPECT_TRUE(refused_of(done).empty());
    EXPECT_EQ(count("refused_phones"), 0U);
}

TEST_P(Imports, a_file_that_cannot_be_read_leaves_nothing) {
    const auto why = [this](const std::string& text, const Declared& declared = {}) {
        const Result<Import> file = upload(text, declared);
        return file ? std::string("ok") : file.error().message;
    };
    EXPECT_THAT(why("PK\x03\x04" + std::string(100, 'x')), HasSubstr("workbook"));
    EXPECT_THAT(why(std::string("p\0h\0o\0n\0e\0", 10)), HasSubstr("UTF-16"));
    EXPECT_THAT(why("phone,name\n1,Caf\xE9\n"), HasSubstr("UTF-8"));
    EXPECT_EQ(why("phone,name\n1,Caf\xE9\n", {.encoding = "windows-1252"}), "ok");
    EXPECT_THAT(why("phone,name\n"), HasSubstr("no rows"));
    EXPECT_THAT(why(""), HasSubstr("no rows"));
    EXPECT_THAT(why("phone\n\"1\n2\n"), HasSubstr("line 2 is never closed"));
    EXPECT_THAT(why("phone\n\"1" + std::string(contact_files::row_bytes_max, '\n')),
                HasSubstr("line 2"));
    EXPECT_THAT(why("p" + std::string(contact_files::columns_max, ',') + "x\n1\n"),
                HasSubstr("columns"));
    EXPECT_EQ(run(service_->list(context_of("owner"), "", 10)).imports.size(), 1U);
}

WAPI_ON_BOTH_ENGINES(Imports);

}  // namespace
}  // namespace wapi::contact_imports::testing
