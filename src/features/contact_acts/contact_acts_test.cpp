// Goal: a merge by hand loses nothing and lifts no opt-out, and only who has no history is removed.
// Method: the service on both engines, with contacts made as members and webhooks make them.
#include "features/contact_acts/contact_acts.hpp"

#include <gmock/gmock.h>

#include "features/audit/audit.hpp"
#include "features/contact_acts/contact_acts_http.hpp"
#include "features/inbox/inbox.hpp"
#include "features/search/search.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::contact_acts {
namespace {

using contacts::Contact;
using contacts::OptOut;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using std::chrono_literals::operator""h;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");
const PhoneNumberId number("1080000000001");
const PhoneNumberId second_number("1080000000002");

const db::Sql insert_restriction{{
    .name = "contact_acts_test.insert_restriction",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, 'agent', 'tag', 'vip')",
}};
const db::Sql assign{{
    .name = "contact_acts_test.assign",
    .text = "UPDATE conversations SET assignee_id = $3"
            " WHERE workspace_id = $1 AND conversation_id = $2",
}};
const db::Sql list_talks{{
    .name = "contact_acts_test.list_talks",
    .text = "SELECT phone_number_id FROM conversations WHERE workspace_id = $1 AND contact_id = $2"
            " ORDER BY phone_number_id",
}};
const db::Sql insert_message{{
    .name = "contact_acts_test.insert_message",
    .text = "INSERT INTO messages (workspace_id, message_id, conversation_id, contact_id,"
            " phone_number_id, wa_message_id, direction, type, status, text, content, purpose,"
            " timestamp_us, error_message, created_us) VALUES ($1, $2, $3, $4, '1', '',"
            " 'outbound', 'text', 'queued', 'Offer', '', 'service', 0, '', 0)",
}};
const db::Sql list_messages{{
    .name = "contact_acts_test.list_messages",
    .text = "SELECT message_id, contact_id, status FROM messages WHERE workspace_id = $1"
            " ORDER BY message_id",
}};
const db::Sql hear{{
    .name = "contact_acts_test.hear",
    .text = "UPDATE conversations SET last_inbound_us = $3"
            " WHERE workspace_id = $1 AND contact_id = $2",
}};
const db::Sql insert_note{{
    .name = "contact_acts_test.insert_note",
    .text = "INSERT INTO conversation_notes (workspace_id, note_id, conversation_id, author_kind,"
            " author_id, text, mentions, created_us) VALUES ($1, $2, $2, 'user', 'owner',"
            " 'Note', '[]', 0)",
}};
const db::Sql list_notes{{
    .name = "contact_acts_test.list_notes",
    .text = "SELECT conversation_id FROM conversation_notes WHERE workspace_id = $1",
}};
const db::Sql count_documents_sql{{
    .name = "contact_acts_test.count_documents",
    .text = "SELECT count(*) FROM search_documents WHERE workspace_id = $1",
}};
const db::Sql list_audit{{
    .name = "contact_acts_test.list_audit",
    .text = "SELECT action, actor_id, details FROM audit_logs WHERE workspace_id = $1"
            " AND action <> 'contact.created' ORDER BY seq",
}};

class ContactActsTest : public test::EnginesTest {
  protected:
    static Context context(const WorkspaceId& workspace = shop) {
        Context made;
        made.workspace = workspace;
        made.actor = {ActorKind::user, "owner"};
        return made;
    }
    static Context agent() {
        Context made = context();
        made.actor = {ActorKind::user, "agent"};
        made.restrictions = {.member = "agent", .by_tag = true};
        return made;
    }
    /// Sees all contacts, but only their own conversations and, if so, those of nobody.
    static Context own_talks_only(bool unassigned_too) {
        Context made = agent();
        made.restrictions = {
            .member = "agent", .assigned_only = true, .unassigned_too = unassigned_too};
        return made;
    }
    ContactId make(const std::string& phone, std::vector<std::string> tags = {},
                   const std::string& name = {}) {
        contacts::Draft draft;
        draft.phone = phone;
        draft.tags = std::move(tags);
        if (!name.empty()) {
            draft.name = name;
        }
        clock_.advance(1h);
        return run(contacts_.create(context(), draft)).value().id;
    }
    ContactId make_known(const std::string& phone, const std::string& bsuid) {
        return write(shop, [&](db::WorkspaceTxn& txn) {
            return contacts::resolve(txn, ids_,
                                     {.phone = phone,
                                      .bsuid = bsuid,
                                      .username = {},
                                      .name = {},
                                      .seen_at = clock_.now()},
                                     clock_.now())
                .id;
        });
    }
    ConversationId open_talk(const ContactId& id, const PhoneNumberId& on) {
        return write(shop, [&](db::WorkspaceTxn& txn) {
            return inbox::open(txn, ids_, id, on, clock_.now()).id;
        });
    }
    void assign_to(const ConversationId& talk, const std::string& user) {
        write(shop, [&](db::WorkspaceTxn& txn) { return txn.execute(assign, talk, user); });
    }
    /// A conversation in which the contact wrote at that time.
    void hear_from(const ContactId& id, Timestamp at) {
        open_talk(id, number);
        write(shop, [&](db::WorkspaceTxn& txn) { return txn.execute(hear, id, to_us(at)); });
    }
    /// A message that waits to be sent.
    void queue_message(const ContactId& id, const std::string& message) {
        const ConversationId talk = open_talk(id, number);
        write(shop, [&](db::WorkspaceTxn& txn) {
            return txn.execute(insert_message, message, talk, id);
        });
    }
    std::vector<std::string> messages_of(const ContactId& id) {
        return read(shop, [&](db::WorkspaceTxn& txn) {
            std::vector<std::string> found;
            for (const db::Row row : txn.query(list_messages)) {
                if (row.id<ContactId>(1) == id) {
                    found.push_back(row.string(0) + " " + row.string(2));
                }
            }
            return found;
        });
    }
    /// Ids of contacts that the search finds.
    std::vector<std::string> found_by_search(const std::string& text) {
        search::Service search{database()};
        std::vector<std::string> found;
        for (const search::Hit& hit :
             run(search.find(context(), {.text = text, .kind = search::Kind::contact}))->hits) {
            found.push_back(hit.contact.value);
        }
        return found;
    }
    std::int64_t count_documents() {
        return read(shop, [](db::WorkspaceTxn& txn) {
            return txn.query(count_documents_sql)[0].integer(0);
        });
    }
    void index() {
        async::Tasks tasks{io_};
        run(search::Indexer(tasks, database(), clock_).run_all());
    }
    void set_opt_out(const ContactId& id, const OptOut& opt_out) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            contacts::save_opt_out(txn, id, opt_out);
            return true;
        });
    }
    OptOut opted_out() {
        return {.status = true,
                .decided_at = clock_.now(),
                .opted_out_at = clock_.now(),
                .opted_out_via = "message",
                .opted_back_in_at = std::nullopt};
    }
    /// Out a day before `opted_out`, and back since an hour after it.
    OptOut back_in() {
        return {.status = false,
                .decided_at = clock_.now() + 1h,
                .opted_out_at = clock_.now() - 24h,
                .opted_out_via = "message",
                .opted_back_in_at = clock_.now() + 1h,
                .started_at = clock_.now() + 1h};
    }
    std::vector<std::string> talks_of(const ContactId& id) {
        return read(shop, [&](db::WorkspaceTxn& txn) {
            std::vector<std::string> found;
            for (const db::Row row : txn.query(list_talks, id)) {
                found.push_back(row.string(0));
            }
            return found;
        });
    }
    std::vector<std::string> log() {
        return read(shop, [](db::WorkspaceTxn& txn) {
            std::vector<std::string> found;
            for (const db::Row row : txn.query(list_audit)) {
                found.push_back(row.string(0) + " " + row.string(1) + " " + row.string(2));
            }
            return found;
        });
    }

    contacts::Service contacts_{database(), ids_, clock_};
    Service service_{database(), clock_};
};

TEST_P(ContactActsTest, a_merge_moves_everything_and_says_who_did_it) {
    const ContactId gone = make("+436601111111", {"a", "b"}, "By hand");
    const ContactId kept = make("+436602222222", {"b", "c"});
    open_talk(gone, number);
    open_talk(kept, number);
    open_talk(gone, second_number);
    const Contact merged = run(service_.merge(context(), kept, gone)).value();
    EXPECT_EQ(merged.id, kept);
    EXPECT_EQ(merged.name, "By hand");
    EXPECT_THAT(merged.tags, ElementsAre("b", "c", "a"));
    EXPECT_EQ(merged.identities.size(), 2U);
    EXPECT_THAT(talks_of(kept), ElementsAre(number.value, second_number.value));
    EXPECT_THAT(talks_of(gone), IsEmpty());
    EXPECT_FALSE(run(contacts_.get(context(), gone)));
    EXPECT_THAT(log(),
                ElementsAre("contact.deleted owner {\"mergedInto\":\"" + kept.value + "\"}",
                            "contact.updated owner {\"mergedFrom\":\"" + gone.value + "\"}"));
}

TEST_P(ContactActsTest, an_opt_out_of_either_outlasts_a_later_word_of_the_other) {
    for (const bool kept_is_out : {true, false}) {
        const std::string digit = kept_is_out ? "1" : "2";
        const ContactId kept = make("+43660111111" + digit);
        const ContactId gone = make("+43660222222" + digit);
        set_opt_out(kept, kept_is_out ? opted_out() : back_in());
        set_opt_out(gone, kept_is_out ? back_in() : opted_out());
        const Contact merged = run(service_.merge(context(), kept, gone)).value();
        EXPECT_TRUE(merged.opt_out.status) << kept_is_out;
        EXPECT_FALSE(merged.opt_out.opted_back_in_at);
        const ContactId third = make("+43660333333" + digit);
        EXPECT_TRUE(run(service_.merge(context(), third, kept))->opt_out.status)
            << "nor does the next merge lift it";
    }
}

TEST_P(ContactActsTest, no_word_that_the_other_said_before_is_newer_than_the_opt_out) {
    const ContactId out = make("+436601111111");
    set_opt_out(out, opted_out());
    const ContactId writer = make("+436602222222");
    const Timestamp heard = clock_.now() + 1h;
    hear_from(writer, heard);
    const OptOut merged = run(service_.merge(context(), writer, out))->opt_out;
    EXPECT_TRUE(merged.status);
    EXPECT_EQ(merged.opted_out_at, heard);
    EXPECT_EQ(merged.decided_at, heard);
    EXPECT_EQ(merged.opted_out_via, "message");
}

TEST_P(ContactActsTest, a_yes_of_the_other_does_not_lift_the_opt_out) {
    const ContactId out = make("+436601111111");
    set_opt_out(out, opted_out());
    const ContactId back = make("+436602222222");
    OptOut yes = opted_out();
    yes.status = false;
    yes.opted_back_in_at = clock_.now() + 1h;
    set_opt_out(back, yes);
    const OptOut merged = run(service_.merge(context(), out, back))->opt_out;
    EXPECT_TRUE(merged.status);
    EXPECT_EQ(merged.opted_out_at, yes.opted_back_in_at);
    EXPECT_FALSE(merged.opted_back_in_at);
}

TEST_P(ContactActsTest, what_waits_to_be_sent_is_cancelled_when_one_has_opted_out) {
    const ContactId kept = make("+436601111111");
    queue_message(kept, "m1");
    const ContactId gone = make("+436602222222");
    queue_message(gone, "m2");
    set_opt_out(gone, opted_out());
    ASSERT_TRUE(run(service_.merge(context(), kept, gone)));
    EXPECT_THAT(messages_of(kept), ElementsAre("m1 cancelled", "m2 cancelled"));
    EXPECT_EQ(log().back(),
              "contact.opted_out owner"
              " {\"via\":\"message\",\"reason\":\"merged\",\"cancelledMessages\":2}");
}

TEST_P(ContactActsTest, what_waits_to_be_sent_is_sent_when_neither_has_opted_out) {
    const ContactId kept = make("+436601111111");
    const ContactId gone = make("+436602222222");
    queue_message(gone, "m1");
    ASSERT_TRUE(run(service_.merge(context(), kept, gone)));
    EXPECT_THAT(messages_of(kept), ElementsAre("m1 queued"));
}

TEST_P(ContactActsTest, notes_go_with_the_conversation) {
    const ContactId kept = make("+436601111111");
    const ContactId gone = make("+436602222222");
    const ConversationId left = open_talk(kept, number);
    const ConversationId talk = open_talk(gone, number);
    write(shop, [&](db::WorkspaceTxn& txn) { return txn.execute(insert_note, talk); });
    ASSERT_TRUE(run(service_.merge(context(), kept, gone)));
    const auto on = read(
        shop, [](db::WorkspaceTxn& txn) { return txn.query(list_notes)[0].id<ConversationId>(0); });
    EXPECT_EQ(on, left);
}

TEST_P(ContactActsTest, the_search_finds_who_is_left) {
    const ContactId kept = make("+436601111111");
    const ContactId gone = make("+436602222222", {"gardener"});
    const ContactId mistake = make("+436603333333", {"gardener"});
    index();
    EXPECT_THAT(found_by_search("gardener"), ElementsAre(mistake.value, gone.value));
    ASSERT_TRUE(run(service_.remove(context(), mistake)));
    EXPECT_EQ(count_documents(), 2) << "who is removed is forgotten at once";
    ASSERT_TRUE(run(service_.merge(context(), kept, gone)));
    index();
    EXPECT_THAT(found_by_search("gardener"), ElementsAre(kept.value));
    EXPECT_THAT(found_by_search("436602222222"), ElementsAre(kept.value));
    EXPECT_EQ(count_documents(), 1);
}

TEST_P(ContactActsTest, two_people_of_whatsapp_are_not_one) {
    const ContactId one = make_known("436601111111", "AT.1");
    const ContactId other = make_known("436602222222", "AT.2");
    EXPECT_EQ(run(service_.merge(context(), one, other)).error().kind, &errors::contacts_differ);
    const ContactId phone_only = make("+436603333333");
    EXPECT_TRUE(run(service_.merge(context(), phone_only, other)));
}

TEST_P(ContactActsTest, who_does_not_see_both_merges_neither) {
    write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(insert_restriction); });
    const ContactId vip = make("+436601111111", {"vip"});
    const ContactId hidden = make("+436602222222");
    for (const auto& [kept, gone] : {std::pair(vip, hidden), std::pair(hidden, vip)}) {
        EXPECT_EQ(run(service_.merge(agent(), kept, gone)).error().kind,
                  &contacts::errors::contact_not_found);
    }
    EXPECT_EQ(run(service_.merge(context(other_shop), vip, hidden)).error().kind,
              &contacts::errors::contact_not_found);
    EXPECT_EQ(run(service_.merge(context(), vip, vip)).error().field, "from");
    EXPECT_EQ(run(service_.remove(agent(), hidden)).error().kind,
              &contacts::errors::contact_not_found);
    EXPECT_THAT(log(), IsEmpty());
}

TEST_P(ContactActsTest, a_merge_opens_no_conversation_that_the_member_may_not_read) {
    const ContactId own = make("+436601111111");
    assign_to(open_talk(own, number), "agent");
    const ContactId other = make("+436602222222");
    const ConversationId talk = open_talk(other, number);
    assign_to(talk, "colleague");
    for (const auto& [kept, gone] : {std::pair(own, other), std::pair(other, own)}) {
        EXPECT_EQ(run(service_.merge(own_talks_only(true), kept, gone)).error().kind,
                  &errors::contact_talks_unseen);
    }
    EXPECT_THAT(talks_of(other), ElementsAre(number.value));
    const ContactId nobodys = make("+436603333333");
    open_talk(nobodys, second_number);
    EXPECT_EQ(run(service_.merge(own_talks_only(false), own, nobodys)).error().kind,
              &errors::contact_talks_unseen);
    EXPECT_TRUE(run(service_.merge(own_talks_only(true), own, nobodys)));
    assign_to(talk, "agent");
    EXPECT_TRUE(run(service_.merge(own_talks_only(true), other, own)));
}

TEST_P(ContactActsTest, both_acts_ask_for_the_right_to_delete) {
    for (const net::Route& route : contact_acts_routes(service_)) {
        EXPECT_EQ(route.permission, "deleteContacts") << route.path;
    }
}

TEST_P(ContactActsTest, a_removal_is_told_with_the_tags_by_which_somebody_saw_the_contact) {
    const ContactId mistake = make("+436601111111", {"old", "vip"});
    std::vector<db::Announcement> announced;
    database().on_announced([&](std::vector<db::Announcement> all) {
        std::ranges::copy_if(all, std::back_inserter(announced), [](const db::Announcement& one) {
            return one.kind == contacts::contact_changed;
        });
    });
    ASSERT_TRUE(run(service_.remove(context(), mistake)));
    io_.restart();
    io_.poll();
    ASSERT_THAT(announced, SizeIs(1));
    EXPECT_EQ(announced[0].id, mistake.value);
    EXPECT_EQ(announced[0].detail, R"({"tags":["old","vip"],"numbers":[]})");
}

TEST_P(ContactActsTest, only_who_has_no_history_is_removed) {
    const ContactId mistake = make("+436601111111", {"vip"});
    const ContactId talked = make("+436602222222");
    open_talk(talked, number);
    const ContactId out = make("+436603333333");
    set_opt_out(out, opted_out());
    const ContactId back = make("+436604444444");
    set_opt_out(back, back_in());
    for (const ContactId& id : {talked, out, back}) {
        EXPECT_EQ(run(service_.remove(context(), id)).error().kind, &errors::contact_has_history);
    }
    EXPECT_EQ(run(service_.remove(context(), mistake))->id, mistake);
    EXPECT_FALSE(run(contacts_.get(context(), mistake)));
    EXPECT_TRUE(
        run(contacts_.list(context(), {.conditions = {.tags = {"vip"}}}))->contacts.empty());
    EXPECT_EQ(make("+436601111111").value.size(), mistake.value.size()) << "the phone is free";
    EXPECT_THAT(log(), ElementsAre("contact.deleted owner {}"));
}

WAPI_ON_BOTH_ENGINES(ContactActsTest);

}  // namespace
}  // namespace wapi::contact_acts
