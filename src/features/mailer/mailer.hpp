// Mail: durable jobs in the queue "mail", written just before they are sent.
//
// Whoever wants a mail enqueues a wish in the transaction of the act that causes it. When its turn
// comes, the composer of its kind writes the letter, in a transaction of its own; it may find that
// the mail is not wanted any more. Links hold a token that is derived from the wish by a key that
// is not in the database, so that no secret lies in the queue and each repetition has the same one.
// Delivery is at least once, with one Message-ID, by which mailboxes know a repetition.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/async.hpp"
#include "base/crypto.hpp"
#include "base/error.hpp"
#include "base/ids.hpp"
#include "db/db.hpp"
#include "features/login_throttle/login_throttle.hpp"
#include "queue/queue.hpp"

namespace wapi::mailer {

namespace errors {
inline const ErrorKind mail_not_set_up{
    "mail_not_set_up", 501, RetryClass::never,
    "This server sends no mail: its operator has not set SMTP_URL."};
inline const ErrorKind too_many_mails{"too_many_mails", 429, RetryClass::wait,
                                      "Enough mails were sent for now; wait and try again."};
}  // namespace errors

inline constexpr std::string_view queue_name = "mail";
inline constexpr std::chrono::hours wish_time_max{24};  ///< older ones are dropped
/// Within login_throttle::AttemptCounter::window.
inline constexpr int mails_per_address_max = 3;  ///< to one e-mail address, by each of `By`
inline constexpr int mails_per_asker_max = 20;   ///< for one network, or one workspace

/// Who has an interest in a mail. Each has an allowance of its own, so that strangers who invite an
/// address do not keep its owner from a new password.
enum class By {
    owner,   ///< of the address, about their own account
    others,  ///< who want something of them
};

/// A mail that somebody asks for.
struct Request {
    std::string to;     ///< as accounts::normalize_email gives it
    std::string asker;  ///< base/network's network_of, or id of a workspace
    By by = By::owner;
};

/// A mail that is wanted. `payload`: a JSON object for the composer, without secrets.
struct NewWish {
    std::string_view kind;
    std::optional<WorkspaceId> workspace;
    std::string payload;
};

/// A wish whose turn has come. `seed` names it, and goes into its token.
struct Wish {
    std::string kind;
    std::string seed;
    std::optional<WorkspaceId> workspace;
    std::string payload;
    Timestamp created_at;
};

/// What a person reads. `text` is UTF-8 with LF; it may hold a link and is not to be logged.
struct Letter {
    std::string to;
    std::string subject;
    std::string text;
};

/// Writes the letter, or nothing when it is not wanted any more. May run again for the same wish.
/// Database thread.
using Composer = std::function<std::optional<Letter>(db::Txn&, const Wish&, Timestamp)>;

/// A letter as it goes to the mail server.
struct Mail {
    std::string from;  ///< address
    std::string to;    ///< address
    std::string message;
};

enum class Delivery {
    taken,    ///< the mail server has it
    delayed,  ///< not now
    refused,  ///< never
};

/// The way to the mail server.
class Transport {
  public:
    virtual ~Transport() = default;
    struct Outcome {
        Delivery delivery = Delivery::delayed;
        std::string reason;  ///< for the log: no address, no secret
    };
    /// Network thread. Ends within a minute.
    virtual async::Task<Outcome> send(Mail mail) = 0;
};

struct Options {
    SecretString key;        ///< for tokens: any long secret of this installation
    std::string public_url;  ///< where links lead to
    std::string from;        ///< `Shop <mail@shop.example>` or an address
    bool enabled = true;     ///< false: wishes are kept for a process that sends
    queue::RetryPolicy retries{{std::chrono::seconds(10), std::chrono::minutes(1),
                                std::chrono::minutes(5), std::chrono::minutes(15),
                                std::chrono::hours(1), std::chrono::hours(4)}};
    std::chrono::milliseconds lease{300'000};  ///< when the mail of a dead process is taken up
    std::chrono::milliseconds poll{5'000};     ///< for wishes of other processes, and retries
};

class Mailer {
  public:
    struct Parts {
        async::Tasks& tasks;
        db::Db& db;
        IdGenerator& ids;
        const Clock& clock;
        Transport* transport = nullptr;  ///< nullptr: mail is not set up
    };
    Mailer(const Parts& parts, Options options);
    Mailer(const Mailer&) = delete;
    Mailer& operator=(const Mailer&) = delete;

    /// Errors: mail_not_set_up.
    [[nodiscard]] Result<void> check() const;
    /// Counts a mail that is asked for, whether it is sent in the end or not; nothing where mail is
    /// not set up. Memory of one node. Network thread. Errors: too_many_mails.
    Result<void> count(const Request& request);
    /// The request was refused, and no mail comes of it.
    void give_back(const Request& request);
    /// Before start, once for each kind.
    void set_composer(std::string_view kind, Composer composer);
    /// Keeps the wish in the caller's transaction; its seed. Database thread. Call wake when the
    /// transaction is done.
    std::string enqueue(db::Txn& txn, const NewWish& wish, Timestamp now);
    /// The token of a wish: 43 characters that nobody else can make. Any thread.
    [[nodiscard]] SecretString token(std::string_view kind, std::string_view seed) const;
    /// A link whose token is behind `#`, where browsers keep it from servers and logs.
    [[nodiscard]] std::string link(std::string_view path, const SecretString& token) const;
    void start();
    void wake();
    /// Sends what is due now. True: there may be more.
    async::Task<bool> send_due();

  private:
    async::Task<> run();
    async::Task<std::chrono::milliseconds> pause();
    async::Task<> attempt(queue::Job job);
    async::Task<> settle(queue::Job job, Transport::Outcome outcome);
    async::Task<std::optional<Letter>> compose(queue::Job job);
    Parts parts_;
    Options options_;
    SecretString token_key_;
    std::map<std::string, Composer, std::less<>> composers_;
    async::Signal due_;
    login_throttle::AttemptCounter addresses_;
    login_throttle::AttemptCounter askers_;
};

/// The address in `Shop <mail@shop.example>`, or the text itself.
std::string parse_sender_address(std::string_view text);

/// What the database keeps of a token: its SHA-256.
std::string token_hash(std::string_view token);

}  // namespace wapi::mailer
