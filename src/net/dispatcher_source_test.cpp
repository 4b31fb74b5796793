// Goal: an answer that is made while it is sent ends when its caller may no longer have it. Method:
// the dispatcher alone; the caller's rights change between two pieces.
#include <gtest/gtest.h>

#include "net/dispatcher.hpp"
#include "tests/support/run_task.hpp"

namespace wapi::net {
namespace {

/// One caller, whose rights the test changes.
class ChangingRights final : public Authenticator {
  public:
    ChangingRights() { context.actor = {ActorKind::user, "ann"}; }
    async::Task<Result<Context>> authenticate(const Request&) override { co_return context; }
    async::Task<Result<Context>> authenticate_again(const Request& request,
                                                    const Context& before) override {
        ++asked_again;
        again_for = request.path + " " + before.actor.id;
        co_return ended ? fail(errors::unauthorized) : Result<Context>(context);
    }
    [[nodiscard]] bool allowed(const Context&, std::string_view) const override {
        return has_permission;
    }
    Context context;
    bool ended = false;
    bool has_permission = true;
    int asked_again = 0;
    std::string again_for;
};

class ThreePieces final : public BodySource {
  public:
    async::Task<std::string> next() override { co_return ++made_ > 3 ? "" : "piece"; }

  private:
    int made_ = 0;
};

async::Task<Result<Response>> answer(Call& /*call*/) {
    Response response;
    response.source = std::make_shared<ThreePieces>();
    co_return response;
}

class DispatcherSourceTest : public ::testing::Test {
  protected:
    /// The answer with its first piece.
    Response ask(std::string_view path = "/file") {
        Request request;
        request.verb = Verb::get;
        request.target = path;
        std::string allow;
        const Route* found = dispatcher_.route(request, allow).value();
        return test::run_task(io_, dispatcher_.run(*found, std::move(request)));
    }
    /// What comes of the next piece; `cut` when the connection is to end.
    std::string next(Response& response) {
        const auto piece =
            test::run_task(io_, Dispatcher::next_piece(routes()[0], "request", *response.source));
        return piece.value_or("cut");
    }
    static std::vector<Route> routes() {
        return {
            {Verb::get, "/file", Auth::session, "seeFiles", RateClass::none, 0, "getFile", answer},
            {Verb::get, "/mine", Auth::session, "", RateClass::none, 0, "getMine", answer},
            {Verb::get, "/open", Auth::none, "", RateClass::none, 0, "getOpen", answer}};
    }

    boost::asio::io_context io_;
    ChangingRights rights_;
    Dispatcher dispatcher_{routes(), &rights_, [] { return std::string("request"); }};
};

TEST_F(DispatcherSourceTest, a_caller_who_keeps_the_rights_gets_all) {
    Response response = ask();
    EXPECT_EQ(response.body, "piece");
    EXPECT_EQ(next(response), "piece");
    EXPECT_EQ(next(response), "piece");
    EXPECT_EQ(next(response), "");
    EXPECT_EQ(rights_.again_for, "/file ann");
}

TEST_F(DispatcherSourceTest, a_session_that_has_ended_ends_the_answer) {
    for (const std::string_view path : {"/file", "/mine"}) {
        Response response = ask(path);
        EXPECT_EQ(next(response), "piece");
        rights_.ended = true;
        EXPECT_EQ(next(response), "cut");
        rights_.ended = false;
    }
}

TEST_F(DispatcherSourceTest, a_permission_that_was_taken_away_ends_the_answer) {
    Response response = ask();
    rights_.has_permission = false;
    EXPECT_EQ(next(response), "cut");
}

TEST_F(DispatcherSourceTest, a_workspace_that_was_suspended_ends_the_answer) {
    Response response = ask();
    rights_.context.suspended = true;
    EXPECT_EQ(next(response), "cut");
}

TEST_F(DispatcherSourceTest, a_new_restriction_ends_what_was_begun_without_it) {
    Response response = ask();
    rights_.context.restrictions = {.member = "ann", .assigned_only = true};
    EXPECT_EQ(next(response), "cut");
}

TEST_F(DispatcherSourceTest, nobody_is_asked_about_a_route_for_everybody) {
    Response response = ask("/open");
    EXPECT_EQ(next(response), "piece");
    EXPECT_EQ(rights_.asked_again, 0);
}

}  // namespace
}  // namespace wapi::net
