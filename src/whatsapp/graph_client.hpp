// The client of Meta's Graph API: an interface, so that tests and simulations can stand in for
// Meta.
//
// Every call takes the token it uses; the client keeps none and logs none. When an app secret is
// set, appsecret_proof is added to each call. Sources: meta/cloud-api.md section 1,
// meta/sending.md, meta/embedded-signup.md sections 3 to 5, meta/templates.md.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "async/async.hpp"
#include "base/crypto.hpp"
#include "base/ids.hpp"
#include "whatsapp/graph_types.hpp"

namespace wapi::net {
class HttpClient;
}

namespace wapi::whatsapp {

class GraphClient {
  public:
    virtual ~GraphClient() = default;

    /// Whether the token is valid and for which WABAs.
    virtual async::Task<GraphResult<TokenInfo>> debug_token(SecretString token) = 0;
    /// All numbers of the WABA, at most `phone_numbers_max`.
    virtual async::Task<GraphResult<std::vector<PhoneInfo>>> list_phone_numbers(
        WabaId waba_id, SecretString token) = 0;
    virtual async::Task<GraphResult<PhoneInfo>> get_phone(PhoneNumberId phone_number_id,
                                                          SecretString token) = 0;
    /// Subscribes our app to the WABA's webhooks. Repeatable.
    virtual async::Task<GraphResult<void>> subscribe_app(WabaId waba_id, SecretString token) = 0;
    /// Registers the number for Cloud API; `pin` has six digits.
    virtual async::Task<GraphResult<void>> register_phone(PhoneNumberId phone_number_id,
                                                          SecretString token, SecretString pin) = 0;
    /// One page of templates; `cursor` empty for the first.
    virtual async::Task<GraphResult<TemplatePage>> list_templates(WabaId waba_id,
                                                                  SecretString token,
                                                                  std::string cursor) = 0;
    /// POST /{phone}/messages with the body as given.
    virtual async::Task<SendOutcome> send_message(PhoneNumberId phone_number_id, SecretString token,
                                                  std::string body) = 0;
};

inline constexpr std::size_t phone_numbers_max = 500;

struct GraphOptions {
    std::string base_url =
        "https://graph.facebook.com";  ///< META_GRAPH_URL, without a slash at the end
    std::string version = "v25.0";     ///< META_GRAPH_VERSION
    std::string app_id;                ///< META_APP_ID, may be empty
    SecretString app_secret;           ///< META_APP_SECRET, may be empty
    std::chrono::milliseconds timeout{30'000};
};

/// The client over HTTP. `http` must outlive it.
std::unique_ptr<GraphClient> make_graph_client(net::HttpClient& http, GraphOptions options);

/// The outcome of a send from its HTTP answer. Exposed for tests and fuzzing.
SendOutcome parse_send_answer(int http_status, std::string_view body);

}  // namespace wapi::whatsapp
