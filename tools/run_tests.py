#!/usr/bin/env python3
"""Builds and runs the tests: `./x test`, or parts of them: `./x test unit store arch`.

Kinds: unit and store (GoogleTest; a store test is one that runs on each database engine), arch,
web (the console's types, lint and tests), fuzz (every input of the kept corpora once), integration
and e2e (the real programs), console (journeys in a browser). Only when asked for: walks (every page
of the console in every state and as each role, and the core journeys on PostgreSQL; minutes). One
PostgreSQL server of its own serves all programs. Failures are shown in full. The last line is
`N passed, N failed`; the exit code is 1 when a test failed, when a kind asked for ran nothing, or
when the build failed. `--preset tsan concurrency` runs the programs where threads meet.
"""
from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from processes import exit_when_asked, run_bounded  # noqa: E402
from servers import PostgresServer  # noqa: E402

PROJECT = Path(__file__).resolve().parent.parent
PARTS = ("unit", "store", "arch", "web", "fuzz", "integration", "console")
PROGRAM_SECONDS_MAX = 900
PYTHON_SECONDS_MAX = 1800
WALKS_SECONDS_MAX = 3600
PROGRAMS_AT_ONCE = 2
OUTPUT_LINES_MAX = 400
ENGINES = ("/sqlite", "/postgres")
SANITIZER_OPTIONS = {
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": f"halt_on_error=1:suppressions={PROJECT}/tools/tsan_suppressions.txt",
}


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


def build(preset: str, *targets: str) -> None:
    subprocess.run(["./x", "build", preset, *targets], cwd=PROJECT, check=True, stdout=sys.stderr)


def listed(preset: str, name: str) -> list[str]:
    """Names of programs that CMake has written down for us."""
    return (PROJECT / "build" / preset / name).read_text().split()


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


def run_python(kind: str) -> Outcome:
    """Runs the Python tests of tests/<kind>."""
    outcome = Outcome()
    folder = PROJECT / "tests" / kind
    if not folder.is_dir():
        return outcome
    try:
        done = run_bounded([sys.executable, "tools/unittest_json.py", str(folder)],
                           PYTHON_SECONDS_MAX, cwd=PROJECT, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE)
        tests = json.loads(done.stdout.decode().splitlines()[-1])["tests"]
    except subprocess.TimeoutExpired:
        outcome.add(kind, f"tests/{kind}", 0.0, f"stopped after {PYTHON_SECONDS_MAX} s")
        return outcome
    except (ValueError, IndexError):
        text = (done.stdout + done.stderr).decode(errors="replace")
        outcome.add(kind, f"tests/{kind}", 0.0, f"ended with {done.returncode}\n{shorten(text)}")
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


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run_all(jobs: list[tuple[str, object]], at_once: int) -> Outcome:
    """Runs named functions, `at_once` at a time, and sums up what they show."""
    total = Outcome()

    def timed(job):
        begin = time.monotonic()
        outcome = job[1]()
        word = "failed" if outcome.failures else "passed"
        progress(f"  {job[0]}: {word} in {time.monotonic() - begin:.1f} s")
        return outcome

    with ThreadPoolExecutor(at_once) as pool:
        for outcome in pool.map(timed, jobs):
            total.merge(outcome)
    return total


def gtest_filter(parts: set[str], program: str) -> str:
    """Which tests of a program belong to the parts; empty when none does."""
    if "concurrency" in parts or {"unit", "store"} <= parts:
        return "*"
    if program == "store_test":
        return "*" if "store" in parts else ""
    on_engines = ":".join(f"*{engine}" for engine in ENGINES)
    return f"-{on_engines}" if "unit" in parts else on_engines


def gtest_jobs(parts: set[str], preset: str) -> list[tuple[str, object]]:
    if not parts & {"unit", "store", "concurrency"}:
        return []
    programs = "concurrency_tests.txt" if "concurrency" in parts else "tests.txt"
    chosen = [(name, gtest_filter(parts, name)) for name in listed(preset, programs)]
    return [(name, lambda name=name, filters=filters: run_gtest(name, preset, filters))
            for name, filters in chosen if filters]


def collect(parts: set[str], preset: str) -> Outcome:
    """Builds what the parts need and runs them."""
    total = Outcome()
    if parts & {"unit", "store"}:
        build(preset, "all_tests")
    if "fuzz" in parts:
        build(preset, "all_fuzzers")
    if parts & {"integration", "console", "walks"}:
        build("release", "wapi", "wapi-cloudsim", "wapi-load")
    with PostgresServer({"fsync": "off", "synchronous_commit": "off"}) as postgres:
        os.environ["WAPI_TEST_POSTGRES_URL"] = postgres.url
        total.merge(run_all(gtest_jobs(parts, preset), PROGRAMS_AT_ONCE))
        if "fuzz" in parts:
            jobs = [(name, lambda name=name: run_fuzz_replay(name, preset))
                    for name in listed(preset, "fuzzers.txt")]
            total.merge(run_all(jobs, PROGRAMS_AT_ONCE))
        if "web" in parts:
            total.merge(run_all([("web types", lambda: run_web("types")),
                                 ("web lint", lambda: run_web("lint")),
                                 ("web tests", run_vitest)], PROGRAMS_AT_ONCE))
        if "arch" in parts:
            total.merge(run_all([("arch", lambda: run_python("arch"))], 1))
        if "integration" in parts:
            total.merge(run_all([(kind, lambda kind=kind: run_python(kind))
                                 for kind in ("integration", "e2e")], 1))
        if "console" in parts:
            total.merge(run_all([("console", lambda: run_playwright(
                "console", "sqlite", "--project=journeys"))], 1))
        if "walks" in parts:
            total.merge(run_all([
                ("walks", lambda: run_playwright("walks", "sqlite", "--project=walks")),
                ("core journeys", lambda: run_playwright(
                    "walks", "postgres", "--project=journeys", "--grep=@core"))], 1))
    return total


def kinds_expected(parts: set[str]) -> list[str]:
    kinds = [part for part in PARTS if part in parts]
    if "concurrency" in parts:
        kinds.append("unit")
    if "walks" in parts:
        kinds.append("walks")
    if "integration" in parts and (PROJECT / "tests/e2e").is_dir():
        kinds.append("e2e")
    return kinds


def show(outcome: Outcome, kinds: list[str]) -> int:
    """Prints failures, the table and the last line; returns the exit code."""
    for kind in kinds:
        failed = any(failure[0] == kind for failure in outcome.failures)
        if outcome.counts.get(kind, 0) == 0 and not failed:
            outcome.add(kind, kind, 0.0, "ran no test")
    for kind, name, text in outcome.failures:
        print(f"FAILED {kind} {name}\n{text.rstrip()}\n")
    print(f"{'kind':<14}{'passed':>8}{'failed':>8}{'seconds':>10}")
    for kind in sorted({*kinds, *outcome.seconds}):
        failed = sum(1 for failure in outcome.failures if failure[0] == kind)
        print(f"{kind:<14}{outcome.counts.get(kind, 0):>8}{failed:>8}"
              f"{outcome.seconds.get(kind, 0.0):>10.1f}")
    passed, failed = sum(outcome.counts.values()), len(outcome.failures)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def main() -> int:
    exit_when_asked()
    parser = argparse.ArgumentParser(description="Builds and runs tests.")
    parser.add_argument("--preset", default="dev")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, "concurrency", "walks", []],
                        help="all of them when none is named")
    options = parser.parse_args()
    parts = set(options.parts or PARTS)
    for name, value in SANITIZER_OPTIONS.items():
        os.environ.setdefault(name, value)
    try:
        outcome = collect(parts, options.preset)
    except subprocess.CalledProcessError as error:
        outcome = Outcome()
        outcome.add("build", " ".join(error.cmd), 0.0, f"ended with {error.returncode}")
    kinds = ["build"] if outcome.failures and outcome.failures[0][0] == "build" else None
    return show(outcome, kinds or kinds_expected(parts))


if __name__ == "__main__":
    sys.exit(main())
