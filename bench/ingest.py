#!/usr/bin/env python3
"""./x bench ingest: acknowledged webhooks per second, wApi beside the classic stack.

Each round runs, with new empty stores and the same signed bodies, the classic stack (Express,
BullMQ, Redis), wApi on SQLite (every answer after a synced commit), and wApi storing nothing; the
order turns from round to round and medians count. Then both are sent half of their own rate at a
constant pace, as often and in turning order, and latency is counted from when a request was due.
Targets: docs/ARCHITECTURE.md, "Speed".
"""
from __future__ import annotations

import argparse
import sys
from contextlib import contextmanager

from classic_stack import ClassicWebhookServer, install_packages
from figures import (Measurement, check_data_folder, median_of, no_builds, print_table, run_load,
                     turned)
from usage import Usage

from servers import exit_on_terminate
from stack import WEBHOOK_PATH, Stack

RATIO_TARGET = 10.0
PERSISTENCE_TARGET = 0.7
P99_TARGET_MS = 5.0
CLASSIC, DURABLE, VOLATILE = "classic stack", "wApi, durable", "wApi, nothing stored"


@contextmanager
def classic(options):
    """The peer: gives port, path, secret and the processes to measure."""
    with ClassicWebhookServer("classic-app-secret", options.redis_fsync) as server:
        yield server.port, server.path, server.app_secret, server.pids


@contextmanager
def wapi(volatile: bool):
    """The server alone: acknowledging needs neither Meta nor an account, and no worker runs."""
    environment = {"START_WEBHOOK_WORKER": "false"}
    if volatile:
        environment["WAPI_BENCH_NO_PERSIST"] = "1"
    stack = Stack(environment=environment)
    try:
        stack.start_wapi()
        yield stack.wapi.port, WEBHOOK_PATH, stack.app_secret, [stack.wapi.pid]
    finally:
        stack.stop()


def open_target(name: str, options):
    return classic(options) if name == CLASSIC else wapi(volatile=name == VOLATILE)


def measure(name: str, options, rate: float = 0.0) -> Measurement:
    """One phase against a fresh server; rate 0 means as fast as it can."""
    with open_target(name, options) as (port, path, secret, pids):
        with Usage(*pids) as usage:
            report = run_load(
                "--port", str(port), "--path", path, "--app-secret", secret,
                "--connections", str(options.connections), "--rate", f"{rate:.1f}",
                "--duration", str(options.warmup + options.seconds),
                "--warmup", str(options.warmup), "--prepare", str(options.prepare))
    return Measurement(report["rate"], report["p50_ms"], report["p99_ms"],
                       usage.cpu_seconds / report["accepted"] * 1000, usage.peak_bytes)


def run_rounds(options, rates: dict[str, float]) -> dict[str, Measurement]:
    """The stacks at their rates (0: full speed), several times over in turning order."""
    measured: dict[str, list[Measurement]] = {name: [] for name in rates}
    for number in range(options.rounds):
        for name in turned(list(rates), number):
            result = measure(name, options, rates[name])
            measured[name].append(result)
            print(f"round {number + 1} of {options.rounds}: {name}: {result.rate:,.0f} acks/s, "
                  f"p99 {result.p99_ms:.1f} ms", flush=True)
    return {name: median_of(results) for name, results in measured.items()}


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=8.0, help="measured part of each phase")
    parser.add_argument("--warmup", type=float, default=2.0)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--prepare", type=int, default=300_000, help="bodies signed beforehand")
    parser.add_argument("--redis-fsync", choices=["always", "everysec"], default="everysec",
                        help="everysec is usual and favours the peer; always is as durable as wApi")
    parser.add_argument("--only-classic", action="store_true", help="measure the peer alone")
    return parser.parse_args()


def show_classic(options) -> int:
    full = run_rounds(options, {CLASSIC: 0.0})[CLASSIC]
    half = run_rounds(options, {CLASSIC: full.rate / 2})[CLASSIC]
    print_table([(CLASSIC, full, "1x"), (f"{CLASSIC}, half rate", half, "")], "acks/s")
    return 0


def compare(options, place: str) -> int:
    full = run_rounds(options, {CLASSIC: 0.0, DURABLE: 0.0, VOLATILE: 0.0})
    half = run_rounds(options, {name: full[name].rate / 2 for name in (CLASSIC, DURABLE)})
    ratio = full[DURABLE].rate / full[CLASSIC].rate
    persistence = full[DURABLE].rate / full[VOLATILE].rate
    p99_ms = half[DURABLE].p99_ms
    print(f"\n{options.connections} connections, Redis appendfsync {options.redis_fsync}, medians "
          f"of {options.rounds} rounds, {place}; half rate is an open loop")
    print_table([(CLASSIC, full[CLASSIC], "1x"), (DURABLE, full[DURABLE], f"{ratio:.1f}x"),
                 (VOLATILE, full[VOLATILE], f"{full[VOLATILE].rate / full[CLASSIC].rate:.1f}x"),
                 (f"{CLASSIC}, half rate", half[CLASSIC], ""),
                 (f"{DURABLE}, half rate", half[DURABLE], "")], "acks/s")
    print(f"ingest: {ratio:.1f}x of {RATIO_TARGET:.0f}x the classic stack, {persistence:.2f} of "
          f"{PERSISTENCE_TARGET} of the rate without storing, p99 at half rate {p99_ms:.2f} ms of "
          f"{P99_TARGET_MS:.0f} ms")
    met = ratio >= RATIO_TARGET and persistence >= PERSISTENCE_TARGET and p99_ms < P99_TARGET_MS
    return 0 if met else 1


def main() -> int:
    exit_on_terminate()
    options = parse_options()
    place = check_data_folder()
    install_packages()
    with no_builds():
        return show_classic(options) if options.only_classic else compare(options, place)


if __name__ == "__main__":
    sys.exit(main())
