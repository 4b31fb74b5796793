// Issue, exchange and look-up of tokens. See tokens.hpp.
#include "cloudsim/tokens.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wapi::cloudsim {

bool AccessToken::covers(std::string_view waba_id) const {
    return std::ranges::find(waba_ids, waba_id) != waba_ids.end();
}

Tokens::Tokens(std::string app_id, std::string app_secret)
    : app_id_(std::move(app_id)), app_secret_(std::move(app_secret)) {
    app_token_.value = app_id_ + "|" + app_secret_;
    app_token_.is_app = true;
    index_[app_token_.value] = &app_token_;
}

const AccessToken& Tokens::issue(World& world, std::vector<std::string> waba_ids, Timestamp now) {
    AccessToken token;
    token.value = "EAAJ" + world.make_text(80);
    token.waba_ids = std::move(waba_ids);
    token.issued_at = now;
    token.expires_at = now + token_lifetime;
    token.user_id = fmt::format("12200000{:04}", tokens_.size() + 1);
    const AccessToken& added = tokens_.emplace_back(std::move(token));
    index_[added.value] = &added;
    return added;
}

std::string Tokens::issue_code(World& world, std::string waba_id, Timestamp now) {
    std::string code = "AQD" + world.make_text(60);
    codes_[code] = Code{std::move(waba_id), now, false};
    return code;
}

std::expected<const AccessToken*, GraphError> Tokens::exchange(World& world,
                                                               std::string_view client_id,
                                                               std::string_view client_secret,
                                                               std::string_view code,
                                                               Timestamp now) {
    if (client_id != app_id_) {
        return refuse(101,
                      "Error validating application. Cannot get application info due to a "
                      "system error.");
    }
    if (client_secret != app_secret_) {
        return refuse(101, "Error validating client secret.");
    }
    const auto found = codes_.find(std::string(code));
    const auto refuse_code = [](std::string message, int subcode) {
        GraphError error = graph_error(100, {}, subcode);
        error.message = std::move(message);
        error.details.clear();
        return std::unexpected(std::move(error));
    };
    if (found == codes_.end()) {
        return refuse_code("Invalid verification code format.", 36008);
    }
    if (found->second.used) {
        return refuse_code("This authorization code has been used.", 36009);
    }
    if (now - found->second.issued_at > code_lifetime) {
        return refuse_code("This authorization code has expired.", 36007);
    }
    found->second.used = true;
    return &issue(world, {found->second.waba_id}, now);
}

const AccessToken* Tokens::find(std::string_view value) const {
    const auto found = index_.find(std::string(value));
    return found == index_.end() ? nullptr : found->second;
}

}  // namespace wapi::cloudsim
