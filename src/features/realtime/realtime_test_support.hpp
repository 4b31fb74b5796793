// What the tests of live events share: clients without sockets, a team whose rights the test sets.
#pragma once

#include <deque>
#include <functional>
#include <map>

#include "async/event.hpp"
#include "base/json.hpp"
#include "features/access/access.hpp"
#include "features/messages/messages_test_support.hpp"
#include "features/realtime/realtime.hpp"

namespace wapi::realtime::testing {

using messages::testing::other_shop;
using messages::testing::second_number;
using messages::testing::shop;
using messages::testing::shop_number;

/// A client: what it says is queued, what it is told is kept.
class FakePeer final : public Peer {
  public:
    explicit FakePeer(boost::asio::io_context& io) : said_(io), taken_(io) {}

    async::Task<std::optional<std::string>> read() override {
        while (queue_.empty() && !closed_) {
            co_await said_.wait_for(std::chrono::seconds(60));
        }
        if (queue_.empty() || closed_) {
            co_return std::nullopt;
        }
        std::string text = std::move(queue_.front());
        queue_.pop_front();
        co_return text;
    }
    async::Task<bool> write(std::string_view text) override {
        while (stalled_ && !closed_) {
            co_await taken_.wait_for(std::chrono::seconds(60));
        }
        if (!closed_) {
            heard_.push_back(json::parse_object(text).value());
        }
        co_return !closed_;
    }
    void close(std::uint16_t code, std::string_view /*reason*/) override {
        code_ = code;
        hang_up();
    }

    void say(const json::object& message) { say_text(json::render(message)); }
    void say_text(std::string text) {
        queue_.push_back(std::move(text));
        said_.notify();
    }
    void hang_up() {
        closed_ = true;
        said_.notify();
        taken_.notify();
    }
    /// Takes nothing more until it is let go on.
    void stall(bool stalled) {
        stalled_ = stalled;
        taken_.notify();
    }
    [[nodiscard]] bool closed() const { return closed_; }
    /// Why it was closed; 0: it was not.
    [[nodiscard]] int code() const { return code_; }
    [[nodiscard]] const std::vector<json::object>& heard() const { return heard_; }
    [[nodiscard]] std::size_t count(std::string_view type) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            heard_, [type](const json::object& message) { return type_of(message) == type; }));
    }
    /// The newest message of that type.
    [[nodiscard]] const json::object& last(std::string_view type) const {
        for (std::size_t index = heard_.size(); index > 0; --index) {
            if (type_of(heard_[index - 1]) == type) {
                return heard_[index - 1];
            }
        }
        throw std::runtime_error("it has heard no " + std::string(type));
    }
    void forget() { heard_.clear(); }
    static std::string_view type_of(const json::object& message) {
        return message.at("type").as_string();
    }

  private:
    async::Signal said_;
    async::Signal taken_;
    std::deque<std::string> queue_;
    std::vector<json::object> heard_;
    bool closed_ = false;
    bool stalled_ = false;
    int code_ = 0;
};
using Client = std::shared_ptr<FakePeer>;

inline const db::Sql insert_limit{{
    .name = "realtime_test.insert_limit",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, $2, $3, $4)",
}};

class RealtimeTest : public messages::testing::MessagesTest {
  protected:
    RealtimeTest() { restart(); }
    ~RealtimeTest() override {
        for (const Client& client : clients_) {
            client->hang_up();
        }
        tasks_->stop();
        run(tasks_->join(std::chrono::seconds(20)));
    }

    /// A service with these limits; earlier clients are gone.
    void restart(Limits limits = {}) {
        if (tasks_ != nullptr) {
            tasks_->stop();
        }
        limits.tick = std::chrono::milliseconds(10);
        stopped_.push_back(std::move(tasks_));
        tasks_ = std::make_unique<async::Tasks>(io_);
        service_ = std::make_unique<Service>(
            Parts{.tasks = *tasks_,
                  .db = database(),
                  .clock = clock_,
                  .rng = rng_,
                  .authenticate = [this](Credentials credentials) { return ask(credentials); }},
            limits);
        service_->start();
        wait([&] { return GetParam() == db::Engine::sqlite || service_->stats().missed > 0; });
    }  // by now it hears other nodes
    /// Everybody whose token is their name; rights as `set_rights` says, else an owner's.
    async::Task<Result<Context>> ask(Credentials credentials) {
        ++asked_;
        most_asked_ = std::max(most_asked_, asked_ - answered_);
        if (asking_takes_.count() > 0) {
            co_await async::sleep_for(asking_takes_);
        }
        ++answered_;
        if (down_) {
            throw Fault(fault_, "on purpose");
        }
        const auto found = people_.find(std::string(credentials.token.reveal()));
        co_return found == people_.end() ? Result<Context>(fail(wapi::errors::unauthorized))
                                         : found->second;
    }
    Context& person(const std::string& name, const WorkspaceId& workspace = shop) {
        Context& context = people_[name];
        context.workspace = workspace;
        context.actor = {ActorKind::user, name};
        context.permissions = access::bit(access::Permission::view_contacts);
        return context;
    }
    /// Restricted by assignment.
    Context& agent(const std::string& name) {
        Context& context = person(name);
        context.restrictions = {.member = name, .assigned_only = true};
        return context;
    }
    void restrict_to(const std::string& name, std::string_view kind, const std::string& value) {
        Context& context = person(name);
        context.restrictions.member = name;
        (kind == "tag" ? context.restrictions.by_tag : context.restrictions.by_number) = true;
        write(shop,
              [&](db::WorkspaceTxn& txn) { return txn.execute(insert_limit, name, kind, value); });
    }

    Client connect() {
        const auto client = std::make_shared<FakePeer>(io_);
        clients_.push_back(client);
        tasks_->spawn("test.serve", service_->serve(client, {}));
        return client;
    }
    /// Connects, says hello and waits for the answer.
    Client enter(const std::string& name, const std::string& last_event_id = {}) {
        Client client = connect();
        say_hello(client, name, last_event_id);
        wait([&] { return client->closed() || client->count("ready") > 0; });
        return client;
    }
    static void say_hello(const Client& client, const std::string& name,
                          const std::string& last_event_id = {}) {
        json::object hello{{"type", "hello"}, {"token", name}};
        if (!last_event_id.empty()) {
            hello["lastEventId"] = last_event_id;
        }
        client->say(hello);
    }
    /// Runs the network thread until it is so; fails after ten seconds.
    void wait(const std::function<bool()>& is_so) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
        const auto guard = boost::asio::make_work_guard(io_);
        io_.restart();
        while (!is_so() && std::chrono::steady_clock::now() < deadline) {
            io_.run_one_until(deadline);
        }
        EXPECT_TRUE(is_so()) << "not within ten seconds";
    }
    void wait_for(const Client& client, std::string_view type, std::size_t count = 1) {
        wait([&] { return client->closed() || client->count(type) >= count; });
        EXPECT_GE(client->count(type), count) << type;
    }
    /// Everything that came before has been sent: a pong follows what the ring holds.
    void settle(const Client& client) {
        const std::size_t pongs = client->count("pong");
        client->say({{"type", "ping"}});
        wait_for(client, "pong", pongs + 1);
    }
    /// All that was announced until now has been read and is in the ring: `owner` sees it all.
    void settle_ring(const Client& owner) {
        const std::size_t seen = owner->count("number.changed");
        save_number(shop, second_number);
        wait_for(owner, "number.changed", seen + 1);
    }
    void expect_closed(const Client& client, int code) {
        wait([&] { return client->closed(); });
        EXPECT_EQ(client->code(), code);
    }
    void audit(std::string_view action, const std::string& user = {}) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            audit::record(txn, context_of(shop),
                          {.action = action,
                           .resource_type = user.empty() ? "workspace" : "user",
                           .resource_id = user},
                          clock_.now());
            return true;
        });
    }
    void assign(const ConversationId& conversation, const std::string& member) {
        write([&](db::Txn& txn) {
            static const db::Sql insert{{
                .name = "realtime_test.insert_member",
                .text = "INSERT INTO members (workspace_id, user_id, role, created_us)"
                        " VALUES ($1, $2, 'agent', 0) ON CONFLICT DO NOTHING",
            }};
            return txn.execute(insert, shop, member);
        });
        inbox::Service inbox(database(), clock_);
        const auto done = run(inbox.assign(context_of(shop), conversation, UserId(member)));
        EXPECT_TRUE(done) << done.error().message;
    }
    std::string last_id(const Client& client) {
        return std::string(client->heard().back().at("id").as_string());
    }

    std::vector<std::unique_ptr<async::Tasks>> stopped_;
    std::unique_ptr<async::Tasks> tasks_;
    std::unique_ptr<Service> service_;
    std::map<std::string, Context> people_;
    std::vector<Client> clients_;
    int asked_ = 0;
    int answered_ = 0;
    int most_asked_ = 0;  ///< at once
    bool down_ = false;
    std::string fault_ = "db.down";
    std::chrono::milliseconds asking_takes_{0};
};

}  // namespace wapi::realtime::testing
