"""A STOP that arrives while messages to the same person wait in the outbox.

Goal: after the opt-out is stored nothing leaves but its confirmation. Method: the free plan sends
one message a second, so that of several sends at once most are queued when the STOP comes; what the
simulated Meta accepted, and when, is compared with the time of the audit entry.
"""
import datetime
import unittest

from shop import Shop, wait_for

SENDS = 6
# One call may be under way when the opt-out is stored; the next slot is a whole second later.
UNDER_WAY_SECONDS = 0.5


class OptOutRace:
    """The test; the classes below give the engine."""

    engine = ""

    def test_nothing_leaves_after_the_opt_out_but_its_confirmation(self):
        with Shop(self.engine) as shop:
            customer = shop.new_customer()
            senders = shop.in_background(*[lambda n=n: shop.send(customer, f"Offer {n}")
                                           for n in range(SENDS)])
            wait_for("all queued", lambda: len(shop.outbound()) == SENDS)
            wait_for("the first one sent", shop.times_sent)
            shop.stack.customer_writes(customer.phone, "STOP", phone_number_id=
                                       shop.stack.account.phone_number_ids[0])
            entry = wait_for("the opt-out", lambda: self.opt_outs(shop, customer))[0]
            for sender in senders:
                sender.join()
            shop.wait_until_outbox_is_empty()
            self.judge(shop, entry)

    def opt_outs(self, shop, customer):
        return shop.get("/audit-logs?action=contact.opted_out"
                        f"&resourceId={customer.contact_id}")["logs"]

    def judge(self, shop, entry):
        stored_at = datetime.datetime.fromisoformat(entry["createdAt"]).timestamp()
        rows = shop.sql("SELECT message_id, status, error_message, purpose FROM messages "
                        "WHERE direction = 'outbound'")
        confirmations = {row[0] for row in rows if row[3] == "confirmation"}
        cancelled = [row for row in rows if row[1] == "cancelled"]
        self.assertEqual(len(confirmations), 1)
        self.assertGreaterEqual(len(cancelled), 1, "the STOP came too late to prove anything")
        self.assertEqual({row[2] for row in cancelled}, {"opted_out"})
        sent = shop.stack.sim_sent()["messages"]
        late = [item for item in sent if item["at_us"] / 1e6 > stored_at + UNDER_WAY_SECONDS]
        self.assertEqual({item["biz_opaque_callback_data"] for item in late} - confirmations,
                         set())
        self.assertEqual(len(sent), SENDS - len(cancelled) + 1)
        self.assertTrue(confirmations <= {item["biz_opaque_callback_data"] for item in sent})


class OptOutRaceOnSqlite(OptOutRace, unittest.TestCase):
    engine = "sqlite"


class OptOutRaceOnPostgres(OptOutRace, unittest.TestCase):
    engine = "postgres"


if __name__ == "__main__":
    unittest.main()
