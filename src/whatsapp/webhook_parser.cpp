#include "whatsapp/webhook_parser.hpp"

#include <fmt/format.h>

#include <cstring>

#include "whatsapp/webhook_parser_items.hpp"
#include "whatsapp/webhook_parser_json.hpp"

namespace wapi::whatsapp {
namespace {

/// What all items of one `changes` element share.
struct ChangeContext {
    std::string path;  ///< "entry[0].changes[1]", for reasons
    WebhookItem common;
};

/// Collects the items of one body.
class Collector {
  public:
    Webhook collect(JsonView body) {
        webhook_.object = body.text("object");
        const JsonView entries = body.find("entry");
        if (!entries.is(JsonKind::array)) {
            reject(ChangeContext{}, "entry is missing or not an array", body);
        }
        std::size_t position = 0;
        entries.for_each([&](JsonView entry) {
            read_entry(entry, fmt::format("entry[{}]", position));
            ++position;
        });
        return std::move(webhook_);
    }

  private:
    void read_entry(JsonView entry, const std::string& path) {
        ChangeContext context{path, {}};
        context.common.waba_id = entry.text("id");
        context.common.entry_time = entry.find("time").seconds();
        const JsonView changes = entry.find("changes");
        if (!changes.is(JsonKind::array)) {
            reject(context, "changes is missing or not an array", entry);
        }
        std::size_t position = 0;
        changes.for_each([&](JsonView change) {
            context.path = fmt::format("{}.changes[{}]", path, position);
            read_change(change, context);
            ++position;
        });
    }

    void read_change(JsonView change, ChangeContext context) {
        const JsonView value = change.find("value");
        if (!change.find("field").is(JsonKind::string)) {
            reject(context, "field is missing or not a string", change);
            return;
        }
        WebhookItem& common = context.common;
        common.field = change.text("field");
        JsonView metadata = value.find("metadata");
        if (!metadata) {
            metadata = value.find("recipient");  // messaging_handovers
        }
        common.phone_number_id = metadata.text("phone_number_id");
        if (common.phone_number_id.size() > phone_number_id_bytes_max) {
            common.phone_number_id.clear();
            reject(context, "phone_number_id is too long", metadata);
            return;
        }
        common.display_phone_number = digits_of(metadata.text("display_phone_number"));
        if (common.field == "messages") {
            read_messages(value, context);
        } else if (common.field == "standby" && value.find("standby")) {
            read_messages(value.find("standby"), context);
        } else if (common.field == "smb_message_echoes" || common.field == "message_echoes") {
            read_list(value, "message_echoes", context, parse_echo);
        } else if (common.field == "user_preferences") {
            const ContactList contacts(value.find("contacts"));
            read_list(value, "user_preferences", context,
                      [&](JsonView item) { return parse_preference(item, contacts); });
        } else if (common.field == "message_template_status_update" &&
                   !value.find("new_quality_score")) {  // Meta uses the field for that, too
            read_template_status(value, context);
        } else {
            add(context, OtherField{{}, value ? std::string(value.raw()) : "null"});
        }
    }

    void read_template_status(JsonView value, const ChangeContext& context) {
        if (auto status = parse_template_status(value)) {
            add(context, *std::move(status));
        } else {
            reject(context, status.error(), value);
        }
    }

    void read_messages(JsonView value, const ChangeContext& context) {
        if (!value.is(JsonKind::object)) {
            reject(context, "value is missing or not an object", value);
            return;
        }
        const bool has_messages = static_cast<bool>(value.find("messages"));
        const bool has_statuses = static_cast<bool>(value.find("statuses"));
        if (!has_messages && !has_statuses) {
            add(context, OtherField{{}, std::string(value.raw())});
            return;
        }
        if (has_messages) {
            const ContactList contacts(value.find("contacts"));
            read_list(
                value, "messages", context,
                [&](JsonView item) { return parse_message(item, contacts); },
                [&](JsonView item) { return parse_partial_message(item, contacts); });
        }
        if (has_statuses) {
            read_list(value, "statuses", context, parse_status);
        }
        for (const std::string_view part :
             {"errors", "user_actions", "conversation_context", "message_echoes"}) {
            if (const JsonView found = value.find(part)) {
                add(context, OtherField{std::string(part), std::string(found.raw())});
            }
        }
    }

    static std::optional<PartialMessage> no_part(JsonView /*item*/) { return std::nullopt; }

    /// One item for each element of the array `name`; one OtherField when there is no such array.
    /// Of an element that `parse` refuses, `parse_part` finds what it can.
    template <class Parse, class ParsePart = decltype(&no_part)>
    void read_list(JsonView value, std::string_view name, const ChangeContext& context, Parse parse,
                   ParsePart parse_part = &no_part) {
        const JsonView list = value.find(name);
        if (!list) {
            add(context, OtherField{{}, value ? std::string(value.raw()) : "null"});
            return;
        }
        if (!list.is(JsonKind::array)) {
            reject(context, fmt::format("{} is not an array", name), list);
            return;
        }
        std::size_t position = 0;
        list.for_each([&](JsonView element) {
            if (element.find(erased_mark)) {
                add(context, OtherField{std::string(erased_mark), {}});
            } else if (auto parsed = parse(element)) {
                add(context, std::move(*parsed));
            } else {
                reject(context, fmt::format("{}[{}]: {}", name, position, parsed.error()), element,
                       parse_part(element));
            }
            ++position;
        });
    }

    void reject(const ChangeContext& context, std::string_view reason, JsonView json,
                std::optional<PartialMessage> partial = std::nullopt) {
        std::string place = context.path.empty() ? "" : context.path + ": ";
        if (partial && !partial->timestamp) {
            partial->timestamp = context.common.entry_time;
        }
        add(context, ParseError{place.append(reason), std::string(json.raw()), std::move(partial)});
    }

    void add(const ChangeContext& context, WebhookContent content) {
        if (webhook_.items.size() > webhook_items_max) {
            return;  // the whole body is refused: one above the limit is enough to know
        }
        WebhookItem& item = webhook_.items.emplace_back(context.common);
        item.ordinal = static_cast<std::uint32_t>(webhook_.items.size() - 1);
        item.content = std::move(content);
    }

    static std::string digits_of(std::string phone) {
        std::erase_if(phone, [](char character) { return character < '0' || character > '9'; });
        return phone;
    }

    Webhook webhook_;
};

constexpr std::string_view json_space = " \t\r\n";

/// True when `key` (with its quotes) is followed by a colon and `[`. Inside a JSON string the
/// closing quote would be escaped, so text that customers write cannot match. memmem is many times
/// faster than std::string_view::find where quotes are frequent.
bool has_array(std::string_view body, std::string_view key) {
    while (!body.empty()) {
        const void* const found = memmem(body.data(), body.size(), key.data(), key.size());
        if (found == nullptr) {
            return false;
        }
        const auto at = static_cast<std::size_t>(static_cast<const char*>(found) - body.data());
        body.remove_prefix(at + key.size());
        const std::size_t colon = body.find_first_not_of(json_space);
        if (colon != std::string_view::npos && body[colon] == ':') {
            const std::size_t next = body.find_first_not_of(json_space, colon + 1);
            if (next != std::string_view::npos && body[next] == '[') {
                return true;
            }
        }
    }
    return false;
}

}  // namespace

Result<Webhook> parse_webhook(std::string_view body) {
    thread_local JsonIndex index;
    const Result<JsonView> root = index.load(body, webhook_depth_max);
    if (!root) {
        index.shrink();
        return std::unexpected(root.error());
    }
    Webhook webhook = Collector().collect(*root);
    index.shrink();
    if (webhook.items.size() > webhook_items_max) {
        return fail(errors::webhook_too_many_items);
    }
    return webhook;
}

WebhookPriority classify_priority(std::string_view body) {
    if (has_array(body, "\"messages\"")) {
        return has_array(body, "\"history\"") ? WebhookPriority::low : WebhookPriority::high;
    }
    if (has_array(body, "\"user_preferences\"")) {
        return WebhookPriority::high;
    }
    return has_array(body, "\"statuses\"") ? WebhookPriority::normal : WebhookPriority::low;
}

}  // namespace wapi::whatsapp
