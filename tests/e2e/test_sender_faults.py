"""Sends when Meta misbehaves: lost answers, 5xx, an expired token, and unruly webhooks.

Goal: a text leaves exactly once when a status tells its fate, a marketing template never twice, and
the owner learns what is wrong. Method: the simulated Meta is told to fail; what it accepted is
counted by our own message ids. Every test runs on both engines.
"""
import unittest

from shop import Shop, wait_for

SETTLED = ("sent", "delivered", "read")


class SenderFaults:
    """The tests; the classes below give the engine."""

    engine = ""

    @classmethod
    def setUpClass(cls):
        cls.shop = cls.enterClassContext(Shop(cls.engine))
        cls.stack = cls.shop.stack

    def tearDown(self):
        self.stack.sim_faults(error_5xx_rate=0, drop_answer_next=0, token_expired=False,
                              hold_statuses=False, duplicate_rate=0, reorder=False,
                              bad_signature_rate=0)

    def test_a_text_whose_answer_was_lost_is_settled_by_its_status_and_sent_once(self):
        customer = self.shop.new_customer()
        self.stack.sim_faults(drop_answer_next=1)
        status, answer = self.shop.send(customer, "Is this lost?")
        self.assertEqual(status, 202, answer)
        message = self.shop.wait_for_status(answer["messageId"], *SETTLED)
        self.assertTrue(message["wa_message_id"])
        self.shop.wait_until_outbox_is_empty()
        self.assertEqual(self.shop.times_sent()[answer["messageId"]], 1)

    def test_a_text_that_met_an_error_of_meta_is_repeated_and_sent_once(self):
        customer = self.shop.new_customer()
        self.stack.sim_faults(error_5xx_rate=1)
        status, answer = self.shop.send(customer, "Try again")
        self.assertEqual((status, answer["status"]), (202, "retry_queued"), answer)
        self.assertTrue(answer["reason"])
        self.assertNotIn(answer["messageId"], self.shop.times_sent())
        self.stack.sim_faults(error_5xx_rate=0)
        self.shop.wait_for_status(answer["messageId"], *SETTLED)
        self.shop.wait_until_outbox_is_empty()
        self.assertEqual(self.shop.times_sent()[answer["messageId"]], 1)

    def test_an_expired_token_stops_the_number_until_it_is_connected_again(self):
        customer = self.shop.new_customer()
        self.stack.sim_faults(token_expired=True)
        status, answer = self.shop.send(customer, "With an old token")
        self.assertEqual((status, answer["error"]["code"]), (422, "message_refused"), answer)
        failed = self.shop.outbound("status, text")
        self.assertIn(("failed", "With an old token"), failed)
        number = self.shop.get("/onboarding/status")["esbFlow"]
        self.assertEqual(number["status"], "reconnect_needed")
        status, answer = self.shop.send(customer, "Once more")
        self.assertEqual((status, answer["error"]["code"]), (409, "number_not_able"), answer)
        self.stack.sim_faults(token_expired=False)
        self.stack.connect_number(*self.stack.sim_credentials())
        status, answer = self.shop.send(customer, "With a good token")
        self.assertEqual((status, answer["status"]), (200, "sent"), answer)

    def test_a_marketing_template_whose_answer_was_lost_is_never_repeated(self):
        customer = self.shop.new_customer()
        self.stack.sim_faults(drop_answer_next=1, hold_statuses=True)
        status, answer = self.shop.send_marketing(customer)
        self.assertEqual((status, answer["status"]), (202, "uncertain"), answer)
        self.shop.wait_until_outbox_is_empty()  # not even a retry is planned
        self.assertEqual(self.shop.message(answer["messageId"])["status"], "uncertain")
        self.assertEqual(self.shop.times_sent()[answer["messageId"]], 1)
        self.stack.sim_faults(hold_statuses=False)
        self.shop.wait_for_status(answer["messageId"], *SETTLED)
        self.assertEqual(self.shop.times_sent()[answer["messageId"]], 1)

    def test_a_marketing_template_that_met_an_error_of_meta_is_not_repeated(self):
        customer = self.shop.new_customer()
        self.stack.sim_faults(error_5xx_rate=1)
        status, answer = self.shop.send_marketing(customer)
        self.assertEqual((status, answer["status"]), (202, "uncertain"), answer)
        self.stack.sim_faults(error_5xx_rate=0)
        self.shop.wait_until_outbox_is_empty()
        self.assertNotIn(answer["messageId"], self.shop.times_sent())

    def test_unruly_webhooks_end_in_the_right_states_and_bad_ones_are_counted(self):
        rejected = 'wapi_webhooks_rejected_total{reason="wrong_signature"}'
        before = self.shop.metric(rejected)
        self.stack.sim_faults(duplicate_rate=0.5, reorder=True, bad_signature_rate=0.4)
        customers = self.shop.new_customers(20)
        wamids = [self.write(customer, f"Line {line}") for customer in customers
                  for line in range(3)]
        sent = [self.shop.send(customer, "An answer")[1] for customer in customers[:4]]
        for answer in sent:
            self.shop.wait_for_status(answer["messageId"], "delivered")
        for customer in customers[:4]:
            self.stack.customer_reads(customer.phone)
        for answer in sent:
            self.shop.wait_for_status(answer["messageId"], "read")
        wait_for("all lines", lambda: self.stored(wamids) >= len(wamids))
        self.shop.wait_until_idle()
        self.assertEqual(self.stored(wamids), len(wamids))
        for answer in sent:
            self.assertEqual(self.shop.message(answer["messageId"])["status"], "read")
        self.assertGreater(self.shop.metric(rejected), before)

    def write(self, customer, text):
        return self.stack.customer_writes(
            customer.phone, text,
            phone_number_id=self.stack.account.phone_number_ids[0])["waMessageId"]

    def stored(self, wamids):
        names = ", ".join(f"'{wamid}'" for wamid in wamids)
        return int(self.shop.sql("SELECT COUNT(*) FROM messages "
                                 f"WHERE wa_message_id IN ({names})")[0][0])


class SenderFaultsOnSqlite(SenderFaults, unittest.TestCase):
    engine = "sqlite"


class SenderFaultsOnPostgres(SenderFaults, unittest.TestCase):
    engine = "postgres"


if __name__ == "__main__":
    unittest.main()
