#include "features/seed/seed_store.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <deque>

namespace wapi::seed::store {
namespace {

const db::Sql list_seeds_sql{{
    .name = "seed.list_seeds",
    .text = "SELECT resource_id FROM audit_logs"
            " WHERE workspace_id = $1 AND action = 'data.seeded'",
}};
const db::Sql insert_user_sql{{
    .name = "seed.insert_user",
    .text = "INSERT INTO users (user_id, email, name, password_hash, created_us, email_verified_us)"
            " VALUES ($1, $2, $3, $4, $5, $5)",
    .scope = db::Scope::system,
}};
const db::Sql insert_member_sql{{
    .name = "seed.insert_member",
    .text = "INSERT INTO members (workspace_id, user_id, role, created_us) VALUES ($1, $2, $3, $4)",
}};
const db::Sql insert_contact_sql{{
    .name = "seed.insert_contact",
    .text = "INSERT INTO contacts (workspace_id, contact_id, name, name_by_hand, phone, tags,"
            " attributes, opted_out, opt_out_decided_us, opted_out_us, opted_out_via,"
            " opted_back_in_us, created_us)"
            " VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $8, $9, $10, NULL, $11)",
}};
constexpr std::size_t contact_values = 10;
const db::Sql insert_identity_sql{{
    .name = "seed.insert_identity",
    .text = "INSERT INTO contact_identities (workspace_id, kind, value, contact_id, seen_us)"
            " VALUES ($1, 'phone', $2, $3, $4)",
}};
constexpr std::size_t identity_values = 3;
const db::Sql insert_tag_sql{{
    .name = "seed.insert_tag",
    .text = "INSERT INTO contact_tags (workspace_id, contact_id, tag) VALUES ($1, $2, $3)",
}};
constexpr std::size_t tag_values = 2;
const db::Sql insert_conversation_sql{{
    .name = "seed.insert_conversation",
    .text =
        "INSERT INTO conversations (workspace_id, conversation_id, contact_id, phone_number_id,"
        " status, assignee_id, unread_count, read_up_to_us, resolved_us, last_inbound_us,"
        " profile_name, profile_us, last_message_us, last_message_id, created_us, snoozed_until_us)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10, $12, $13, $14, $15)",
}};
constexpr std::size_t conversation_values = 14;
const db::Sql insert_message_sql{{
    .name = "seed.insert_message",
    .text = "INSERT INTO messages (workspace_id, message_id, conversation_id, contact_id,"
            " phone_number_id, wa_message_id, direction, type, status, text, content, purpose,"
            " timestamp_us, sent_us, delivered_us, read_us, failed_us, error_code, error_message,"
            " created_us)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, 'text', $8, $9, $10, $11, $12, $13, $14, $15,"
            " $16, $17, $18, $12)",
}};
constexpr std::size_t message_values = 17;
const db::Sql enqueue_sql{{
    .name = "seed.enqueue_search",
    .text = "INSERT INTO search_queue (queued_us, workspace_id, kind, subject_id)"
            " VALUES ($2, $1, $3, $4)",
}};
constexpr std::size_t enqueue_values = 3;

/// Values of many rows, and the texts that they look into.
class Values {
  public:
    /// What lives until the rows are written.
    void add(db::Value value) { values_.push_back(value); }
    void add(std::int64_t value) { values_.emplace_back(value); }
    void own(std::string text) { values_.emplace_back(texts_.emplace_back(std::move(text))); }
    void time_or_null(bool given, Timestamp time) {
        values_.push_back(given ? db::Value(to_us(time)) : db::Value());
    }
    void insert(db::WorkspaceTxn& txn, const db::Sql& sql, std::size_t per_row) const {
        txn.execute_many(sql, values_, per_row);
    }

  private:
    std::deque<std::string> texts_;
    std::vector<db::Value> values_;
};

std::string render_tags(const std::vector<std::string>& tags) {
    return boost::json::serialize(boost::json::array(tags.begin(), tags.end()));
}

void insert_contacts(db::WorkspaceTxn& txn, std::span<const PlacedTalk> talks, Timestamp now) {
    Values contacts;
    Values identities;
    Values tags;
    Values queued;
    for (const PlacedTalk& placed : talks) {
        const Customer& customer = placed.talk.customer;
        const Timestamp first = placed.talk.lines.front().at;
        const bool opted_out = customer.opted_out_at.has_value();
        contacts.add(std::string_view(placed.contact.value));
        contacts.add(std::string_view(customer.name));
        contacts.add(std::string_view(customer.wa_id));
        contacts.own(render_tags(customer.tags));
        contacts.own(boost::json::serialize(customer.attributes));
        contacts.add(std::int64_t{opted_out ? 1 : 0});
        contacts.add(opted_out ? to_us(*customer.opted_out_at) : 0);
        contacts.time_or_null(opted_out, customer.opted_out_at.value_or(Timestamp()));
        contacts.add(std::string_view(opted_out ? "message" : ""));
        contacts.add(to_us(first));
        identities.add(std::string_view(customer.wa_id));
        identities.add(std::string_view(placed.contact.value));
        identities.add(to_us(first));
        for (const std::string& tag : customer.tags) {
            tags.add(std::string_view(placed.contact.value));
            tags.add(std::string_view(tag));
        }
        queued.add(to_us(now));
        queued.add(std::string_view("contact"));
        queued.add(std::string_view(placed.contact.value));
    }
    contacts.insert(txn, insert_contact_sql, contact_values);
    identities.insert(txn, insert_identity_sql, identity_values);
    tags.insert(txn, insert_tag_sql, tag_values);
    queued.insert(txn, enqueue_sql, enqueue_values);
}

std::string render_content(const std::string& text) {
    return boost::json::serialize(
        boost::json::object{{"type", "text"}, {"text", {{"preview_url", false}, {"body", text}}}});
}

void add_message(Values& messages, const PlacedTalk& placed, const Line& line,
                 const std::string& id) {
    const auto reached = [&](std::initializer_list<std::string_view> statuses) {
        return std::ranges::find(statuses, line.status) != statuses.end();
    };
    messages.own(id);
    messages.add(std::string_view(placed.conversation.value));
    messages.add(std::string_view(placed.contact.value));
    messages.add(std::string_view(placed.phone_number_id.value));
    messages.own("wamid.seed." + id);
    messages.add(std::string_view(line.inbound ? "inbound" : "outbound"));
    messages.add(line.status);
    messages.add(std::string_view(line.text));
    messages.own(line.inbound ? "" : render_content(line.text));
    messages.add(std::string_view(line.is_confirmation ? "confirmation" : "service"));
    messages.add(to_us(line.at));
    messages.time_or_null(reached({"sent", "delivered", "read"}), line.at);
    messages.time_or_null(reached({"delivered", "read"}), line.at + std::chrono::seconds(2));
    messages.time_or_null(reached({"read"}), line.at + std::chrono::seconds(9));
    messages.time_or_null(reached({"failed"}), line.at + std::chrono::seconds(1));
    messages.add(line.error_code ? db::Value(*line.error_code) : db::Value());
    messages.add(line.error_message);
}

void add_conversation(Values& conversations, const PlacedTalk& placed, const std::string& last) {
    const Talk& talk = placed.talk;
    const Timestamp last_at = talk.lines.back().at;
    const auto first_unread = talk.lines.end() - talk.unread;
    conversations.add(std::string_view(placed.conversation.value));
    conversations.add(std::string_view(placed.contact.value));
    conversations.add(std::string_view(placed.phone_number_id.value));
    conversations.add(talk.status);
    conversations.add(placed.assignee.empty() ? db::Value()
                                              : std::string_view(placed.assignee.value));
    conversations.add(talk.unread);
    conversations.add(first_unread == talk.lines.begin() ? 0 : to_us((first_unread - 1)->at) + 1);
    conversations.add(talk.status == "resolved" ? to_us(last_at) + 1 : 0);
    conversations.add(to_us(talk.last_inbound()));
    conversations.add(std::string_view(talk.customer.name));
    conversations.add(to_us(last_at));
    conversations.own(last);
    conversations.add(to_us(talk.lines.front().at));
    conversations.add(talk.snoozed_until ? to_us(*talk.snoozed_until) : 0);
}

}  // namespace

bool has_people_of(db::WorkspaceTxn& txn, std::uint64_t seed) {
    bool found = false;
    for (const db::Row row : txn.query(list_seeds_sql)) {
        found = found || row.text(0) == std::to_string(seed);
    }
    return found;
}

void insert_members(db::WorkspaceTxn& txn, std::span<const Person> team,
                    std::string_view password_hash, Timestamp now) {
    for (const Person& person : team) {
        txn.txn().execute(insert_user_sql, person.id, person.email, person.name, password_hash,
                          to_us(now));
        txn.execute(insert_member_sql, person.id, person.role, to_us(now));
    }
}

void insert_talks(db::WorkspaceTxn& txn, std::span<const PlacedTalk> talks, IdGenerator& ids,
                  Timestamp now) {
    insert_contacts(txn, talks, now);
    Values conversations;
    Values messages;
    Values queued;
    for (const PlacedTalk& placed : talks) {
        std::string id;
        for (const Line& line : placed.talk.lines) {
            id = restamp(ids.uuid(), line.at);
            add_message(messages, placed, line, id);
            queued.add(to_us(now));
            queued.add(std::string_view("message"));
            queued.own(id);
        }
        add_conversation(conversations, placed, id);
    }
    conversations.insert(txn, insert_conversation_sql, conversation_values);
    messages.insert(txn, insert_message_sql, message_values);
    queued.insert(txn, enqueue_sql, enqueue_values);
}

}  // namespace wapi::seed::store
