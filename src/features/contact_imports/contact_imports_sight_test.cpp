// Goal: nobody reads rows of a file that they may not see, and who takes rows out is on record.
// Method: the service and the route of the download on both engines.
#include <gmock/gmock.h>

#include <algorithm>

#include "features/access/access.hpp"
#include "features/contact_imports/contact_imports_http.hpp"
#include "features/contact_imports/contact_imports_test_support.hpp"

namespace wapi::contact_imports::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const db::Sql list_exports{{
    .name = "contact_imports_test.list_exports",
    .text = "SELECT actor_id, resource_id, details FROM audit_logs WHERE workspace_id = $1"
            " AND action = 'contact.exported' ORDER BY seq",
}};

class ImportSight : public ImportTest {
  protected:
    /// May import, but not view contacts.
    static Context blind(const std::string& user) {
        Context made = context_of(user);
        made.permissions = access::bit(access::Permission::import_contacts);
        return made;
    }
    Result<net::Response> download(const Context& context, const std::string& id) {
        const std::vector<net::Route> routes = contact_imports_routes(*service_);
        const auto route =
            std::ranges::find(routes, "downloadRefusedRows", &net::Route::operation_id);
        net::Call call;
        call.context = context;
        call.request.params = {{"id", id}};
        return run(route->handler(call));
    }
    std::vector<std::string> exports() {
        return read(shop, [](db::WorkspaceTxn& txn) {
            std::vector<std::string> all;
            for (const db::Row row : txn.query(list_exports)) {
                all.push_back(row.string(0) + " " + row.string(1) + " " + row.string(2));
            }
            return all;
        });
    }
};

TEST_P(ImportSight, who_may_not_view_contacts_sees_only_their_own_imports) {
    add_member("blind", "manager");
    const Import owners = import("phone\nnonsense\n");
    const Import own = start(file_of(1), {}, blind("blind"));
    EXPECT_EQ(run(service_->get(blind("blind"), owners.id)).error().kind,
              &errors::import_not_found);
    EXPECT_EQ(download(blind("blind"), owners.id).error().kind, &errors::import_not_found);
    EXPECT_TRUE(run(service_->get(blind("blind"), own.id)));
    EXPECT_THAT(run(service_->list(blind("blind"), "", 10)).imports, SizeIs(1));
    EXPECT_THAT(run(service_->list(context_of("owner"), "", 10)).imports, SizeIs(2));
    EXPECT_THAT(exports(), IsEmpty());
}

TEST_P(ImportSight, who_downloads_refused_rows_is_on_record) {
    const Import done = import("phone\nnonsense\n+436601111111\nmore\n");
    const Result<net::Response> response = download(context_of("owner"), done.id);
    ASSERT_TRUE(response);
    EXPECT_EQ(run(response->source->next()).substr(0, 19), "line,reason,phone\r\n");
    EXPECT_THAT(exports(), ElementsAre("owner " + done.id + R"( {"refusedRows":2})"));
}

WAPI_ON_BOTH_ENGINES(ImportSight);

}  // namespace
}  // namespace wapi::contact_imports::testing
