#!/usr/bin/env python3
"""Runs the Python tests of one folder and prints the outcome as one line of JSON, for run_tests.py.

    python3 tools/unittest_json.py tests/arch
    {"tests": [{"name": "...", "seconds": 0.1, "failure": null}, ...]}

What tests print goes to standard error, so that the JSON stays alone on standard output. A run that
is told to end does so at once, and what it started is stopped on the way out.
"""
import contextlib
import json
import signal
import sys
import time
import unittest


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


def main(folder: str) -> int:
    signal.signal(signal.SIGTERM, leave)
    recorder = Recorder()
    with contextlib.redirect_stdout(sys.stderr):
        suite = unittest.defaultTestLoader.discover(folder, top_level_dir=folder)
        suite.run(recorder)
    print(json.dumps({"tests": recorder.tests}))
    return 0 if recorder.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
