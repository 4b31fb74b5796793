// Digests, HMAC, AES-GCM and encodings against published vectors; secrets that do not leak.
//
// Vectors: FIPS 180-4 examples, RFC 4231, NIST GCM test case 14 and 16, RFC 4648 section 10.
#include "base/crypto.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "base/rng.hpp"

namespace wapi::crypto {
namespace {

std::string from_hex(std::string_view hex) { return hex_decode(hex).value(); }

std::string random_bytes(Rng& rng, std::size_t size) {
    std::string bytes(size, '\0');
    rng.fill(std::as_writable_bytes(std::span(bytes)));
    return bytes;
}

TEST(Sha256, of_pieces_is_that_of_the_whole) {
    crypto::Sha256 hash;
    for (const char* piece : {"", "a", "", "bc"}) {
        hash.update(piece);
    }
    EXPECT_EQ(hash.finish(), crypto::sha256("abc"));
    EXPECT_EQ(crypto::Sha256().finish(), crypto::sha256(""));
}

TEST(Sha256, matches_the_published_examples) {
    EXPECT_EQ(hex_encode(sha256("")),
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(hex_encode(sha256("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(HmacSha256, matches_rfc_4231) {
    EXPECT_EQ(hex_encode(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(hex_encode(hmac_sha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(hex_encode(hmac_sha256(std::string(131, '\xaa'),
                                     "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacSha256, an_empty_key_is_not_the_key_of_the_call_before) {
    const Digest of_empty = hmac_sha256("", "data");
    hmac_sha256("another key", "data");
    EXPECT_EQ(hmac_sha256(std::string_view{}, "data"), of_empty);
    EXPECT_EQ(hex_encode(hmac_sha256("", "")),
              "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(HmacSha256, threads_do_not_disturb_each_other) {
    std::vector<std::thread> threads;
    std::vector<int> wrong(4, 0);
    for (std::size_t t = 0; t < wrong.size(); ++t) {
        threads.emplace_back([t, &wrong] {
            const std::string key(t + 1, 'k');
            const Digest expected = hmac_sha256(key, "data");
            for (int i = 0; i < 2000; ++i) {
                wrong[t] += hmac_sha256(key, "data") == expected ? 0 : 1;
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(ConstantTimeEqual, tells_equal_from_different) {
    EXPECT_TRUE(constant_time_equal("", ""));
    EXPECT_TRUE(constant_time_equal("abc", "abc"));
    EXPECT_FALSE(constant_time_equal("abc", "abd"));
    EXPECT_FALSE(constant_time_equal("abc", "abcd"));
}

TEST(Hex, decodes_what_it_encodes_and_refuses_the_rest) {
    const std::string bytes("\x00\x7f\xff", 3);
    EXPECT_EQ(hex_encode(bytes), "007fff");
    EXPECT_EQ(hex_decode("007FfF"), bytes);
    for (const std::string_view bad : {"0", "0g", "zz", "0x", " 0", "@@"}) {
        EXPECT_FALSE(hex_decode(bad)) << bad;
    }
}

TEST(Base64, matches_rfc_4648) {
    const std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                     {"f", "Zg=="},
                                                                     {"fo", "Zm8="},
                                                                     {"foo", "Zm9v"},
                                                                     {"foob", "Zm9vYg=="},
                                                                     {"fooba", "Zm9vYmE="},
                                                                     {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, encoded] : vectors) {
        EXPECT_EQ(base64_encode(plain), encoded);
        EXPECT_EQ(base64_decode(encoded), plain);
    }
    EXPECT_EQ(base64url_encode("\xfb\xff\xfe"), "-__-");
    EXPECT_EQ(base64_encode("\xfb\xff\xfe"), "+//+");
}

TEST(Base64, refuses_what_is_not_the_one_text_of_a_value) {
    for (const std::string_view bad :
         {"Z", "Zg", "Zg=", "Zh==", "Zg===", "Z===", "Zg=a", "Zm9v ", "-__-", "====", "=Zg="}) {
        EXPECT_FALSE(base64_decode(bad)) << bad;
    }
    EXPECT_FALSE(base64url_decode("+//+"));
    EXPECT_EQ(base64url_decode("Zg=="), "f");
    EXPECT_EQ(base64url_decode("Zg"), "f");
}

TEST(Base64, any_bytes_come_back) {
    SeededRng rng(7);
    for (std::size_t size = 0; size < 200; ++size) {
        const std::string bytes = random_bytes(rng, size);
        EXPECT_EQ(base64_decode(base64_encode(bytes)), bytes);
        EXPECT_EQ(base64url_decode(base64url_encode(bytes)), bytes);
        EXPECT_EQ(hex_decode(hex_encode(bytes)), bytes);
    }
}

TEST(Aes256Gcm, matches_the_published_vectors) {
    EXPECT_EQ(hex_encode(aes256_gcm_seal(std::string(32, '\0'), std::string(12, '\0'),
                                         std::string(16, '\0'), "")),
              "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
    const std::string key =
        from_hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
    const std::string plain = from_hex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
    EXPECT_EQ(hex_encode(aes256_gcm_seal(key, from_hex("cafebabefacedbaddecaf888"), plain,
                                         from_hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))),
              "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
              "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
              "76fc6ece0f4e1768cddf8853bb2d551b");
}

TEST(Aes256Gcm, opens_only_what_is_untouched_and_in_its_place) {
    SeededRng rng(11);
    const std::string key = random_bytes(rng, aes_key_bytes);
    const std::string nonce = random_bytes(rng, aes_nonce_bytes);
    const std::string sealed = aes256_gcm_seal(key, nonce, "a secret token", "workspace 1");
    EXPECT_EQ(aes256_gcm_open(key, nonce, sealed, "workspace 1").value().reveal(),
              "a secret token");
    EXPECT_FALSE(aes256_gcm_open(key, nonce, sealed, "workspace 2"));
    EXPECT_FALSE(aes256_gcm_open(random_bytes(rng, 32), nonce, sealed, "workspace 1"));
    EXPECT_FALSE(aes256_gcm_open(key, random_bytes(rng, 12), sealed, "workspace 1"));
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        std::string changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(aes256_gcm_open(key, nonce, changed, "workspace 1")) << i;
        EXPECT_FALSE(aes256_gcm_open(key, nonce, sealed.substr(0, i), "workspace 1")) << i;
    }
}

TEST(Aes256Gcm, an_empty_text_has_a_seal_too) {
    const std::string key(32, 'k');
    const std::string nonce(12, 'n');
    const std::string sealed = aes256_gcm_seal(key, nonce, "", "");
    EXPECT_EQ(sealed.size(), aes_tag_bytes);
    EXPECT_TRUE(aes256_gcm_open(key, nonce, sealed, "").value().empty());
}

TEST(Aes256Gcm, refuses_keys_and_nonces_of_a_wrong_size) {
    EXPECT_THROW(aes256_gcm_seal("short", std::string(12, 'n'), "x", ""), Fault);
    EXPECT_THROW(aes256_gcm_open(std::string(32, 'k'), "short", "x", ""), Fault);
}

TEST(SecretString, keeps_the_text_and_wipes_where_it_came_from) {
    std::string source = "a long enough secret to live on the heap, surely";
    const char* const place = source.data();
    const SecretString secret(std::move(source));
    EXPECT_EQ(secret.reveal(), "a long enough secret to live on the heap, surely");
    EXPECT_EQ(place[0], '\0');
    EXPECT_EQ(place[40], '\0');
    const SecretString copy = secret;
    EXPECT_EQ(copy.reveal().data(), secret.reveal().data());
    EXPECT_TRUE(SecretString().empty());
    EXPECT_TRUE(SecretString(std::string_view("")).empty());
}

/// What the kernel says of the pages at this address: two letters for each flag.
std::string page_flags(const void* place) {
    const auto address = reinterpret_cast<std::uintptr_t>(place);
    std::ifstream maps("/proc/self/smaps");
    bool inside = false;
    for (std::string line; std::getline(maps, line);) {
        unsigned long begin = 0;
        unsigned long end = 0;
        if (std::sscanf(line.c_str(), "%lx-%lx ", &begin, &end) == 2) {
            inside = begin <= address && address < end;
        } else if (inside && line.starts_with("VmFlags:")) {
            return line + " ";
        }
    }
    return {};
}

TEST(SecretString, lives_in_pages_of_its_own_that_are_left_out_of_core_files) {
    const SecretString secret(std::string_view("EAAJ-secret"));
    const std::string large(100'000, 'x');
    const SecretString large_secret{std::string_view(large)};
    EXPECT_NE(page_flags(secret.reveal().data()).find(" dd "), std::string::npos);
    EXPECT_NE(page_flags(large_secret.reveal().data()).find(" dd "), std::string::npos);
    EXPECT_EQ(page_flags(large.data()).find(" dd "), std::string::npos);
    EXPECT_EQ(large_secret.reveal(), large);
}

TEST(SecretString, cannot_be_printed) {
    EXPECT_FALSE(fmt::is_formattable<SecretString>::value);
    EXPECT_FALSE((std::is_convertible_v<SecretString, std::string_view>));
    EXPECT_FALSE((std::is_convertible_v<SecretString, std::string>));
}

}  // namespace
}  // namespace wapi::crypto
