// Goal: a send that meets the erasure of its person is refused as one to who has opted out, and is
// no error of the server. Method: on both engines a transaction that erases holds the person until
// the send waits for it.
#include <gtest/gtest.h>

#include "features/erasures/erasures.hpp"
#include "features/outbox/outbox.hpp"
#include "features/privacy/privacy_store.hpp"
#include "features/privacy/privacy_test_support.hpp"
#include "features/sending/sending_service.hpp"
#include "tests/support/fake_graph.hpp"
#include "tests/support/interleaved.hpp"

namespace wapi::privacy::testing {
namespace {

class EraseSendTest : public PrivacyTest {
  protected:
    /// `ok`, or the error's code.
    std::string ask_to_send(const std::string& phone) {
        sending::Service::KeyedDraft request;
        request.draft.to.phone = "+" + phone;
        request.draft.content = std::string("Hello");
        const auto sent = run(sends_.send(context_of(), request));
        return sent ? "ok" : std::string(sent.error().kind->code);
    }

    test::FakeGraph graph_;
    vault::Vault secrets_{*vault_, database(), clock_};
    outbox::Sender sender_{{tasks_, database(), secrets_, graph_, clock_}, {}};
    sending::Service sends_{database(), ids_, clock_, sender_};
};

TEST_P(EraseSendTest, a_send_that_waits_for_the_erasure_of_its_person_is_refused) {
    const ContactId id = write(shop, [&](db::WorkspaceTxn& txn) {
        contacts::Claim claim;
        claim.phone = ann.phone;
        claim.seen_at = clock_.now();
        return contacts::resolve(txn, ids_, claim, clock_.now()).id;
    });
    test::Interleaved erasing(
        database(), shop,
        [id](db::WorkspaceTxn& txn) { std::ignore = contacts::lock_opt_out(txn, id); },
        [this, id](db::WorkspaceTxn& txn) {
            clock_.advance(1s);
            const std::vector<erasures::Person> people{{.phone = ann.phone, .bsuid = {}}};
            ASSERT_TRUE(erasures::remember(txn, people, clock_.now(), rng_, clock_.now()));
            store::erase_contact(txn, id);
            clock_.advance(1s);
        });
    EXPECT_EQ(ask_to_send(ann.phone), "contact_opted_out");
    erasing.join();
}

WAPI_ON_BOTH_ENGINES(EraseSendTest);

}  // namespace
}  // namespace wapi::privacy::testing
