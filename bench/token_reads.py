#!/usr/bin/env python3
"""./x bench token: how long reading an access token takes, cold and from memory.

A number is connected, then `wapi vault measure` reads its token, on SQLite and on PostgreSQL: cold
is from the database, opened with the workspace's data key; cached is from the locked memory. The
targets hold for the default engine, SQLite; PostgreSQL's figures are printed beside them. The
median of the rounds counts.
"""
from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(PROJECT / "tools"), str(PROJECT / "bench")]
from figures import no_builds  # noqa: E402
from servers import PostgresServer, exit_on_terminate  # noqa: E402
from stack import Stack, StackFailed  # noqa: E402

COLD_MICROSECONDS_MAX = 200.0
CACHED_MICROSECONDS_MAX = 5.0
KINDS = ("coldMicroseconds", "cachedMicroseconds")


def measure(stack: Stack, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Figures by kind: the median of each over the rounds."""
    account = stack.account
    command = [str(stack.binaries / "wapi"), "vault", "measure", "--reads", str(options.reads),
               "--workspace", account.workspace["id"], "--name", f"token:{account.waba_id}"]
    rounds = []
    for _round in range(options.rounds):
        done = subprocess.run(command, env=stack.environment, cwd=stack.folder,
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise StackFailed(f"wapi vault measure failed: {done.stderr.strip()}")
        rounds.append(json.loads(done.stdout))
    return {kind: {name: median(item[kind][name] for item in rounds)
                   for name in ("mean", "p50", "p99")} for kind in KINDS}


def measure_engine(engine: str, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    if engine == "sqlite":
        with Stack() as stack:
            stack.set_up_account()
            return measure(stack, options)
    with PostgresServer() as postgres, Stack(postgres.url) as stack:
        stack.set_up_account()
        return measure(stack, options)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--reads", type=int, default=5_000, help="in each round, of each kind")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    exit_on_terminate()
    figures = {}
    with no_builds():
        print(f"{'microseconds':<12}{'':<8}{'mean':>10}{'p50':>10}{'p99':>10}")
        for engine in ("sqlite", "postgres"):
            figures[engine] = measure_engine(engine, options)
            for kind in KINDS:
                item = figures[engine][kind]
                print(f"{engine:<12}{kind.removesuffix('Microseconds'):<8}{item['mean']:>10.2f}"
                      f"{item['p50']:>10.2f}{item['p99']:>10.2f}", flush=True)
    cold, cached = (figures["sqlite"][kind]["mean"] for kind in KINDS)
    print(f"token: cold {cold / 1000:.3f} ms, cached {cached:.2f} us of 0.2 ms and 5 us")
    return 0 if cold < COLD_MICROSECONDS_MAX and cached < CACHED_MICROSECONDS_MAX else 1


if __name__ == "__main__":
    sys.exit(main())
