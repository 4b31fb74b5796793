"""`wapi seed` beside a running server: what a member sees, and what is refused.

Goal: the demo, the browser tests and the benchmarks stand on data that behaves like real data.
Method: the command line and the API, on both engines.
"""
import json
import subprocess
import time
import unittest
import urllib.parse

import support

SECONDS_MAX = 30.0


class Seed:
    """The tests; the classes below give the engine."""

    engine = ""

    @classmethod
    def setUpClass(cls):
        cls.server = support.server(cls.engine)

    def seed(self, *options, given=support.PASSWORD + "\n"):
        """Exit code, output, errors."""
        stack = self.server.stack
        done = subprocess.run([str(stack.binaries / "wapi"), "seed", *options],
                              env=stack.environment, cwd=stack.folder, input=given,
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def log_in(self, email):
        status, answer = self.server.call("POST", "/api/v1/auth/login", body={
            "email": email, "password": support.PASSWORD})
        self.assertEqual(status, 200, answer)
        return answer["token"]

    def test_members_of_a_seeded_shop_log_in_and_find_their_conversations(self):
        code, output, errors = self.seed("--conversations", "30", "--messages", "400")
        self.assertEqual(code, 0, errors)
        shop = json.loads(output)
        self.assertEqual((shop["conversations"], shop["messages"], len(shop["emails"])),
                         (30, 400, 6))
        agent = self.log_in(shop["emails"][2])
        status, answer = self.server.call("GET", "/api/v1/conversations?limit=100", agent)
        self.assertEqual(status, 200)
        mine = answer["conversations"]
        self.assertTrue(0 < len(mine) < 30, "an agent sees their own")
        text = mine[0]["lastMessage"]["body"]
        owner = self.log_in(shop["emails"][0])
        word = max(text.split(), key=len).strip(".,!?¡¿:؟।")
        end = time.monotonic() + SECONDS_MAX
        while True:
            status, answer = self.server.call("GET", "/api/v1/search?limit=50&q=" +
                                              urllib.parse.quote(word), owner)
            self.assertEqual(status, 200)
            if any(hit["message"]["conversationId"] == mine[0]["id"] for hit in answer["results"]):
                break
            self.assertLess(time.monotonic(), end, f"{word!r} was not found")
            time.sleep(0.1)

    def test_what_is_refused_leaves_nothing(self):
        for options, given, reason in [
                ([], "", "password"), ([], "1234567890\n", "password"),
                (["--messages", "5"], None, "messages"),
                (["--workspaces", "0"], None, "workspaces"),
                (["--workspace", "11111111-1111-7111-8111-111111111111"], None, "workspace"),
                (["--days", "0"], None, "days")]:
            with self.subTest(options=options, given=given):
                code, output, errors = self.seed(
                    *options, given=support.PASSWORD + "\n" if given is None else given)
                self.assertEqual(code, 1)
                self.assertEqual(output, "")
                self.assertIn(reason, errors)
                self.assertNotIn(support.PASSWORD, errors)


class SeedOnSqlite(Seed, unittest.TestCase):
    """On the embedded database."""

    engine = "sqlite"


class SeedOnPostgres(Seed, unittest.TestCase):
    """On PostgreSQL."""

    engine = "postgres"


if __name__ == "__main__":
    unittest.main()
