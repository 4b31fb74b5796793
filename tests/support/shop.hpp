// A test suite with a shop: a workspace with a business number that can send, and another one that
// must not see it.
#pragma once

#include <string>
#include <string_view>

#include "features/audit/audit.hpp"
#include "features/numbers/numbers.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::test {

inline const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
inline const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");
inline const PhoneNumberId shop_number("1080000000001");
inline const PhoneNumberId second_number("1080000000002");
inline const std::string ann_phone = "15550002222";  ///< of a customer

inline const db::Sql insert_shop{{
    .name = "shop_test.insert_workspace",
    .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us)"
            " VALUES ($1, 'Demo Shop', 'enterprise', '{}', 0)",
}};

class ShopTest : public EnginesTest {
  protected:
    void make_workspace(const WorkspaceId& workspace) {
        write(workspace, [](db::WorkspaceTxn& txn) { return txn.execute(insert_shop); });
    }
    void save_number(const WorkspaceId& workspace, const PhoneNumberId& id,
                     std::string_view status = numbers::status::connected,
                     const std::string& reason = {}) {
        numbers::Number number;
        number.workspace = workspace;
        number.phone_number_id = id;
        number.waba_id = WabaId("209");
        number.display_phone = "+15550001111";
        number.status = status;
        number.status_reason = reason;
        number.connected_at = clock_.now();
        write(workspace, [&](db::WorkspaceTxn& txn) {
            numbers::save_number(txn, number);
            return true;
        });
    }
    static Context context_of(const WorkspaceId& workspace, const std::string& user = "user-1") {
        Context context;
        context.workspace = workspace;
        context.actor = {ActorKind::user, user};
        return context;
    }
    /// Entries in the log of the shop.
    std::int64_t count_audit(std::string_view action) {
        audit::Service service(database());
        return run(service.list(context_of(shop), {.action = std::string(action)}))->total;
    }
    /// `ok`, or the error's code.
    template <class T>
    static std::string outcome(const Result<T>& done) {
        return done ? "ok" : std::string(done.error().kind->code);
    }
};

}  // namespace wapi::test
