"""The whole story, as `./x demo --check` tells it, on SQLite and on PostgreSQL.

Goal: a new user's first command works, on both engines. Method: the demo's own check runs against
the real programs; its last line and exit code are the outcome.
"""
import os
import subprocess
import sys
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tools"))
from servers import PostgresServer  # noqa: E402

STORY_SECONDS_MAX = 600
LAST_LINE = "11 of 11 steps passed"


def tell(database_url: str | None) -> subprocess.CompletedProcess:
    """Runs the check on SQLite, or on the database given."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if database_url:
        environment["DATABASE_URL"] = database_url
    return subprocess.run([sys.executable, "tools/demo.py", "--check"], cwd=PROJECT,
                          env=environment, capture_output=True, text=True,
                          timeout=STORY_SECONDS_MAX, check=False)


class Story(unittest.TestCase):
    def assert_told(self, done):
        lines = done.stdout.strip().splitlines() or [""]
        self.assertEqual(lines[-1], LAST_LINE, done.stdout[-6000:] + done.stderr[-3000:])
        self.assertEqual(done.returncode, 0)

    def test_the_story_passes_on_sqlite(self):
        self.assert_told(tell(None))

    def test_the_story_passes_on_postgres(self):
        with PostgresServer() as postgres:
            self.assert_told(tell(postgres.url))

    def test_a_story_without_its_database_fails(self):
        done = tell("postgres://wapi@127.0.0.1:1/nowhere")
        self.assertNotEqual(done.returncode, 0)
        self.assertNotIn(LAST_LINE, done.stdout)


if __name__ == "__main__":
    unittest.main()
