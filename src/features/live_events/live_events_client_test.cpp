// Goal: who only listens shows what the API shows, to each the part they may see; no event reaches
// one whom the rules forbid, and nobody learns of the going of what they never saw.
// Method: random acts on both engines, some told one by one and some together. Clients with
// random restrictions apply what the ring sends them as docs/api/realtime.md says; then each is
// compared with the statements of the API under the same restrictions. The seed is printed.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "async/async.hpp"
#include "base/json.hpp"
#include "features/access/access.hpp"
#include "features/assignment/assignment.hpp"
#include "features/conversation_notes/conversation_notes.hpp"
#include "features/live_events/live_events_test_support.hpp"

namespace wapi::live_events {
namespace {

using namespace testing;
using namespace std::chrono_literals;

constexpr std::size_t persons = 10;
constexpr std::size_t acts = 400;
const std::vector<std::string> tags{"vip", "new", "old"};
const std::vector<std::string> numbers_of_shop{shop_number.value, "1080000000002", "1080000000003"};
const std::vector<std::string> members{"adam", "eva", "zoe", "ida", "kim", "lea", "max", "tom"};

using Objects = std::map<std::string, json::object>;

std::string text_of_field(const json::object& object, std::string_view name) {
    return std::string(object.at(name).as_string());
}

/// What the API calls the contact in a row of the inbox.
json::object row_contact(const json::object& contact) {
    json::value phone = contact.at("phone");
    if (phone.is_string()) {
        phone = json::value(phone.as_string().subview(1));  // without its +
    }
    return {{"id", contact.at("id")},
            {"name", contact.at("name")},
            {"phone", phone},
            {"tags", contact.at("tags")},
            {"optedOut", contact.at("optOut").at("status")}};
}

/// What a console would hold.
struct Client {
    Rights rights;
    std::uint64_t next = 1;  ///< number of the event to look at
    Objects talks = {};
    Objects people = {};
    Objects messages = {};                                    ///< those that events brought
    std::map<std::string, std::set<std::string>> notes = {};  ///< by conversation
    std::set<std::string> ever_seen = {};                     ///< ids
    std::vector<std::string> told = {};  ///< ids of what the newest events were about

    void show_talk(const json::object& talk) {
        const std::string id = text_of_field(talk, "id");
        talks[id] = talk;
        ever_seen.insert(id);
        told.push_back(id);
    }
    void show_message(const json::object& message) {
        const std::string talk = text_of_field(message, "conversationId");
        messages[text_of_field(message, "id")] = message;
        told.push_back(talk);
        const auto row = talks.find(talk);
        if (row == talks.end()) {
            return;
        }
        json::value& last = row->second["lastMessage"];
        if (last.is_object() && last.at("id") == message.at("id")) {
            last = message;
        }
    }
    void show_contact(const json::object& contact) {
        const std::string id = text_of_field(contact, "id");
        people[id] = contact;
        ever_seen.insert(id);
        for (auto& [talk, row] : talks) {
            if (text_of_field(row, "contactId") == id) {
                row["contact"] = row_contact(contact);
            }
        }
    }
    void forget_talk(const std::string& id) {
        EXPECT_TRUE(ever_seen.contains(id)) << "told of the going of what was never shown";
        talks.erase(id);
        notes.erase(id);
        forget_messages_of(id);
    }
    void forget_messages_of(const std::string& talk) {
        std::erase_if(messages, [&](const auto& item) {
            return text_of_field(item.second, "conversationId") == talk;
        });
    }
    void hear(const std::string& type, const json::object& data) {
        if (type == "message.created" || type == "conversation.changed") {
            show_talk(data.at("conversation").as_object());
        }
        if (type.starts_with("message.")) {
            show_message(data.at("message").as_object());
        } else if (type == "conversation.removed") {
            forget_talk(text_of_field(data, "id"));
        } else if (type == "contact.changed") {
            show_contact(data.at("contact").as_object());
        } else if (type == "contact.removed") {
            EXPECT_TRUE(ever_seen.contains(text_of_field(data, "id")));
            people.erase(text_of_field(data, "id"));
        } else if (type == "note.created") {
            const json::object& note = data.at("note").as_object();
            notes[text_of_field(note, "conversationId")].insert(text_of_field(note, "id"));
            told.push_back(text_of_field(note, "conversationId"));
        } else if (type == "note.removed") {
            notes[text_of_field(data, "conversationId")].erase(text_of_field(data, "id"));
            told.push_back(text_of_field(data, "conversationId"));
        }
    }
};

class LiveEventsClientTest : public LiveEventsTest {
  protected:
    LiveEventsClientTest() {
        write(shop, [&](db::WorkspaceTxn& txn) {
            txn.execute(use_round_robin);
            for (const std::string& member : members) {
                txn.execute(insert_member, member);
                clients_.push_back({.rights = limit(txn, member)});
            }
            return true;
        });
        clients_.push_back({.rights = {.views_contacts = true}});
        clients_.push_back({.rights = {.views_contacts = false}});
        take_events();
    }

    std::size_t any(std::size_t count) { return chance_.next_u64() % count; }
    bool toss() { return any(2) == 0; }
    const std::string& any_of(const std::vector<std::string>& list) {
        return list[any(list.size())];
    }

    Rights limit(db::WorkspaceTxn& txn, const std::string& member) {
        Rights rights{.views_contacts = true,
                      .restrictions = {.member = member,
                                       .by_tag = toss(),
                                       .by_number = toss(),
                                       .assigned_only = toss(),
                                       .unassigned_too = toss()}};
        rights.tags = rights.restrictions.by_tag ? some_of(txn, member, "tag", tags)
                                                 : std::vector<std::string>();
        rights.numbers = rights.restrictions.by_number
                             ? some_of(txn, member, "phone", numbers_of_shop)
                             : std::vector<std::string>();
        return rights;
    }
    /// At least one of the list, as the member's restriction.
    std::vector<std::string> some_of(db::WorkspaceTxn& txn, const std::string& member,
                                     std::string_view kind, const std::vector<std::string>& list) {
        std::set<std::string> chosen{any_of(list), any_of(list)};
        for (const std::string& value : chosen) {
            txn.execute(insert_limit, member, kind, value);
        }
        return {chosen.begin(), chosen.end()};
    }

    // Acts.

    /// Each person is known by phone, by BSUID, or by both: then two contacts become one.
    void receive_any() {
        const std::size_t person = any(persons);
        const std::size_t named = any(3);
        whatsapp::InboundMessage message =
            text_of("hello", named == 1 ? "" : fmt::format("1555000{:04}", person));
        message.sender.user_id = named == 0 ? "" : fmt::format("US.{:04}", person);
        message.sender.profile_name = toss() ? "Ann" : "Bob";
        const PhoneNumberId number(any_of(numbers_of_shop));
        const auto received = write(shop, [&](db::WorkspaceTxn& txn) {
            return messages::store_inbound(txn, ids_, {.number = number, .event = ids_.event_id()},
                                           message, clock_.now());
        });
        contacts_.insert(received.contact.value);
        talks_.insert({received.conversation.value, received});
    }
    const messages::InboundResult& any_talk() {
        return std::next(talks_.begin(), static_cast<std::ptrdiff_t>(any(talks_.size())))->second;
    }
    /// Nothing when it is gone.
    std::optional<inbox::Conversation> find_talk(const ConversationId& id) {
        const auto found = read(shop, [&](db::WorkspaceTxn& txn) { return inbox::get(txn, id); });
        return found ? std::optional(*found) : std::nullopt;
    }
    void answer() {
        const auto talk = find_talk(any_talk().conversation);
        if (!talk) {
            return;
        }
        messages::InboundResult to;
        to.contact = talk->contact;
        to.conversation = talk->id;
        const MessageId id = reply(to, {.number = talk->phone_number_id});
        write(shop, [&](db::WorkspaceTxn& txn) {
            messages::begin_sending(txn, id);
            return toss() ? messages::name_message(txn, id, talk->phone_number_id,
                                                   WaMessageId("wamid." + id.value), clock_.now())
                          : messages::set_state(txn, id, "failed", 131'000, "No.");
        });
    }
    void settle_any() {
        const ConversationId id = any_talk().conversation;
        const Context context = context_of(shop);
        switch (any(4)) {
            case 0: run(inbox_.resolve(context, id, {})); break;
            case 1: run(inbox_.reopen(context, id, {})); break;
            case 2: run(inbox_.snooze(context, id, clock_.now() + 1min, {})); break;
            default: run(inbox::Waker(tasks_, database(), clock_).run_due());
        }
    }
    void assign_any() {
        const auto member = any(4) == 0 ? std::nullopt : std::optional(UserId(any_of(members)));
        run(inbox_.assign(context_of(shop), any_talk().conversation, member));
    }
    void read_any() {
        write(shop, [&](db::WorkspaceTxn& txn) {
            inbox::mark_read(txn, any_talk().conversation);
            return true;
        });
    }
    void change_contact() {
        contacts::Draft draft;
        draft.tags.emplace();
        for (const std::string& tag : tags) {
            if (toss()) {
                draft.tags->push_back(tag);
            }
        }
        if (any(3) == 0) {
            draft.name = "Called " + std::to_string(any(100));
        }
        contacts::Service service(database(), ids_, clock_);
        const ContactId id = any_talk().contact;
        if (run(service.change(context_of(shop), id, draft)) && toss()) {
            write(shop, [&](db::WorkspaceTxn& txn) {
                inbox::unassign_blind(txn, context_of(shop), id, clock_.now());
                return true;
            });
        }
    }
    void leave_all() {
        write(shop, [&](db::WorkspaceTxn& txn) {
            return assignment::unassign_all(txn, UserId(any_of(members)));
        });
    }
    void note_any() {
        conversation_notes::Service service(database(), ids_, clock_);
        if (!notes_.empty() && toss()) {
            run(service.remove(context_of(shop), notes_.back()));
            notes_.pop_back();
            return;
        }
        const auto note = run(
            service.add(context_of(shop), any_talk().conversation, {.text = "n", .mentions = {}}));
        if (note) {
            notes_.push_back(note->id);
        }
    }
    void act() {
        clock_.advance(std::chrono::seconds(1 + any(30)));
        const std::size_t which = talks_.empty() ? 0 : any(16);
        switch (which) {
            case 0:
            case 1:
            case 2:
            case 3: receive_any(); break;
            case 4:
            case 5: answer(); break;
            case 6:
            case 7: settle_any(); break;
            case 8:
            case 9: assign_any(); break;
            case 10: read_any(); break;
            case 11:
            case 12: change_contact(); break;
            case 13: leave_all(); break;
            case 14: note_any(); break;
            default: set_opt_out(any_talk().contact, toss());
        }
    }

    // What was told, against what the API shows.

    void deliver() {
        for (Event& event : take_events()) {
            ring_.add(std::move(event), 1 << 30);
        }
        for (Client& client : clients_) {
            client.told.clear();
            for (; client.next < ring_.next(); ++client.next) {
                if (const Frame frame = ring_.frame_for(client.next, client.rights)) {
                    const json::object heard = json::parse_object(*frame).value();
                    client.hear(text_of_field(heard, "type"), heard.at("data").as_object());
                }
            }
        }
    }
    Objects list_talks(db::WorkspaceTxn& txn, const Rights& rights) {
        Objects shown;
        inbox::Filter filter{.limit = 100, .restrictions = rights.restrictions};
        do {
            const inbox::Page page = inbox::list(txn, filter).value();
            for (const inbox::Entry& entry : page.conversations) {
                shown[entry.id.value] = messages::render(entry);
            }
            filter.cursor = page.next_cursor;
        } while (!filter.cursor.empty());
        return shown;
    }
    Objects list_people(db::WorkspaceTxn& txn, const Rights& rights) {
        Objects shown;
        for (const std::string& id : contacts_) {
            if (const auto contact = contacts::get(txn, ContactId(id), rights.restrictions)) {
                shown[id] = contacts::render(*contact);
            }
        }
        return shown;
    }
    static std::set<std::string> list_notes(db::WorkspaceTxn& txn, const std::string& talk) {
        std::set<std::string> ids;
        for (const auto& note :
             conversation_notes::list_before(txn, ConversationId(talk), {}, 1'000)) {
            ids.insert(note.id);
        }
        return ids;
    }
    void compare(db::WorkspaceTxn& txn, const Client& client) {
        if (!client.rights.views_contacts) {
            EXPECT_TRUE(client.talks.empty() && client.people.empty() && client.told.empty());
            return;
        }
        EXPECT_EQ(client.talks, list_talks(txn, client.rights));
        EXPECT_EQ(client.people, list_people(txn, client.rights));
        for (const std::string& id : client.told) {
            EXPECT_TRUE(client.talks.contains(id)) << "told of what may not be seen";
        }
        for (const auto& [id, message] : client.messages) {
            EXPECT_EQ(message, messages::render(messages::find(txn, MessageId(id)).value()));
        }
        for (const auto& [talk, ids] : client.notes) {
            const std::set<std::string> known = list_notes(txn, talk);
            EXPECT_TRUE(std::ranges::includes(known, ids)) << "shows a note that is gone";
        }
    }

    /// WAPI_SEED begins elsewhere, to look further or to repeat one.
    static std::uint64_t seed() {
        const char* given = std::getenv("WAPI_SEED");
        return given == nullptr ? 20'260'101 : std::stoull(given);
    }

    SeededRng chance_{seed()};
    async::Tasks tasks_{io_};
    inbox::Service inbox_{database(), clock_};
    std::vector<Client> clients_;
    std::set<std::string> contacts_;
    std::map<std::string, messages::InboundResult> talks_;
    std::vector<std::string> notes_;
    Ring ring_{"e", 100'000};
};

TEST_P(LiveEventsClientTest, who_only_listens_shows_what_the_api_shows) {
    SCOPED_TRACE("seed " + std::to_string(seed()));
    for (std::size_t done = 0; done < acts && !HasFailure(); ++done) {
        act();
        if (any(3) == 0) {
            continue;  // told together with the next
        }
        deliver();
        read(shop, [&](db::WorkspaceTxn& txn) {
            for (const Client& client : clients_) {
                SCOPED_TRACE(client.rights.restrictions.member + " after act " +
                             std::to_string(done));
                compare(txn, client);
            }
            return true;
        });
    }
    EXPECT_GT(clients_[members.size()].talks.size(), 10U) << "the owner sees many";
}

WAPI_ON_BOTH_ENGINES(LiveEventsClientTest);

}  // namespace
}  // namespace wapi::live_events
