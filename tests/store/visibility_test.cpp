// Goal: whatever roles, overrides and restrictions change, a member reads exactly what the rules
// let them: lists, gets, filters, pages and searches of contacts, conversations and messages, and
// whom they may message, assign and erase, and what of it the audit log, its export and that of a
// contact show them; and that a key they have made reads the same. Method: random histories on the
// real services of both engines, beside a pure model that is asked after each step; the rights come
// from a session, and from a key, as at a request. The seed of a failing history is printed. A
// canary shows that the model does forbid.
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <sstream>

#include "features/audit_logs/audit_logs.hpp"
#include "features/contact_lists/contact_lists.hpp"
#include "features/inbox_counts/inbox_counts.hpp"
#include "features/messages/messages_service.hpp"
#include "features/privacy/privacy.hpp"
#include "features/search/search.hpp"
#include "features/sending/sending.hpp"
#include "tests/store/visibility_history.hpp"
#include "tests/support/random_key.hpp"

namespace wapi {
namespace {

using namespace visibility;

constexpr int steps = 40;

class VisibilityTest : public VisibilityHistory {
  protected:
    /// Ids over all pages of two.
    Names list_contacts(const Context& context, contact_lists::Filter filter) {
        Names found;
        filter.limit = 2;
        do {
            const auto page = run(contact_lists_.list(context, filter)).value();
            EXPECT_LE(page.contacts.size(), 2U);
            for (const contacts::Contact& contact : page.contacts) {
                EXPECT_TRUE(found.insert(contact.id.value).second);
            }
            filter.cursor = page.next_cursor;
        } while (!filter.cursor.empty());
        return found;
    }
    Names list_talks(const Context& context, inbox::Filter filter) {
        Names found;
        filter.limit = 2;
        do {
            const auto page = run(messages_.list_conversations(context, filter)).value();
            for (const inbox::Entry& entry : page.conversations) {
                EXPECT_TRUE(found.insert(entry.id.value).second);
            }
            filter.cursor = page.next_cursor;
        } while (!filter.cursor.empty());
        return found;
    }
    void check_contacts(const std::string& who, const Context& context) {
        const Worker& worker = model_.workers.at(who);
        Names seen;
        std::map<std::string, Names> by_tag;
        for (const auto& [id, contact] : model_.contacts) {
            const bool visible = model_.sees(worker, contact);
            if (visible) {
                seen.insert(id);
                for (const std::string& tag : contact.tags) {
                    by_tag[tag].insert(id);
                }
            }
            const Names only = visible ? Names{id} : Names{};
            EXPECT_EQ(run(contacts_.get(context, ContactId(id))).has_value(), visible);
            EXPECT_EQ(list_contacts(context, {.phone = "+" + contact.number}), only);
            EXPECT_EQ(list_contacts(context, {.text = contact.number}), only);
            ask_to_send(context, id, contact, visible);
            forbidden_ += visible ? 0 : 1;
        }
        EXPECT_EQ(list_contacts(context, {}), seen);
        EXPECT_EQ(list_contacts(context, {.text = "PERSON"}), seen);
        for (const std::string& tag : tags) {
            EXPECT_EQ(list_contacts(context, {.conditions = {.tags = {tag}}}), by_tag[tag]) << tag;
        }
    }
    /// A contact that may not be seen is not there for a send, an opt-out or a change either.
    void ask_to_send(const Context& context, const std::string& id, const Person& contact,
                     bool visible) {
        if (visible) {
            return;
        }
        for (const sending::Recipient& to :
             {sending::Recipient{.contact_id = id, .phone = {}, .bsuid = {}},
              sending::Recipient{.contact_id = {}, .phone = "+" + contact.number, .bsuid = {}}}) {
            sending::Draft draft;
            draft.to = to;
            draft.content = std::string("Hello");
            const auto sent = write(shop, [&](db::WorkspaceTxn& txn) {
                return sending::commit_send(txn, ids_, context, draft, clock_.now());
            });
            ASSERT_FALSE(sent);
            EXPECT_EQ(sent.error().kind, &contacts::errors::contact_not_found);
        }
        contacts::Draft draft;
        draft.name = "Taken";
        EXPECT_FALSE(run(contacts_.change(context, ContactId(id), draft)));
        EXPECT_FALSE(run(opt_out_.opt_out(context, ContactId(id))));
        EXPECT_FALSE(run(opt_out_.opt_in(context, ContactId(id))));
        const auto erased = run(privacy_.erase(context, ContactId(id), id));
        ASSERT_FALSE(erased);
        EXPECT_EQ(erased.error().kind, &contacts::errors::contact_not_found);
    }
    void check_talks(const std::string& who, const Context& context) {
        Names seen;
        std::map<std::string, Names> by_assignee;
        for (const auto& [contact_id, contact] : model_.contacts) {
            Names of_contact;
            for (const Talk& talk : contact.talks) {
                const bool visible = model_.sees(who, contact, talk);
                if (visible) {
                    of_contact.insert(talk.id);
                    by_assignee[talk.assignee.empty() ? "none" : talk.assignee].insert(talk.id);
                }
                check_talk(context, talk, visible);
                forbidden_ += visible ? 0 : 1;
            }
            EXPECT_EQ(list_talks(context, {.contact = contact_id}), of_contact);
            check_export(who, context, contact_id);
            seen.merge(of_contact);
        }
        EXPECT_EQ(list_talks(context, {}), seen);
        const inbox_counts::Counts counts = run(counts_.count(context));
        EXPECT_EQ(counts.all, static_cast<std::int64_t>(seen.size())) << "none is resolved";
        check_search(who, context);
        EXPECT_EQ(list_talks(context, {.status = "open"}), seen);
        EXPECT_EQ(list_talks(context, {.assignee = "none"}), by_assignee["none"]);
        for (const std::string& person : people) {
            EXPECT_EQ(list_talks(context, {.assignee = person}), by_assignee[person]);
        }
    }
    /// Every message says hello, every contact is a person.
    void check_search(const std::string& who, const Context& context) {
        Names messages;
        Names people;
        for (const auto& [contact_id, contact] : model_.contacts) {
            if (model_.sees(model_.workers.at(who), contact)) {
                people.insert(contact_id);
            }
            for (const Talk& talk : contact.talks) {
                if (model_.sees(who, contact, talk)) {
                    messages.insert(talk.messages.begin(), talk.messages.end());
                }
            }
        }
        EXPECT_EQ(find(context, {.text = "hel", .kind = search::Kind::message}), messages);
        EXPECT_EQ(find(context, {.text = "person", .kind = search::Kind::contact}), people);
    }
    /// Ids over all pages of two.
    Names find(const Context& context, search::Query query) {
        Names found;
        query.limit = 2;
        do {
            const auto page = run(search_.find(context, query)).value();
            for (const search::Hit& hit : page.hits) {
                const std::string& id = hit.message ? hit.message->id.value : hit.contact.value;
                EXPECT_TRUE(found.insert(id).second);
            }
            query.cursor = page.next_cursor;
        } while (!query.cursor.empty());
        return found;
    }
    static Names values_of(const boost::json::array& items, std::string_view field) {
        Names values;
        for (const boost::json::value& item : items) {
            values.emplace(item.at(field).as_string());
        }
        return values;
    }
    /// A contact's export has the conversations and messages that are seen, and of the audit log
    /// what is about those messages or the contact.
    void check_export(const std::string& who, const Context& context, const std::string& id) {
        const Person& contact = model_.contacts.at(id);
        const auto exported = run(privacy_.export_contact(context, ContactId(id), ""));
        ASSERT_EQ(exported.has_value(), model_.sees(model_.workers.at(who), contact));
        if (!exported) {
            EXPECT_EQ(exported.error().kind, &contacts::errors::contact_not_found);
            return;
        }
        Names talks;
        Names messages;
        for (const Talk& talk : contact.talks) {
            if (model_.sees(who, contact, talk)) {
                talks.insert(talk.id);
                messages.insert(talk.messages.begin(), talk.messages.end());
            }
        }
        EXPECT_EQ(values_of(exported->at("conversations").as_array(), "id"), talks);
        EXPECT_EQ(values_of(exported->at("messages").as_array(), "id"), messages);
        Names logged = values_of(exported->at("auditLog").as_array(), "resourceId");
        logged.erase(id);
        EXPECT_EQ(logged, messages);
    }
    void check_talk(const Context& context, const Talk& talk, bool visible) {
        const ConversationId id(talk.id);
        EXPECT_EQ(run(messages_.get_conversation(context, id)).has_value(), visible);
        EXPECT_EQ(run(messages_.mark_read(context, id)).has_value(), visible);
        const auto assignee =
            talk.assignee.empty() ? std::nullopt : std::optional(UserId(talk.assignee));
        EXPECT_EQ(run(inbox_.assign(context, id, assignee)).has_value(), visible);
        EXPECT_EQ(run(team_.list_assignees(context, {.conversation = talk.id})).has_value(),
                  visible);
        EXPECT_EQ(run(messages_.list_messages(context, id, "", 10)).has_value(), visible);
        Names read_here;
        const auto page = read(shop, [&](db::WorkspaceTxn& txn) {
            return messages::list(txn, id, "", 10, context.restrictions).value();
        });
        for (const messages::Message& message : page.messages) {
            read_here.insert(message.id.value);
        }
        EXPECT_EQ(read_here, visible ? talk.messages : Names{});
    }
    /// What the audit log shows, over all pages of three, and says to be the total.
    void check_log(const std::string& who, const Context& context) {
        const Names logged = model_.seen_in_log(who);
        Names found;
        audit::Filter filter{.action = std::string(mark), .limit = 3};
        do {
            const auto page = run(audit_.list(context, filter)).value();
            EXPECT_EQ(page.total, static_cast<std::int64_t>(logged.size()));
            for (const audit::StoredEntry& entry : page.entries) {
                EXPECT_TRUE(found.insert(entry.resource_id).second);
            }
            filter.before = page.next;
        } while (filter.before);
        EXPECT_EQ(found, logged);
        EXPECT_EQ(export_log(context, filter.action), logged);
        for (const auto& [id, contact] : model_.contacts) {
            for (const Talk& talk : contact.talks) {
                Names ids = talk.messages;
                ids.insert(talk.id);
                for (const std::string& resource : ids) {
                    const auto about = run(
                        audit_.list(context, {.action = filter.action, .resource_id = resource}));
                    EXPECT_EQ(about->total, logged.contains(resource) ? 1 : 0);
                }
            }
        }
    }
    /// Ids of the resources in the file that the export of the log makes.
    Names export_log(const Context& context, const std::string& action) {
        const auto running =
            run(exporter_.begin(context, {.action = action}, audit_logs::Format::jsonl)).value();
        std::string file;
        for (std::string piece; !(piece = run(exporter_.next_piece(*running))).empty();) {
            file += piece;
        }
        Names ids;
        std::istringstream lines(file);
        for (std::string line; std::getline(lines, line);) {
            ids.emplace(boost::json::parse(line).at_pointer("/resource/id").as_string());
        }
        return ids;
    }
    void check_permissions(const std::string& who, const Context& context) {
        const access::Permissions permissions = model_.permissions(model_.workers.at(who));
        EXPECT_EQ(access::names_of(context.permissions), access::names_of(permissions));
    }
    void check_everybody() {
        for (const std::string& who : people) {
            SCOPED_TRACE(who);
            const Context context = as(who);
            check_contacts(who, context);
            check_talks(who, context);
            check_log(who, context);
            check_permissions(who, context);
            check_key(who, context);
        }
        EXPECT_EQ(list_contacts(as(olga), {}).size(), model_.contacts.size());
    }
    /// A key with every permission is its maker.
    void check_key(const std::string& who, const Context& context) {
        const auto key =
            run(api_keys_.authenticate({.key = keys_[who], .ip = "192.0.2.1", .workspace = {}}));
        ASSERT_TRUE(key) << key.error().message;
        EXPECT_EQ(access::names_of(key->permissions), access::names_of(context.permissions));
        EXPECT_EQ(key->restrictions, context.restrictions);
    }

    std::int64_t forbidden_ = 0;  ///< how often the model said no
    contact_lists::Service contact_lists_{database(), clock_};
    inbox_counts::Service counts_{database()};
    messages::Service messages_{database()};
    audit::Service audit_{database()};
    audit_logs::Exporter exporter_{database(), clock_};
    search::Service search_{database(), test::random_key()};
    search::Indexer indexer_{tasks_, database(), clock_};
    privacy::Eraser eraser_{tasks_, database(), clock_};
    privacy::Service privacy_{
        {.db = database(), .ids = ids_, .rng = rng_, .clock = clock_, .eraser = eraser_}};
};

TEST_P(VisibilityTest, a_member_reads_exactly_what_the_rules_let_them) {
    for (const std::uint64_t seed : {1U, 2U}) {
        random_ = std::make_unique<SeededRng>(seed);
        run(indexer_.run_all());
        for (int at = 0; at < steps; ++at) {
            SCOPED_TRACE("seed " + std::to_string(seed) + ", step " + std::to_string(at));
            step();
            check_everybody();
            ASSERT_FALSE(HasFailure());
        }
    }
    EXPECT_GT(forbidden_, 500) << "the histories forbid too little to prove anything";
}

WAPI_ON_BOTH_ENGINES(VisibilityTest);

}  // namespace
}  // namespace wapi
