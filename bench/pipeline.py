#!/usr/bin/env python3
"""./x bench pipeline: webhook events turned into an inbox, wApi beside the classic worker.

Both get the same backlog before they start to work: wApi by signed posts while its worker is off,
the peer by adding the bodies to BullMQ. Then the time until nothing is pending is taken, for wApi
from the start of its process, for the peer from its first job, and what was stored is counted. wApi
on PostgreSQL is shown as information. Target: architecture section 12.
"""
from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
import time
import uuid
from pathlib import Path

from classic_stack import ClassicPipeline, install_packages
from figures import Measurement, no_builds, print_table, run_load
from usage import Usage

from servers import PostgresServer, exit_on_terminate
from stack import Stack

RATIO_TARGET = 8.0
DRAIN_SECONDS_MAX = 900.0
POLL_SECONDS = 0.1


class WrongResult(RuntimeError):
    """A stack did not store what the backlog holds."""


def check_counts(name: str, expected: dict, messages: int, statuses: int) -> None:
    if (messages, statuses) != (expected["messages"], expected["statuses"]):
        raise WrongResult(f"{name} stored {messages:,} messages and {statuses:,} statuses instead "
                          f"of {expected['messages']:,} and {expected['statuses']:,}")
    print(f"{name}: {messages:,} messages and {statuses:,} statuses stored", flush=True)


def body_arguments(options, stack: Stack) -> list[str]:
    """What makes wapi-load give the same bodies to everyone."""
    return ["--seed", str(options.seed), "--count", str(options.events),
            "--contacts", str(options.contacts), "--waba-id", stack.account.waba_id,
            "--phone-number-ids", ",".join(stack.account.phone_number_ids)]


def measure_wapi(name: str, options, expected: dict,
                 postgres: PostgresServer | None) -> Measurement:
    """Posts the backlog with the worker off, starts again with the worker on, waits."""
    url = postgres.create_database("wapi_pipeline") if postgres else None
    with Stack(database_url=url, environment={"START_WEBHOOK_WORKER": "false"}) as stack:
        stack.set_up_account()
        run_load("--port", str(stack.wapi.port), "--app-secret", stack.app_secret,
                 *body_arguments(options, stack))
        if stack.pending() != options.events:
            raise WrongResult(f"{stack.pending():,} webhooks pending after the preload")
        stack.wapi.stop()
        stack.environment["START_WEBHOOK_WORKER"] = "true"
        start = time.monotonic()
        stack.start_wapi()
        with Usage(*[stack.wapi.pid, *([postgres.pid] if postgres else [])]) as usage:
            stack.wait_until_idle(DRAIN_SECONDS_MAX, POLL_SECONDS)
            seconds = time.monotonic() - start
        stack.wapi.stop()
        check_counts(name, expected, *count_stored(stack, postgres))
    return Measurement(options.events / seconds, None, None,
                       usage.cpu_seconds / options.events * 1000, usage.peak_bytes)


def count_stored(stack: Stack, postgres: PostgresServer | None) -> tuple[int, int]:
    """Inbound messages and statuses in the server's own database, read when it is down."""
    queries = ["SELECT count(*) FROM messages WHERE direction = 'inbound'",
               "SELECT count(*) FROM early_statuses"]
    if postgres:
        found = [int(postgres.execute(query, "wapi_pipeline")) for query in queries]
    else:
        with sqlite3.connect(stack.sqlite_file()) as database:
            found = [database.execute(query).fetchone()[0] for query in queries]
    return found[0], found[1]


def measure_classic(options, expected: dict, bodies: Path, numbers: list[str]) -> Measurement:
    """Fills the queue, starts the worker, waits until it is empty."""
    workspace = str(uuid.UUID(int=options.seed))
    with PostgresServer() as postgres:
        with ClassicPipeline(postgres, {number: workspace for number in numbers},
                             options.redis_fsync) as pipeline:
            if pipeline.enqueue(bodies) != options.events:
                raise WrongResult("the peer's queue does not hold every body")
            pipeline.start_worker()
            with Usage(*pipeline.pids) as usage:
                drained = pipeline.wait_until_drained()
            check_counts("classic worker", expected, pipeline.count("messages"),
                         pipeline.count("early_statuses"))
    return Measurement(drained["processed"] / drained["seconds"], None, None,
                       usage.cpu_seconds / options.events * 1000, usage.peak_bytes)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--contacts", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--redis-fsync", choices=["always", "everysec"], default="everysec")
    parser.add_argument("--skip-postgres", action="store_true", help="only wApi on SQLite")
    parser.add_argument("--only-classic", action="store_true", help="measure the peer alone")
    return parser.parse_args()


def measure_classic_on_file(options) -> tuple[dict, Measurement]:
    """Writes the bodies to a file for the peer; gives what they leave behind, and its figures."""
    numbers = ["1080000000001"]
    with tempfile.TemporaryDirectory(prefix="wapi-bodies-") as folder:
        bodies = Path(folder) / "bodies.jsonl"
        expected = run_load("--seed", str(options.seed), "--count", str(options.events),
                            "--contacts", str(options.contacts), "--phone-number-ids", *numbers,
                            "--write-bodies", str(bodies))
        return expected, measure_classic(options, expected, bodies, numbers)


def compare(options) -> int:
    expected, classic = measure_classic_on_file(options)
    rows = [("classic worker on PostgreSQL", classic, "1x")]
    if options.only_classic:
        print_table(rows, "events/s")
        return 0
    sqlite = measure_wapi("wApi on SQLite", options, expected, None)
    ratio = sqlite.rate / classic.rate
    rows.append(("wApi on SQLite", sqlite, f"{ratio:.1f}x"))
    if not options.skip_postgres:
        with PostgresServer() as postgres:
            other = measure_wapi("wApi on PostgreSQL", options, expected, postgres)
        rows.append(("wApi on PostgreSQL", other, f"{other.rate / classic.rate:.1f}x"))
    print(f"\nbacklog of {options.events:,} events, {options.contacts:,} contacts, "
          f"Redis appendfsync {options.redis_fsync}")
    print_table(rows, "events/s")
    print(f"pipeline: {ratio:.1f}x of {RATIO_TARGET:.0f}x the classic worker")
    return 0 if ratio >= RATIO_TARGET else 1


def main() -> int:
    exit_on_terminate()
    options = parse_options()
    install_packages()
    with no_builds():
        return compare(options)


if __name__ == "__main__":
    sys.exit(main())
