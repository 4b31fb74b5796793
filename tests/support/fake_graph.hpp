// A stand-in for Meta's Graph API in unit tests: prepared answers, and a list of the calls that
// came.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "whatsapp/graph_client.hpp"

namespace wapi::test {

class FakeGraph final : public whatsapp::GraphClient {
  public:
    async::Task<whatsapp::GraphResult<whatsapp::TokenInfo>> debug_token(
        SecretString /*token*/) override {
        calls.emplace_back("debug_token");
        if (down) {
            co_return std::unexpected(whatsapp::NotSent{"down"});
        }
        co_return token_info;
    }
    async::Task<whatsapp::GraphResult<std::vector<whatsapp::PhoneInfo>>> list_phone_numbers(
        WabaId /*waba_id*/, SecretString /*token*/) override {
        calls.emplace_back("list_phone_numbers");
        co_return phones;
    }
    async::Task<whatsapp::GraphResult<whatsapp::PhoneInfo>> get_phone(
        PhoneNumberId /*phone_number_id*/, SecretString /*token*/) override {
        calls.emplace_back("get_phone");
        co_return phones.front();
    }
    async::Task<whatsapp::GraphResult<void>> subscribe_app(WabaId /*waba_id*/,
                                                           SecretString /*token*/) override {
        calls.emplace_back("subscribe_app");
        if (subscribe_failure) {
            co_return std::unexpected(*subscribe_failure);
        }
        co_return whatsapp::GraphResult<void>();
    }
    async::Task<whatsapp::GraphResult<void>> register_phone(PhoneNumberId /*phone_number_id*/,
                                                            SecretString /*token*/,
                                                            SecretString pin) override {
        calls.emplace_back("register_phone");
        pins.emplace_back(pin.reveal());
        if (register_code != 0) {
            whatsapp::Refused refused;
            refused.code = register_code;
            refused.http_status = 400;
            co_return std::unexpected(std::move(refused));
        }
        co_return whatsapp::GraphResult<void>();
    }
    /// The cursor of the page with index n is "n".
    async::Task<whatsapp::GraphResult<whatsapp::TemplatePage>> list_templates(
        WabaId /*waba_id*/, SecretString /*token*/, std::string cursor) override {
        calls.emplace_back("list_templates");
        const std::size_t index = cursor.empty() ? 0 : std::stoul(cursor);
        if (fail_templates_after && index >= *fail_templates_after) {
            co_return std::unexpected(whatsapp::Uncertain{"down"});
        }
        if (index >= template_pages.size()) {
            co_return whatsapp::TemplatePage{};
        }
        whatsapp::TemplatePage page = template_pages[index];
        page.next_cursor = index + 1 < template_pages.size() ? std::to_string(index + 1) : "";
        co_return page;
    }
    async::Task<whatsapp::SendOutcome> send_message(PhoneNumberId /*phone_number_id*/,
                                                    SecretString /*token*/,
                                                    std::string body) override {
        calls.emplace_back("send_message");
        sent.push_back(std::move(body));
        if (during_send) {
            during_send();
        }
        whatsapp::Accepted accepted;
        accepted.wa_message_id = WaMessageId("wamid." + std::to_string(sent.size()));
        const whatsapp::SendOutcome outcome = send_outcome.value_or(accepted);
        if (answer_delay.count() > 0) {
            in_flight_most = std::max(in_flight_most, ++in_flight_);
            co_await async::sleep_for(answer_delay);
            --in_flight_;
        }
        co_return outcome;
    }

    bool down = false;
    whatsapp::TokenInfo token_info;
    std::vector<whatsapp::PhoneInfo> phones;
    std::optional<whatsapp::GraphFailure> subscribe_failure;
    int register_code = 0;  ///< Meta's error code, 0: accepted
    std::vector<whatsapp::TemplatePage> template_pages;
    std::optional<std::size_t> fail_templates_after;  ///< index of the first page that fails
    std::optional<whatsapp::SendOutcome> send_outcome;
    std::function<void()> during_send;          ///< called in each call of send_message
    std::chrono::milliseconds answer_delay{0};  ///< of send_message
    std::size_t in_flight_most = 0;             ///< calls of send_message at once, when delayed

    std::vector<std::string> calls;
    std::vector<std::string> pins;
    std::vector<std::string> sent;

  private:
    std::size_t in_flight_ = 0;
};

}  // namespace wapi::test
