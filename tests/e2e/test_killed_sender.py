"""kill -9 while messages are on their way to Meta, and Idempotency-Keys across it.

Goal: of what was committed no text is lost and no marketing template goes out twice; a text is sent
again only after its status had time to come; a repeated request with its key finds the message of
the first. Method: slow answers of the simulated Meta keep calls in flight; the server is killed
among them and started again.
"""
import unittest

from shop import Shop, wait_for

TEXTS = 16
MARKETING = 6
SETTLED = {"sent", "delivered", "read"}


class KilledSender:
    """The tests; the classes below give the engine."""

    engine = ""

    def setUp(self):
        self.shop = self.enterContext(Shop(self.engine))
        self.stack = self.shop.stack

    def in_status(self, status):
        return [row for row in self.shop.outbound() if row[1] == status]

    def test_no_text_is_lost_and_no_marketing_is_doubled(self):
        self.shop.sql("UPDATE workspaces SET plan = 'enterprise'")  # many calls in flight
        customers = self.shop.new_customers(TEXTS + MARKETING)
        self.stack.sim_faults(latency_ms=1500)
        senders = self.shop.in_background(
            *[lambda c=customer: self.shop.send(c, "On its way") for customer in customers[:TEXTS]],
            *[lambda c=customer: self.shop.send_marketing(c) for customer in customers[TEXTS:]])
        wait_for("calls in flight", lambda: len(self.in_status("sending")) >= 3)
        self.stack.kill9()
        for sender in senders:
            sender.join()
        self.stack.sim_faults(latency_ms=0)
        in_flight = self.in_status("sending")
        self.assertTrue(in_flight, "nothing was in flight: the kill proved nothing")
        self.stack.start_wapi()
        self.shop.wait_until_outbox_is_empty()
        self.shop.wait_until_idle()
        self.judge(self.shop.outbound(), self.shop.times_sent())

    def judge(self, rows, times):
        for message_id, status, purpose, _text in rows:
            with self.subTest(message_id=message_id, purpose=purpose):
                if purpose == "marketing":
                    self.assertIn(status, SETTLED | {"uncertain"})
                    self.assertLessEqual(times.get(message_id, 0), 1)
                else:
                    self.assertIn(status, SETTLED)
                    self.assertGreaterEqual(times.get(message_id, 0), 1)

    def test_the_same_key_gives_the_same_answer_after_a_crash(self):
        customer = self.shop.new_customer()
        first = self.shop.send(customer, "Only once", key="order 17")
        self.assertEqual(first[0], 200, first)
        self.stack.kill9()
        self.stack.start_wapi()
        again = self.shop.send(customer, "Only once", key="order 17")
        self.assertEqual(again[0], 200, again)
        for name in ("messageId", "conversationId", "waMessageId"):
            self.assertEqual(again[1][name], first[1][name])
        self.assertEqual(self.shop.times_sent()[first[1]["messageId"]], 1)
        other = self.shop.send(customer, "Something else", key="order 17")
        self.assertEqual((other[0], other[1]["error"]["code"]), (409, "idempotency_key_reused"))

    def test_a_key_whose_request_lost_its_answer_finds_the_message_of_that_request(self):
        customer = self.shop.new_customer()
        self.stack.sim_faults(latency_ms=1500)
        sender = self.shop.in_background(
            lambda: self.shop.send(customer, "Was it sent?", key="order 18"))[0]
        wait_for("the call in flight", lambda: self.in_status("sending"))
        self.stack.kill9()
        sender.join()
        self.stack.sim_faults(latency_ms=0)
        self.stack.start_wapi()
        status, answer = self.shop.send(customer, "Was it sent?", key="order 18")
        self.assertIn(status, (200, 202), answer)
        self.assertEqual([row[0] for row in self.shop.outbound()], [answer["messageId"]])
        self.shop.wait_for_status(answer["messageId"], *SETTLED)


class LateStatuses:
    """The test; the classes below give the engine."""

    engine = ""

    def test_a_text_that_was_in_flight_waits_for_its_status_and_is_sent_once(self):
        retries = {"SEND_RETRY_MS": "8000,600,900,1200"}
        with Shop(self.engine, environment=retries) as shop:
            customer = shop.new_customer()
            shop.stack.sim_faults(hold_statuses=True, latency_ms=1500)
            sender = shop.in_background(lambda: shop.send(customer, "Just once"))[0]
            wait_for("the call in flight",
                     lambda: "sending" in [row[1] for row in shop.outbound()])
            shop.stack.kill9()
            sender.join()
            message_id = next(iter(wait_for("Meta has it all the same", shop.times_sent)))
            shop.stack.sim_faults(latency_ms=0)
            shop.stack.start_wapi()
            shop.wait_for_status(message_id, "retry_queued")  # found after its lease
            shop.stack.sim_faults(hold_statuses=False)
            shop.wait_for_status(message_id, *SETTLED)
            shop.wait_until_outbox_is_empty()
            self.assertEqual(shop.times_sent()[message_id], 1)


class LateStatusesOnSqlite(LateStatuses, unittest.TestCase):
    engine = "sqlite"


class LateStatusesOnPostgres(LateStatuses, unittest.TestCase):
    engine = "postgres"


class KilledSenderOnSqlite(KilledSender, unittest.TestCase):
    engine = "sqlite"


class KilledSenderOnPostgres(KilledSender, unittest.TestCase):
    engine = "postgres"


if __name__ == "__main__":
    unittest.main()
