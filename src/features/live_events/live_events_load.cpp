// One function a kind: what it reads, what clients get, who may see it. A new kind is announced by
// its feature and gets a line in `makers` (README.md, "Adding a kind").
#include "features/live_events/live_events.hpp"

#include <array>
#include <boost/json/parse.hpp>
#include <map>
#include <set>

#include "base/json.hpp"
#include "features/audit/audit.hpp"
#include "features/contacts/contacts.hpp"
#include "features/conversation_notes/conversation_notes.hpp"
#include "features/inbox/inbox.hpp"
#include "features/live_events/live_events_store.hpp"
#include "features/messages/messages.hpp"
#include "features/numbers/numbers.hpp"

namespace wapi::live_events {
namespace {

constexpr std::string_view conversation_removed = "conversation.removed";
constexpr std::string_view contact_removed = "contact.removed";

Facts facts_of(const inbox::Entry& entry) {
    return {
        .subject = Subject::conversation,
        .known = true,
        .assignee = entry.assignee ? std::optional(entry.assignee->value) : std::nullopt,
        .numbers = {entry.phone_number_id.value},
        .tags = entry.contact_tags,
    };
}

std::vector<std::string> without(std::vector<std::string> list,
                                 const std::vector<std::string>& left_out) {
    std::erase_if(list, [&](const std::string& one) {
        return std::ranges::find(left_out, one) != left_out.end();
    });
    return list;
}

/// What announcements tell of a conversation or a contact that its rows no longer do.
struct Told {
    std::optional<std::optional<std::string>> assignee;  ///< as it was, when it has changed
    std::optional<std::vector<std::string>> tags;        ///< as they were, when they have changed
    std::optional<std::vector<std::string>> numbers;     ///< the same
    std::vector<std::string> new_numbers;                ///< that came since
    std::string contact;  ///< whose conversation it was, when it is another's now
    bool merged = false;
    bool is_new = false;
};

class Loader {
  public:
    /// All are looked through first: what two acts changed one after the other was otherwise before
    /// both.
    Loader(db::WorkspaceTxn& txn, std::span<const db::Announcement> announcements) : txn_(txn) {
        std::ranges::for_each(announcements, [this](const auto& one) { note(one); });
    }

    void add(const db::Announcement& announcement);
    std::vector<Event> take() { return std::move(events_); }

    void add_message_created(const db::Announcement& announcement);
    void add_message_status(const db::Announcement& announcement);
    void add_conversation(const db::Announcement& announcement);
    void add_note_created(const db::Announcement& announcement);
    void add_note_removed(const db::Announcement& announcement);
    void add_contact(const db::Announcement& announcement);
    void add_number(const db::Announcement& announcement);

  private:
    void note(const db::Announcement& announcement);
    static void note_numbers(Told& told, const json::object& detail);
    const Told& told_of(const std::string& id) const {
        static const Told nothing;
        const auto found = told_.find(id);
        return found == told_.end() ? nothing : found->second;
    }
    Result<inbox::Entry> find(const ConversationId& id) { return inbox::get_entry(txn_, id, {}); }
    bool is_first(std::string_view kind, const std::string& id) {
        return done_.emplace(kind, id).second;
    }
    void put(std::string_view type, std::string id, const json::object& data, Facts facts) {
        events_.push_back({.type = std::string(type),
                           .id = std::move(id),
                           .data = json::render(data),
                           .removed = {},
                           .facts = std::move(facts)});
    }
    /// Of a subject that some may not see any more.
    void put_changed(Event event, const Told& told, Facts before) {
        if (before != event.facts && !told.is_new) {
            event.before = std::move(before);
        }
        events_.push_back(std::move(event));
    }
    /// Of a conversation or what is in it.
    void put_talk(std::string_view type, const inbox::Entry& entry, const json::object& data);
    void put_conversation(const std::string& id);
    /// Whom nobody has seen goes untold.
    void put_gone(std::string_view type, const std::string& id, Facts facts) {
        if (!told_of(id).is_new) {
            put(type, id, {{"id", id}}, std::move(facts));
        }
    }

    db::WorkspaceTxn& txn_;
    std::vector<Event> events_;
    std::map<std::string, Told> told_;                         ///< by id
    std::set<std::pair<std::string_view, std::string>> done_;  ///< kind and id
};

struct Maker {
    std::string_view kind;
    void (Loader::*add)(const db::Announcement& announcement);
};
constexpr std::array makers{
    Maker{messages::message_created, &Loader::add_message_created},
    Maker{messages::message_status, &Loader::add_message_status},
    Maker{inbox::conversation_changed, &Loader::add_conversation},
    Maker{conversation_notes::note_created, &Loader::add_note_created},
    Maker{conversation_notes::note_removed, &Loader::add_note_removed},
    Maker{contacts::contact_changed, &Loader::add_contact},
    Maker{numbers::number_changed, &Loader::add_number},
};

const Maker* find_maker(std::string_view kind) {
    const auto* found = std::ranges::find(makers, kind, &Maker::kind);
    return found == makers.end() ? nullptr : found;
}

json::object parse_detail(const std::string& detail) {
    boost::system::error_code failure;
    const json::value parsed = boost::json::parse(detail, failure);
    return failure || !parsed.is_object() ? json::object() : parsed.as_object();
}

std::vector<std::string> strings_of(const json::value& list) {
    std::vector<std::string> texts;
    for (const json::value& item : list.as_array()) {
        texts.emplace_back(item.as_string());
    }
    return texts;
}

void Loader::note(const db::Announcement& announcement) {
    const json::object detail = parse_detail(announcement.detail);
    if (detail.empty()) {
        return;
    }
    Told& told = told_[announcement.id];
    const json::value* assignee = detail.if_contains("assigneeId");
    if (assignee != nullptr && !told.assignee) {
        told.assignee =
            assignee->is_null() ? std::nullopt : std::optional(std::string(assignee->as_string()));
    }
    const json::value* tags = detail.if_contains("tags");
    if (tags != nullptr && !told.tags) {
        told.tags = strings_of(*tags);
    }
    note_numbers(told, detail);
    const json::value* contact = detail.if_contains("contactId");
    if (contact != nullptr && told.contact.empty()) {
        told.contact = contact->as_string();
    }
    told.merged = told.merged || detail.contains("merged");
    told.is_new = told.is_new || detail.contains("new");
}

void Loader::note_numbers(Told& told, const json::object& detail) {
    if (told.numbers) {
        return;
    }
    if (const json::value* number = detail.if_contains("newNumber")) {
        told.new_numbers.emplace_back(number->as_string());
    }
    if (const json::value* numbers = detail.if_contains("numbers")) {
        told.numbers = without(strings_of(*numbers), told.new_numbers);
    }
}

void Loader::add(const db::Announcement& announcement) {
    if (is_first(announcement.kind, announcement.id)) {
        (this->*find_maker(announcement.kind)->add)(announcement);
    }
}

void Loader::put_talk(std::string_view type, const inbox::Entry& entry, const json::object& data) {
    const Told& told = told_of(entry.id.value);
    const Told& person = told_of(told.contact.empty() ? entry.contact.value : told.contact);
    Event event{.type = std::string(type),
                .id = entry.id.value,
                .data = json::render(data),
                .removed = std::string(conversation_removed),
                .facts = facts_of(entry)};
    Facts before = event.facts;
    before.assignee = told.assignee.value_or(before.assignee);
    before.tags = person.tags.value_or(before.tags);
    put_changed(std::move(event), told, std::move(before));
}

void Loader::add_message_created(const db::Announcement& announcement) {
    const auto message = messages::find(txn_, MessageId(announcement.id));
    const auto entry = message ? find(message->conversation) : fail(errors::not_found);
    if (entry) {
        put_talk(
            announcement.kind, *entry,
            {{"message", messages::render(*message)}, {"conversation", messages::render(*entry)}});
    }
}

void Loader::add_message_status(const db::Announcement& announcement) {
    const auto message = announcement.detail.empty()
                             ? messages::find(txn_, MessageId(announcement.id))
                             : messages::find_sent(txn_, PhoneNumberId(announcement.detail),
                                                   WaMessageId(announcement.id));
    const auto entry = message ? find(message->conversation) : fail(errors::not_found);
    if (entry) {
        put_talk(announcement.kind, *entry, {{"message", messages::render(*message)}});
    }
}

void Loader::add_conversation(const db::Announcement& announcement) {
    put_conversation(announcement.id);
}

void Loader::put_conversation(const std::string& id) {
    const Told& told = told_of(id);
    const auto entry = find(ConversationId(id));
    if (entry) {
        json::object data{{"conversation", messages::render(*entry)}};
        if (told.merged) {
            data["merged"] = true;
        }
        put_talk(inbox::conversation_changed, *entry, data);
        return;
    }
    const Told& person = told_of(told.contact);
    const bool known = told.assignee && person.tags;
    put_gone(conversation_removed, id,
             {.subject = Subject::conversation,
              .known = known,
              .assignee = told.assignee.value_or(std::nullopt),
              .numbers = told.numbers.value_or(std::vector<std::string>()),
              .tags = person.tags.value_or(std::vector<std::string>())});
}

void Loader::add_note_created(const db::Announcement& announcement) {
    const auto note = conversation_notes::find(txn_, announcement.id);
    const auto entry = note ? find(note->conversation) : fail(errors::not_found);
    if (entry) {
        put_talk(announcement.kind, *entry, {{"note", conversation_notes::render(*note)}});
    }
}

void Loader::add_note_removed(const db::Announcement& announcement) {
    if (const auto entry = find(ConversationId(announcement.detail))) {
        put_talk(announcement.kind, *entry,
                 {{"id", announcement.id}, {"conversationId", entry->id.value}});
    }
}

/// A contact's tags decide who sees the conversations with them, too.
void Loader::add_contact(const db::Announcement& announcement) {
    const ContactId id(announcement.id);
    const Told& told = told_of(id.value);
    const Result<contacts::Contact> contact = contacts::get(txn_, id);
    if (!contact) {
        put_gone(contact_removed, id.value,
                 {.subject = Subject::contact,
                  .known = told.tags.has_value(),
                  .numbers = told.numbers.value_or(std::vector<std::string>()),
                  .tags = told.tags.value_or(std::vector<std::string>())});
        return;
    }
    const std::vector<store::Talk> talks = store::list_talks(txn_, id);
    Event event{.type = std::string(announcement.kind),
                .id = id.value,
                .data = json::render({{"contact", contacts::render(*contact)}}),
                .removed = std::string(contact_removed),
                .facts = {.subject = Subject::contact, .tags = contact->tags}};
    for (const store::Talk& talk : talks) {
        event.facts.numbers.push_back(talk.number);
    }
    Facts before = event.facts;
    before.tags = told.tags.value_or(before.tags);
    before.numbers = told.numbers.value_or(without(before.numbers, told.new_numbers));
    put_changed(std::move(event), told, std::move(before));
    for (const store::Talk& talk : talks) {
        const std::string& conversation = talk.conversation.value;
        if (told.tags && *told.tags != contact->tags &&
            is_first(inbox::conversation_changed, conversation)) {
            put_conversation(conversation);
        }
    }
}

void Loader::add_number(const db::Announcement& announcement) {
    const auto number = numbers::find_number(txn_, PhoneNumberId(announcement.id));
    if (number) {
        put(announcement.kind, announcement.id,
            {{"phoneNumberId", announcement.id},
             {"displayPhone", number->display_phone},
             {"status", number->status},
             {"reason", number->status_reason}},
            {.subject = Subject::number, .numbers = {announcement.id}});
    }
}

}  // namespace

bool is_event_kind(std::string_view kind) { return find_maker(kind) != nullptr; }

std::optional<std::string_view> find_kind(std::string_view kind) {
    if (const Maker* maker = find_maker(kind)) {
        return maker->kind;
    }
    for (const std::string_view known : {audit::access_changed, contacts::contact_erased,
                                         contacts::contacts_changed, everything_changed}) {
        if (kind == known) {
            return known;
        }
    }
    return std::nullopt;
}

std::vector<Event> load_events(db::WorkspaceTxn& txn,
                               std::span<const db::Announcement> announcements) {
    Loader loader(txn, announcements);
    for (const db::Announcement& announcement : announcements) {
        loader.add(announcement);
    }
    return loader.take();
}

std::optional<Facts> find_seen(db::WorkspaceTxn& txn, const ConversationId& id,
                               const Restrictions& restrictions) {
    const Result<inbox::Entry> entry = inbox::get_entry(txn, id, restrictions);
    return entry ? std::optional(facts_of(*entry)) : std::nullopt;
}

}  // namespace wapi::live_events
