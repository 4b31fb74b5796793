"""The whole story, as `./x demo --check` tells it, on SQLite and on PostgreSQL.

Goal: a new user's first command works, on both engines. Method: the demo's own check runs against
the real programs; its last line and exit code are the outcome. A program that refuses to start
again and a demo that is told to end show that nothing hangs and nothing is left behind.
"""
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "tools"))
from processes import run_bounded  # noqa: E402
from servers import PostgresServer  # noqa: E402

STORY_SECONDS_MAX = 600
LAST_LINE = "11 of 11 steps passed"
REFUSED_SECONDS_MAX = 45
END_SECONDS_MAX = 30
BINARIES = PROJECT / "build" / "release"
# Runs the server once; the second time it refuses, as with a broken database.
STARTS_ONCE = f"""#!/bin/sh
[ "$1" = serve ] || exec {BINARIES}/wapi "$@"
[ -e "$0.started" ] && {{ echo "refusing to start" >&2; exit 1; }}
touch "$0.started"
exec {BINARIES}/wapi "$@"
"""


def environment_with(database_url: str | None = None, **more: str) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return environment | ({"DATABASE_URL": database_url} if database_url else {}) | more


def tell(database_url: str | None, *more: str) -> subprocess.CompletedProcess:
    """Runs the check on SQLite, or on the database given."""
    return run_bounded([sys.executable, "tools/demo.py", "--check", *more], STORY_SECONDS_MAX,
                       cwd=PROJECT, env=environment_with(database_url), text=True,
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)


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

    def test_a_server_that_does_not_start_again_ends_the_story_at_once(self):
        with tempfile.TemporaryDirectory(prefix="wapi-binaries-") as folder:
            script = Path(folder) / "wapi"
            script.write_text(STARTS_ONCE)
            script.chmod(0o755)
            (Path(folder) / "wapi-cloudsim").symlink_to(BINARIES / "wapi-cloudsim")
            begin = time.monotonic()
            done = tell(None, "--binaries", folder)
            took = time.monotonic() - begin
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("refusing to start", done.stdout)
        self.assertEqual(done.stdout.strip().splitlines()[-1], "9 of 11 steps passed")
        self.assertLess(took, REFUSED_SECONDS_MAX)

    def test_a_demo_that_is_told_to_end_leaves_neither_programs_nor_folders(self):
        with tempfile.TemporaryDirectory(prefix="wapi-ended-") as folder:
            demo = subprocess.Popen([sys.executable, "tools/demo.py", "--serve"], cwd=PROJECT,
                                    env=environment_with(TMPDIR=folder), text=True,
                                    stdout=subprocess.PIPE)
            ports = []
            for line in iter(demo.stdout.readline, ""):
                ports += map(int, re.findall(r"127\.0\.0\.1:(\d+)", line))
                if line.startswith("Ctrl-C"):
                    break
            demo.terminate()
            code = demo.wait(END_SECONDS_MAX)
            demo.stdout.close()
            left = list(Path(folder).iterdir())
        self.assertEqual(code, 128 + signal.SIGTERM)
        self.assertEqual(left, [])
        self.assertTrue(ports)
        for port in ports:
            with self.assertRaises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port))


if __name__ == "__main__":
    unittest.main()
