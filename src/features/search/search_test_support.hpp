// What the tests of search share: a shop's contacts, conversations and messages, indexed.
#pragma once

#include <gtest/gtest.h>

#include <set>

#include "base/json.hpp"
#include "features/search/search_http.hpp"
#include "features/search/search_store.hpp"
#include "tests/support/random_key.hpp"
#include "tests/support/search_words.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::search::testing {

using namespace std::chrono_literals;

inline const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
inline const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");

inline const db::Sql insert_contact{{
    .name = "search_test.insert_contact",
    .text =
        "INSERT INTO contacts (workspace_id, contact_id, name, name_by_hand, phone, tags,"
        " attributes, opted_out, opt_out_decided_us, opted_out_via, created_us)"
        " VALUES ($1, $2, $3, 0, '15550002222', '[\"vip\"]', '{\"city\":\"Graz\"}', 0, 0, '', 0)",
}};
inline const db::Sql rename_contact{{
    .name = "search_test.rename_contact",
    .text = "UPDATE contacts SET name = $3 WHERE workspace_id = $1 AND contact_id = $2",
}};
inline const db::Sql insert_talk{{
    .name = "search_test.insert_talk",
    .text = "INSERT INTO conversations (workspace_id, conversation_id, contact_id,"
            " phone_number_id, status, assignee_id, unread_count, read_up_to_us, resolved_us,"
            " last_inbound_us, profile_name, profile_us, last_message_us, last_message_id,"
            " created_us) VALUES ($1, $2, $2, '1', 'open', $3, 0, 0, 0, 0, '', 0, 0, '', 0)",
}};
inline const db::Sql insert_message{{
    .name = "search_test.insert_message",
    .text = "INSERT INTO messages (workspace_id, message_id, conversation_id, contact_id,"
            " phone_number_id, wa_message_id, direction, type, status, text, content, purpose,"
            " timestamp_us, error_message, created_us) VALUES ($1, $2, $3, $3, '1', $2,"
            " 'inbound', 'text', 'received', $4, '', 'service', 7000000, '', 0)",
}};
inline const db::Sql delete_messages{{
    .name = "search_test.delete_messages",
    .text = "DELETE FROM messages WHERE workspace_id = $1 AND conversation_id = $2",
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
        return read([&](db::Txn& txn) { return test::search_words_hold(txn, word); });
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

}  // namespace wapi::search::testing
