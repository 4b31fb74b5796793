// Goal: notes are read by who sees the conversation, removed by who wrote them, and go where their
// conversation goes. Method: handlers in process on both engines.
#include <gtest/gtest.h>

#include "base/json.hpp"
#include "features/audit/audit.hpp"
#include "features/conversation_notes/conversation_notes_http.hpp"
#include "features/inbox/inbox.hpp"
#include "tests/support/interleaved.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::conversation_notes {
namespace {

using namespace std::chrono_literals;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");

const db::Sql insert_contact{{
    .name = "conversation_notes_test.insert_contact",
    .text = "INSERT INTO contacts (workspace_id, contact_id, name, name_by_hand, phone, tags,"
            " attributes, opted_out, opt_out_decided_us, opted_out_via, created_us)"
            " VALUES ($1, 'ann', '', 0, '', '[]', '{}', 0, 0, '', 0)",
}};
const db::Sql insert_member{{
    .name = "conversation_notes_test.insert_member",
    .text = "INSERT INTO members (workspace_id, user_id, role, created_us)"
            " VALUES ($1, $2, 'agent', 0)",
}};
const db::Sql delete_member{{
    .name = "conversation_notes_test.delete_member",
    .text = "DELETE FROM members WHERE workspace_id = $1 AND user_id = $2",
}};
const db::Sql delete_note{{
    .name = "conversation_notes_test.delete_note",
    .text = "DELETE FROM conversation_notes WHERE workspace_id = $1 AND note_id = $2",
}};
const db::Sql insert_user{{
    .name = "conversation_notes_test.insert_user",
    .text = "INSERT INTO users (user_id, email, name, password_hash, created_us)"
            " VALUES ('olga', 'olga@shop.example', 'Olga Owner', '', 0)",
    .scope = db::Scope::system,
}};

class NotesTest : public test::EnginesTest {
  protected:
    void SetUp() override {
        write(shop, [&](db::WorkspaceTxn& txn) {
            txn.execute(insert_contact);
            talk_ = inbox::open(txn, ids_, ContactId("ann"), PhoneNumberId("1"), clock_.now()).id;
            txn.txn().execute(insert_user);
            return txn.execute(insert_member, "adam");
        });
    }
    struct Ask {
        std::string_view operation;
        std::string id;
        std::string body = {};
        std::string who = "olga";
        Restrictions restrictions = {};
        WorkspaceId workspace = shop;
        std::vector<std::pair<std::string, std::string>> query = {};
        std::string key = {};
    };
    Result<net::Response> call(const Ask& ask) {
        net::Call call;
        call.request.body = ask.body;
        call.request.params = {{"id", ask.id}};
        call.request.query = ask.query;
        call.request.path = "/api/v1/conversations/" + ask.id + "/notes";
        if (!ask.key.empty()) {
            call.request.headers = {{"idempotency-key", ask.key}};
        }
        call.context.workspace = ask.workspace;
        call.context.actor = {ActorKind::user, ask.who};
        call.context.restrictions = ask.restrictions;
        for (const net::Route& route : routes_) {
            if (route.operation_id == ask.operation) {
                return run(route.handler(call));
            }
        }
        throw std::runtime_error("no such route");
    }
    static std::string refusal(const Result<net::Response>& response) {
        return response ? "ok"
                        : std::string(response.error().kind->code) + " " + response.error().field;
    }
    json::object add(const std::string& text, const std::string& who = "olga") {
        clock_.advance(1s);
        const auto added = call({.operation = "addNote",
                                 .id = talk_.value,
                                 .body = json::render(json::object{{"text", text}}),
                                 .who = who});
        EXPECT_EQ(added->status, 201);
        return json::parse_object(added.value().body).value();
    }
    std::int64_t count_audit(std::string_view action) {
        audit::Service log(database());
        Context context;
        context.workspace = shop;
        return run(log.list(context, {.action = std::string(action)}))->total;
    }

    ConversationId talk_;
    Service service_{database(), ids_, clock_};
    std::vector<net::Route> routes_ = conversation_notes_routes(service_);
};

TEST_P(NotesTest, a_note_says_who_wrote_what_and_whom_it_mentions) {
    const auto added = call({.operation = "addNote",
                             .id = talk_.value,
                             .body = R"({"text":" Call @adam ","mentions":["adam"]})"});
    ASSERT_TRUE(added);
    const json::object note = json::parse_object(added->body).value();
    EXPECT_EQ(note.at("text"), "Call @adam");
    EXPECT_EQ(note.at("mentions"), (json::array{"adam"}));
    EXPECT_EQ(note.at("author"),
              (json::object{{"kind", "user"}, {"id", "olga"}, {"name", "Olga Owner"}}));
    EXPECT_EQ(count_audit("conversation.noted"), 1);
}

TEST_P(NotesTest, notes_are_listed_newest_first_in_pages) {
    std::vector<std::string> written;
    for (int index = 0; index < 5; ++index) {
        written.insert(written.begin(), "note " + std::to_string(index));
        add(written.front());
    }
    std::vector<std::string> listed;
    std::string cursor;
    do {
        const auto page = call({.operation = "listNotes",
                                .id = talk_.value,
                                .query = {{"limit", "2"}, {"cursor", cursor}}});
        const json::object body = json::parse_object(page.value().body).value();
        for (const json::value& note : body.at("notes").as_array()) {
            listed.emplace_back(note.at("text").as_string());
        }
        const json::value& next = body.at("nextCursor");
        cursor = next.is_null() ? "" : std::string(next.as_string());
    } while (!cursor.empty());
    EXPECT_EQ(listed, written);
    EXPECT_EQ(
        refusal(call({.operation = "listNotes", .id = talk_.value, .query = {{"cursor", "x"}}})),
        "invalid_request cursor");
}

TEST_P(NotesTest, who_does_not_see_the_conversation_neither_reads_nor_writes) {
    const json::object note = add("secret");
    const std::string id(note.at("id").as_string());
    const Restrictions none{.member = "eve", .assigned_only = true};
    for (const Ask& ask :
         {Ask{.operation = "listNotes", .id = talk_.value, .restrictions = none},
          Ask{.operation = "addNote",
              .id = talk_.value,
              .body = R"({"text":"x"})",
              .restrictions = none},
          Ask{.operation = "listNotes", .id = talk_.value, .workspace = other_shop}}) {
        EXPECT_EQ(refusal(call(ask)), "conversation_not_found ");
    }
    EXPECT_EQ(refusal(call({.operation = "removeNote", .id = id, .restrictions = none})),
              "note_not_found ");
    EXPECT_EQ(refusal(call({.operation = "removeNote", .id = id, .workspace = other_shop})),
              "note_not_found ");
}

TEST_P(NotesTest, only_who_wrote_a_note_removes_it) {
    const std::string id(add("mine").at("id").as_string());
    EXPECT_EQ(refusal(call({.operation = "removeNote", .id = id, .who = "adam"})),
              "note_not_yours ");
    EXPECT_EQ(refusal(call({.operation = "removeNote", .id = id})), "ok");
    EXPECT_EQ(refusal(call({.operation = "removeNote", .id = id})), "note_not_found ");
    EXPECT_EQ(count_audit("conversation.note_removed"), 1);
}

TEST_P(NotesTest, bad_notes_are_refused) {
    const std::pair<std::string, const char*> bad[] = {
        {"{}", "invalid_request text"},
        {R"({"text":"  "})", "invalid_request text"},
        {R"({"text":")" + std::string(text_bytes_max + 1, 'x') + "\"}", "invalid_request text"},
        {R"({"text":"x","mentions":["adam","eve"]})", "invalid_request mentions[1]"},
        {R"({"text":"x","mentions":"adam"})", "invalid_request mentions"}};
    for (const auto& [body, refused] : bad) {
        EXPECT_EQ(refusal(call({.operation = "addNote", .id = talk_.value, .body = body})),
                  refused);
    }
    EXPECT_EQ(count_audit("conversation.noted"), 0);
}

TEST_P(NotesTest, a_note_that_is_asked_for_again_under_its_key_is_there_once) {
    const Ask ask{.operation = "addNote", .id = talk_.value, .body = R"({"text":"x"})", .key = "k"};
    const std::string first = call(ask).value().body;
    clock_.advance(23h);
    EXPECT_EQ(call(ask).value().body, first);
    EXPECT_EQ(count_audit("conversation.noted"), 1);
    Ask other = ask;
    other.body = R"({"text":"y"})";
    EXPECT_EQ(refusal(call(other)), "idempotency_key_reused ");
    other.key = std::string(256, 'k');
    EXPECT_EQ(refusal(call(other)), "invalid_request Idempotency-Key");
    clock_.advance(1h + 1s);  // the key has run out
    EXPECT_NE(call(ask).value().body, first);
}

TEST_P(NotesTest, a_repetition_neither_shows_a_note_to_strangers_nor_brings_it_back) {
    Ask ask{.operation = "addNote", .id = talk_.value, .body = R"({"text":"x"})", .key = "k"};
    const json::object note = json::parse_object(call(ask).value().body).value();
    ask.restrictions = {.member = "eve", .assigned_only = true};
    EXPECT_EQ(refusal(call(ask)), "conversation_not_found ");
    ask.restrictions = {};
    call({.operation = "removeNote", .id = std::string(note.at("id").as_string())}).value();
    EXPECT_EQ(refusal(call(ask)), "note_not_found ");
}

TEST_P(NotesTest, what_was_refused_does_not_use_up_its_key) {
    Ask ask{.operation = "addNote",
            .id = talk_.value,
            .body = R"({"text":"x","mentions":["eve"]})",
            .key = "k"};
    EXPECT_EQ(refusal(call(ask)), "invalid_request mentions[0]");
    ask.body = R"({"text":"x"})";
    EXPECT_EQ(refusal(call(ask)), "ok");
}

TEST_P(NotesTest, notes_move_with_their_conversation) {
    add("moves");
    const auto moved = write(shop, [&](db::WorkspaceTxn& txn) {
        move(txn, talk_, ConversationId("another"));
        return list_before(txn, ConversationId("another"), {}, 10);
    });
    ASSERT_EQ(moved.size(), 1U);
    EXPECT_EQ(moved[0].text, "moves");
}

WAPI_ON_BOTH_ENGINES(NotesTest);

class NotesRaceTest : public NotesTest {};

TEST_P(NotesRaceTest, a_mention_waits_for_a_leaving_member_before_it_takes_the_conversation) {
    write(shop, [&](db::WorkspaceTxn& txn) {
        inbox::set_assignee(txn, {.conversation = talk_, .to = UserId("adam")});
        return true;
    });
    test::Interleaved leaving(
        database(), shop, [](db::WorkspaceTxn& txn) { txn.execute(delete_member, "adam"); },
        [this](db::WorkspaceTxn& txn) {
            inbox::set_assignee(txn, {.conversation = talk_, .from = UserId("adam")});
        });
    EXPECT_EQ(refusal(call({.operation = "addNote",
                            .id = talk_.value,
                            .body = R"({"text":"Call @adam","mentions":["adam"]})"})),
              "invalid_request mentions[0]");
    leaving.join();
    EXPECT_EQ(database().stats().conflicts, 0U);
}

TEST_P(NotesRaceTest, a_note_that_two_remove_at_once_is_removed_once) {
    const std::string id(add("mine").at("id").as_string());
    test::Interleaved other(database(), shop,
                            [&](db::WorkspaceTxn& txn) { txn.execute(delete_note, id); });
    EXPECT_EQ(refusal(call({.operation = "removeNote", .id = id})), "note_not_found ");
    other.join();
    EXPECT_EQ(count_audit("conversation.note_removed"), 0);
}

WAPI_ON_POSTGRES(NotesRaceTest);

}  // namespace
}  // namespace wapi::conversation_notes
