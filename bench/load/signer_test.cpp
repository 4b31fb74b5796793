// The signature must be Meta's, byte for byte: checked against the published example.
#include "bench/load/signer.hpp"

#include <string>

#include <gtest/gtest.h>

namespace wapi::load {
namespace {

constexpr std::string_view secret = "0123456789abcdef0123456789abcdef";

TEST(Signer, gives_the_signature_of_the_published_example) {
    Signer signer(secret);
    EXPECT_EQ(signer.sign(R"({"object":"whatsapp_business_account",)"
                          R"("entry":[{"id":"1","changes":[]}]})"),
              "sha256=2889e173f98c7f2a895a1e54e881a87ed88648e37cb4ddd833a8ae18accdd9ec");
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
