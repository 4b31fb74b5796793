// One request on its way through libcurl: sets up the easy handle, collects the answer, judges
// failures.
//
// libcurl repeats a request by itself when a kept connection turns out dead, which would send a
// message twice. Bodies are therefore read through a callback that cannot be rewound: once a body
// byte is out, a repetition fails, and the failure is `uncertain`.
#pragma once

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <string_view>

#include "net/http_client.hpp"

namespace wapi::net {

class CurlTransfer {
  public:
    using Outcome = std::expected<IncomingAnswer, ClientFailure>;

    explicit CurlTransfer(OutgoingRequest request);
    CurlTransfer(const CurlTransfer&) = delete;
    CurlTransfer& operator=(const CurlTransfer&) = delete;
    ~CurlTransfer();

    /// Points the handle's options here. The transfer must outlive the handle's use. Client's
    /// thread.
    void prepare(CURL* easy);
    /// Sets the outcome from libcurl's verdict. Client's thread, after the handle is out of use.
    void finish(CURL* easy, CURLcode code);
    /// Sets a failure of a request that was never given to libcurl.
    void give_up(std::string reason);
    /// True when it has waited for its turn as long as it may take altogether.
    [[nodiscard]] bool waited_too_long() const;

    Outcome outcome = std::unexpected(ClientFailure{Delivery::uncertain, "not finished"});
    std::move_only_function<void()> done;  ///< run once on the network thread

  private:
    static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_read(char* into, std::size_t size, std::size_t count, void* self);
    static int on_seek(void* self, curl_off_t offset, int origin);
    void set_method(CURL* easy);
    void set_upload(CURL* easy);
    void sign_for_aws(CURL* easy);
    void set_headers(CURL* easy);
    void take_header(std::string_view line);

    OutgoingRequest request_;
    IncomingAnswer answer_;
    curl_slist* header_list_ = nullptr;
    std::array<char, CURL_ERROR_SIZE> error_text_{};
    std::size_t body_sent_ = 0;
    std::size_t header_bytes_ = 0;
    bool too_large_ = false;
    std::chrono::steady_clock::time_point queued_at_ = std::chrono::steady_clock::now();
};

}  // namespace wapi::net
