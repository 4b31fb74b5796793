// Fuzz target: any bytes as a webhook body.
//
// Looks for crashes, and checks what must hold for every body that parses: items are numbered in
// order, nothing unusable passes as usable, and what is kept as JSON is JSON in valid UTF-8.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <cstdint>
#include <cstdlib>

#include "base/text.hpp"
#include "whatsapp/webhook_parser.hpp"
#include "whatsapp/webhook_parser_content.hpp"

namespace {

using namespace wapi::whatsapp;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

void require_json(const std::string& json) {
    boost::system::error_code failed;
    boost::json::parse_options options;
    options.max_depth = webhook_depth_max + 1;
    boost::json::parse(json, failed, {}, options);
    // Numbers that JSON allows may be out of Boost's range.
    if (failed && failed != boost::json::error::exponent_overflow) {
        fmt::print(stderr, "{}: {}\n", failed.message(), json);
        std::abort();
    }
}

void check(const std::vector<std::string>& words) {
    require(words.size() <= 9);
    for (const std::string& word : words) {
        require(!word.empty() && word.size() <= words_bytes_max);
        require(wapi::text::is_valid_utf8(word) && word.find('\0') == std::string::npos);
    }
}

void check(const InboundMessage& message) {
    check(message.words);
    require(!message.wa_message_id.empty());
    require(message.timestamp > wapi::Timestamp{});
    require(wapi::text::is_valid_utf8(message.text));
    require(message.text.find('\0') == std::string::npos);
    require_json(message.json);
}
void check(const StatusUpdate& status) {
    require(!status.wa_message_id.empty() && !status.status_name.empty());
    require_json(status.json);
}
void check(const UserPreference& preference) {
    require(!preference.phone.empty() || !preference.user_id.empty());
    require_json(preference.json);
}
void check(const TemplateStatus& status) {
    require(!status.name.empty() && !status.language.contains('-') && !status.event.empty());
    require_json(status.json);
}
void check(const MessageEcho& echo) { check(echo.message); }
void check(const OtherField& other) { require_json(other.json); }
void check(const ParseError& error) {
    require(!error.reason.empty());
    if (error.partial) {
        require(!error.partial->sender.phone.empty() || !error.partial->sender.user_id.empty());
        require(!error.partial->words.empty());
        require(!error.partial->timestamp || *error.partial->timestamp > wapi::Timestamp{});
        check(error.partial->words);
        require_json(error.json);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    classify_priority(body);
    const wapi::Result<Webhook> webhook = parse_webhook(body);
    if (!webhook) {
        return 0;
    }
    std::uint32_t ordinal = 0;
    for (const WebhookItem& item : webhook->items) {
        require(item.ordinal == ordinal++);
        std::visit([](const auto& content) { check(content); }, item.content);
    }
    return 0;
}
