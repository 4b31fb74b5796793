#!/usr/bin/env python3
"""Runs the Python tests of one folder and prints the outcome as one line of JSON, for run_tests.py.

    python3 tools/unittest_json.py tests/arch
    python3 tools/unittest_json.py tests/e2e test_story.py --others   what may run beside others
    python3 tools/unittest_json.py tests/e2e --alone                  all that tools/alone.py marks
    {"tests": [{"name": "...", "seconds": 0.1, "failure": null}, ...]}

What tests print goes to standard error, so that the JSON stays alone on standard output. A run that
is told to end does so at once, and what it started is stopped on the way out.
"""
import argparse
import contextlib
import json
import signal
import sys
import time
import unittest

from alone import is_alone


class Recorder(unittest.TestResult):
    """Keeps name, time and failure of every test; a skipped test proves nothing and so fails."""

    def __init__(self) -> None:
        super().__init__()
        self.tests: list[dict] = []
        self.started = 0.0
        self.failure_texts: list[str] = []

    def startTest(self, test):  # unittest's name
        super().startTest(test)
        self.started = time.monotonic()
        self.failure_texts = []

    def stopTest(self, test):
        super().stopTest(test)
        self._keep(test, time.monotonic() - self.started)

    def addError(self, test, err):
        super().addError(test, err)
        self.failure_texts.append(self.errors[-1][1])
        if not hasattr(test, "_testMethodName"):  # a set-up of a class or module
            self._keep(test, 0.0)
            self.failure_texts = []

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.failure_texts.append(self.failures[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            text = (self.failures + self.errors)[-1][1]
            self.failure_texts.append(f"{subtest}\n{text}")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.failure_texts.append(f"skipped: {reason}")

    def _keep(self, test, seconds: float) -> None:
        self.tests.append({"name": test.id(), "seconds": seconds,
                           "failure": "\n".join(self.failure_texts) or None})


def leave(_number, _frame) -> None:
    raise KeyboardInterrupt  # the one that unittest lets through


def tests_in(suite: unittest.TestSuite):
    """The tests themselves, out of the suites of files and classes."""
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from tests_in(test)
        else:
            yield test


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs Python tests.")
    parser.add_argument("folder")
    parser.add_argument("file", nargs="?", default="test*.py", help="one of its files")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--alone", dest="alone", action="store_const", const=True)
    which.add_argument("--others", dest="alone", action="store_const", const=False)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, leave)
    recorder = Recorder()
    with contextlib.redirect_stdout(sys.stderr):
        found = unittest.defaultTestLoader.discover(options.folder, options.file,
                                                    top_level_dir=options.folder)
        unittest.TestSuite(test for test in tests_in(found)
                           if options.alone in (None, is_alone(test))).run(recorder)
    print(json.dumps({"tests": recorder.tests}))
    return 0 if recorder.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
