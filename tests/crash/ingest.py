#!/usr/bin/env python3
"""./x crash ingest: what was answered 200 survives kill -9, on both engines, and a full disk.

Per engine and round: signed webhooks flow in, the server is killed at a random moment under load
(in every fourth round on PostgreSQL the database instead, all its processes at once), started again
on the same data while the load goes on, and left to drain. Then each message id that was ever
acknowledged must be in the table exactly once. The same seed (printed) kills at the same moments.
--canary deletes a row before the last count; a run that does not report it is broken.
"""
from __future__ import annotations

import argparse
import contextlib
import os
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from crashing_postgres import CrashingPostgres  # noqa: E402
from full_disk import check_may_mount, run_full_disk  # noqa: E402
from ledger import Load, Verdict, delete_one, judge, read_ledger, stored_wamids  # noqa: E402

from servers import exit_on_terminate  # noqa: E402
from stack import Stack, StackFailed  # noqa: E402

NO_VERDICT = Verdict(0, 0, 0)
PRESET = os.environ.get("WAPI_TEST_PRESET", "release")
DRAIN_SECONDS_MAX = 180.0
DATABASE_ROUND = 4  # on PostgreSQL every round with this divisor kills the database
# A poison webhook would be a loss; retries are short so that a drain does not take minutes.
SETTINGS = {"WEBHOOK_RETRY_MS": "100,200,400,800,1600,3200", "WAPI_DISK_FREE_MB_MIN": "0"}


def drain(stack: Stack) -> float:
    """Waits until no webhook is left to work on; the server may still be finding its database."""
    begin = time.monotonic()
    while time.monotonic() - begin < DRAIN_SECONDS_MAX:
        try:
            if stack.pending() == 0:
                return time.monotonic() - begin
        except StackFailed:
            pass  # it answers 503 until the database is back
        time.sleep(0.05)
    raise StackFailed(f"not drained after {DRAIN_SECONDS_MAX:.0f} s: {stack.health()}")


class Crashes:
    """The rounds on one engine: one data set that lives through all of them."""

    def __init__(self, engine: str, options: argparse.Namespace, stack: Stack,
                 postgres: CrashingPostgres | None) -> None:
        self.engine = engine
        self.options = options
        self.stack = stack
        self.postgres = postgres
        self.ledger = stack.folder / "acknowledged.txt"
        self.random = random.Random(f"{options.seed} {engine}")

    def run(self) -> Verdict:
        self.stack.set_up_account()
        verdict = NO_VERDICT
        for number in range(1, self.options.rounds + 1):
            verdict = self.one_round(number)
            if not verdict.good:
                break
        dead = self.stack.health()["queue"]["dead"]
        print(f"{self.engine}: rounds {number}, acknowledged {verdict.acknowledged}, "
              f"lost {verdict.lost}, doubled {verdict.doubled}, dead letters {dead}", flush=True)
        return verdict

    def one_round(self, number: int) -> Verdict:
        before = len(read_ledger(self.ledger))
        seconds = self.options.seconds
        kill_after = self.random.uniform(0.1, 0.8) * seconds
        kills_database = self.postgres is not None and number % DATABASE_ROUND == 0
        load = Load(self.stack, self.ledger, seconds=seconds, rate=self.options.rate,
                    seed=self.options.seed * 1_000 + number)
        try:
            time.sleep(kill_after)
            self.crash(kills_database)
            load.finish()
        finally:
            load.stop()
        drained = drain(self.stack)
        acknowledged = read_ledger(self.ledger)
        if self.options.canary and number == self.options.rounds:
            delete_one(self.stack, self.postgres, min(acknowledged))
        verdict = judge(acknowledged, stored_wamids(self.stack, self.postgres))
        what = "database" if kills_database else "wapi"
        print(f"{self.engine} round {number}: {what} killed after {kill_after:.3f} s, "
              f"+{len(acknowledged) - before} acknowledged, drained in {drained:.1f} s, "
              f"lost {verdict.lost}, doubled {verdict.doubled} of {len(acknowledged)}", flush=True)
        if len(acknowledged) == before:
            raise StackFailed("nothing was acknowledged in this round: it proved nothing")
        return verdict

    def crash(self, kills_database: bool) -> None:
        if kills_database:
            self.postgres.kill9()
            self.postgres.come_back()
        else:
            self.stack.kill9()
            self.stack.start_wapi()


def run_engine(engine: str, options: argparse.Namespace) -> Verdict:
    with contextlib.ExitStack() as cleanup:
        postgres = None
        if engine == "postgres":
            postgres = cleanup.enter_context(CrashingPostgres())
        stack = Stack(postgres.url if postgres else None, environment=SETTINGS, preset=PRESET)
        cleanup.enter_context(stack)
        return Crashes(engine, options, stack, postgres).run()


def parse_options(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--seconds", type=float, default=2.0, help="load per round")
    parser.add_argument("--rate", type=float, default=1500.0, help="webhooks per second")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 100_000))
    parser.add_argument("--canary", action="store_true", help="lose one row; must be reported")
    parser.add_argument("--disk", action=argparse.BooleanOptionalAction, default=True,
                        help="the full-disk round (needs root, for a small tmpfs)")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("--rounds must be 1 or more")
    return options


def main() -> int:
    exit_on_terminate()
    options = parse_options()
    engines = ("sqlite", "postgres") if options.engine == "both" else (options.engine,)
    with_disk = options.disk and not options.canary and "sqlite" in engines
    if with_disk:
        check_may_mount()
    print(f"seed {options.seed}", flush=True)
    total = NO_VERDICT
    for engine in engines:
        total += run_engine(engine, options)
    if with_disk:
        total += run_full_disk(PRESET)
    print(f"ingest: {total.acknowledged} acknowledged, lost {total.lost}, "
          f"doubled {total.doubled} (target: none)", flush=True)
    return 0 if total.good else 1


if __name__ == "__main__":
    sys.exit(main())
