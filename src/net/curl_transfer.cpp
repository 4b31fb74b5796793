// See curl_transfer.hpp. Source: curl_easy_setopt(3) and libcurl-errors(3) of libcurl 7.88.
#include "net/curl_transfer.hpp"

#include <algorithm>

namespace wapi::net {
namespace {

constexpr std::size_t answer_header_bytes_max = 64 * 1024;

bool is_loopback(std::string_view url) {
    return url.starts_with("http://127.0.0.1") || url.starts_with("http://localhost") ||
           url.starts_with("http://[::1]");
}

/// True for failures that happen before any byte of a request can be on the wire.
bool before_sending(CURLcode code) {
    switch (code) {
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_URL_MALFORMAT:
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_COULDNT_RESOLVE_HOST:
        case CURLE_COULDNT_CONNECT:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER: return true;
        default: return false;
    }
}

}  // namespace

CurlTransfer::CurlTransfer(OutgoingRequest request) : request_(std::move(request)) {}

CurlTransfer::~CurlTransfer() {
    curl_slist_free_all(header_list_);
    if (request_.aws_signing) {
        wipe(request_.body);
    }
}

bool CurlTransfer::waited_too_long() const {
    return std::chrono::steady_clock::now() - queued_at_ > request_.timeout;
}

void CurlTransfer::give_up(std::string reason) {
    outcome = std::unexpected(ClientFailure{Delivery::not_sent, std::move(reason)});
}

void CurlTransfer::prepare(CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(request_.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request_.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_text_.data());
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &CurlTransfer::on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &CurlTransfer::on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, this);
    if (is_loopback(request_.url)) {
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");  // a proxy from the environment is elsewhere
    }
    set_method(easy);
    set_headers(easy);
}

void CurlTransfer::set_method(CURL* easy) {
    if (request_.method == "GET" && request_.body.empty()) {
        curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
        return;
    }
    if (request_.method == "HEAD") {
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
        return;
    }
    const bool upload = !request_.body.empty() || request_.method == "POST";
    if (upload) {
        set_upload(easy);
    }
    // Without a body there is nothing that a rewind would stop: a new connection is never repeated.
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request_.body.empty() ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
}

void CurlTransfer::set_upload(CURL* easy) {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request_.body.size()));
    if (request_.aws_signing) {
        sign_for_aws(easy);
        return;
    }
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &CurlTransfer::on_read);
    curl_easy_setopt(easy, CURLOPT_READDATA, this);
    curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, &CurlTransfer::on_seek);
    curl_easy_setopt(easy, CURLOPT_SEEKDATA, this);
}

/// libcurl hashes the body for the signature, so it must have it whole, not from a callback.
void CurlTransfer::sign_for_aws(CURL* easy) {
    const AwsSigning& signing = *request_.aws_signing;
    std::string secret(signing.secret_access_key.reveal());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request_.body.c_str());
    curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, signing.scope.c_str());
    curl_easy_setopt(easy, CURLOPT_USERNAME, signing.access_key_id.c_str());
    curl_easy_setopt(easy, CURLOPT_PASSWORD, secret.c_str());
    wipe(secret);
}

void CurlTransfer::set_headers(CURL* easy) {
    bool content_type = false;
    for (const auto& [name, value] : request_.headers) {
        const bool clean =
            (name + value).find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos;
        if (clean) {
            const std::string line = value.empty() ? name + ";" : name + ": " + value;
            header_list_ = curl_slist_append(header_list_, line.c_str());
        }
        content_type = content_type || curl_strequal(name.c_str(), "content-type") != 0;
    }
    if (!content_type) {
        header_list_ = curl_slist_append(header_list_, "Content-Type:");  // no form type of its own
    }
    if (!request_.aws_signing) {  // libcurl 7.88 would sign this line, and not send it
        header_list_ = curl_slist_append(header_list_, "Expect:");  // no round trip first
    }
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, header_list_);
}

std::size_t CurlTransfer::on_read(char* into, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<CurlTransfer*>(self);
    const std::string& body = transfer.request_.body;
    const std::size_t piece = std::min(size * count, body.size() - transfer.body_sent_);
    body.copy(into, piece, transfer.body_sent_);
    transfer.body_sent_ += piece;
    return piece;
}

int CurlTransfer::on_seek(void* self, curl_off_t offset, int origin) {
    const auto& transfer = *static_cast<const CurlTransfer*>(self);
    const bool at_start = transfer.body_sent_ == 0 && offset == 0 && origin == SEEK_SET;
    return at_start ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

std::size_t CurlTransfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<CurlTransfer*>(self);
    transfer.header_bytes_ += size * count;
    if (transfer.header_bytes_ > answer_header_bytes_max) {
        transfer.too_large_ = true;
        return 0;
    }
    transfer.take_header(std::string_view(data, size * count));
    return size * count;
}

void CurlTransfer::take_header(std::string_view line) {
    if (line.starts_with("HTTP/")) {
        answer_.headers.clear();  // those before it belonged to a 1xx answer
        return;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
        return;
    }
    std::string name(line.substr(0, colon));
    std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    std::string_view value = line.substr(colon + 1);
    const auto first = std::min(value.find_first_not_of(" \t"), value.size());
    value.remove_prefix(first);
    value = value.substr(0, value.find_last_not_of(" \t\r\n") + 1);
    answer_.headers.emplace_back(std::move(name), std::string(value));
}

std::size_t CurlTransfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<CurlTransfer*>(self);
    std::string& body = transfer.answer_.body;
    if (body.size() + size * count > transfer.request_.answer_bytes_max) {
        transfer.too_large_ = true;
        return 0;
    }
    body.append(data, size * count);
    return size * count;
}

void CurlTransfer::finish(CURL* easy, CURLcode code) {
    long status = 0;
    curl_off_t sending_began = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &sending_began);
    if (code == CURLE_OK) {
        answer_.status = static_cast<int>(status);
        outcome = std::move(answer_);
        return;
    }
    ClientFailure failure;
    const bool nothing_sent = sending_began == 0 && body_sent_ == 0;
    failure.delivery =
        before_sending(code) || nothing_sent ? Delivery::not_sent : Delivery::uncertain;
    // libcurl's detailed text may quote the URL, which may carry a token; its general text does
    // not.
    failure.reason = too_large_ ? "the answer is larger than allowed" : curl_easy_strerror(code);
    outcome = std::unexpected(std::move(failure));
}

}  // namespace wapi::net
