// The signature must be Meta's, byte for byte: checked against the published example.
#include "bench/load/signer.hpp"

#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace wapi::load {
namespace {

constexpr const char* example_path = "../shared/meta/signature_example.txt";
constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";

TEST(Signer, gives_the_signature_of_the_published_example) {
    Signer signer(secret);
    EXPECT_EQ(signer.sign(R"({"object":"whatsapp_business_account",)"
                          R"("entry":[{"id":"1","changes":[]}]})"),
              "sha256=2889e173f98c7f2a895a1e54e881a87ed88648e37cb4ddd833a8ae18accdd9ec");
}

TEST(Signer, agrees_with_the_example_file_when_it_is_there) {
    std::ifstream file(example_path);
    if (!file) {
        GTEST_SKIP() << "no " << example_path << " from this folder";
    }
    std::string line;
    std::string body;
    std::string signature;
    while (std::getline(file, line)) {
        if (line.starts_with(R"({"object")")) {
            body = line;
        }
        if (const auto at = line.find("sha256="); at != std::string::npos) {
            signature = line.substr(at);
        }
    }
    ASSERT_FALSE(body.empty());
    Signer signer(secret);
    EXPECT_EQ(signer.sign(body), signature);
}

TEST(Signer, starts_afresh_for_every_body) {
    Signer signer(secret);
    const std::string first = signer.sign("one");
    EXPECT_NE(signer.sign("two"), first);
    EXPECT_EQ(signer.sign("one"), first);
    EXPECT_NE(Signer("another secret").sign("one"), first);
}

}  // namespace
}  // namespace wapi::load
