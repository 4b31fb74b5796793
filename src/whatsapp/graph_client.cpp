// The Graph API over HTTP: builds requests, hands answers to graph_parse, and sorts the ways to
// fail.
//
// Tokens travel in the Authorization header; appsecret_proof in the query, as Meta asks. Neither is
// logged: what is logged is the path, the status and Meta's trace id. Source: meta/cloud-api.md
// section 1.
#include "whatsapp/graph_client.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "net/http_client.hpp"
#include "whatsapp/graph_parse.hpp"
#include "whatsapp/signature.hpp"

namespace wapi::whatsapp {
namespace {

namespace bj = boost::json;

const Counter calls_ok{"wapi_graph_calls_total", "Calls to Meta's Graph API.", R"(outcome="ok")"};
const Counter calls_refused{"wapi_graph_calls_total", "Calls to Meta's Graph API.",
                            R"(outcome="refused")"};
const Counter calls_failed{"wapi_graph_calls_total", "Calls to Meta's Graph API.",
                           R"(outcome="failed")"};

constexpr std::string_view phone_fields =
    "id,display_phone_number,verified_name,quality_rating,code_verification_status,status,"
    "throughput,is_on_biz_app";
constexpr std::string_view template_fields =
    "id,name,language,category,status,parameter_format,components";

std::string encode(std::string_view text) {
    return boost::urls::encode(text, boost::urls::unreserved_chars);
}

struct Query {
    std::string text;
    void add(std::string_view name, std::string_view content) {
        text += fmt::format("{}{}={}", text.empty() ? '?' : '&', name, encode(content));
    }
};

void log_failure(std::string_view operation, const GraphFailure& failure) {
    if (const Refused* refused = std::get_if<Refused>(&failure)) {
        calls_refused.add();
        log::warn("graph.refused", {{"operation", operation},
                                    {"status", refused->http_status},
                                    {"code", refused->code.value_or(-1)},
                                    {"subcode", refused->subcode},
                                    {"trace", refused->trace_id}});
        return;
    }
    calls_failed.add();
    const NotSent* not_sent = std::get_if<NotSent>(&failure);
    log::warn(
        "graph.failed",
        {{"operation", operation},
         {"delivery", not_sent != nullptr ? "not_sent" : "uncertain"},
         {"reason", not_sent != nullptr ? not_sent->reason : std::get<Uncertain>(failure).reason}});
}

GraphFailure to_failure(const net::ClientFailure& failure) {
    if (failure.delivery == net::Delivery::not_sent) {
        return NotSent{failure.reason};
    }
    return Uncertain{failure.reason};
}

class HttpGraphClient final : public GraphClient {
  public:
    HttpGraphClient(net::HttpClient& http, GraphOptions options)
        : http_(http), options_(std::move(options)) {}

    async::Task<GraphResult<TokenInfo>> debug_token(SecretString token) override {
        const bool has_app = !options_.app_id.empty() && !options_.app_secret.empty();
        const SecretString caller =
            has_app
                ? SecretString(options_.app_id + "|" + std::string(options_.app_secret.reveal()))
                : token;
        Query query;
        query.add("input_token", token.reveal());
        const GraphResult<bj::object> answer =
            co_await call("debug_token", "GET", "debug_token", query, caller, {});
        if (!answer) {
            co_return std::unexpected(answer.error());
        }
        const bj::value* data = answer->if_contains("data");
        if (data == nullptr || !data->is_object()) {
            co_return std::unexpected(Uncertain{"the answer has no data"});
        }
        co_return parse_token_info(data->as_object());
    }

    async::Task<GraphResult<std::vector<PhoneInfo>>> list_phone_numbers(
        WabaId waba_id, SecretString token) override {
        std::vector<PhoneInfo> phones;
        std::string cursor;
        do {
            Query query;
            query.add("fields", phone_fields);
            query.add("limit", "100");
            if (!cursor.empty()) {
                query.add("after", cursor);
            }
            const GraphResult<bj::object> answer =
                co_await call("list_phone_numbers", "GET", encode(waba_id.value) + "/phone_numbers",
                              query, token, {});
            if (!answer) {
                co_return std::unexpected(answer.error());
            }
            for (const bj::object& item : items_of(*answer)) {
                phones.push_back(parse_phone_info(item));
            }
            cursor = next_cursor(*answer);
        } while (!cursor.empty() && phones.size() < phone_numbers_max);
        co_return phones;
    }

    async::Task<GraphResult<PhoneInfo>> get_phone(PhoneNumberId phone_number_id,
                                                  SecretString token) override {
        Query query;
        query.add("fields", phone_fields);
        const GraphResult<bj::object> answer =
            co_await call("get_phone", "GET", encode(phone_number_id.value), query, token, {});
        if (!answer) {
            co_return std::unexpected(answer.error());
        }
        co_return parse_phone_info(*answer);
    }

    async::Task<GraphResult<void>> subscribe_app(WabaId waba_id, SecretString token) override {
        co_return succeeded(co_await call(
            "subscribe_app", "POST", encode(waba_id.value) + "/subscribed_apps", {}, token, "{}"));
    }

    async::Task<GraphResult<void>> register_phone(PhoneNumberId phone_number_id, SecretString token,
                                                  SecretString pin) override {
        const std::string body =
            bj::serialize(bj::object{{"messaging_product", "whatsapp"}, {"pin", pin.reveal()}});
        co_return succeeded(co_await call("register_phone", "POST",
                                          encode(phone_number_id.value) + "/register", {}, token,
                                          body));
    }

    async::Task<GraphResult<TemplatePage>> list_templates(WabaId waba_id, SecretString token,
                                                          std::string cursor) override {
        Query query;
        query.add("fields", template_fields);
        query.add("limit", "100");
        if (!cursor.empty()) {
            query.add("after", cursor);
        }
        const GraphResult<bj::object> answer =
            co_await call("list_templates", "GET", encode(waba_id.value) + "/message_templates",
                          query, token, {});
        if (!answer) {
            co_return std::unexpected(answer.error());
        }
        TemplatePage page;
        for (const bj::object& item : items_of(*answer)) {
            page.templates.push_back(parse_template_info(item));
        }
        page.next_cursor = next_cursor(*answer);
        co_return page;
    }

    async::Task<SendOutcome> send_message(PhoneNumberId phone_number_id, SecretString token,
                                          std::string body) override {
        net::OutgoingRequest request = make_request(
            "POST", encode(phone_number_id.value) + "/messages", {}, token, std::move(body));
        const auto answer = co_await http_.fetch(std::move(request));
        SendOutcome outcome = Uncertain{};
        if (answer) {
            outcome = parse_send_answer(answer->status, answer->body);
        } else if (answer.error().delivery == net::Delivery::not_sent) {
            outcome = NotSent{answer.error().reason};
        } else {
            outcome = Uncertain{answer.error().reason};
        }
        std::visit(
            [](const auto& ending) {
                if constexpr (std::is_same_v<std::decay_t<decltype(ending)>, Accepted>) {
                    calls_ok.add();
                } else {
                    log_failure("send_message", ending);
                }
            },
            outcome);
        co_return outcome;
    }

  private:
    static std::vector<bj::object> items_of(const bj::object& answer) {
        std::vector<bj::object> items;
        const bj::value* data = answer.if_contains("data");
        for (const bj::value& item :
             data != nullptr && data->is_array() ? data->as_array() : bj::array()) {
            if (item.is_object()) {
                items.push_back(item.as_object());
            }
        }
        return items;
    }

    static GraphResult<void> succeeded(const GraphResult<bj::object>& answer) {
        if (!answer) {
            return std::unexpected(answer.error());
        }
        const bj::value* success = answer->if_contains("success");
        if (success != nullptr && success->is_bool() && !success->as_bool()) {
            return std::unexpected(Uncertain{"Meta answered success: false"});
        }
        return {};
    }

    net::OutgoingRequest make_request(std::string method, const std::string& path, Query query,
                                      const SecretString& token, std::string body) const {
        if (!options_.app_secret.empty()) {
            query.add("appsecret_proof",
                      make_appsecret_proof(token.reveal(), options_.app_secret.reveal()));
        }
        net::OutgoingRequest request;
        request.method = std::move(method);
        request.url =
            fmt::format("{}/{}/{}{}", options_.base_url, options_.version, path, query.text);
        request.headers.emplace_back("authorization", fmt::format("Bearer {}", token.reveal()));
        if (!body.empty()) {
            request.headers.emplace_back("content-type", "application/json");
        }
        request.body = std::move(body);
        request.timeout = options_.timeout;
        return request;
    }

    async::Task<GraphResult<bj::object>> call(std::string_view operation, std::string method,
                                              std::string path, Query query, SecretString token,
                                              std::string body) {
        net::OutgoingRequest request =
            make_request(std::move(method), path, std::move(query), token, std::move(body));
        const auto answer = co_await http_.fetch(std::move(request));
        GraphResult<bj::object> result =
            answer ? parse_answer(answer->status, answer->body)
                   : GraphResult<bj::object>(std::unexpected(to_failure(answer.error())));
        if (result) {
            calls_ok.add();
        } else {
            log_failure(operation, result.error());
        }
        co_return result;
    }

    net::HttpClient& http_;
    GraphOptions options_;
};

}  // namespace

std::unique_ptr<GraphClient> make_graph_client(net::HttpClient& http, GraphOptions options) {
    while (options.base_url.ends_with('/')) {
        options.base_url.pop_back();
    }
    return std::make_unique<HttpGraphClient>(http, std::move(options));
}

bool is_token_refusal(const Refused& refused) {
    return refused.code == 190 || refused.code == 102 || refused.code == 104 ||
           (refused.code == 0 && refused.http_status == 401);
}

Error to_error(const GraphFailure& failure) {
    const Refused* refused = std::get_if<Refused>(&failure);
    if (refused == nullptr) {
        return fail(errors::meta_unavailable).error();
    }
    if (is_token_refusal(*refused)) {
        return fail(errors::token_invalid).error();
    }
    const ErrorAdvice& advice = refused->advice();
    if (advice.error_class == ErrorClass::transient) {
        return fail(errors::meta_unavailable).error();
    }
    const std::string code = refused->code ? std::to_string(*refused->code) : "no code";
    std::string message = fmt::format("Meta refused the request ({}): {}", code,
                                      refused->details.empty() ? advice.message : refused->details);
    const bool wait = is_retryable(advice.error_class);
    return fail(wait ? errors::meta_rate_limited : errors::meta_refused, std::move(message))
        .error();
}

}  // namespace wapi::whatsapp
