// Goal: no signed_request can crash its parser, and none is believed that was not signed. Input: a
// signed_request as it comes; and the same bytes as the payload of one that is signed well.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "features/meta_callbacks/meta_callbacks_request.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace wapi;
    static const std::vector<SecretString> secrets{SecretString(std::string_view("a secret"))};
    static const std::vector<SecretString> others{SecretString(std::string_view("another"))};
    const Timestamp now{std::chrono::seconds(1'759'400'000)};
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::string payload = crypto::base64url_encode(input);
    const std::string made = crypto::base64url_encode(crypto::as_text(
                                 crypto::hmac_sha256(secrets.front().reveal(), payload))) +
                             '.' + payload;
    const auto good = meta_callbacks::parse_signed_request(made, secrets, now);
    const bool in_time = good && good->issued_at >= now - meta_callbacks::age_max &&
                         good->issued_at <= now + meta_callbacks::clock_difference_max;
    if (good && (good->user_id.empty() || !in_time)) {
        std::abort();
    }
    if (meta_callbacks::parse_signed_request(made, others, now) ||
        meta_callbacks::parse_signed_request(input, others, now)) {
        std::abort();
    }
    return 0;
}
