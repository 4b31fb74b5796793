// Goal: a sealed secret opens only unchanged, in its own place and with its own key.
// Method: seeded loops over random secrets; every bit of one ciphertext flipped; places and keys
// swapped.
#include "features/vault/vault_rules.hpp"

#include <gtest/gtest.h>

#include "features/vault/vault.hpp"

namespace wapi::vault {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view good_hex =
    "3f8a1c5e9b7d204f6a8c1e3b5d7f90a2c4e6f8091b2d3f4a5c6e7f8192a3b4c5";
const WorkspaceId shop("shop");
const WorkspaceId other("other");

MasterKey key_of(std::string_view hex) { return MasterKey(SecretString(hex)); }

std::string refusal(std::string_view hex) {
    try {
        key_of(hex);
    } catch (const Fault& fault) {
        return fault.what();
    }
    return "accepted";
}

std::string random_text(Rng& rng, std::size_t size) {
    std::string text(size, '\0');
    rng.fill(std::as_writable_bytes(std::span(text)));
    return text;
}

TEST(VaultRules, any_secret_opens_again_in_its_place) {
    SeededRng rng(7);
    for (std::size_t size = 1; size < 300; size += 7) {
        const SecretString data_key = make_data_key(rng);
        const SecretPlace place{shop, "token:" + std::to_string(size), static_cast<int>(size)};
        const std::string secret = random_text(rng, size);
        const std::string sealed =
            seal_secret(data_key, place, SecretString(std::string_view(secret)), rng);
        const std::optional<SecretString> opened = open_secret(data_key, place, sealed);
        ASSERT_TRUE(opened);
        EXPECT_EQ(opened->reveal(), secret);
        EXPECT_TRUE(size < 8 || sealed.find(secret.substr(0, 8)) == std::string::npos);
    }
}

TEST(VaultRules, the_same_secret_is_sealed_differently_each_time) {
    SeededRng rng(8);
    const SecretString data_key = make_data_key(rng);
    const SecretPlace place{shop, "a", 1};
    EXPECT_NE(seal_secret(data_key, place, SecretString("token"sv), rng),
              seal_secret(data_key, place, SecretString("token"sv), rng));
}

TEST(VaultRules, a_ciphertext_in_another_place_does_not_open) {
    SeededRng rng(9);
    const SecretString data_key = make_data_key(rng);
    const std::string sealed =
        seal_secret(data_key, {shop, "token:1", 3}, SecretString("s"sv), rng);
    EXPECT_FALSE(open_secret(data_key, {other, "token:1", 3}, sealed));
    EXPECT_FALSE(open_secret(data_key, {shop, "token:2", 3}, sealed));
    EXPECT_FALSE(open_secret(data_key, {shop, "token:1", 4}, sealed));
    EXPECT_FALSE(open_secret(make_data_key(rng), {shop, "token:1", 3}, sealed));
    EXPECT_TRUE(open_secret(data_key, {shop, "token:1", 3}, sealed));
}

TEST(VaultRules, a_ciphertext_with_any_bit_changed_or_cut_does_not_open) {
    SeededRng rng(10);
    const SecretString data_key = make_data_key(rng);
    const SecretPlace place{shop, "pin", 1};
    const std::string sealed = seal_secret(data_key, place, SecretString("123456"sv), rng);
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        std::string changed = sealed;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        EXPECT_FALSE(open_secret(data_key, place, changed)) << bit;
    }
    for (std::size_t size = 0; size < sealed.size(); ++size) {
        EXPECT_FALSE(open_secret(data_key, place, sealed.substr(0, size))) << size;
    }
    EXPECT_FALSE(open_secret(data_key, place, sealed + "x"));
}

TEST(VaultRules, a_data_key_opens_only_for_its_workspace_and_master_key) {
    SeededRng rng(11);
    const MasterKey master = key_of(good_hex);
    const SecretString data_key = make_data_key(rng);
    const std::string wrapped = wrap_data_key(master.reveal(), master.id(), shop, data_key, rng);
    EXPECT_EQ(unwrap_data_key(master.reveal(), master.id(), shop, wrapped)->reveal(),
              data_key.reveal());
    EXPECT_FALSE(unwrap_data_key(master.reveal(), master.id(), other, wrapped));
    EXPECT_FALSE(unwrap_data_key(master.reveal(), "00000000", shop, wrapped));
    EXPECT_FALSE(unwrap_data_key(random_text(rng, 32), master.id(), shop, wrapped));
}

TEST(VaultRules, a_fingerprint_tells_change_and_depends_on_the_data_key) {
    SeededRng rng(12);
    const SecretString data_key = make_data_key(rng);
    const SecretPlace place{shop, "pin", 1};
    const std::string one = fingerprint(data_key, place, SecretString("123456"sv));
    EXPECT_EQ(one, fingerprint(data_key, {shop, "pin", 2}, SecretString("123456"sv)));
    EXPECT_NE(one, fingerprint(data_key, place, SecretString("123457"sv)));
    EXPECT_NE(one, fingerprint(make_data_key(rng), place, SecretString("123456"sv)));
    EXPECT_EQ(one.size(), 12U);
}

TEST(VaultRules, a_master_key_is_named_by_the_hash_of_its_label_and_bytes) {
    const std::string bytes = *crypto::hex_decode(good_hex);
    EXPECT_EQ(key_of(good_hex).id(),
              crypto::hex_encode(crypto::sha256("wapi-kek" + bytes)).substr(0, 8));
}

TEST(VaultRules, malformed_and_weak_master_keys_are_refused_in_plain_words) {
    const auto repeated = [](std::string_view part) {
        std::string hex;
        while (hex.size() < 64) {
            hex += part;
        }
        return hex.substr(0, 64);
    };
    EXPECT_NE(refusal("").find("must be 64 hex characters, it has 0"), std::string::npos);
    EXPECT_NE(refusal(good_hex.substr(1)).find("it has 63"), std::string::npos);
    EXPECT_NE(refusal("zz" + std::string(good_hex.substr(2))).find("not hex"), std::string::npos);
    EXPECT_NE(refusal(repeated("00")).find("repeats one byte"), std::string::npos);
    EXPECT_NE(refusal(repeated("a5")).find("repeats one byte"), std::string::npos);
    EXPECT_NE(refusal(repeated("0123456789abcdef")).find("repeats a short pattern"),
              std::string::npos);
    EXPECT_NE(
        refusal("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f").find("counts"),
        std::string::npos);
    EXPECT_NE(
        refusal("0001000201000102000202010001020101000100020200010200010100020102").find("few"),
        std::string::npos);
    EXPECT_EQ(refusal(good_hex), "accepted");
}

TEST(VaultRules, random_master_keys_are_never_called_weak) {
    SeededRng rng(13);
    for (int round = 0; round < 2'000; ++round) {
        EXPECT_FALSE(find_weakness(random_text(rng, 32)));
    }
}

}  // namespace
}  // namespace wapi::vault
