// Mail by this installation's settings: SMTP_URL, SMTP_FROM, SMTP_CA_FILE, MAIL_TO_LOG,
// MAIL_RETRY_MS.
//
// Without SMTP_URL no mail is sent, and what needs mail says so. MAIL_TO_LOG, for development and
// demonstrations only, writes mails with their links to the log instead.
#pragma once

#include <memory>

#include "app/config.hpp"
#include "features/mailer/mailer.hpp"
#include "net/smtp_client.hpp"

namespace wapi::app {

/// Hands mails to the mail server on a thread of its own, one at a time. When the program stops,
/// the mail under way is given up, to be sent by the next.
class SmtpTransport final : public mailer::Transport {
  public:
    SmtpTransport(async::Tasks& tasks, net::SmtpOptions options);
    async::Task<Outcome> send(mailer::Mail mail) override;

  private:
    async::ThreadPool pool_;
    net::SmtpOptions options_;
};

/// Writes mails to the log, secrets and all.
class LogTransport final : public mailer::Transport {
  public:
    async::Task<Outcome> send(mailer::Mail mail) override;
};

/// nullptr when mail is not set up.
std::unique_ptr<mailer::Transport> make_mail_transport(async::Tasks& tasks,
                                                       const MailConfig& config);
mailer::Options mailer_options(const Config& config);

}  // namespace wapi::app
