// What the tests of webhooks share: real webhook bodies, a connected number, and a worker run by
// hand.
//
// Bodies have the shape of meta/webhooks.md sections 3 to 6: everything goes through the same
// parser and queue as in production.
#pragma once

#include <fmt/format.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "features/webhook_events/webhook_events.hpp"
#include "features/webhooks/webhook_worker.hpp"
#include "tests/support/shop.hpp"
#include "whatsapp/webhook_parser.hpp"

namespace wapi::webhooks::testing {

namespace json = boost::json;

using test::other_shop;
using test::shop;
inline const std::string shop_number = test::shop_number.value;
inline const std::string other_number = test::second_number.value;

/// Who wrote; empty parts are left out of the JSON.
struct Author {
    std::string phone = {};
    std::string bsuid = {};
    std::string username = {};
    std::string name = {};
};

inline void put(json::object& object, std::string_view key, const std::string& value) {
    if (!value.empty()) {
        object[key] = value;
    }
}

/// One element of `changes`: members are added to the number's metadata.
inline json::object change_of(const std::string& number, std::string_view field,
                              json::object members) {
    members["messaging_product"] = "whatsapp";
    members["metadata"] = {{"display_phone_number", "15550001111"}, {"phone_number_id", number}};
    return {{"field", field}, {"value", std::move(members)}};
}

inline json::object contact_of(const Author& author) {
    json::object contact;
    put(contact, "wa_id", author.phone);
    put(contact, "user_id", author.bsuid);
    json::object profile;
    put(profile, "name", author.name);
    put(profile, "username", author.username);
    if (!profile.empty()) {
        contact["profile"] = std::move(profile);
    }
    return contact;
}

/// A message of the given type; `content` is the object under the type's name.
inline json::object message_change(const std::string& number, const Author& author,
                                   const std::string& wamid, std::int64_t at_s,
                                   std::string_view type, json::object content) {
    json::object message{{"id", wamid},
                         {"timestamp", std::to_string(at_s)},
                         {"type", type},
                         {type, std::move(content)}};
    put(message, "from", author.phone);
    put(message, "from_user_id", author.bsuid);
    return change_of(number, "messages",
                     {{"contacts", json::array{contact_of(author)}},
                      {"messages", json::array{std::move(message)}}});
}

inline json::object text_change(const std::string& number, const Author& author,
                                const std::string& wamid, std::int64_t at_s,
                                const std::string& text) {
    return message_change(number, author, wamid, at_s, "text", {{"body", text}});
}

/// One delivery status; `callback_data` and `error_code` are left out when empty and 0.
struct StatusFacts {
    std::string wamid;
    std::string status;
    std::int64_t at_s = 0;
    std::string callback_data = {};
    int error_code = 0;
};

inline json::object status_change(const std::string& number, const StatusFacts& facts) {
    json::object status{{"id", facts.wamid},
                        {"status", facts.status},
                        {"timestamp", std::to_string(facts.at_s)},
                        {"recipient_id", "15550002222"}};
    put(status, "biz_opaque_callback_data", facts.callback_data);
    if (facts.error_code != 0) {
        status["errors"] = json::array{{{"code", facts.error_code}, {"title", "failed"}}};
    }
    return change_of(number, "messages", {{"statuses", json::array{std::move(status)}}});
}

inline json::object preference_change(const std::string& number, const Author& author,
                                      std::int64_t at_s, std::string_view value) {
    json::object preference{
        {"category", "marketing_messages"}, {"value", value}, {"timestamp", at_s}};
    put(preference, "wa_id", author.phone);
    put(preference, "user_id", author.bsuid);
    return change_of(number, "user_preferences",
                     {{"contacts", json::array{contact_of(author)}},
                      {"user_preferences", json::array{std::move(preference)}}});
}

/// A whole body with these changes in one entry.
inline std::string body_of(json::array changes) {
    return json::serialize(
        json::object{{"object", "whatsapp_business_account"},
                     {"entry", json::array{{{"id", "209"}, {"changes", std::move(changes)}}}}});
}
inline std::string body_of(json::object change) { return body_of(json::array{std::move(change)}); }

class WebhooksTest : public test::ShopTest {
  protected:
    std::int64_t now_s() { return to_us(clock_.now()) / 1'000'000; }

    void connect(const WorkspaceId& workspace, const std::string& number_id) {
        save_number(workspace, PhoneNumberId(number_id));
    }
    /// Stores a body as the intake does.
    EventId store_body(const std::string& body) { return store_together({body}).front(); }
    /// Stores bodies that share a commit.
    std::vector<EventId> store_together(const std::vector<std::string>& bodies) {
        std::vector<webhook_events::StoredEvent> events;
        std::vector<EventId> ids;
        for (const std::string& body : bodies) {
            events.push_back({.id = ids_.event_id(),
                              .received_at = clock_.now(),
                              .priority = whatsapp::classify_priority(body),
                              .signature = "sha256=00",
                              .body = body});
            ids.push_back(events.back().id);
        }
        write([&](db::Txn& txn) {
            webhook_events::insert(txn, events);
            return true;
        });
        return ids;
    }
    /// Stores a body as if it had come in at that moment, long before or after the clock's.
    void store_received(std::int64_t at_s, const std::string& body) {
        const Timestamp at = from_us(at_s * 1'000'000);
        const webhook_events::StoredEvent event{
            .id = EventId{first_event_at(at).value + ++received_},
            .received_at = at,
            .priority = whatsapp::classify_priority(body),
            .signature = "sha256=00",
            .body = body};
        write([&](db::Txn& txn) {
            webhook_events::insert(txn, {&event, 1});
            return true;
        });
    }
    /// Batches of the worker until nothing is due. Returns how many jobs were taken.
    std::size_t drain() {
        std::size_t total = 0;
        while (const std::size_t taken = run(worker_.run_batch())) {
            total += taken;
        }
        return total;
    }
    void execute(const std::string& text) {
        write([&](db::Txn& txn) {
            txn.connection().execute_text(text);
            return true;
        });
    }
    std::int64_t count(const db::Sql& sql) {
        return read([&](db::Txn& txn) { return txn.query(sql)[0].integer(0); });
    }

    std::int64_t received_ = 0;
    async::Tasks tasks_{io_};
    Worker worker_{tasks_, database(), ids_, clock_, {}};
};

}  // namespace wapi::webhooks::testing
