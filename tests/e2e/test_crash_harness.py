"""The canaries of ./x crash: a loss, a double and a lost key are reported, and a good run is not.

Goal: no green count by accident. Method: each harness runs one round, with and without its canary;
doubled rows, which the schema refuses, are given to the judging function alone.
"""
import subprocess
import sys
import unittest

from shop import PROJECT
from ledger import Verdict, judge
from processes import run_bounded
from vault_rows import unwrap, wrap

ROUND_SECONDS_MAX = 120


def run_harness(name, *more):
    """Exit code and last line of one round."""
    done = run_bounded([sys.executable, f"tests/crash/{name}.py", "--rounds", "1", "--seed", "5",
                        *more], ROUND_SECONDS_MAX, cwd=PROJECT, stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, text=True)
    return done.returncode, (done.stdout.strip().splitlines() or [done.stderr])[-1]


def run_ingest(*more):
    return run_harness("ingest", "--seconds", "1", "--rate", "400", "--no-disk", *more)


class CrashHarness(unittest.TestCase):
    def test_a_row_that_is_missing_is_reported_on_sqlite(self):
        self.assert_loss_reported(*run_ingest("--engine", "sqlite", "--canary"))

    def test_a_row_that_is_missing_is_reported_on_postgres(self):
        self.assert_loss_reported(*run_ingest("--engine", "postgres", "--canary"))

    def assert_loss_reported(self, code, line):
        self.assertEqual(code, 1, line)
        self.assertRegex(line, r"^ingest: \d+ acknowledged, lost 1, doubled 0 \(target: none\)$")

    def test_a_round_without_a_loss_passes(self):
        code, line = run_ingest("--engine", "sqlite")
        self.assertEqual(code, 0, line)
        self.assertRegex(line, r"^ingest: [1-9]\d* acknowledged, lost 0, doubled 0 "
                               r"\(target: none\)$")

    def test_lost_and_doubled_rows_are_told_apart(self):
        self.assertEqual(judge({"a", "b", "c"}, ["a", "c", "c", "never acknowledged"]),
                         Verdict(acknowledged=3, lost=1, doubled=1))
        self.assertFalse(judge({"a"}, ["a", "a"]).good)
        self.assertTrue(judge({"a"}, ["a"]).good)


class VaultHarness(unittest.TestCase):
    def test_servers_without_the_previous_key_are_reported(self):
        code, line = run_harness("vault", "--engine", "sqlite", "--canary")
        self.assertEqual(code, 1, line)
        self.assertRegex(line, r"^vault: \d+ sends, [1-9]\d* failed, \d+ kills, "
                               r"[1-9]\d* data keys left on an older ")

    def test_a_killed_rotation_passes_on_both_engines(self):
        code, line = run_harness("vault")
        self.assertEqual(code, 0, line)
        self.assertRegex(line, r"^vault: [1-9]\d* sends, 0 failed, 2 kills, 0 data keys left on "
                               r"an older master key \(target: none\)$")


class VaultRows(unittest.TestCase):
    def test_a_data_key_opens_with_its_master_key_and_workspace_alone(self):
        master_key, data_key = bytes(range(32)), bytes(range(100, 132))
        wrapped = wrap(master_key, "a", data_key)
        self.assertEqual(unwrap(master_key, "a", wrapped), data_key)
        self.assertIsNone(unwrap(master_key, "b", wrapped))
        self.assertIsNone(unwrap(data_key, "a", wrapped))
        self.assertIsNone(unwrap(master_key, "a", wrapped[:-1] + bytes([wrapped[-1] ^ 1])))
        self.assertIsNone(unwrap(master_key, "a", wrapped[:-1]))


if __name__ == "__main__":
    unittest.main()
