// Goal: the local copy follows Meta page by page, is listed without loss, and is never another
// workspace's. Method: a stand-in for Meta that gives prepared pages, on both engines.
#include "features/templates/templates.hpp"

#include <gtest/gtest.h>

#include "tests/support/fake_graph.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::templates {
namespace {

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
    test::FakeGraph graph_;
    Service service_{database(), graph_, clock_};
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
    graph_.template_pages = {{{info("a")}, ""}};
    ASSERT_TRUE(sync());
    const auto set = [&](const WorkspaceId& workspace, std::string_view name) {
        return write(workspace, [&](db::WorkspaceTxn& txn) {
            return set_template_status(txn, waba, name, "en_US", "PAUSED", clock_.now());
        });
    };
    EXPECT_FALSE(set(shop, "unknown"));
    EXPECT_FALSE(set(other, "a"));
    EXPECT_TRUE(set(shop, "a"));
    EXPECT_EQ(names(), (std::vector<std::string>{"a PAUSED"}));
}

TEST_P(TemplatesTest, a_cursor_that_is_none_is_refused) {
    for (const char* cursor : {"!", "AAAA", "bm90aGluZw"}) {
        EXPECT_FALSE(run(service_.list(context(), 10, cursor))) << cursor;
    }
}

WAPI_ON_BOTH_ENGINES(TemplatesTest);

}  // namespace
}  // namespace wapi::templates
