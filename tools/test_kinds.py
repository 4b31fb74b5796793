"""How each kind of test is run, and what it showed; tools/run_tests.py says which and when.

Every function runs one program, folder or check to its end and gives an Outcome. What crashes, runs
out of time or reports nothing is a failed test.
"""
from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from processes import run_bounded

PROJECT = Path(__file__).resolve().parent.parent
PROGRAM_SECONDS_MAX = 900
PYTHON_SECONDS_MAX = 1800
WALKS_SECONDS_MAX = 3600
OUTPUT_LINES_MAX = 400
ENGINES = ("/sqlite", "/postgres")


@dataclass
class Outcome:
    """What one program or folder showed. `kind` may differ from test to test of one program."""

    counts: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    failures: list[tuple[str, str, str]] = field(default_factory=list)  # kind, test, text

    def add(self, kind: str, name: str, seconds: float, failure: str | None) -> None:
        self.seconds[kind] = self.seconds.get(kind, 0.0) + seconds
        if failure is None:
            self.counts[kind] = self.counts.get(kind, 0) + 1
        else:
            self.failures.append((kind, name, failure))

    def merge(self, other: "Outcome") -> None:
        for kind, count in other.counts.items():
            self.counts[kind] = self.counts.get(kind, 0) + count
        for kind, seconds in other.seconds.items():
            self.seconds[kind] = self.seconds.get(kind, 0.0) + seconds
        self.failures += other.failures


def run(command: list[str], seconds_max: float, environment: dict[str, str] | None = None,
        ) -> tuple[int, str]:
    """Exit code (124 when the time is over) and everything that was printed."""
    try:
        done = run_bounded(command, seconds_max, cwd=PROJECT, env=environment,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except OSError as error:
        return 127, f"cannot be run: {error}"
    except subprocess.TimeoutExpired as expired:
        text = (expired.stdout or b"").decode(errors="replace")
        return 124, f"{text}\nstopped after {seconds_max} s"
    return done.returncode, done.stdout.decode(errors="replace")


def shorten(text: str) -> str:
    lines = text.splitlines()
    if len(lines) <= OUTPUT_LINES_MAX:
        return text
    left_out = len(lines) - OUTPUT_LINES_MAX
    return "\n".join([f"({left_out} lines left out)", *lines[-OUTPUT_LINES_MAX:]])


def kind_of(program: str, test: str) -> str:
    if program == "store_test" or test.endswith(ENGINES):
        return "store"
    return "unit"


def run_gtest(program: str, preset: str, filters: str) -> Outcome:
    """Runs one GoogleTest program. A crash or time-out counts as one failed test."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="wapi-gtest-") as folder:
        report = Path(folder) / "report.json"
        command = [str(PROJECT / "build" / preset / "tests" / program),
                   f"--gtest_output=json:{report}", f"--gtest_filter={filters}", "--gtest_brief=1"]
        code, output = run(command, PROGRAM_SECONDS_MAX)
        reported = report.exists()  # not when a test called exit, with whatever code
        suites = json.loads(report.read_text())["testsuites"] if reported else []
    for suite in suites:
        for test in suite["testsuite"]:
            add_gtest(outcome, program, suite["name"], test)
    if not reported or (code != 0 and not outcome.failures):
        end = f"ended with {code}" if reported else f"ended with {code} and no report"
        outcome.add("unit", program, 0.0, f"{end}\n{shorten(output)}")
    return outcome


def add_gtest(outcome: Outcome, program: str, suite: str, test: dict) -> None:
    failure = "\n".join(found["failure"] for found in test.get("failures", []))
    if not failure and test.get("result") != "COMPLETED":
        failure = f"did not run: {test.get('result', 'no result')}"
    outcome.add(kind_of(program, test["name"]), f"{program}: {suite}.{test['name']}",
                float(test["time"].rstrip("s")), failure or None)


def run_fuzz_replay(fuzzer: str, preset: str) -> Outcome:
    """Feeds every kept input to the target, and mutations of them: each kept input is one test."""
    outcome = Outcome()
    corpus = PROJECT / "tests/fuzz/corpus" / fuzzer.removesuffix("_fuzz")
    inputs = sorted(corpus.glob("*"))
    if not inputs:
        outcome.add("fuzz", fuzzer, 0.0, f"no inputs in {corpus.relative_to(PROJECT)}")
        return outcome
    begin = time.monotonic()
    code, output = run([str(PROJECT / "build" / preset / "fuzz" / fuzzer), str(corpus)],
                       PROGRAM_SECONDS_MAX)
    seconds = time.monotonic() - begin
    if code != 0:
        outcome.add("fuzz", fuzzer, seconds, f"ended with {code}\n{shorten(output)}")
        return outcome
    for path in inputs:
        outcome.add("fuzz", f"{fuzzer}: {path.name}", seconds / len(inputs), None)
    return outcome


def run_python(kind: str, *choice: str) -> Outcome:
    """Runs the Python tests of tests/<kind>: all, or those that unittest_json.py is told of."""
    outcome = Outcome()
    folder = f"tests/{kind}"
    name = " ".join([folder, *choice])
    try:
        done = run_bounded([sys.executable, "tools/unittest_json.py", folder, *choice],
                           PYTHON_SECONDS_MAX, cwd=PROJECT, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE)
        tests = json.loads(done.stdout.decode().splitlines()[-1])["tests"]
    except subprocess.TimeoutExpired:
        outcome.add(kind, name, 0.0, f"stopped after {PYTHON_SECONDS_MAX} s")
        return outcome
    except (ValueError, IndexError):
        text = (done.stdout + done.stderr).decode(errors="replace")
        outcome.add(kind, name, 0.0, f"ended with {done.returncode}\n{shorten(text)}")
        return outcome
    for test in tests:
        outcome.add(kind, test["name"], test["seconds"], test["failure"])
    return outcome


def run_web(name: str) -> Outcome:
    """One of the console's checks, by its name in web/package.json: one test."""
    outcome = Outcome()
    begin = time.monotonic()
    code, output = run(["npm", "--prefix", "web", "run", "--silent", name], PROGRAM_SECONDS_MAX)
    failure = f"ended with {code}\n{shorten(output)}" if code != 0 else None
    outcome.add("web", f"web: {name}", time.monotonic() - begin, failure)
    return outcome


def run_vitest() -> Outcome:
    """The console's own tests."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="wapi-vitest-") as folder:
        report = Path(folder) / "report.json"
        code, output = run(["npm", "--prefix", "web", "run", "--silent", "test", "--",
                            "--reporter=json", f"--outputFile={report}"], PROGRAM_SECONDS_MAX)
        files = json.loads(report.read_text())["testResults"] if report.exists() else []
    for file in files:
        for test in file["assertionResults"]:
            failure = None if test["status"] == "passed" else "\n".join(
                [test["status"], *test.get("failureMessages", [])])
            outcome.add("web", f"{Path(file['name']).name}: {test['fullName']}",
                        (test.get("duration") or 0.0) / 1000, failure)
    if not files or (code != 0 and not outcome.failures):
        outcome.add("web", "vitest", 0.0, f"ended with {code}\n{shorten(output)}")
    return outcome


def specs_of(suite: dict) -> list[dict]:
    """Playwright's specs, of the suites inside as well."""
    return suite.get("specs", []) + [spec for inner in suite.get("suites", [])
                                     for spec in specs_of(inner)]


def run_playwright(kind: str, engine: str, *arguments: str) -> Outcome:
    """Browser tests of `web/e2e` on that engine; which of them, by Playwright's own arguments."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="wapi-playwright-") as folder:
        report = Path(folder) / "report.json"
        code, output = run(["npm", "--prefix", "web", "run", "--silent", "e2e", "--", *arguments],
                           WALKS_SECONDS_MAX if kind == "walks" else PROGRAM_SECONDS_MAX,
                           {**os.environ, "WAPI_E2E_REPORT": str(report),
                            "WAPI_E2E_ENGINE": engine})
        suites = json.loads(report.read_text())["suites"] if report.exists() else []
    for spec in (spec for suite in suites for spec in specs_of(suite)):
        results = [result for test in spec["tests"] for result in test["results"]]
        failure = None if spec["ok"] else "\n".join(
            error.get("message", "") for result in results for error in result["errors"])
        outcome.add(kind, f"{spec['title']} ({engine})",
                    sum(result["duration"] for result in results) / 1000, failure)
    if not suites or (code != 0 and not outcome.failures):
        outcome.add(kind, f"playwright ({engine})", 0.0,
                    f"ended with {code}\n{shorten(output)}")
    return outcome
