// A shop with contacts made as members and webhooks make them, for the tests of both acts.
#pragma once

#include <gmock/gmock.h>

#include "features/audit/audit.hpp"
#include "features/contact_acts/contact_acts.hpp"
#include "features/inbox/inbox.hpp"
#include "features/search/search.hpp"
#include "tests/support/random_key.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::contact_acts::testing {

using contacts::Contact;
using contacts::OptOut;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using std::chrono_literals::operator""h;

inline const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
inline const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");
inline const PhoneNumberId number("1080000000001");
inline const PhoneNumberId second_number("1080000000002");

inline const db::Sql insert_restriction{{
    .name = "contact_acts_test.insert_restriction",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, 'agent', 'tag', 'vip')",
}};
inline const db::Sql assign{{
    .name = "contact_acts_test.assign",
    .text = "UPDATE conversations SET assignee_id = $3"
            " WHERE workspace_id = $1 AND conversation_id = $2",
}};
inline const db::Sql list_talks{{
    .name = "contact_acts_test.list_talks",
    .text = "SELECT phone_number_id FROM conversations WHERE workspace_id = $1 AND contact_id = $2"
            " ORDER BY phone_number_id",
}};
inline const db::Sql insert_message{{
    .name = "contact_acts_test.insert_message",
    .text = "INSERT INTO messages (workspace_id, message_id, conversation_id, contact_id,"
            " phone_number_id, wa_message_id, direction, type, status, text, content, purpose,"
            " timestamp_us, error_message, created_us) VALUES ($1, $2, $3, $4, '1', '',"
            " 'outbound', 'text', 'queued', 'Offer', '', 'service', 0, '', 0)",
}};
inline const db::Sql list_messages{{
    .name = "contact_acts_test.list_messages",
    .text = "SELECT message_id, contact_id, status FROM messages WHERE workspace_id = $1"
            " ORDER BY message_id",
}};
inline const db::Sql hear{{
    .name = "contact_acts_test.hear",
    .text = "UPDATE conversations SET last_inbound_us = $3"
            " WHERE workspace_id = $1 AND contact_id = $2",
}};
inline const db::Sql insert_note{{
    .name = "contact_acts_test.insert_note",
    .text = "INSERT INTO conversation_notes (workspace_id, note_id, conversation_id, author_kind,"
            " author_id, text, mentions, created_us) VALUES ($1, $2, $2, 'user', 'owner',"
            " 'Note', '[]', 0)",
}};
inline const db::Sql list_notes{{
    .name = "contact_acts_test.list_notes",
    .text = "SELECT conversation_id FROM conversation_notes WHERE workspace_id = $1",
}};
inline const db::Sql count_documents_sql{{
    .name = "contact_acts_test.count_documents",
    .text = "SELECT count(*) FROM search_documents WHERE workspace_id = $1",
}};
inline const db::Sql count_tags_sql{{
    .name = "contact_acts_test.count_tags",
    .text = "SELECT count(*) FROM contact_tags WHERE workspace_id = $1",
}};
inline const db::Sql list_audit{{
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
        search::Service search{database(), test::random_key()};
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
    std::int64_t count_tags() {
        return read(shop,
                    [](db::WorkspaceTxn& txn) { return txn.query(count_tags_sql)[0].integer(0); });
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

}  // namespace wapi::contact_acts::testing
