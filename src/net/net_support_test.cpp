// The routes and the network thread behind NetTestServer.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "net/net_test_support.hpp"
#include "net/websocket.hpp"

namespace wapi::net {
namespace {

constexpr std::chrono::seconds held_limit{20};

int number_param(const Request& request, std::string_view name) {
    const std::string text(request.query_param(name));
    return text.empty() ? 0 : std::stoi(text);
}

async::Task<Result<Response>> echo(Call& call) {
    Response response;
    response.content_type = "text/plain";
    response.body = std::move(call.request.body);
    co_return response;
}

/// Reads the body in pieces, a ms between them when `pause` says so, and tells what came. With
/// `pieces` it stops after so many.
async::Task<Result<Response>> count_pieces(Call& call) {
    const int pieces_max = number_param(call.request, "pieces");
    std::size_t bytes = 0;
    std::size_t largest = 0;
    std::uint64_t sum = 0;
    for (int pieces = 0; pieces_max == 0 || pieces < pieces_max; ++pieces) {
        const Result<std::string> piece = co_await call.request.body_reader->next();
        if (!piece) {
            co_return std::unexpected(piece.error());
        }
        if (piece->empty()) {
            break;
        }
        bytes += piece->size();
        largest = std::max(largest, piece->size());
        for (const char letter : *piece) {
            sum = sum * 31 + static_cast<unsigned char>(letter);
        }
        if (number_param(call.request, "pause") > 0) {
            co_await async::sleep_for(
                std::chrono::milliseconds(number_param(call.request, "pause")));
        }
    }
    co_return json_response(fmt::format("bytes={} sum={} small={}", bytes, sum, largest < 200'000));
}

async::Task<Result<Response>> show_request(Call& call) {
    const Request& request = call.request;
    co_return json_response(fmt::format(
        "path={} id={} q={} ip={} context={} {} {}", request.path,
        request.params.empty() ? "-" : request.param("id"), request.query_param("q"),
        request.remote_ip, call.context.request_id, call.context.ip, call.context.user_agent));
}

async::Task<Result<Response>> show_role(Call& call) { co_return json_response(call.context.role); }

async::Task<Result<Response>> throw_secret(Call&) {
    throw std::runtime_error("hunter2 is the password");
    co_return json_response({});
}

async::Task<Result<Response>> throw_fault(Call& call) {
    throw Fault(std::string(call.request.query_param("code")), "the disk at /secret");
    co_return json_response({});
}

async::Task<Result<Response>> refuse_field(Call&) {
    co_return fail_field(errors::invalid_request, "contact.phone", "Not a \"phone\" number.");
}

async::Task<Result<Response>> abandon(Call&) {
    Response response;
    response.abandon = true;
    co_return response;
}

async::Task<Result<Response>> own_headers(Call&) {
    Response response = json_response("{}", 201);
    response.headers = {{"Cache-Control", "max-age=60"},
                        {"X-Split", "a\r\nSet-Cookie: evil=1"},
                        {"Content-Length", "999"}};
    co_return response;
}

async::Task<Result<Response>> big_answer(Call&) {
    co_return json_response(std::string(3'000'000, 'x'));
}

/// `pieces` of `bytes` letters a, b, c, ...; each takes `pause` ms, and instead of the one of
/// number `failing` there is a Fault.
class Letters final : public BodySource {
  public:
    Letters(const Request& request, std::shared_ptr<StreamCounts> counts)
        : counts_(std::move(counts)),
          pieces_(number_param(request, "pieces")),
          bytes_(number_param(request, "bytes")),
          pause_(number_param(request, "pause")),
          slow_(number_param(request, "slow")),
          failing_(number_param(request, "failing")) {
        counts_->open();
    }
    ~Letters() override { counts_->close(); }

    async::Task<std::string> next() override {
        if (pause_.count() > 0) {
            co_await async::sleep_for(pause_);
        }
        if (++made_ == slow_) {
            co_await async::sleep_for(std::chrono::seconds(1));
        }
        if (made_ == failing_) {
            throw Fault("db.down", "the disk at /secret");
        }
        if (made_ > pieces_) {
            co_return std::string();
        }
        counts_->add_piece();
        co_return std::string(static_cast<std::size_t>(bytes_),
                              static_cast<char>('a' + (made_ - 1) % 26));
    }

  private:
    std::shared_ptr<StreamCounts> counts_;
    int pieces_;
    int bytes_;
    std::chrono::milliseconds pause_;
    int slow_;
    int failing_;
    int made_ = 0;
};

async::Task<Result<Response>> stream(std::shared_ptr<StreamCounts> counts, Call& call) {
    Response response;
    response.content_type = "text/plain";
    response.source = std::make_shared<Letters>(call.request, std::move(counts));
    co_return response;
}

/// Messages of 1,000 bytes until one is not taken.
async::Task<> drip(std::shared_ptr<WebSocket> socket, std::shared_ptr<StreamCounts> counts) {
    const std::string text(1'000, 'x');
    while (co_await socket->write(text)) {
        counts->add_piece();
    }
}

/// Says each message back; `close`, `long`, `flood` and `drip` do what they say, `request` asks for
/// what is kept of the handshake's.
async::Task<> say_back(std::shared_ptr<WebSocket> socket, std::shared_ptr<StreamCounts> counts,
                       std::weak_ptr<WebSocketUpgrade> upgrade) {
    for (;;) {
        std::optional<std::string> text = co_await socket->read();
        if (!text) {
            co_return;
        }
        if (*text == "close") {
            socket->close(4401, "asked to");
        } else if (*text == "long") {
            text->assign(300'000, 'x');
        } else if (*text == "flood") {
            text->assign(16 << 20, 'x');
        } else if (*text == "drip") {
            co_await drip(socket, counts);
        } else if (*text == "request") {
            *text = fmt::format("{} headers", upgrade.lock()->request.headers.size());
        }
        if (!co_await socket->write(*text)) {
            co_return;
        }
    }
}

async::Task<Result<Response>> open_websocket(std::shared_ptr<StreamCounts> counts, Call& call) {
    if (!asks_for_websocket(call.request)) {
        co_return fail(http_errors::upgrade_required);
    }
    Response response =
        websocket_response({.request = std::move(call.request),
                            .limits = {.message_bytes_max = 100,
                                       .idle_timeout = std::chrono::seconds(5),
                                       .write_timeout = std::chrono::milliseconds(300),
                                       .close_timeout = std::chrono::milliseconds(300)},
                            .serve = {}});
    response.upgrade->serve =
        [counts, upgrade = std::weak_ptr(response.upgrade)](std::shared_ptr<WebSocket> socket) {
            return say_back(std::move(socket), counts, upgrade);
        };
    co_return response;
}

}  // namespace

async::Task<Result<Context>> FixedAuthenticator::authenticate(const Request& request) {
    const std::string_view header = request.header("authorization");
    if (header != "Bearer good" && header != "Bearer agent") {
        co_return fail(errors::unauthorized);
    }
    Context context;
    context.role = header == "Bearer good" ? "owner" : "agent";
    co_return context;
}

bool FixedAuthenticator::allowed(const Context& context, std::string_view permission) const {
    return context.role == "owner" && permission == "manageTeam";
}

std::vector<Route> NetTestServer::routes() {
    using enum Auth;
    constexpr std::size_t small = 1024;
    constexpr std::size_t large = 4 << 20;
    const Handler held = [this](Call&) { return hold(); };
    const Handler streamed = [this](Call& call) { return stream(streams_, call); };
    const Handler websocket = [this](Call& call) { return open_websocket(streams_, call); };
    return {
        {Verb::post, "/echo", none, "", RateClass::none, small, "echo", echo},
        {Verb::post, "/echo/large", none, "", RateClass::none, large, "echoLarge", echo},
        {Verb::post, "/pieces", none, "", RateClass::none, large, "countPieces", count_pieces,
         true},
        {Verb::post, "/team/pieces", session, "manageTeam", RateClass::api, large, "teamPieces",
         count_pieces, true},
        {Verb::get, "/things/{id}", none, "", RateClass::none, 0, "getThing", show_request},
        {Verb::put, "/things/{id}", none, "", RateClass::none, small, "putThing", echo},
        {Verb::get, "/me", session, "", RateClass::api, 0, "me", show_role},
        {Verb::get, "/team", session, "manageTeam", RateClass::api, 0, "team", show_role},
        {Verb::get, "/throw", none, "", RateClass::none, 0, "throw", throw_secret},
        {Verb::get, "/fault", none, "", RateClass::none, 0, "fault", throw_fault},
        {Verb::get, "/refused", none, "", RateClass::none, 0, "refused", refuse_field},
        {Verb::get, "/abandoned", none, "", RateClass::none, 0, "abandoned", abandon},
        {Verb::get, "/own-headers", none, "", RateClass::none, 0, "ownHeaders", own_headers},
        {Verb::get, "/big", none, "", RateClass::none, 0, "big", big_answer},
        {Verb::get, "/stream", none, "", RateClass::none, 0, "stream", streamed},
        {Verb::get, "/websocket", none, "", RateClass::none, 0, "websocket", websocket},
        {Verb::get, "/held", none, "", RateClass::none, 0, "held", held},
    };
}

async::Task<Result<Response>> NetTestServer::hold() {
    held_began_.set_value();
    const bool released = co_await go_.wait_for(held_limit);
    co_return json_response(released ? "released" : "not released");
}

NetTestServer::NetTestServer(ServerOptions options)
    : guard_(io_.get_executor()), tasks_(io_), go_(io_) {
    options.address = "127.0.0.1";
    server_ = std::make_unique<Server>(tasks_, std::move(options), routes(), &authenticator_,
                                       [] { return std::string("made-by-the-server"); });
    server_->start();
    port_ = server_->port();
    thread_ = std::thread([this] { io_.run(); });
}

NetTestServer::~NetTestServer() {
    drain(std::chrono::seconds(5)).get();
    io_.stop();
    thread_.join();
}

void NetTestServer::release_held() {
    boost::asio::post(io_, [this] { go_.notify(); });
}

void NetTestServer::hold_up_until(std::shared_future<void> ready) {
    boost::asio::post(io_, [ready] { ready.wait(); });
}

async::Task<> NetTestServer::drain_then(std::chrono::milliseconds limit,
                                        std::shared_ptr<std::promise<void>> done) {
    co_await server_->drain(limit);
    done->set_value();
}

std::future<void> NetTestServer::drain(std::chrono::milliseconds limit) {
    auto done = std::make_shared<std::promise<void>>();
    boost::asio::post(io_,
                      [this, limit, done] { tasks_.spawn("test.drain", drain_then(limit, done)); });
    return done->get_future();
}

ServerStats NetTestServer::stats() {
    std::promise<ServerStats> stats;
    boost::asio::post(io_, [&] { stats.set_value(server_->stats()); });
    return stats.get_future().get();
}

void StreamCounts::open() {
    const std::lock_guard lock(mutex_);
    ++open_;
}

void StreamCounts::close() {
    const std::lock_guard lock(mutex_);
    --open_;
    closed_.notify_all();
}

bool StreamCounts::all_closed() {
    std::unique_lock lock(mutex_);
    return closed_.wait_for(lock, std::chrono::seconds(10), [this] { return open_ == 0; });
}

test::RawAnswer NetTestServer::ask(std::string_view bytes) {
    test::RawConnection connection(port_);
    connection.send(bytes);
    return connection.read_answer();
}

test::RawAnswer NetTestServer::get(std::string_view target, std::string_view fields) {
    return ask(fmt::format("GET {} HTTP/1.1\r\nHost: x\r\n{}\r\n", target, fields));
}

void expect_refused(const test::RawAnswer& answer, int status, std::string_view code) {
    EXPECT_EQ(answer.status, status);
    EXPECT_NE(answer.body.find(fmt::format(R"("code":"{}")", code)), std::string::npos)
        << answer.body;
    EXPECT_EQ(answer.field("Connection"), "close");
}

}  // namespace wapi::net
