#include "features/idempotency/idempotency.hpp"

#include "base/crypto.hpp"

namespace wapi::idempotency {

Result<Request> parse(const Asked& asked) {
    if (asked.key.size() > key_bytes_max) {
        return fail_field(wapi::errors::invalid_request, "Idempotency-Key", "At most 255 bytes.");
    }
    std::string text(asked.path);
    text.append(1, '\n').append(asked.body);
    return Request{.key = std::string(asked.key),
                   .hash = std::string(crypto::as_text(crypto::sha256(text)))};
}

}  // namespace wapi::idempotency
