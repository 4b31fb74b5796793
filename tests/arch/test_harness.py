"""The canaries of tools/run_tests.py: what fails must be counted, and a kind that ran nothing too.

Goal: no green run by accident. Method: programs and tests made here that pass, fail, crash, skip or
print nothing are given to the runner's own functions.
"""
import contextlib
import io
import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import project

sys.path.insert(0, str(project.ROOT / "tools"))
import run_tests  # noqa: E402

REPORT = {"testsuites": [{"name": "Suite", "testsuite": [
    {"name": "good", "result": "COMPLETED", "time": "0.1s"},
    {"name": "bad/sqlite", "result": "COMPLETED", "time": "0.1s",
     "failures": [{"failure": "1 is not 2"}]},
    {"name": "left_out", "result": "SKIPPED", "time": "0s"}]}]}


class Harness(unittest.TestCase):
    def shown(self, outcome, kinds):
        """Exit code and last line."""
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = run_tests.show(outcome, kinds)
        return code, out.getvalue().splitlines()[-1]

    def run_program(self, script):
        """Runs a shell script as if it were a GoogleTest program."""
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "tests/fake_test"
            program.parent.mkdir()
            program.write_text("#!/bin/bash\nreport=${1#--gtest_output=json:}\n" + script)
            program.chmod(0o755)
            # An absolute preset replaces the build folder.
            return run_tests.run_gtest("fake_test", folder, "*")

    def test_passed_failed_and_skipped_tests_are_told_apart(self):
        outcome = self.run_program(f"cat >$report <<'END'\n{json.dumps(REPORT)}\nEND\nexit 1\n")
        self.assertEqual(outcome.counts, {"unit": 1})
        self.assertEqual([kind for kind, _, _ in outcome.failures], ["store", "unit"])
        self.assertEqual(self.shown(outcome, ["unit", "store"]), (1, "1 passed, 2 failed"))

    def test_a_program_that_crashes_is_a_failure(self):
        outcome = self.run_program("echo last words; kill -SEGV $$\n")
        self.assertEqual(self.shown(outcome, ["unit"]), (1, "0 passed, 1 failed"))
        self.assertIn("last words", outcome.failures[0][2])

    def test_a_kind_that_ran_nothing_is_a_failure(self):
        self.assertEqual(self.shown(run_tests.Outcome(), ["fuzz"]), (1, "0 passed, 1 failed"))

    def test_a_run_without_failures_ends_well(self):
        outcome = run_tests.Outcome()
        outcome.add("unit", "a", 0.1, None)
        self.assertEqual(self.shown(outcome, ["unit"]), (0, "1 passed, 0 failed"))

    def test_python_tests_that_fail_or_skip_are_counted(self):
        text = ("import unittest\nclass A(unittest.TestCase):\n"
                "    def test_good(self):\n        print('noise')\n"
                "    def test_bad(self):\n        self.fail('bad')\n"
                "    def test_sub(self):\n        with self.subTest(x=1):\n"
                "            self.fail('sub')\n"
                "    @unittest.skip('later')\n    def test_skipped(self):\n        pass\n")
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "test_sample.py").write_text(text)
            done = subprocess.run([sys.executable, "tools/unittest_json.py", folder],
                                  cwd=project.ROOT, capture_output=True, text=True, check=False)
        tests = json.loads(done.stdout)["tests"]
        failed = {test["name"].rsplit(".")[-1] for test in tests if test["failure"]}
        self.assertEqual(len(tests), 4)
        self.assertEqual(failed, {"test_bad", "test_sub", "test_skipped"})


if __name__ == "__main__":
    unittest.main()
