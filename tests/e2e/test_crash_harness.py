"""The canaries of ./x crash ingest: a loss and a double are reported, and a good run is not.

Goal: no green count by accident. Method: the harness runs one round, with and without its canary;
doubled rows, which the schema refuses, are given to the judging function alone.
"""
import subprocess
import sys
import unittest

from shop import PROJECT
from ledger import Verdict, judge
from processes import run_bounded

ROUND_SECONDS_MAX = 120


def run_ingest(*more):
    """Exit code and last line of one short round."""
    done = run_bounded([sys.executable, "tests/crash/ingest.py", "--rounds", "1", "--seconds", "1",
                        "--rate", "400", "--seed", "5", "--no-disk", *more], ROUND_SECONDS_MAX,
                       cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return done.returncode, (done.stdout.strip().splitlines() or [done.stderr])[-1]


class CrashHarness(unittest.TestCase):
    def test_a_row_that_is_missing_is_reported_on_sqlite(self):
        self.assert_loss_reported(*run_ingest("--engine", "sqlite", "--canary"))

    def test_a_row_that_is_missing_is_reported_on_postgres(self):
        self.assert_loss_reported(*run_ingest("--engine", "postgres", "--canary"))

    def assert_loss_reported(self, code, line):
        self.assertEqual(code, 1, line)
        self.assertRegex(line, r"^ingest: lost 1, doubled 0 of lost 0, doubled 0 \(\d+ acknow")

    def test_a_round_without_a_loss_passes(self):
        code, line = run_ingest("--engine", "sqlite")
        self.assertEqual(code, 0, line)
        self.assertRegex(line, r"^ingest: lost 0, doubled 0 of lost 0, doubled 0 "
                               r"\([1-9]\d* acknowledged\)$")

    def test_lost_and_doubled_rows_are_told_apart(self):
        self.assertEqual(judge({"a", "b", "c"}, ["a", "c", "c", "never acknowledged"]),
                         Verdict(acknowledged=3, lost=1, doubled=1))
        self.assertFalse(judge({"a"}, ["a", "a"]).good)
        self.assertTrue(judge({"a"}, ["a"]).good)


if __name__ == "__main__":
    unittest.main()
