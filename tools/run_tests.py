#!/usr/bin/env python3
"""Builds and runs the tests: `./x test`, or parts of them: `./x test unit store arch`.

Kinds: unit and store (GoogleTest; a store test is one that runs on each database engine), arch,
web (the console's types, lint and tests), fuzz (every input of the kept corpora once), integration
and e2e (the real programs), console (journeys in a browser). Only when asked for: walks (every page
of the console in every state and as each role, and the core journeys on PostgreSQL; minutes). One
PostgreSQL server of its own serves all programs. What tests write is kept in memory when there is
room, unless TMPDIR is set. Tests that assert how long something takes run by themselves at the
end (tools/alone.py). Failures are shown in full. The last line is `N passed, N failed`; the exit
code is 1 when a test failed, when a kind asked for ran nothing, or when the build failed.
`--preset tsan concurrency` runs the programs where threads meet.
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
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from processes import exit_when_asked  # noqa: E402
from servers import PostgresServer  # noqa: E402
from test_kinds import (ENGINES, PROJECT, Outcome, run_fuzz_replay, run_gtest,  # noqa: E402
                        run_playwright, run_python, run_vitest, run_web)

PARTS = ("unit", "store", "arch", "web", "fuzz", "integration", "console")
PROGRAMS_AT_ONCE = 2
# Tests of the running programs wait for most of their time: one takes a third of a processor.
WAITING_AT_ONCE = 3
MEMORY_FOLDER = Path("/dev/shm")
MEMORY_BYTES_MIN = 6 << 30
RUNNING_KINDS = ("integration", "e2e")
# No test cuts the power of this server; those that need a durable one start their own.
POSTGRES_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# How long each job took the last time: the longest begin first, so that none is alone at the end.
SECONDS_FILE = PROJECT / "build/test_seconds.json"
SANITIZER_OPTIONS = {
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": f"halt_on_error=1:suppressions={PROJECT}/tools/tsan_suppressions.txt",
}


def build(preset: str, *targets: str) -> None:
    subprocess.run(["./x", "build", preset, *targets], cwd=PROJECT, check=True, stdout=sys.stderr)


def listed(preset: str, name: str) -> list[str]:
    """Names of programs that CMake has written down for us."""
    return (PROJECT / "build" / preset / name).read_text().split()


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def seconds_of_last_run() -> dict[str, float]:
    try:
        return json.loads(SECONDS_FILE.read_text())
    except (OSError, ValueError):
        return {}


def run_all(jobs: list[tuple[str, object]], at_once: int) -> Outcome:
    """Runs named functions, `at_once` at a time, and sums up what they show."""
    total = Outcome()
    seconds = seconds_of_last_run()

    def timed(job):
        begin = time.monotonic()
        outcome = job[1]()
        word = "failed" if outcome.failures else "passed"
        seconds[job[0]] = round(time.monotonic() - begin, 1)
        progress(f"  {job[0]}: {word} in {seconds[job[0]]:.1f} s")
        return outcome

    longest_first = sorted(jobs, key=lambda job: -seconds.get(job[0], float("inf")))
    with ThreadPoolExecutor(at_once) as pool:
        for outcome in pool.map(timed, longest_first):
            total.merge(outcome)
    SECONDS_FILE.parent.mkdir(exist_ok=True)
    SECONDS_FILE.write_text(json.dumps(seconds, indent=1, sort_keys=True))
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


def waiting_jobs(parts: set[str]) -> list[tuple[str, object]]:
    """Tests of the running programs that may run beside others: each file is a job."""
    jobs = []
    if "console" in parts:
        jobs.append(("console", lambda: run_playwright("console", "sqlite", "--project=journeys")))
    if "integration" in parts:
        jobs += [(f"{kind} {path.stem}",
                  lambda kind=kind, name=path.name: run_python(kind, name, "--others"))
                 for kind in RUNNING_KINDS
                 for path in sorted((PROJECT / "tests" / kind).glob("test*.py"))]
    return jobs


def lone_jobs(parts: set[str]) -> list[tuple[str, object]]:
    """What must have the machine to itself."""
    jobs = []
    if "integration" in parts:
        jobs += [(f"{kind} alone", lambda kind=kind: run_python(kind, "--alone"))
                 for kind in RUNNING_KINDS]
    if "walks" in parts:
        jobs += [("walks", lambda: run_playwright("walks", "sqlite", "--project=walks")),
                 ("core journeys", lambda: run_playwright("walks", "postgres",
                                                          "--project=journeys", "--grep=@core"))]
    return jobs


def busy_jobs(parts: set[str], preset: str) -> list[tuple[str, object]]:
    """What keeps a processor busy; the longest first, for a machine that has no last run."""
    jobs = []
    if "web" in parts:  # vitest leaves one of the processors to others
        jobs += [("web tests", run_vitest), ("web types", lambda: run_web("types")),
                 ("web lint", lambda: run_web("lint"))]
    if "arch" in parts:
        jobs.append(("arch", lambda: run_python("arch")))
    jobs += gtest_jobs(parts, preset)
    if "fuzz" in parts:
        jobs += [(name, lambda name=name: run_fuzz_replay(name, preset))
                 for name in listed(preset, "fuzzers.txt")]
    return jobs


def build_for(parts: set[str], preset: str) -> None:
    targets = ["all_tests"] if parts & {"unit", "store"} else []
    targets += ["all_fuzzers"] if "fuzz" in parts else []
    if targets:
        build(preset, *targets)
    if parts & {"integration", "console", "walks"}:
        build("release", "wapi", "wapi-cloudsim", "wapi-load")


def collect(parts: set[str], preset: str) -> Outcome:
    """Builds what the parts need and runs them."""
    total = Outcome()
    build_for(parts, preset)
    with files_in_memory(), PostgresServer(POSTGRES_SETTINGS) as postgres:
        os.environ["WAPI_TEST_POSTGRES_URL"] = postgres.url
        total.merge(run_all(busy_jobs(parts, preset), PROGRAMS_AT_ONCE))
        total.merge(run_all(waiting_jobs(parts), WAITING_AT_ONCE))
        total.merge(run_all(lone_jobs(parts), 1))
    return total


@contextmanager
def files_in_memory():
    """Lets temporary folders be in memory, where a sync costs nothing: a store test waited for the
    disk for most of its time. None needs a disk: what a power cut leaves is worked out from the
    syncs themselves. A TMPDIR that is set stays in force, and so does the disk of a machine
    without room."""
    if "TMPDIR" in os.environ or not has_room(MEMORY_FOLDER):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="wapi-tests-", dir=MEMORY_FOLDER) as folder:
        os.chmod(folder, 0o1777)  # as /tmp: PostgreSQL is another user
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        try:
            yield
        finally:
            del os.environ["TMPDIR"]
            tempfile.tempdir = None


def has_room(folder: Path) -> bool:
    """Whether it exists, may hold programs (some tests write one) and has room for a run."""
    try:
        state = os.statvfs(folder)
    except OSError:
        return False
    free = min(state.f_bavail * state.f_frsize, memory_available())
    return not state.f_flag & os.ST_NOEXEC and free >= MEMORY_BYTES_MIN


def memory_available() -> int:
    """Bytes that programs can still have without swapping."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))


def kinds_expected(parts: set[str]) -> list[str]:
    kinds = [part for part in PARTS if part in parts]
    if "concurrency" in parts:
        kinds.append("unit")
    if "walks" in parts:
        kinds.append("walks")
    if "integration" in parts:
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
