// A test suite with members who keep things for themselves, and some who may share them with all.
#pragma once

#include <string>

#include "features/access/access.hpp"
#include "tests/support/shop.hpp"

namespace wapi::test {

class SharersTest : public ShopTest {
  protected:
    static Context as(const std::string& who, bool may_share = false,
                      const WorkspaceId& workspace = shop) {
        Context context = context_of(workspace, who);
        context.permissions = may_share ? access::bit(access::Permission::assign_conversations) : 0;
        return context;
    }
};

}  // namespace wapi::test
