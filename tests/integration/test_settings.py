"""What the real program does with its settings: weak ones end the start, unsafe ones are shown.

Goal: an operator cannot run with a weak secret, nor without persistence and not know it. Method:
the program is started with one setting changed; exit code, standard error, log and health tell.
"""
import subprocess
import unittest

import support
from stack import Stack


class Settings(unittest.TestCase):
    def test_a_weak_or_malformed_setting_ends_the_start_with_its_name(self):
        stack = support.server("sqlite").stack
        for name, value in (("META_VERIFY_TOKEN", "x"), ("META_APP_SECRET", "a" * 16),
                            ("META_GRAPH_URL", "graph.facebook.com"), ("LOG_LEVEL", "loud")):
            with self.subTest(name=name):
                done = subprocess.run([str(stack.binaries / "wapi"), "serve"],
                                      env={**stack.environment, name: value}, cwd=stack.folder,
                                      capture_output=True, text=True, timeout=30, check=False)
                self.assertEqual(done.returncode, 1)
                self.assertIn(name, done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_running_without_persistence_is_logged_and_shown(self):
        with Stack(environment={"WAPI_BENCH_NO_PERSIST": "1"}) as stack:
            self.assertEqual(stack.health()["persistence"], "off")
            self.assertIn('"event":"server.persistence_off"', stack.wapi.log.read_text())
        stack = support.server("sqlite").stack
        self.assertNotIn("persistence", stack.health())
        self.assertNotIn("server.persistence_off", stack.wapi.log.read_text())


if __name__ == "__main__":
    unittest.main()
