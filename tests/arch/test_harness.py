"""The canaries of what runs the tests (run_tests.py, test_kinds.py, run_fuzzers.py in tools): what
fails or ran nothing must be counted, and nothing is left out.

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
import test_kinds  # noqa: E402

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
            return test_kinds.run_gtest("fake_test", folder, "*")

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
            code, output = test_kinds.run([str(program)], 60, options)
            missing = options["TSAN_OPTIONS"].replace(".txt", ".missing")
            options["TSAN_OPTIONS"] = missing
            without_file = test_kinds.run([str(program)], 60, options)[1]
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

    def run_python(self, text, *choice):
        """What the Python tests of a file with that text reported."""
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "test_sample.py").write_text(text)
            done = subprocess.run([sys.executable, "tools/unittest_json.py", folder, *choice],
                                  cwd=project.ROOT, capture_output=True, text=True, check=False)
        return json.loads(done.stdout)["tests"]

    def test_python_tests_that_fail_or_skip_are_counted(self):
        text = ("import unittest\nclass A(unittest.TestCase):\n"
                "    def test_good(self):\n        print('noise')\n"
                "    def test_bad(self):\n        self.fail('bad')\n"
                "    def test_sub(self):\n        with self.subTest(x=1):\n"
                "            self.fail('sub')\n"
                "    @unittest.skip('later')\n    def test_skipped(self):\n        pass\n")
        tests = self.run_python(text)
        failed = {test["name"].rsplit(".")[-1] for test in tests if test["failure"]}
        self.assertEqual(len(tests), 4)
        self.assertEqual(failed, {"test_bad", "test_sub", "test_skipped"})

    def test_each_test_runs_once_whether_it_is_marked_to_run_alone_or_not(self):
        text = ("import unittest\nfrom alone import alone\nclass A(unittest.TestCase):\n"
                "    def test_any(self):\n        pass\n"
                "    @alone\n    def test_timed(self):\n        pass\n"
                "@alone\nclass Timed:\n    def test_mixed_in(self):\n        pass\n"
                "class B(Timed, unittest.TestCase):\n    pass\n")
        names = {choice: [test["name"].split(".", 1)[1] for test in self.run_python(text, choice)]
                 for choice in ("--alone", "--others")}
        self.assertEqual(names, {"--alone": ["A.test_timed", "B.test_mixed_in"],
                                 "--others": ["A.test_any"]})

    def test_a_file_that_cannot_be_read_fails_once(self):
        broken = [self.run_python("import nothing_of_that_name", choice)
                  for choice in ("--alone", "--others")]
        self.assertEqual([len(tests) for tests in broken], [0, 1])
        self.assertIn("nothing_of_that_name", broken[1][0]["failure"])

    def test_every_job_has_its_own_name_and_every_file_is_a_job(self):
        parts = set(run_tests.PARTS)
        jobs = [name for name, _ in run_tests.waiting_jobs(parts) + run_tests.lone_jobs(parts)]
        self.assertEqual(len(jobs), len(set(jobs)))
        for kind in ("integration", "e2e"):
            self.assertIn(f"{kind} alone", jobs)
            for path in (project.ROOT / "tests" / kind).glob("test_*.py"):
                self.assertIn(f"{kind} {path.stem}", jobs)

    def test_the_longest_of_the_last_run_begin_first_and_none_is_left_out(self):
        begun = []

        def job(name):
            def run():
                begun.append(name)
                return run_tests.Outcome(counts={"unit": 1})
            return name, run
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "seconds.json"
            file.write_text(json.dumps({"short": 1.0, "long": 9.0}))
            with unittest.mock.patch.object(run_tests, "SECONDS_FILE", file), \
                    contextlib.redirect_stderr(io.StringIO()):
                total = run_tests.run_all([job("short"), job("long"), job("new")], 1)
            self.assertEqual(set(json.loads(file.read_text())), {"short", "long", "new"})
        self.assertEqual(begun, ["new", "long", "short"])
        self.assertEqual(total.counts, {"unit": 3})

    def temporary_folder(self, free_bytes=64 << 30, flag=0, **environment):
        """Where temporary files of the tests are, on a machine with that memory folder."""
        state = unittest.mock.Mock(f_bavail=free_bytes, f_frsize=1, f_flag=flag)
        with unittest.mock.patch.dict(os.environ), \
                unittest.mock.patch.object(run_tests.os, "statvfs", lambda _folder: state), \
                unittest.mock.patch.object(run_tests, "memory_available", lambda: 64 << 30), \
                unittest.mock.patch.object(run_tests, "MEMORY_FOLDER", Path(self.folder)):
            os.environ.pop("TMPDIR", None)
            os.environ.update(environment)
            with run_tests.files_in_memory():
                return os.environ.get("TMPDIR", "the disk")

    def test_temporary_files_are_in_memory_only_when_there_is_room(self):
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.assertEqual(Path(self.temporary_folder()).parent, Path(self.folder))
        self.assertEqual(list(Path(self.folder).iterdir()), [], "nothing is left")
        self.assertEqual(self.temporary_folder(free_bytes=1 << 20), "the disk")
        self.assertEqual(self.temporary_folder(flag=os.ST_NOEXEC), "the disk")
        self.assertEqual(self.temporary_folder(TMPDIR="/here"), "/here")


if __name__ == "__main__":
    unittest.main()
