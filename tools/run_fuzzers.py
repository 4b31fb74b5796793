#!/usr/bin/env python3
"""Runs every fuzz target with libFuzzer for a while: `./x fuzz [seconds]`, 60 each by default.

Starts from the kept corpus of the target; inputs that reach new code are gathered in
build/fuzz-corpus, inputs that crash in build/fuzz-findings. A crash is fixed together with its
input, kept under tests/fuzz/corpus, so that `./x test` replays it for ever. Exit code 1 on any
crash.
"""
from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PROGRAMS = PROJECT / "build/fuzz/fuzz"
SECONDS_DEFAULT = 60
INPUT_BYTES_MAX = 65_536
GRACE_SECONDS = 120


def fuzz(program: Path, seconds: int) -> tuple[bool, str]:
    """Runs one target. True and libFuzzer's figures when inputs ran and nothing was found."""
    name = program.name.removesuffix("_fuzz")
    kept = PROJECT / "tests/fuzz/corpus" / name
    gathered = PROJECT / "build/fuzz-corpus" / name
    findings = PROJECT / "build/fuzz-findings" / name
    for folder in (gathered, findings):
        folder.mkdir(parents=True, exist_ok=True)
    command = [str(program), f"-max_total_time={seconds}", f"-max_len={INPUT_BYTES_MAX}",
               "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1",
               f"-artifact_prefix={findings}/", str(gathered)]
    if kept.is_dir():
        command.append(str(kept))
    environment = {**os.environ, "UBSAN_OPTIONS": "print_stacktrace=1"}
    try:
        done = subprocess.run(command, cwd=PROJECT, env=environment, check=False,
                              timeout=seconds + GRACE_SECONDS, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired:
        return False, f"did not end {GRACE_SECONDS} s after its time"
    output = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        return False, "\n".join(output.splitlines()[-60:])
    executed = int((re.findall(r"stat::number_of_executed_units:\s+(\d+)", output) or ["0"])[-1])
    coverage = (re.findall(r"\bcov: (\d+)", output) or ["0"])[-1]
    return executed > 0, f"{executed:,} inputs, {coverage} edges"


def main(arguments: list[str]) -> int:
    seconds = int(arguments[0]) if arguments else SECONDS_DEFAULT
    listed = (PROJECT / "build/fuzz/fuzzers.txt").read_text().split()
    failed = 0
    for name in listed:
        begin = time.monotonic()
        clean, text = fuzz(PROGRAMS / name, seconds)
        failed += not clean
        word = "clean" if clean else "FAILED"
        print(f"{name}: {word} after {time.monotonic() - begin:.0f} s: {text}", flush=True)
    print(f"{len(listed) - failed} of {len(listed)} fuzz targets clean")
    return 1 if failed or not listed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
