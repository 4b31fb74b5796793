// Random histories of a workspace: roles, overrides, restrictions, tags, assignments and settings
// are changed by the real services, and in a pure model beside them (visibility_model.hpp). What is
// read then is compared in visibility_test.cpp.
#pragma once

#include <gtest/gtest.h>

#include "features/access/access.hpp"
#include "features/accounts/accounts_store.hpp"
#include "features/api_keys/api_keys.hpp"
#include "features/audit/audit.hpp"
#include "features/contacts/contacts.hpp"
#include "features/inbox/inbox.hpp"
#include "features/messages/messages.hpp"
#include "features/numbers/numbers.hpp"
#include "features/opt_out/opt_out.hpp"
#include "features/team/team.hpp"
#include "features/workspaces/workspaces.hpp"
#include "tests/store/visibility_model.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::visibility {

inline constexpr std::size_t contacts_count = 6;
/// Action of the one entry that the log has about each conversation and message.
inline constexpr std::string_view mark = audit::actions::message_sent;

class VisibilityHistory : public test::EnginesTest {
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
            const auto stored = messages::store_inbound(
                txn, ids_, {.number = PhoneNumberId(phone), .event = ids_.event_id()}, message,
                clock_.now());
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
        audit::record(txn, {}, {.action = mark, .resource_type = type, .resource_id = id},
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
        unassign_unseen(id);
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
        unassign_blind(model_.contacts[id]);
    }
    /// Who does not see a conversation by tags and numbers does not keep it.
    void unassign_blind(Person& contact) {
        for (Talk& talk : contact.talks) {
            if (!talk.assignee.empty() &&
                !Model::fits(model_.workers.at(talk.assignee), contact, talk)) {
                talk.assignee.clear();
            }
        }
    }
    /// The same for all conversations of one member.
    void unassign_unseen(const std::string& id) {
        for (auto& [contact_id, contact] : model_.contacts) {
            for (Talk& talk : contact.talks) {
                if (talk.assignee == id && !Model::fits(model_.workers.at(id), contact, talk)) {
                    talk.assignee.clear();
                }
            }
        }
    }
    void assign() {
        Person& contact = model_.contacts.at(any_of(model_.contacts).first);
        if (contact.talks.empty()) {
            return;
        }
        Talk& talk = contact.talks[pick(contact.talks.size())];
        const std::string who = pick(3) == 0 ? "" : any_of(people);
        const bool may = who.empty() || Model::fits(model_.workers.at(who), contact, talk);
        const auto to = who.empty() ? std::nullopt : std::optional(UserId(who));
        ASSERT_EQ(run(inbox_.assign(as(olga), ConversationId(talk.id), to)).has_value(), may);
        talk.assignee = may ? who : talk.assignee;
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

    Model model_;
    std::unique_ptr<SeededRng> random_;
    std::map<std::string, SecretString> keys_;  ///< of each of the people
    async::Tasks tasks_{io_};
    api_keys::Service api_keys_{
        {.tasks = tasks_, .db = database(), .ids = ids_, .clock = clock_, .rng = rng_}};
    team::Service team_{database(), ids_, clock_};
    inbox::Service inbox_{database(), clock_};
    contacts::Service contacts_{database(), ids_, clock_, inbox::unassign_blind};
    opt_out::Service opt_out_{database(), ids_, clock_};
};

}  // namespace wapi::visibility
