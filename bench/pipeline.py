#!/usr/bin/env python3
"""./x bench pipeline: webhook events turned into an inbox, wApi beside the classic worker.

Both get the same backlog before they start to work: wApi by signed posts while its worker is off,
the peer by adding the bodies to BullMQ. Then the time until nothing is pending is taken, for wApi
from the start of its process, for the peer from its first job. p50 and p99 are how long after that
start a message was in the inbox. What was stored is counted and must be the same in all stores:
messages, statuses, contacts, opt-outs, audit entries. Rounds turn their order and medians count (of
two: their mean). wApi on PostgreSQL is shown as information. Target: docs/ARCHITECTURE.md, "Speed".
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
from figures import (Measurement, check_data_folder, median_of, no_builds, print_table, run_load,
                     turned)
from usage import Usage

from servers import PostgresServer, exit_on_terminate
from stack import Stack

RATIO_TARGET = 8.0
DRAIN_SECONDS_MAX = 900.0
POLL_SECONDS = 0.1
NUMBERS = ["1080000000001"]  # the simulator's first


CLASSIC, SQLITE = "classic worker on PostgreSQL", "wApi on SQLite"
POSTGRES = "wApi on PostgreSQL"
AUDITED = "('contact.created', 'contact.opted_out')"
# What each store holds afterwards: one query for wApi, one for the peer.
STORED = {
    "messages": ("SELECT count(*) FROM messages WHERE direction = 'inbound'",
                 "SELECT count(*) FROM messages"),
    "statuses": ("SELECT count(*) FROM early_statuses", "SELECT count(*) FROM early_statuses"),
    "contacts": ("SELECT count(*) FROM contacts", "SELECT count(*) FROM contacts"),
    # Whether they came back or not: the peer does not know START, as which "sí" counts here.
    "opt-outs": ("SELECT count(*) FROM contacts WHERE opted_out_us IS NOT NULL",
                 "SELECT count(*) FROM contacts WHERE opted_out"),
    "audit entries": (f"SELECT count(*) FROM audit_logs WHERE action IN {AUDITED}",
                      f"SELECT count(*) FROM audit_logs WHERE action IN {AUDITED}"),
}
# When the message at a place of the order of arrival was stored, in microseconds of the epoch.
ARRIVED = ("SELECT created_us FROM messages WHERE direction = 'inbound'"
           " ORDER BY created_us LIMIT 1 OFFSET {place}",
           "SELECT CAST(extract(epoch FROM created_at) * 1000000 AS bigint) FROM messages"
           " ORDER BY created_at LIMIT 1 OFFSET {place}")
WAPI, PEER = 0, 1


class WrongResult(RuntimeError):
    """A stack did not store what the backlog holds, or not what the others store."""


class Results:
    """What the stores hold must be the same after each phase, and what the bodies say."""

    def __init__(self, bodies: dict) -> None:
        self.bodies = bodies
        self.first: dict[str, int] | None = None

    def check(self, name: str, found: dict[str, int]) -> None:
        shown = ", ".join(f"{count:,} {what}" for what, count in found.items())
        for what in ("messages", "statuses"):
            if found[what] != self.bodies[what]:
                raise WrongResult(f"{name} stored {shown}; the bodies hold "
                                  f"{self.bodies[what]:,} {what}")
        if found["opt-outs"] == 0:
            raise WrongResult(f"{name} stored no opt-out, which the bodies hold")
        if self.first is not None and found != self.first:
            raise WrongResult(f"{name} stored {shown}; the first store holds {self.first}")
        self.first = found
        print(f"{name}: {shown} stored", flush=True)


def look(side: int, ask, messages: int, start: float) -> tuple[dict[str, int], list[float]]:
    """What a store holds, and after how many milliseconds 50 % and 99 % of it were there."""
    found = {what: int(ask(queries[side])) for what, queries in STORED.items()}
    places = [messages // 2, messages * 99 // 100]
    arrived = [int(ask(ARRIVED[side].format(place=place))) for place in places]
    return found, [moment / 1000 - start * 1000 for moment in arrived]


def body_arguments(options, stack: Stack) -> list[str]:
    """What makes wapi-load give the same bodies to everyone."""
    return ["--seed", str(options.seed), "--count", str(options.events),
            "--contacts", str(options.contacts), "--waba-id", stack.account.waba_id,
            "--phone-number-ids", ",".join(stack.account.phone_number_ids)]


def measure_wapi(name: str, options, results: Results,
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
        start, clock = time.monotonic(), time.time()
        stack.start_wapi()
        with Usage(*[stack.wapi.pid, *([postgres.pid] if postgres else [])]) as usage:
            stack.wait_until_idle(DRAIN_SECONDS_MAX, POLL_SECONDS)
            seconds = time.monotonic() - start
        stack.wapi.stop()
        found, arrivals_ms = look(WAPI, lambda query: ask_wapi(stack, postgres, query),
                                  results.bodies["messages"], clock)
    results.check(name, found)
    return Measurement(options.events / seconds, *arrivals_ms,
                       usage.cpu_seconds / options.events * 1000, usage.peak_bytes)


def ask_wapi(stack: Stack, postgres: PostgresServer | None, query: str) -> int:
    """One number from the server's own database, read when it is down."""
    if postgres:
        return int(postgres.execute(query, "wapi_pipeline"))
    with sqlite3.connect(stack.sqlite_file()) as database:
        return database.execute(query).fetchone()[0]


def measure_classic(options, results: Results, bodies: Path, numbers: list[str]) -> Measurement:
    """Fills the queue, starts the worker, waits until it is empty."""
    workspace = str(uuid.UUID(int=options.seed))
    with PostgresServer() as postgres:
        with ClassicPipeline(postgres, {number: workspace for number in numbers},
                             options.redis_fsync) as pipeline:
            if pipeline.enqueue(bodies) != options.events:
                raise WrongResult("the peer's queue does not hold every body")
            pipeline.start_worker()
            clock = time.time()
            with Usage(*pipeline.pids) as usage:
                drained = pipeline.wait_until_drained()
            found, arrivals_ms = look(PEER, lambda query: postgres.execute(query, "classic"),
                                      results.bodies["messages"], clock)
    results.check(CLASSIC, found)
    return Measurement(drained["processed"] / drained["seconds"], *arrivals_ms,
                       usage.cpu_seconds / options.events * 1000, usage.peak_bytes)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--contacts", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--redis-fsync", choices=["always", "everysec"], default="everysec")
    parser.add_argument("--skip-postgres", action="store_true", help="only wApi on SQLite")
    parser.add_argument("--only-classic", action="store_true", help="measure the peer alone")
    return parser.parse_args()


def measure(name: str, options, results: Results, bodies: Path) -> Measurement:
    """One phase of one stack on a new empty store."""
    if name == CLASSIC:
        return measure_classic(options, results, bodies, NUMBERS)
    if name == SQLITE:
        return measure_wapi(name, options, results, None)
    with PostgresServer() as postgres:
        return measure_wapi(name, options, results, postgres)


def run_rounds(options, names: list[str]) -> dict[str, Measurement]:
    """All stacks, several times over in turning order."""
    measured: dict[str, list[Measurement]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory(prefix="wapi-bodies-") as folder:
        bodies = Path(folder) / "bodies.jsonl"
        results = Results(run_load(
            "--seed", str(options.seed), "--count", str(options.events), "--contacts",
            str(options.contacts), "--phone-number-ids", *NUMBERS, "--write-bodies", str(bodies)))
        for number in range(options.rounds):
            for name in turned(names, number):
                result = measure(name, options, results, bodies)
                measured[name].append(result)
                print(f"round {number + 1} of {options.rounds}: {name}: {result.rate:,.0f} "
                      "events/s", flush=True)
    return {name: median_of(found) for name, found in measured.items()}


def compare(options, place: str) -> int:
    names = [CLASSIC] if options.only_classic else [CLASSIC, SQLITE]
    if not options.only_classic and not options.skip_postgres:
        names.append(POSTGRES)
    found = run_rounds(options, names)
    classic = found[CLASSIC].rate
    print(f"\nbacklog of {options.events:,} events, {options.contacts:,} contacts, Redis "
          f"appendfsync {options.redis_fsync}, medians of {options.rounds} rounds, {place}; p50 "
          "and p99: from the start of work until a message was in the inbox")
    print_table([(name, item, f"{item.rate / classic:.1f}x") for name, item in found.items()],
                "events/s")
    if options.only_classic:
        return 0
    ratio = found[SQLITE].rate / classic
    print(f"pipeline: {ratio:.1f}x of {RATIO_TARGET:.0f}x the classic worker")
    return 0 if ratio >= RATIO_TARGET else 1


def main() -> int:
    exit_on_terminate()
    options = parse_options()
    place = check_data_folder()
    install_packages()
    with no_builds():
        return compare(options, place)


if __name__ == "__main__":
    sys.exit(main())
