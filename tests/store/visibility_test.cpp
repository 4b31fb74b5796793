// Goal: whatever roles, overrides and restrictions change, a member reads exactly what the rules
// let them: lists, gets, filters, pages and searches of contacts, conversations and messages, and
// whom they may message, and what of it the audit log shows them; and that a key they have made
// reads the same. Method: random histories on the real services of both engines, beside a pure
// model that is asked after each step; the rights come from a session, and from a key, as at a
// request. The seed of a failing history is printed. A canary shows that the model does forbid.
#include <gtest/gtest.h>

#include "features/access/access.hpp"
#include "features/accounts/accounts_store.hpp"
#include "features/api_keys/api_keys.hpp"
#include "features/audit/audit.hpp"
#include "features/contacts/contacts.hpp"
#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"
#include "features/messages/messages_service.hpp"
#include "features/numbers/numbers.hpp"
#include "features/opt_out/opt_out.hpp"
#include "features/privacy/privacy.hpp"
#include "features/sending/sending.hpp"
#include "features/team/team.hpp"
#include "features/workspaces/workspaces.hpp"
#include "tests/store/visibility_model.hpp"
#include "tests/support/test_db.hpp"

namespace wapi {
namespace {

using namespace visibility;

constexpr std::size_t contacts_count = 6;
constexpr int steps = 40;

class VisibilityTest : public test::EnginesTest {
  protected:
    void SetUp() override {
        write(shop, [&](db::WorkspaceTxn& txn) {
            workspaces::insert_workspace(txn, {shop, "Shop", "pro", "{}", clock_.now()});
            for (const std::string& phone : phones) {
                numbers::Number number;
                number.phone_number_id = PhoneNumberId(phone);
                number.waba_id = WabaId("209");
                number.status = numbers::status::connected;
                numbers::save_number(txn, number);
            }
            join(txn, olga, "owner");
            for (const std::string& id : people) {
                join(txn, id, "agent");
                model_.workers[id] = {};
            }
            return true;
        });
        for (const std::string& id : people) {
            Context maker = as(olga);  // of whose rights there may be some later
            maker.actor.id = id;
            keys_[id] =
                run(api_keys_.create(maker, {.name = "Key", .permissions = maker.permissions}))
                    ->secret;
        }
        for (std::size_t index = 0; index < contacts_count; ++index) {
            add_contact(index);
        }
    }
    void join(db::WorkspaceTxn& txn, const std::string& id, std::string_view role) {
        accounts::insert_user(txn.txn(), {{UserId(id), "Someone", id + "@shop.example"}, ""},
                              clock_.now());
        accounts::insert_member(txn, UserId(id), role, clock_.now());
        accounts::insert_session(txn.txn(), {.id = id,
                                             .user_id = UserId(id),
                                             .workspace = shop,
                                             .refresh_hash = "",
                                             .created_at = clock_.now(),
                                             .expires_at = clock_.now() + std::chrono::hours(1)});
    }
    /// A contact with none, one or two conversations, a message in each.
    void add_contact(std::size_t index) {
        const std::string number = "1555000111" + std::to_string(index);
        Person person{.number = number, .tags = {}, .talks = {}};
        const std::string id = write(shop, [&](db::WorkspaceTxn& txn) {
            return contacts::resolve(txn, ids_,
                                     {.phone = number,
                                      .bsuid = {},
                                      .username = {},
                                      .name = "Person " + std::to_string(index),
                                      .seen_at = clock_.now()},
                                     clock_.now())
                .id.value;
        });
        for (std::size_t talk = 0; talk < index % 3; ++talk) {
            person.talks.push_back(add_talk(person, phones[(index + talk) % phones.size()]));
        }
        model_.contacts[id] = std::move(person);
    }
    Talk add_talk(const Person& person, const std::string& phone) {
        whatsapp::InboundMessage message;
        message.wa_message_id = "wamid." + person.number + phone;
        message.sender.phone = person.number;
        message.timestamp = clock_.now();
        message.type = whatsapp::MessageType::text;
        message.type_name = "text";
        message.text = "Hello";
        message.json = R"({"type":"text"})";
        return write(shop, [&](db::WorkspaceTxn& txn) {
            const auto stored =
                messages::store_inbound(txn, ids_, PhoneNumberId(phone), message, clock_.now());
            Talk talk{
                .id = stored.conversation.value, .phone = phone, .assignee = {}, .messages = {}};
            for (const auto& one : messages::list(txn, stored.conversation, "", 10)->messages) {
                talk.messages.insert(one.id.value);
                record(txn, "message", one.id.value);
            }
            record(txn, "conversation", talk.id);
            return talk;
        });
    }

    void record(db::WorkspaceTxn& txn, std::string_view type, const std::string& id) {
        audit::record(txn, {},
                      {.action = audit::actions::conversation_assigned,
                       .resource_type = type,
                       .resource_id = id},
                      clock_.now());
    }

    /// The Context of a request, as the authenticator makes it.
    Context as(const std::string& id) {
        const auto session = read([&](db::Txn& txn) {
            return accounts::find_live_session(txn, id, "", clock_.now()).value();
        });
        Context context;
        context.workspace = session.workspace;
        context.actor = {ActorKind::user, id};
        context.permissions = session.rights.permissions;
        context.restrictions = session.rights.restrictions;
        return context;
    }

    /// A key with every permission is its maker.
    void check_key(const std::string& who, const Context& context) {
        const auto key =
            run(api_keys_.authenticate({.key = keys_[who], .ip = "192.0.2.1", .workspace = {}}));
        ASSERT_TRUE(key) << key.error().message;
        EXPECT_EQ(access::names_of(key->permissions), access::names_of(context.permissions));
        EXPECT_EQ(key->restrictions, context.restrictions);
    }

    // --- steps -----------------------------------------------------------------------------------

    std::size_t pick(std::size_t count) { return random_->next_u64() % count; }
    template <class List>
    const auto& any_of(const List& list) {
        return *std::next(list.begin(), static_cast<std::ptrdiff_t>(pick(list.size())));
    }
    Names some_of(const std::vector<std::string>& all) {
        Names some;
        for (const std::string& one : all) {
            if (pick(3) == 0) {
                some.insert(one);
            }
        }
        return some;
    }
    access::Permissions some_permissions() {
        return random_->next_u64() & random_->next_u64() & *access::find_built_in("owner");
    }
    void change(const std::string& id, const team::MemberChange& change) {
        const auto changed = run(team_.change_member(as(olga), UserId(id), change));
        ASSERT_TRUE(changed) << changed.error().message;
    }
    void change_role(const std::string& id) {
        std::vector<std::string> roles{"manager", "agent", "viewer"};
        for (const auto& [role, permissions] : model_.roles) {
            roles.push_back(role);
        }
        const std::string role = any_of(roles);
        change(id, {.role = role, .overrides = {}, .limits = {}});
        model_.workers[id].role = role;
    }
    void change_overrides(const std::string& id) {
        const access::Permissions denied = some_permissions();
        const access::Overrides overrides{.granted = some_permissions() & ~denied,
                                          .denied = denied};
        change(id, {.role = {}, .overrides = overrides, .limits = {}});
        model_.workers[id].overrides = overrides;
    }
    void change_limits(const std::string& id) {
        Worker& worker = model_.workers[id];
        worker.tags = some_of(tags);
        worker.phones = some_of(phones);
        change(id,
               {.role = {},
                .overrides = {},
                .limits = team::Limits{.tags = {worker.tags.begin(), worker.tags.end()},
                                       .phones = {worker.phones.begin(), worker.phones.end()}}});
    }
    void change_custom_role() {
        const access::Permissions permissions = some_permissions();
        if (model_.roles.size() < 2) {
            const std::string name = "Role " + std::to_string(model_.roles.size());
            const auto made =
                run(team_.create_role(as(olga), {.name = name, .permissions = permissions}));
            model_.roles[made->id] = permissions;
            return;
        }
        const std::string id = any_of(model_.roles).first;
        ASSERT_TRUE(run(team_.change_role(as(olga), id, {.name = {}, .permissions = permissions})));
        model_.roles[id] = permissions;
    }
    void change_tags() {
        const std::string id = any_of(model_.contacts).first;
        const Names some = some_of(tags);
        contacts::Draft draft;
        draft.tags = std::vector<std::string>(some.begin(), some.end());
        ASSERT_TRUE(run(contacts_.change(as(olga), ContactId(id), draft)));
        model_.contacts[id].tags = some;
    }
    void assign() {
        Person& contact = model_.contacts.at(any_of(model_.contacts).first);
        if (contact.talks.empty()) {
            return;
        }
        Talk& talk = contact.talks[pick(contact.talks.size())];
        talk.assignee = pick(3) == 0 ? "" : any_of(people);
        write(shop, [&](db::WorkspaceTxn& txn) {
            inbox::set_assignee(
                txn, ConversationId(talk.id),
                talk.assignee.empty() ? std::nullopt : std::optional(UserId(talk.assignee)));
            return true;
        });
    }
    void change_setting() {
        model_.show_unassigned = pick(2) == 0;
        workspaces::Service service(database(), clock_, access::check_settings);
        const boost::json::object patch{{"inbox", {{"showUnassigned", model_.show_unassigned}}}};
        ASSERT_TRUE(run(service.change(as(olga), {.name = std::nullopt, .settings = patch})));
    }
    void step() {
        const std::string who = any_of(people);
        switch (pick(7)) {
            case 0: return change_role(who);
            case 1: return change_overrides(who);
            case 2: return change_limits(who);
            case 3: return change_custom_role();
            case 4: return change_tags();
            case 5: return assign();
            default: return change_setting();
        }
    }

    // --- what is read ----------------------------------------------------------------------------

    /// Ids over all pages of two.
    Names list_contacts(const Context& context, contacts::Filter filter) {
        Names found;
        filter.limit = 2;
        do {
            const auto page = run(contacts_.list(context, filter)).value();
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
            for (const messages::ConversationView& view : page.conversations) {
                EXPECT_TRUE(found.insert(view.conversation.id.value).second);
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
            EXPECT_EQ(list_contacts(context, {.tag = tag}), by_tag[tag]) << tag;
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
    }
    void check_talks(const std::string& who, const Context& context) {
        Names seen;
        for (const auto& [contact_id, contact] : model_.contacts) {
            Names of_contact;
            for (const Talk& talk : contact.talks) {
                const bool visible = model_.sees(who, contact, talk);
                if (visible) {
                    of_contact.insert(talk.id);
                }
                check_talk(context, talk, visible);
                forbidden_ += visible ? 0 : 1;
            }
            EXPECT_EQ(list_talks(context, {.contact = contact_id}), of_contact);
            EXPECT_EQ(export_talks(context, contact_id), of_contact);
            seen.merge(of_contact);
        }
        EXPECT_EQ(list_talks(context, {}), seen);
        EXPECT_EQ(list_talks(context, {.status = "open"}), seen);
    }
    /// Ids of the conversations in the contact's export; those of its messages must be among them.
    Names export_talks(const Context& context, const std::string& contact) {
        const auto exported = run(privacy_.export_contact(context, ContactId(contact), ""));
        Names talks;
        if (!exported) {
            return talks;
        }
        for (const auto& talk : exported->at("conversations").as_array()) {
            talks.emplace(talk.at("id").as_string());
        }
        for (const auto& message : exported->at("messages").as_array()) {
            EXPECT_TRUE(talks.contains(std::string(message.at("conversationId").as_string())));
        }
        return talks;
    }
    void check_talk(const Context& context, const Talk& talk, bool visible) {
        const ConversationId id(talk.id);
        EXPECT_EQ(run(messages_.get_conversation(context, id)).has_value(), visible);
        EXPECT_EQ(run(messages_.mark_read(context, id)).has_value(), visible);
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
        audit::Filter filter{.action = std::string(audit::actions::conversation_assigned),
                             .limit = 3};
        do {
            const auto page = run(audit_.list(context, filter)).value();
            EXPECT_EQ(page.total, static_cast<std::int64_t>(logged.size()));
            for (const audit::StoredEntry& entry : page.entries) {
                EXPECT_TRUE(found.insert(entry.resource_id).second);
            }
            filter.before = page.next;
        } while (filter.before);
        EXPECT_EQ(found, logged);
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

    Model model_;
    std::unique_ptr<SeededRng> random_;
    std::int64_t forbidden_ = 0;                ///< how often the model said no
    std::map<std::string, SecretString> keys_;  ///< of each of the people
    async::Tasks tasks_{io_};
    api_keys::Service api_keys_{
        {.tasks = tasks_, .db = database(), .ids = ids_, .clock = clock_, .rng = rng_}};
    team::Service team_{database(), ids_, clock_};
    contacts::Service contacts_{database(), ids_, clock_};
    opt_out::Service opt_out_{database(), ids_, clock_};
    messages::Service messages_{database()};
    audit::Service audit_{database()};
    async::Tasks tasks_{io_};
    privacy::Eraser eraser_{tasks_, database(), clock_};
    privacy::Service privacy_{
        {.db = database(), .ids = ids_, .rng = rng_, .clock = clock_, .eraser = eraser_}};
};

TEST_P(VisibilityTest, a_member_reads_exactly_what_the_rules_let_them) {
    for (const std::uint64_t seed : {1U, 2U}) {
        random_ = std::make_unique<SeededRng>(seed);
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
