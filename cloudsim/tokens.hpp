// Access tokens and sign-up codes of the simulated app.
//
// A business token sees the WABAs it was granted; the app token (`APP_ID|APP_SECRET`) sees none but
// may inspect others. A code from the sign-up popup lives 30 seconds and is good for one exchange.
// Source: shared/meta/embedded-signup.md section 3, cloud-api.md section 1.
#pragma once

#include <deque>
#include <expected>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "cloudsim/graph_error.hpp"
#include "cloudsim/world.hpp"

namespace wapi::cloudsim {

inline constexpr std::chrono::seconds code_lifetime{30};
inline constexpr std::chrono::hours token_lifetime{24 * 60};

struct AccessToken {
    std::string value;
    std::vector<std::string> waba_ids;  ///< newest grant first, as debug_token shows them
    Timestamp issued_at{};
    Timestamp expires_at{};
    std::string user_id;
    bool is_app = false;

    [[nodiscard]] bool covers(std::string_view waba_id) const;
};

class Tokens {
  public:
    Tokens(std::string app_id, std::string app_secret);
    /// A business token for these WABAs.
    const AccessToken& issue(World& world, std::vector<std::string> waba_ids, Timestamp now);
    std::string issue_code(World& world, std::string waba_id, Timestamp now);
    /// Trades a code for a new token. Errors: 101 wrong app or secret; 100/36007 expired or unknown
    /// code; 100/36009 used.
    std::expected<const AccessToken*, GraphError> exchange(World& world, std::string_view client_id,
                                                           std::string_view client_secret,
                                                           std::string_view code, Timestamp now);
    /// Null when there is no such token.
    [[nodiscard]] const AccessToken* find(std::string_view value) const;
    [[nodiscard]] const std::deque<AccessToken>& all() const { return tokens_; }

  private:
    struct Code {
        std::string waba_id;
        Timestamp issued_at{};
        bool used = false;
    };

    std::string app_id_;
    std::string app_secret_;
    AccessToken app_token_;
    std::deque<AccessToken> tokens_;
    std::unordered_map<std::string, const AccessToken*> index_;
    std::unordered_map<std::string, Code> codes_;
};

}  // namespace wapi::cloudsim
