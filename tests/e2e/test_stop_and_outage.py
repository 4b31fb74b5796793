"""Trouble of the everyday kind: a deploy in the rush hour, and a database that is away for a while.

Goal: SIGTERM under load ends well and in time; without its database the server answers 503 and resumes
by itself; in both cases what was acknowledged is stored once. Method: wapi-load keeps the ledger, the
messages table is counted afterwards.
"""
import signal
import time
import unittest

from shop import PRESET, SETTINGS, Shop, wait_for
from crashing_postgres import CrashingPostgres
from ledger import Load, Verdict, judge, read_ledger, stored_wamids
from stack import Stack

STOP_SECONDS_MAX = 15.0
OUTAGE_SECONDS = 3.0


def refused_webhook(stack):
    """Status of a signed webhook that stores nothing of interest."""
    return stack.signed_webhook({"object": "whatsapp_business_account", "entry": []})


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
    def test_without_its_database_the_server_answers_503_and_resumes_by_itself(self):
        with CrashingPostgres() as postgres, Stack(postgres.url, SETTINGS, PRESET) as stack:
            stack.set_up_account()
            ledger = stack.folder / "acknowledged.txt"
            load = Load(stack, ledger, seconds=OUTAGE_SECONDS + 3.0, rate=300, seed=4)
            self.addCleanup(load.stop)
            wait_for("some load", lambda: len(read_ledger(ledger)) > 100)
            postgres.go_away()
            gone = time.monotonic()
            before = len(read_ledger(ledger))
            seen = set()
            while time.monotonic() - gone < OUTAGE_SECONDS:
                seen.add(refused_webhook(stack))
            self.assertEqual(seen, {503})
            self.assertEqual(stack.health().get("status"), "failing")
            postgres.come_back()
            report = load.finish()
            self.assertGreater(report["errors"].get("5xx", report["error_count"]), 0)
            wait_for("health", lambda: stack.health().get("status") == "ok")
            stack.wait_until_idle()
            acknowledged = read_ledger(ledger)
            self.assertGreater(len(acknowledged), before, "service did not resume")
            self.assertEqual(judge(acknowledged, stored_wamids(stack, postgres)),
                             Verdict(len(acknowledged), 0, 0))


if __name__ == "__main__":
    unittest.main()
