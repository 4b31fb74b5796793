// What the tests of who sees which contacts share: a shop whose agent sees those with the tag vip.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "features/contacts/contacts.hpp"
#include "tests/support/shop.hpp"

namespace wapi::contacts::testing {

using test::other_shop;
using test::shop;

inline const db::Sql insert_restriction{{
    .name = "contacts_access_test.insert_restriction",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, 'user-1', 'tag', $2)",
}};

class AccessTest : public test::ShopTest {
  protected:
    AccessTest() {
        write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(insert_restriction, "vip"); });
        agent_.restrictions = {.member = "user-1", .by_tag = true};
    }
    static Context context() { return context_of(shop); }
    static Draft draft(const std::string& phone, std::vector<std::string> tags) {
        Draft made;
        made.phone = phone;
        made.tags = std::move(tags);
        return made;
    }
    static Draft tagged(std::vector<std::string> tags) {
        Draft made;
        made.tags = std::move(tags);
        return made;
    }
    ContactId made(const std::string& phone, std::vector<std::string> tags) {
        return run(contacts_.create(context(), draft(phone, std::move(tags)))).value().id;
    }

    Service contacts_{database(), ids_, clock_};
    Context agent_ = context();  ///< of a member who sees a part
};

}  // namespace wapi::contacts::testing
