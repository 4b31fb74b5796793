"""What an operator does about webhooks that failed, and what Meta sees while too many wait.

Goal: dead letters that belong to no workspace can be listed, replayed and discarded; stored events
can be processed again; above the backlog webhooks get 503 and are taken again afterwards. Method:
the real program, its command line beside the running server, its worker switched on and off.
"""
import json
import subprocess
import time
import unittest

import support
from stack import WEBHOOK_PATH, Stack, http_request

WATCH_SECONDS = 2.0  # how often the server looks at its backlog
BACKLOG_MAX = 5


def run_wapi(stack, *words):
    """Runs `wapi WORDS` beside the server; gives exit code, parsed lines and what went wrong."""
    done = subprocess.run([str(stack.binaries / "wapi"), *words], env=stack.environment,
                          cwd=stack.folder, capture_output=True, text=True, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


class DeadLettersOfNobody:
    """The test; the classes below give the engine."""

    database_url = staticmethod(lambda: None)

    def setUp(self):
        self.stack = self.enterContext(Stack(self.database_url(), support.SETTINGS))

    def letters(self):
        code, lines, error = run_wapi(self.stack, "dead-letters")
        self.assertEqual(code, 0, error)
        return lines

    def wait_for_letters(self, count):
        deadline = time.monotonic() + support.WAIT_SECONDS_MAX
        while len(self.letters()) != count:
            self.assertLess(time.monotonic(), deadline, f"{count} dead letters did not appear")
            time.sleep(0.05)
        return self.letters()

    def test_a_malformed_body_is_listed_shown_replayed_and_discarded(self):
        self.assertEqual(self.stack.signed_webhook("this is not JSON"), 200)
        letter = self.wait_for_letters(1)[0]
        self.assertIsNone(letter["workspaceId"])
        self.assertEqual(letter["eventId"], letter["id"])
        self.assertEqual(run_wapi(self.stack, "dead-letters", "list")[1], [letter])
        self.assertEqual(run_wapi(self.stack, "dead-letters", "show", letter["id"])[1], [letter])
        code, lines, error = run_wapi(self.stack, "dead-letters", "replay", letter["id"])
        self.assertEqual((code, lines[0]["replayed"]), (0, True), error)
        # The running server takes it up, and it fails again, now.
        again = self.wait_for_letters(1)[0]
        self.assertGreaterEqual(again["diedAt"], letter["diedAt"])
        code, lines, error = run_wapi(self.stack, "dead-letters", "discard", letter["id"])
        self.assertEqual((code, lines[0]["discarded"]), (0, True), error)
        self.assertEqual(self.letters(), [])
        code, _, error = run_wapi(self.stack, "dead-letters", "discard", letter["id"])
        self.assertEqual(code, 1)
        self.assertIn("no such dead letter", error)

    def test_stored_events_are_processed_again_by_id_and_by_time(self):
        self.assertEqual(self.stack.signed_webhook("this is not JSON"), 200)
        letter = self.wait_for_letters(1)[0]
        for words in (("--id", letter["eventId"]),
                      ("--from", "2020-01-01T00:00:00Z", "--to", "9999-01-01T00:00:00Z")):
            with self.subTest(words=words):
                run_wapi(self.stack, "dead-letters", "discard", letter["id"])
                code, lines, error = run_wapi(self.stack, "events", "replay", *words)
                self.assertEqual(code, 0, error)
                self.assertIn("replayId", lines[0])
                self.assertEqual(self.wait_for_letters(1)[0]["eventId"], letter["eventId"])

    def test_a_replay_that_names_nothing_or_something_unknown_is_refused(self):
        for words in ((), ("--from", "2026-01-01T00:00:00Z"), ("--id", "1"),
                      ("--id", "1", "--from", "yesterday")):
            with self.subTest(words=words):
                self.assertEqual(run_wapi(self.stack, "events", "replay", *words)[0], 1)


class DeadLettersOfNobodyOnSqlite(DeadLettersOfNobody, unittest.TestCase):
    pass


class DeadLettersOfNobodyOnPostgres(DeadLettersOfNobody, unittest.TestCase):
    @staticmethod
    def database_url():
        return support.new_postgres_url()


class Backlog(unittest.TestCase):
    def setUp(self):
        settings = {**support.SETTINGS, "WEBHOOK_BACKLOG_MAX": str(BACKLOG_MAX),
                    "START_WEBHOOK_WORKER": "false"}
        self.stack = self.enterContext(Stack(environment=settings))

    def deliver(self):
        """Status, header fields and error code of a webhook that has nothing to apply."""
        body = b'{"object":"whatsapp_business_account","entry":[]}'
        headers = {"X-Hub-Signature-256": self.stack.sign(body)}
        port = self.stack.wapi.port
        status, fields, answer = http_request(port, "POST", WEBHOOK_PATH, body, headers)
        return status, fields, None if status == 200 else json.loads(answer)["error"]["code"]

    def test_above_it_webhooks_get_503_until_the_worker_has_caught_up(self):
        for _ in range(BACKLOG_MAX):
            self.assertEqual(self.deliver()[0], 200)
        status, fields, code = self.deliver()
        self.assertEqual((status, code), (503, "backlog_full"))
        self.assertGreater(int(fields["Retry-After"]), 0)
        health = self.stack.health()
        self.assertEqual((health["status"], health["failing"]),
                         ("failing", {"part": "webhooks", "reason": "backlog_full"}))
        self.assertEqual(health["queue"]["pending"], BACKLOG_MAX, "nothing refused was stored")
        self.stack.restart({"START_WEBHOOK_WORKER": "true"})
        self.stack.wait_until_idle()
        deadline = time.monotonic() + 5 * WATCH_SECONDS
        while self.deliver()[0] != 200:
            self.assertLess(time.monotonic(), deadline, "webhooks are still refused")
            time.sleep(0.05)
        self.assertEqual(self.stack.health()["status"], "ok")


if __name__ == "__main__":
    unittest.main()
