// Goal: a workspace's key for a purpose is its own, stays the same when the master key is rotated,
// and cannot be had without a master key. Method: the real store on both engines.
#include <gtest/gtest.h>

#include "features/vault/vault.hpp"
#include "features/vault/vault_rotation.hpp"
#include "tests/support/test_db.hpp"

namespace wapi::vault {
namespace {

const WorkspaceId shop("11111111-1111-7111-8111-111111111111");
const WorkspaceId other("22222222-2222-7222-8222-222222222222");

MasterKey first() {
    return MasterKey(SecretString(
        std::string_view("3f8a1c5e9b7d204f6a8c1e3b5d7f90a2c4e6f8091b2d3f4a5c6e7f8192a3b4c5")));
}
MasterKey second() {
    return MasterKey(SecretString(
        std::string_view("93c1f0a7d25b884e6d1f3a90b7c4e2518f6da3b0c9e1274558ab6cd7ef013249")));
}

class PurposeKeyTest : public test::EnginesTest {
  protected:
    std::string made(const WorkspaceId& workspace, std::string_view purpose) {
        return write(workspace, [&](db::WorkspaceTxn& txn) {
            const auto key = purpose_key_or_new(txn, purpose, rng_, clock_.now());
            return key ? std::string(key->reveal()) : std::string(key.error().kind->code);
        });
    }
    std::string found(const WorkspaceId& workspace, std::string_view purpose) {
        return read(workspace, [&](db::WorkspaceTxn& txn) {
            const auto key = find_purpose_key(txn, purpose);
            return key ? std::string(key->reveal()) : std::string(key.error().kind->code);
        });
    }
};

TEST_P(PurposeKeyTest, is_the_workspaces_and_the_purposes_own) {
    const KeyRing ring{MasterKeys(first())};
    EXPECT_EQ(found(shop, "a"), "secret_not_found");
    const std::string key = made(shop, "a");
    EXPECT_EQ(key.size(), crypto::aes_key_bytes);
    EXPECT_EQ(found(shop, "a"), key);
    EXPECT_EQ(made(shop, "a"), key);
    EXPECT_NE(made(shop, "b"), key);
    EXPECT_NE(made(other, "a"), key);
}

TEST_P(PurposeKeyTest, is_the_same_after_a_rotation) {
    std::string key;
    {
        const KeyRing ring{MasterKeys(first())};
        key = made(shop, "a");
    }
    Rotator rotator{
        .db = database(), .keys = MasterKeys(second(), first()), .rng = rng_, .clock = clock_};
    EXPECT_EQ(run(rotator.run()).rotated, 1);
    const KeyRing ring{MasterKeys(second())};
    EXPECT_EQ(found(shop, "a"), key);
}

TEST_P(PurposeKeyTest, cannot_be_had_without_the_master_key) {
    EXPECT_EQ(made(shop, "a"), "vault_secret_invalid");
    {
        const KeyRing ring{MasterKeys(first())};
        made(shop, "a");
    }
    EXPECT_EQ(found(shop, "a"), "vault_secret_invalid");
    const KeyRing ring{MasterKeys(second())};
    EXPECT_EQ(found(shop, "a"), "vault_secret_invalid");
}

TEST_P(PurposeKeyTest, text_is_sealed_for_one_name) {
    const SecretString key(std::string(crypto::aes_key_bytes, 'k'));
    const std::string sealed = seal_text(key, "one", SecretString(std::string("words")), rng_);
    EXPECT_EQ(sealed.find("words"), std::string::npos);
    EXPECT_EQ(open_text(key, "one", sealed)->reveal(), "words");
    EXPECT_FALSE(open_text(key, "two", sealed));
    EXPECT_FALSE(open_text(key, "one", sealed.substr(1)));
}

WAPI_ON_BOTH_ENGINES(PurposeKeyTest);

}  // namespace
}  // namespace wapi::vault
