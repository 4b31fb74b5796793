// Goal: a key lets in with the rights its maker has at that moment, and no longer once it is
// revoked, expired, or its maker gone; uses are noted once a minute. Method: the service on both
// engines; the team changes in the tables that features/team writes.
#include "features/api_keys/api_keys.hpp"

#include <gtest/gtest.h>

#include "features/api_keys/api_keys_store.hpp"
#include "features/audit/audit.hpp"
#include "tests/support/interleaved.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::api_keys {
namespace {

using access::Permission;
using access::Permissions;
using namespace std::chrono_literals;

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other_shop("22222222-2222-7222-8222-222222222222");
const UserId olga("aaaaaaaa-0000-7000-8000-000000000001");  // owner
const UserId mara("aaaaaaaa-0000-7000-8000-000000000002");  // manages integrations
constexpr Permissions view = access::bit(Permission::view_contacts);
constexpr Permissions send = access::bit(Permission::send_messages);
constexpr Permissions view_all = access::bit(Permission::view_all_conversations);
constexpr Permissions audit_logs = access::bit(Permission::view_audit_logs);
constexpr Permissions builder =
    view | send | view_all | audit_logs | access::bit(Permission::manage_integrations);

const db::Sql insert_workspace{{
    .name = "api_keys_test.insert_workspace",
    .text = "INSERT INTO workspaces (workspace_id, name, plan, settings, created_us)"
            " VALUES ($1, 'Demo Shop', 'free', '{}', 0)",
}};
const db::Sql insert_user{{
    .name = "api_keys_test.insert_user",
    .text = "INSERT INTO users (user_id, email, name, password_hash, created_us)"
            " VALUES ($1, $2, 'Someone', '', 0) ON CONFLICT DO NOTHING",
    .scope = db::Scope::system,
}};
const db::Sql insert_member{{
    .name = "api_keys_test.insert_member",
    .text = "INSERT INTO members (workspace_id, user_id, role, created_us)"
            " VALUES ($1, $2, $3, $4)",
}};
const db::Sql delete_member{{
    .name = "api_keys_test.delete_member",
    .text = "DELETE FROM members WHERE workspace_id = $1 AND user_id = $2",
}};
const db::Sql insert_role{{
    .name = "api_keys_test.insert_role",
    .text = "INSERT INTO team_roles (workspace_id, role_id, name, permissions, created_us)"
            " VALUES ($1, 'builder', 'Builder', $2, 0)",
}};
const db::Sql update_role{{
    .name = "api_keys_test.update_role",
    .text = "UPDATE team_roles SET permissions = $2 WHERE workspace_id = $1",
}};
const db::Sql insert_restriction{{
    .name = "api_keys_test.insert_restriction",
    .text = "INSERT INTO member_restrictions (workspace_id, user_id, kind, value)"
            " VALUES ($1, $2, 'tag', 'vip')",
}};
const db::Sql read_hash{{
    .name = "api_keys_test.read_hash",
    .text = "SELECT secret_hash FROM api_keys WHERE workspace_id = $1 AND key_id = $2",
}};
const db::Sql suspend{{
    .name = "api_keys_test.suspend",
    .text = "UPDATE workspaces SET suspended_us = 1 WHERE workspace_id = $1",
}};

class ApiKeysTest : public test::EnginesTest {
  protected:
    ApiKeysTest() {
        for (const WorkspaceId& workspace : {shop, other_shop}) {
            write(workspace, [](db::WorkspaceTxn& txn) { return txn.execute(insert_workspace); });
            add(workspace, olga, "owner");
        }
        write(shop, [](db::WorkspaceTxn& txn) {
            return txn.execute(insert_role, access::render_names(builder));
        });
        add(shop, mara, "builder");
    }
    void add(const WorkspaceId& workspace, const UserId& user, std::string_view role) {
        write(workspace, [&](db::WorkspaceTxn& txn) {
            txn.txn().execute(insert_user, user, user.value + "@shop.example");
            return txn.execute(insert_member, user, role, to_us(clock_.now()));
        });
    }
    Context as(const UserId& user, const WorkspaceId& workspace = shop) {
        Context context;
        context.workspace = workspace;
        context.actor = {ActorKind::user, user.value};
        context.role = user == olga ? "owner" : "builder";
        context.permissions = *access::find_built_in("owner");
        if (user == mara) {
            context.permissions = builder;
        }
        return context;
    }
    NewKey make(Draft draft, const UserId& by = olga) {
        draft.name = "Web shop";
        const auto made = run(service_.create(as(by), std::move(draft)));
        EXPECT_TRUE(made) << made.error().message;
        return *made;
    }
    Result<Context> use(std::string_view secret, std::string ip = "192.0.2.1",
                        std::string workspace = {}) {
        return run(service_.authenticate(
            {.key = SecretString(secret), .ip = std::move(ip), .workspace = std::move(workspace)}));
    }
    Result<Context> use(const NewKey& key) { return use(key.secret.reveal()); }
    template <class T>
    static std::string_view code(const Result<T>& result) {
        return result ? "ok" : result.error().kind->code;
    }
    Key get(const std::string& id) {
        for (const Key& key : run(service_.list(as(olga))).value()) {
            if (key.id == id) {
                return key;
            }
        }
        throw std::runtime_error("no such key");
    }
    /// Lets what runs in the background end.
    void settle() { EXPECT_TRUE(run(tasks_.join(10s))); }
    audit::Page entries(std::string_view action) {
        audit::Service log(database());
        return run(log.list(as(olga), {.action = std::string(action)})).value();
    }
    void permit_builders(Permissions permissions) {
        write(shop, [&](db::WorkspaceTxn& txn) {
            return txn.execute(update_role, access::render_names(permissions));
        });
    }
    /// Removes a member from the table alone, as if the keys had been forgotten.
    void drop(const UserId& user) {
        write(shop, [&](db::WorkspaceTxn& txn) { return txn.execute(delete_member, user); });
    }

    async::Tasks tasks_{io_};
    Service service_{
        {.tasks = tasks_, .db = database(), .ids = ids_, .clock = clock_, .rng = rng_}};
};

TEST_P(ApiKeysTest, a_key_calls_as_itself_with_what_it_was_given) {
    const NewKey key = make({.permissions = view | view_all});
    const auto context = use(key);
    ASSERT_TRUE(context);
    EXPECT_EQ(context->workspace, shop);
    EXPECT_EQ(context->actor.kind, ActorKind::api_key);
    EXPECT_EQ(context->actor.id, key.key.id);
    EXPECT_EQ(context->permissions, view | view_all);
    EXPECT_EQ(context->restrictions, Restrictions{});
    EXPECT_EQ(code(use(key.secret.reveal(), "192.0.2.1", shop.value)), "ok");
    EXPECT_EQ(code(use(key.secret.reveal(), "192.0.2.1", other_shop.value)), "not_found");
}

TEST_P(ApiKeysTest, the_key_itself_is_nowhere) {
    const NewKey key = make({.permissions = view});
    const std::string secret(key.secret.reveal());
    const std::string stored = read(shop, [&](db::WorkspaceTxn& txn) {
        return std::string(txn.query(read_hash, key.key.id)[0].bytes(0));
    });
    EXPECT_EQ(stored, crypto::as_text(crypto::sha256(secret)));
    EXPECT_EQ(get(key.key.id).prefix, secret.substr(0, 17));
    const audit::Page created = entries(audit::actions::api_key_created);
    ASSERT_EQ(created.total, 1);
    EXPECT_EQ(created.entries[0].details.find(secret.substr(18)), std::string::npos);
    EXPECT_NE(created.entries[0].details.find(R"("permissions":["viewContacts"])"),
              std::string::npos);
}

TEST_P(ApiKeysTest, what_is_not_the_key_is_refused) {
    const NewKey key = make({.permissions = view});
    std::string other(key.secret.reveal());
    other.back() = other.back() == '0' ? '1' : '0';
    EXPECT_EQ(code(use(other)), "unauthorized") << "the prefix alone opens nothing";
    other = std::string(key.secret.reveal());
    other[5] = other[5] == '0' ? '1' : '0';
    EXPECT_EQ(code(use(other)), "unauthorized") << "nor does the secret under another prefix";
    EXPECT_EQ(code(use(key.key.prefix)), "unauthorized");
    EXPECT_EQ(code(use(key)), "ok");
}

TEST_P(ApiKeysTest, a_revoked_key_is_refused_at_once_and_the_log_says_who_revoked_it) {
    const NewKey key = make({.permissions = view});
    ASSERT_TRUE(use(key));
    settle();
    ASSERT_TRUE(run(service_.revoke(as(mara), key.key.id)));
    EXPECT_EQ(code(use(key)), "unauthorized");
    EXPECT_EQ(code(run(service_.revoke(as(mara), key.key.id))), "api_key_not_found");
    const audit::Page revoked = entries(audit::actions::api_key_revoked);
    ASSERT_EQ(revoked.total, 1);
    EXPECT_EQ(revoked.entries[0].actor_id, mara.value);
    EXPECT_EQ(revoked.entries[0].resource_id, key.key.id);
}

TEST_P(ApiKeysTest, a_key_ends_at_its_time) {
    const NewKey key = make({.permissions = view, .expires_at = clock_.now() + 1h});
    clock_.advance(1h - 1us);
    const auto context = use(key);
    ASSERT_EQ(code(context), "ok");
    EXPECT_EQ(context->expires_at, key.key.expires_at) << "what it has opened ends with it";
    clock_.advance(1us);
    EXPECT_EQ(code(use(key)), "api_key_expired");
}

TEST_P(ApiKeysTest, a_key_with_addresses_is_of_use_from_there_only) {
    const NewKey key = make({.permissions = view, .networks = {"10.0.0.0/8", "2001:db8::/32"}});
    const std::string_view secret = key.secret.reveal();
    EXPECT_EQ(code(use(secret, "10.9.8.7")), "ok");
    EXPECT_EQ(code(use(secret, "::ffff:10.9.8.7")), "ok");
    EXPECT_EQ(code(use(secret, "2001:db8::1")), "ok");
    EXPECT_EQ(code(use(secret, "192.0.2.1")), "api_key_address_refused");
    settle();
    ASSERT_TRUE(run(service_.change(as(olga), key.key.id,
                                    {.name = {}, .networks = std::vector<std::string>{}})));
    EXPECT_EQ(code(use(secret, "192.0.2.1")), "ok");
    EXPECT_EQ(entries(audit::actions::api_key_updated).total, 1);
}

TEST_P(ApiKeysTest, nobody_makes_a_key_that_may_more_than_they_may) {
    const Permissions billing = access::bit(Permission::manage_billing);
    EXPECT_EQ(code(run(service_.create(as(mara), {.name = "x", .permissions = view | billing}))),
              "api_key_beyond_rights");
    EXPECT_EQ(code(run(service_.create(as(mara), {.name = "x", .permissions = view}))), "ok");
}

TEST_P(ApiKeysTest, what_the_maker_loses_the_key_loses_at_its_next_request) {
    const NewKey key = make({.permissions = view | send | view_all | audit_logs}, mara);
    EXPECT_EQ(use(key)->permissions, view | send | view_all | audit_logs);
    permit_builders(view);
    auto context = use(key);
    EXPECT_EQ(context->permissions, view);
    EXPECT_TRUE(context->restrictions.assigned_only);
    EXPECT_EQ(context->restrictions.member, mara.value);
    permit_builders(view | view_all | audit_logs);
    write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(insert_restriction, mara); });
    context = use(key);
    EXPECT_EQ(context->permissions, view | view_all) << "who sees a part reads no audit log";
    EXPECT_TRUE(context->restrictions.by_tag);
    EXPECT_EQ(context->restrictions.member, mara.value);
}

TEST_P(ApiKeysTest, a_key_knows_that_its_workspace_is_suspended) {
    const NewKey key = make({.permissions = builder});
    EXPECT_FALSE(use(key)->suspended);
    write(shop, [](db::WorkspaceTxn& txn) { return txn.execute(suspend); });
    EXPECT_TRUE(use(key)->suspended);
}

TEST_P(ApiKeysTest, a_key_without_view_all_conversations_sees_its_makers) {
    const auto context = use(make({.permissions = view}));
    EXPECT_TRUE(context->restrictions.assigned_only);
    EXPECT_EQ(context->restrictions.member, olga.value);
}

TEST_P(ApiKeysTest, all_keys_of_one_member_are_revoked_with_their_entries) {
    const NewKey first = make({.permissions = view}, mara);
    const NewKey second = make({.permissions = view}, mara);
    const NewKey stays = make({.permissions = view});
    write(shop, [&](db::WorkspaceTxn& txn) {
        revoke_all_of(txn, as(olga), mara, clock_.now());
        return true;
    });
    EXPECT_EQ(code(use(first)), "unauthorized");
    EXPECT_EQ(code(use(second)), "unauthorized");
    EXPECT_EQ(code(use(stays)), "ok");
    EXPECT_EQ(run(service_.list(as(olga)))->size(), 1U);
    const audit::Page revoked = entries(audit::actions::api_key_revoked);
    ASSERT_EQ(revoked.total, 2);
    EXPECT_EQ(revoked.entries[0].actor_id, olga.value);
    EXPECT_NE(revoked.entries[0].details.find("maker_removed"), std::string::npos);
}

TEST_P(ApiKeysTest, a_key_without_its_maker_is_dead_also_when_they_come_back) {
    const NewKey key = make({.permissions = view}, mara);
    EXPECT_EQ(code(use(key)), "ok");
    settle();
    drop(mara);
    EXPECT_EQ(code(use(key)), "unauthorized");
    clock_.advance(1s);
    add(shop, mara, "builder");
    EXPECT_EQ(code(use(key)), "unauthorized");
    EXPECT_EQ(code(use(make({.permissions = view}, mara))), "ok");
}

TEST_P(ApiKeysTest, only_the_maker_or_an_owner_changes_a_key) {
    const NewKey of_olga = make({.permissions = view});
    const NewKey of_mara = make({.permissions = view}, mara);
    const auto change = [&](const UserId& by, const std::string& id) {
        return run(service_.change(as(by), id, {.name = "Renamed", .networks = {}}));
    };
    EXPECT_EQ(code(change(mara, of_olga.key.id)), "api_key_of_another");
    EXPECT_EQ(code(change(mara, of_mara.key.id)), "ok");
    EXPECT_EQ(code(change(olga, of_mara.key.id)), "ok");
    EXPECT_EQ(get(of_mara.key.id).name, "Renamed");
    EXPECT_EQ(entries(audit::actions::api_key_updated).total, 1) << "the second changed nothing";
}

TEST_P(ApiKeysTest, another_workspace_has_no_part_in_them) {
    const NewKey key = make({.permissions = view});
    const Context there = as(olga, other_shop);
    EXPECT_TRUE(run(service_.list(there))->empty());
    EXPECT_EQ(code(run(service_.revoke(there, key.key.id))), "api_key_not_found");
    EXPECT_EQ(code(run(service_.change(there, key.key.id, {.name = "Taken", .networks = {}}))),
              "api_key_not_found");
    EXPECT_EQ(code(use(key)), "ok");
}

TEST_P(ApiKeysTest, a_use_is_noted_with_its_address_once_a_minute) {
    const NewKey key = make({.permissions = view});
    EXPECT_FALSE(get(key.key.id).last_used_at);
    const auto used = [&](std::string ip) {
        EXPECT_TRUE(use(key.secret.reveal(), std::move(ip)));
        settle();
        return get(key.key.id);
    };
    const Timestamp first = clock_.now();
    EXPECT_EQ(used("192.0.2.1").last_used_at, first);
    clock_.advance(59s);
    EXPECT_EQ(used("192.0.2.2").last_used_at, first);
    EXPECT_EQ(get(key.key.id).last_used_ip, "192.0.2.1");
    clock_.advance(1s);
    EXPECT_EQ(used("192.0.2.2").last_used_at, first + 1min);
    EXPECT_EQ(get(key.key.id).last_used_ip, "192.0.2.2");
}

TEST_P(ApiKeysTest, many_uses_at_once_are_one_write) {
    const NewKey key = make({.permissions = view});
    const auto before = database().stats().commits;
    for (int at = 0; at < 50; ++at) {
        EXPECT_TRUE(use(key));
    }
    settle();
    EXPECT_LE(database().stats().commits - before, 2U);
}

TEST_P(ApiKeysTest, a_workspace_has_at_most_a_hundred) {
    for (std::size_t at = 0; at < keys_max; ++at) {
        make({.permissions = view});
    }
    EXPECT_EQ(code(run(service_.create(as(olga), {.name = "x", .permissions = view}))),
              "too_many_api_keys");
    EXPECT_EQ(code(run(service_.create(as(olga, other_shop), {.name = "x", .permissions = view}))),
              "ok");
}

TEST_P(ApiKeysTest, names_have_no_line_ends) {
    for (const char* name : {"Till\nSecond line", "Till\xE2\x80\xA8", "\x07", " "}) {
        EXPECT_EQ(code(run(service_.create(as(olga), {.name = name, .permissions = view}))),
                  "invalid_request");
        const NewKey key = make({.permissions = view});
        EXPECT_EQ(code(run(service_.change(as(olga), key.key.id, {.name = name, .networks = {}}))),
                  "invalid_request");
    }
}

TEST_P(ApiKeysTest, a_key_is_known_from_its_first_use_until_it_is_refused) {
    const NewKey key = make({.permissions = view});
    const std::string secret(key.secret.reveal());
    EXPECT_FALSE(service_.is_known(secret));
    EXPECT_TRUE(service_.is_known("wapi_misspelt")) << "costs no read";
    ASSERT_TRUE(use(key));
    EXPECT_TRUE(service_.is_known(secret));
    ASSERT_TRUE(run(service_.revoke(as(olga), key.key.id)));
    EXPECT_EQ(code(use(key)), "unauthorized");
    EXPECT_FALSE(service_.is_known(secret));
}

/// SQLite has one writer, so that two acts never overlap.
class ApiKeysRaceTest : public ApiKeysTest {};

TEST_P(ApiKeysRaceTest, two_at_once_do_not_both_make_the_last_key) {
    for (std::size_t at = 1; at < keys_max; ++at) {
        make({.permissions = view});
    }
    test::Interleaved other(database(), shop, [](db::WorkspaceTxn& txn) {
        store::lock(txn);
        Key last;
        last.id = "last";
        last.prefix = "wapi_last";
        last.made_by = olga;
        store::insert(txn, last, {});
    });
    EXPECT_EQ(code(run(service_.create(as(olga), {.name = "x", .permissions = view}))),
              "too_many_api_keys");
    other.join();
}

WAPI_ON_BOTH_ENGINES(ApiKeysTest);
WAPI_ON_POSTGRES(ApiKeysRaceTest);

}  // namespace
}  // namespace wapi::api_keys
