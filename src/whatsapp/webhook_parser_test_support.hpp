// One webhook item at a time, for the tests of what each type becomes.
#pragma once

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string_view>
#include <variant>
#include <vector>

#include "whatsapp/webhook_parser.hpp"

namespace wapi::whatsapp {

/// A contact with everything Meta may say of one.
inline constexpr std::string_view ann =
    R"({"profile":{"name":"Ann Lee","username":"@annlee"},"wa_id":"15550002222",)"
    R"("user_id":"US.1349","parent_user_id":"US.ENT.77","identity_key_hash":"DF2l="})";

/// The one item of a body with one change of that field and value.
inline WebhookItem item_of(std::string_view field, std::string_view value) {
    const std::vector<WebhookItem> items =
        parse_webhook(
            fmt::format(R"({{"entry":[{{"id":"1","changes":[{{"field":"{}","value":{}}}]}}]}})",
                        field, value))
            ->items;
    EXPECT_EQ(items.size(), 1U) << value;
    return items.at(0);
}

/// What the item holds; the test fails, with the parser's reason, when that is an error.
template <class T>
T content_of(const WebhookItem& item) {
    if (const auto* error = std::get_if<ParseError>(&item.content)) {
        ADD_FAILURE() << error->reason;
    }
    return std::get<T>(item.content);
}

}  // namespace wapi::whatsapp
