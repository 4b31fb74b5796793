// SMTP client: hands one mail to a mail server. Implemented on libcurl.
//
// The failure tells whether repeating can help. Source: RFC 5321 section 4.2.1 (4yz: later, 5yz:
// never), RFC 3207 (STARTTLS).
#pragma once

#include <atomic>
#include <chrono>
#include <expected>
#include <memory>
#include <string>

#include "base/crypto.hpp"

namespace wapi::net {

struct SmtpOptions {
    /// `smtps://host:port`, or `smtp://host:port`: then TLS is begun by STARTTLS, without which
    /// only a server on this machine is spoken to.
    std::string url;
    std::string user;  ///< empty: without authentication
    SecretString password;
    std::string ca_file;  ///< certificates to trust instead of the system's; empty: the system's
    /// Gives up soon after it has become true; nullptr: never.
    std::shared_ptr<const std::atomic<bool>> cancelled;
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds timeout{30'000};
};

struct SmtpMail {
    std::string from;     ///< the envelope's sender: an address
    std::string to;       ///< the one recipient: an address
    std::string message;  ///< header and body, with CRLF, lines of at most 998 bytes
};

struct SmtpFailure {
    bool permanent = false;  ///< the server will not take this mail, however often it is offered
    std::string reason;      ///< for logs and people; holds no address and no secret
};

/// Returns when the server has taken the mail over, at most `timeout` later. Blocks; any thread.
std::expected<void, SmtpFailure> blocking_send_mail(const SmtpOptions& options,
                                                    const SmtpMail& mail);

}  // namespace wapi::net
