"""The canaries of tools/run_tests.py and run_fuzzers.py: what fails or ran nothing must be counted.

Goal: no green run by accident. Method: programs and tests made here that pass, fail, crash, skip,
race or print nothing are given to the runners' own functions.
"""
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest
import unittest.mock
from pathlib import Path

import project

sys.path.insert(0, str(project.ROOT / "tools"))
import run_fuzzers  # noqa: E402
import run_tests  # noqa: E402

REPORT = {"testsuites": [{"name": "Suite", "testsuite": [
    {"name": "good", "result": "COMPLETED", "time": "0.1s"},
    {"name": "bad/sqlite", "result": "COMPLETED", "time": "0.1s",
     "failures": [{"failure": "1 is not 2"}]},
    {"name": "left_out", "result": "SKIPPED", "time": "0s"}]}]}

# Both are at it together and for a while: an access of a thread that has ended may be forgotten.
RACE = """
#include <atomic>
#include <thread>
int shared = 0;
std::atomic<int> present{0};
void work() {
    present.fetch_add(1, std::memory_order_relaxed);
    while (present.load(std::memory_order_relaxed) < 2) {}
    for (int i = 0; i < 100000; ++i) { ++shared; }
}
int main() {
    std::thread other(work);
    work();
    other.join();
}
"""


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

    def test_a_program_that_ends_before_its_report_is_a_failure(self):
        outcome = self.run_program("echo left early; exit 0\n")
        self.assertEqual(self.shown(outcome, ["unit"]), (1, "0 passed, 1 failed"))
        self.assertIn("no report", outcome.failures[0][2])

    def test_a_race_ends_a_program_and_the_suppressions_are_read(self):
        with tempfile.TemporaryDirectory() as folder:
            source, program = Path(folder) / "race.cpp", Path(folder) / "race"
            source.write_text(RACE)
            subprocess.run(["clang++-19", "-fsanitize=thread", source, "-o", program], check=True)
            options = {**os.environ, **run_tests.SANITIZER_OPTIONS}
            code, output = run_tests.run([str(program)], 60, options)
            missing = options["TSAN_OPTIONS"].replace(".txt", ".missing")
            options["TSAN_OPTIONS"] = missing
            without_file = run_tests.run([str(program)], 60, options)[1]
        self.assertEqual(code, 66, output)
        self.assertIn("data race", output)
        self.assertIn("failed to read suppressions", without_file)

    def fuzz(self, script):
        """Runs a shell script as if it were a libFuzzer target."""
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "canary_fuzz"
            program.write_text("#!/bin/bash\n" + script)
            program.chmod(0o755)
            with unittest.mock.patch.object(run_fuzzers, "PROJECT", Path(folder)):
                return run_fuzzers.fuzz(program, 1)

    def test_a_fuzz_target_is_clean_only_when_it_ran_inputs(self):
        units = "echo stat::number_of_executed_units: "
        self.assertEqual(self.fuzz(units + "1234"), (True, "1,234 inputs, 0 edges"))
        self.assertEqual(self.fuzz("echo crash; exit 77")[0], False)
        self.assertEqual(self.fuzz("echo nothing")[0], False)
        self.assertEqual(self.fuzz(units + "0")[0], False)

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
