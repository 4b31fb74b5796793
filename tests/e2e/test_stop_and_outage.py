"""Trouble of the everyday kind: a deploy in the rush hour, and a database that is away for a while.

Goal: SIGTERM under load ends well and in time; without its database the server answers 503 and
resumes by itself; in both cases what was acknowledged is stored once. Method: wapi-load keeps the
ledger, the messages table is counted afterwards.
"""
import signal
import time
import unittest

from shop import PRESET, SETTINGS, Shop, wait_for
from alone import alone
from crashing_postgres import CrashingPostgres
from ledger import Load, Verdict, judge, read_ledger, stored_wamids
from stack import Stack

STOP_SECONDS_MAX = 15.0
# The server bridges an outage of less than 5 s; of this one its callers must hear.
OUTAGE_SECONDS = 7.0
SHORT_OUTAGE_SECONDS = 3.0
# A body may gather while another group waits for one connect attempt (0.5 s apart at the most), and
# then waits for its own: twice that, and some room for a busy machine.
FAST_ANSWER_SECONDS = 1.5


@alone
class GracefulStop:
    """The test; the classes below give the engine."""

    engine = ""

    def test_sigterm_under_load_loses_nothing_and_ends_in_time(self):
        with Shop(self.engine) as shop:
            stack = shop.stack
            ledger = stack.folder / "acknowledged.txt"
            load = Load(stack, ledger, seconds=2.0, rate=800, seed=3, repeat=False)
            self.addCleanup(load.stop)
            wait_for("some load", lambda: len(read_ledger(ledger)) > 200)
            begin = time.monotonic()
            stack.wapi.process.send_signal(signal.SIGTERM)
            code = stack.wapi.process.wait(STOP_SECONDS_MAX)
            print(f"{self.engine}: stopped after {time.monotonic() - begin:.2f} s")
            self.assertEqual(code, 0)
            load.finish()
            stack.start_wapi()
            stack.wait_until_idle()
            acknowledged = read_ledger(ledger)
            stored = [row[0] for row in shop.sql("SELECT wa_message_id FROM messages")]
            self.assertEqual(judge(acknowledged, stored), Verdict(len(acknowledged), 0, 0))


class GracefulStopOnSqlite(GracefulStop, unittest.TestCase):
    engine = "sqlite"


class GracefulStopOnPostgres(GracefulStop, unittest.TestCase):
    engine = "postgres"


class DatabaseOutage(unittest.TestCase):
    def setUp(self):
        self.postgres = self.enterContext(CrashingPostgres())
        self.stack = self.enterContext(Stack(self.postgres.url, SETTINGS, PRESET))
        self.stack.set_up_account()
        self.ledger = self.stack.folder / "acknowledged.txt"

    def start_load(self, seconds):
        load = Load(self.stack, self.ledger, seconds=seconds, rate=200, seed=4)
        self.addCleanup(load.stop)
        wait_for("some load", lambda: len(read_ledger(self.ledger)) > 100)
        return load

    def timed_webhook(self):
        """Status and seconds of a signed webhook that stores nothing of interest."""
        begin = time.monotonic()
        status = self.stack.signed_webhook({"object": "whatsapp_business_account", "entry": []})
        return status, time.monotonic() - begin

    def answers_until(self, end):
        answers = []
        while time.monotonic() < end:
            answers.append(self.timed_webhook())
        return answers

    def assert_nothing_lost(self, load, acknowledged_before):
        wait_for("health", lambda: self.stack.health().get("status") == "ok")
        self.assertEqual(self.timed_webhook()[0], 200)
        load.finish()
        self.stack.wait_until_idle()
        acknowledged = read_ledger(self.ledger)
        self.assertGreater(len(acknowledged), acknowledged_before, "service did not resume")
        self.assertEqual(judge(acknowledged, stored_wamids(self.stack, self.postgres)),
                         Verdict(len(acknowledged), 0, 0))

    @alone
    def test_a_database_away_for_long_means_503_soon_and_service_resumes_by_itself(self):
        load = self.start_load(OUTAGE_SECONDS + 5.0)
        self.postgres.go_away()
        answers = self.answers_until(time.monotonic() + OUTAGE_SECONDS)
        before = len(read_ledger(self.ledger))
        self.assertEqual({status for status, _ in answers}, {503})
        self.assertGreater(len(answers), 2, "the refusals did not become fast")
        self.assertLess(answers[-1][1], FAST_ANSWER_SECONDS)
        self.assertEqual(self.stack.health().get("status"), "failing")
        self.postgres.come_back()
        self.assert_nothing_lost(load, before)

    def test_a_database_that_restarts_costs_nothing(self):
        load = self.start_load(SHORT_OUTAGE_SECONDS + 4.0)
        self.postgres.go_away()
        before = len(read_ledger(self.ledger))
        time.sleep(SHORT_OUTAGE_SECONDS)
        self.postgres.come_back()
        self.assert_nothing_lost(load, before)


if __name__ == "__main__":
    unittest.main()
