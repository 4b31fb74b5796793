// Goal: the local copy follows Meta page by page, is listed without loss, and is never another
// workspace's. Method: a stand-in for Meta that gives prepared pages, on both engines.
#include "features/templates/templates.hpp"

#include <gtest/gtest.h>

#include <map>

#include "features/audit/audit.hpp"
#include "features/numbers/numbers.hpp"
#include "tests/support/fake_graph.hpp"
#include "tests/support/interleaved.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::templates {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other("22222222-2222-7222-8222-222222222222");
const WabaId waba("209"sv);

whatsapp::TemplateInfo info(const std::string& name, std::string_view status = "APPROVED") {
    return {"id-" + name,
            name,
            "en_US",
            "UTILITY",
            std::string(status),
            "POSITIONAL",
            R"([{"type":"BODY","text":"Hi {{1}}"}])"};
}

class TemplatesTest : public test::EnginesTest {
  protected:
    static Context context(const WorkspaceId& workspace = shop) {
        Context made;
        made.workspace = workspace;
        return made;
    }
    Result<std::size_t> sync(const WorkspaceId& workspace = shop) {
        clock_.advance(std::chrono::seconds(1));
        return run(service_.sync(context(workspace), waba, SecretString("token"sv)));
    }
    std::vector<std::string> names(const WorkspaceId& workspace = shop, std::size_t limit = 2) {
        std::vector<std::string> found;
        std::string cursor;
        do {
            const Result<Page> page = run(service_.list(context(workspace), limit, cursor));
            for (const Template& stored : page->templates) {
                found.push_back(stored.name + " " + stored.status);
            }
            cursor = page->next_cursor;
        } while (!cursor.empty());
        return found;
    }
    /// A status webhook, `after` from now by Meta's clock.
    void hear(const std::string& name, const std::string& event, std::chrono::seconds after = 0s,
              const WorkspaceId& workspace = shop) {
        write(workspace, [&](db::WorkspaceTxn& txn) {
            apply_status(txn, told(name, event, after), clock_.now());
            return true;
        });
    }
    StatusEvent told(const std::string& name, const std::string& event,
                     std::chrono::seconds after = 0s) {
        return {.waba_id = waba,
                .update = {.name = name,
                           .language = "en_US",
                           .event = event,
                           .reason = "because",
                           .json = "{}"},
                .at = clock_.now() + after};
    }
    Template find(std::string_view name) {
        return read(shop, [&](db::WorkspaceTxn& txn) {
            return find_template(txn, waba, name, "en_US").value();
        });
    }
    void connect(std::string_view phone_number_id, std::string_view account,
                 std::string_view status = numbers::status::connected) {
        numbers::Number number;
        number.workspace = shop;
        number.phone_number_id = PhoneNumberId(phone_number_id);
        number.waba_id = WabaId(account);
        number.status = status;
        write(shop, [&](db::WorkspaceTxn& txn) {
            numbers::save_number(txn, number);
            return true;
        });
    }
    std::int64_t count_audit(std::string_view action) {
        audit::Service log(database());
        return run(log.list(context(), {.action = std::string(action)}))->total;
    }

    test::FakeGraph graph_;
    vault::DatabaseBackend backend_{
        database(),
        vault::MasterKey(
            SecretString("3f8a1c5e9b7d204f6a8c1e3b5d7f90a2c4e6f8091b2d3f4a5c6e7f8192a3b4c5"sv)),
        rng_, clock_};
    vault::Vault vault_{backend_, database(), clock_};
    Service service_{database(), graph_, vault_, clock_};
};

TEST_P(TemplatesTest, every_page_is_copied_and_listed) {
    graph_.template_pages = {{{info("b"), info("a")}, ""}, {{info("d"), info("c"), info("e")}, ""}};
    EXPECT_EQ(sync(), 5U);
    EXPECT_EQ(names(), (std::vector<std::string>{"a APPROVED", "b APPROVED", "c APPROVED",
                                                 "d APPROVED", "e APPROVED"}));
    EXPECT_TRUE(names(other).empty());
}

TEST_P(TemplatesTest, a_second_copy_changes_what_changed_and_drops_what_is_gone) {
    graph_.template_pages = {{{info("a"), info("b")}, ""}};
    ASSERT_TRUE(sync());
    ASSERT_TRUE(sync(other));
    graph_.template_pages = {{{info("b", "PAUSED")}, ""}};
    EXPECT_EQ(sync(), 1U);
    EXPECT_EQ(names(), (std::vector<std::string>{"b PAUSED"}));
    EXPECT_EQ(names(other).size(), 2U);
}

TEST_P(TemplatesTest, a_copy_that_breaks_off_drops_nothing) {
    graph_.template_pages = {{{info("a"), info("b")}, ""}};
    ASSERT_TRUE(sync());
    graph_.template_pages = {{{info("c")}, ""}, {{info("d")}, ""}};
    graph_.fail_templates_after = 1;
    const Result<std::size_t> broken = sync();
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().kind, &whatsapp::errors::meta_unavailable);
    EXPECT_EQ(names().size(), 3U);
}

TEST_P(TemplatesTest, the_send_gate_finds_and_checks_in_one_call) {
    graph_.template_pages = {{{info("a"), info("p", "PAUSED")}, ""}};
    ASSERT_TRUE(sync());
    const auto check = [&](const WorkspaceId& workspace, std::string_view name,
                           std::string_view language, const boost::json::array& components) {
        return read(workspace, [&](db::WorkspaceTxn& txn) -> std::string {
            const Result<Template> found = check_template(txn, waba, name, language, components);
            return found ? found->meta_id : std::string(found.error().kind->code);
        });
    };
    const boost::json::array filled{
        {{"type", "body"},
         {"parameters", boost::json::array{{{"type", "text"}, {"text", "Ann"}}}}}};
    EXPECT_EQ(check(shop, "a", "en_US", filled), "id-a");
    EXPECT_EQ(check(shop, "a", "de", filled), "template_not_found");
    EXPECT_EQ(check(shop, "x", "en_US", filled), "template_not_found");
    EXPECT_EQ(check(other, "a", "en_US", filled), "template_not_found");
    EXPECT_EQ(check(shop, "p", "en_US", filled), "template_paused");
    EXPECT_EQ(check(shop, "a", "en_US", {}), "template_parameters_invalid");
}

TEST_P(TemplatesTest, a_status_webhook_changes_a_known_template_only) {
    graph_.template_pages = {{{info("a", "PENDING")}, ""}};
    ASSERT_TRUE(sync());
    hear("unknown", "APPROVED");
    hear("a", "APPROVED", 1s, other);
    EXPECT_EQ(names(), (std::vector<std::string>{"a PENDING"}));
    hear("a", "REJECTED", 2s);
    EXPECT_EQ(names(), (std::vector<std::string>{"a REJECTED"}));
    EXPECT_EQ(find("a").status_reason, "because");
    EXPECT_EQ(count_audit("template.rejected"), 1);
    EXPECT_EQ(count_audit("template.approved"), 0);
}

TEST_P(TemplatesTest, statuses_in_any_order_and_repeated_end_in_the_newest) {
    graph_.template_pages = {
        {{info("a", "PENDING"), info("b", "PENDING"), info("c", "PENDING")}, ""}};
    ASSERT_TRUE(sync());
    const std::vector<std::pair<std::string, std::chrono::seconds>> events{
        {"APPROVED", 5s}, {"PENDING", 5s}, {"PAUSED", 7s}, {"REINSTATED", 9s}};
    const std::map<std::string, std::vector<std::size_t>> orders{
        {"a", {3, 2, 1, 0}}, {"b", {0, 1, 0, 2, 3, 1}}, {"c", {2, 0, 3, 3, 1}}};
    for (const auto& [name, order] : orders) {
        for (const std::size_t i : order) {
            hear(name, events[i].first, events[i].second);
        }
        EXPECT_EQ(find(name).status, "APPROVED") << name;
        EXPECT_EQ(find(name).status_at, clock_.now() + 9s) << name;
    }
    hear("a", "APPROVED", 20s);
    hear("a", "PENDING", 20s);
    EXPECT_EQ(find("a").status, "APPROVED") << "of one second, the review came first";
}

TEST_P(TemplatesTest, a_copy_that_is_newer_than_a_status_replaces_it_and_an_older_one_does_not) {
    graph_.template_pages = {{{info("a")}, ""}};
    ASSERT_TRUE(sync());
    hear("a", "PAUSED", 0s);
    ASSERT_TRUE(sync());
    EXPECT_EQ(find("a").status, "APPROVED");
    EXPECT_EQ(find("a").status_reason, "");
    EXPECT_EQ(count_audit("template.approved"), 1) << "the copy was the first to tell";
    hear("a", "PAUSED", -1h);
    EXPECT_EQ(find("a").status, "APPROVED") << "a replayed event";
    hear("a", "PAUSED", 1h);
    ASSERT_TRUE(sync());
    EXPECT_EQ(find("a").status, "PAUSED") << "told after the copy began";
    EXPECT_EQ(find("a").status_reason, "because");
}

TEST_P(TemplatesTest, every_connected_account_is_copied_with_its_own_token) {
    graph_.template_pages = {{{info("a")}, ""}};
    EXPECT_EQ(run(service_.sync_all(context())), 0U) << "nothing is connected";
    connect("108", "209");
    connect("109", "209");
    connect("110", "210");
    connect("111", "211", numbers::status::pending);
    EXPECT_EQ(run(service_.sync_all(context())).error().kind, &vault::errors::secret_not_found);
    for (const char* name : {"token:209", "token:210"}) {
        ASSERT_TRUE(run(vault_.store(context(), name, SecretString("EAAJ"sv))));
    }
    EXPECT_EQ(run(service_.sync_all(context())), 2U);
    EXPECT_TRUE(names(other).empty());
}

TEST_P(TemplatesTest, a_cursor_that_is_none_is_refused) {
    for (const char* cursor : {"!", "AAAA", "bm90aGluZw"}) {
        EXPECT_FALSE(run(service_.list(context(), 10, cursor))) << cursor;
    }
}

class TemplatesRaceTest : public TemplatesTest {};

TEST_P(TemplatesRaceTest, a_copy_keeps_the_status_that_is_being_stored) {
    graph_.template_pages = {{{info("a")}, ""}};
    ASSERT_TRUE(sync());
    test::Interleaved hearing(database(), shop, [this](db::WorkspaceTxn& txn) {
        apply_status(txn, told("a", "PAUSED", 5s), clock_.now());
    });
    EXPECT_TRUE(sync());
    hearing.join();
    EXPECT_EQ(find("a").status, "PAUSED");
}

TEST_P(TemplatesRaceTest, a_status_keeps_what_is_being_copied) {
    graph_.template_pages = {{{info("a")}, ""}};
    ASSERT_TRUE(sync());
    Template copy = find("a");
    copy.updated_at = clock_.now() + 1s;
    copy.category = "MARKETING";
    test::Interleaved copying(database(), shop,
                              [&](db::WorkspaceTxn& txn) { save_template(txn, copy); });
    hear("a", "PAUSED", 5s);
    copying.join();
    EXPECT_EQ(find("a").status, "PAUSED");
    EXPECT_EQ(find("a").category, "MARKETING");
    EXPECT_EQ(find("a").updated_at, copy.updated_at) << "else the copy's end deletes it";
}

WAPI_ON_BOTH_ENGINES(TemplatesTest);
WAPI_ON_POSTGRES(TemplatesRaceTest);

}  // namespace
}  // namespace wapi::templates
