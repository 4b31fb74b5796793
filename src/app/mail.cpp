#include "app/mail.hpp"

#include "base/log.hpp"

namespace wapi::app {

SmtpTransport::SmtpTransport(async::Tasks& tasks, net::SmtpOptions options)
    : pool_(tasks.io(), "mail", 1), options_(std::move(options)) {
    const auto cancelled = std::make_shared<std::atomic<bool>>(false);
    tasks.on_stop([cancelled] { *cancelled = true; });
    options_.cancelled = cancelled;
}

async::Task<mailer::Transport::Outcome> SmtpTransport::send(mailer::Mail mail) {
    const std::expected<void, net::SmtpFailure> sent =
        co_await pool_.run([options = options_, mail = std::move(mail)] {
            return net::blocking_send_mail(
                options, {.from = mail.from, .to = mail.to, .message = mail.message});
        });
    if (sent) {
        co_return Outcome{mailer::Delivery::taken, {}};
    }
    co_return Outcome{
        sent.error().permanent ? mailer::Delivery::refused : mailer::Delivery::delayed,
        sent.error().reason};
}

async::Task<mailer::Transport::Outcome> LogTransport::send(mailer::Mail mail) {
    const std::size_t body = std::min(mail.message.find("\r\n\r\n"), mail.message.size());
    std::string text;
    for (std::string_view rest = std::string_view(mail.message).substr(body); !rest.empty();) {
        const std::size_t end = std::min(rest.find("\r\n"), rest.size());
        text += crypto::base64_decode(rest.substr(0, end)).value_or("");
        rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    log::info("mail.written", {{"to", mail.to}, {"text", text}});
    co_return Outcome{mailer::Delivery::taken, {}};
}

std::unique_ptr<mailer::Transport> make_mail_transport(async::Tasks& tasks,
                                                       const MailConfig& config) {
    if (!config.smtp_url.empty()) {
        net::SmtpOptions options;
        options.url = config.smtp_url;
        options.user = config.smtp_user;
        options.password = config.smtp_password;
        options.ca_file = config.smtp_ca_file;
        return std::make_unique<SmtpTransport>(tasks, std::move(options));
    }
    if (config.to_log) {
        return std::make_unique<LogTransport>();
    }
    return nullptr;
}

mailer::Options mailer_options(const Config& config) {
    mailer::Options options;
    options.key = config.jwt_secret;
    options.public_url = config.public_url;
    options.from = config.mail.from;
    options.enabled = config.webhook_worker;
    if (!config.mail.retries.empty()) {
        options.retries.delays = config.mail.retries;
    }
    return options;
}

}  // namespace wapi::app
