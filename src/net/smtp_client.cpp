// See smtp_client.hpp. Source: curl_easy_setopt(3) and libcurl-errors(3) of libcurl 7.88.
#include "net/smtp_client.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <boost/url/parse.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace wapi::net {
namespace {

struct Freed {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

struct Upload {
    std::string_view rest;
};

std::size_t on_read(char* into, std::size_t size, std::size_t count, void* self) {
    auto& upload = *static_cast<Upload*>(self);
    const std::size_t piece = upload.rest.copy(into, size * count);
    upload.rest.remove_prefix(piece);
    return piece;
}

/// libcurl asks about once a second; another answer than 0 ends the transfer.
int on_progress(void* cancelled, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const std::atomic<bool>*>(cancelled)->load() ? 1 : 0;
}

bool is_loopback(const std::string& url) {
    const auto parsed = boost::urls::parse_uri(url);
    const std::string host = parsed ? std::string(parsed->host()) : std::string();
    return host == "127.0.0.1" || host == "localhost" || host == "[::1]";
}

void set_security(CURL* easy, const SmtpOptions& options) {
    const bool here = is_loopback(options.url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_USE_SSL,
                     static_cast<long>(here ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    if (here) {
        curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");  // a proxy of the environment is elsewhere
    }
    if (!options.ca_file.empty()) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
        curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);  // instead of the system's
    }
    if (!options.user.empty()) {
        std::string password(options.password.reveal());
        curl_easy_setopt(easy, CURLOPT_USERNAME, options.user.c_str());
        curl_easy_setopt(easy, CURLOPT_PASSWORD, password.c_str());
        wipe(password);
    }
}

/// A wrong password, or a server that wants one, is the operator's to mend: the mail itself is
/// well.
SmtpFailure judge(CURLcode code, long answer) {
    const bool of_the_mail =
        code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY || code == CURLE_RECV_ERROR;
    const bool refused = answer >= 550 && answer <= 559;
    // libcurl's detailed text may quote the server's answer, which may quote the address.
    return {.permanent = of_the_mail && refused,
            .reason = answer >= 400 ? fmt::format("{} (SMTP {})", curl_easy_strerror(code), answer)
                                    : std::string(curl_easy_strerror(code))};
}

}  // namespace

std::expected<void, SmtpFailure> blocking_send_mail(const SmtpOptions& options,
                                                    const SmtpMail& mail) {
    const std::unique_ptr<CURL, Freed> easy(curl_easy_init());
    const std::string from = "<" + mail.from + ">";
    const std::string to = "<" + mail.to + ">";
    const std::unique_ptr<curl_slist, Freed> recipients(curl_slist_append(nullptr, to.c_str()));
    if (!easy || !recipients) {
        return std::unexpected(SmtpFailure{false, "libcurl does not start"});
    }
    Upload upload{mail.message};
    curl_easy_setopt(easy.get(), CURLOPT_URL, options.url.c_str());
    curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(options.connect_timeout.count()));
    curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
    if (options.cancelled) {
        curl_easy_setopt(easy.get(), CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(easy.get(), CURLOPT_XFERINFOFUNCTION, &on_progress);
        curl_easy_setopt(easy.get(), CURLOPT_XFERINFODATA, options.cancelled.get());
    }
    set_security(easy.get(), options);
    curl_easy_setopt(easy.get(), CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(easy.get(), CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(easy.get(), CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy.get(), CURLOPT_READFUNCTION, &on_read);
    curl_easy_setopt(easy.get(), CURLOPT_READDATA, &upload);
    const CURLcode code = curl_easy_perform(easy.get());
    if (code == CURLE_OK) {
        return {};
    }
    long answer = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &answer);
    return std::unexpected(judge(code, answer));
}

}  // namespace wapi::net
