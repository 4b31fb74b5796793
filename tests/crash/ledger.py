"""What was acknowledged, and what the database holds: the two sides of every count after a crash.

Load runs wapi-load, which appends each acknowledged message id to a file the moment its 200
arrives. stored_wamids() reads the messages straight from the database, past the program under test.
judge() compares the two; it is pure, so that a test can show it rows which the schema would refuse.
"""
from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from servers import PostgresServer  # noqa: E402
from stack import Stack  # noqa: E402

LOAD_SECONDS_MAX = 120
STORED = "SELECT wa_message_id FROM messages WHERE direction = 'inbound'"


@dataclass(frozen=True)
class Verdict:
    """`lost`: acknowledged and not stored. `doubled`: acknowledged and stored more than once."""

    acknowledged: int
    lost: int
    doubled: int

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(self.acknowledged + other.acknowledged, self.lost + other.lost,
                       self.doubled + other.doubled)

    @property
    def good(self) -> bool:
        return self.lost == 0 and self.doubled == 0


def judge(acknowledged: set[str], stored: list[str]) -> Verdict:
    """Counts over all that was ever acknowledged, rounds of the past included."""
    times = Counter(stored)
    return Verdict(len(acknowledged), sum(1 for wamid in acknowledged if times[wamid] == 0),
                   sum(1 for wamid in acknowledged if times[wamid] > 1))


def read_ledger(path: Path) -> set[str]:
    return set(path.read_text().split()) if path.exists() else set()


def stored_wamids(stack: Stack, postgres: PostgresServer | None) -> list[str]:
    """The ids of all inbound messages, one for each row."""
    if postgres is not None:
        return postgres.execute(STORED).split()
    connection = sqlite3.connect(f"file:{stack.sqlite_file()}?mode=ro", uri=True)
    try:
        return [row[0] for row in connection.execute(STORED)]
    finally:
        connection.close()


def delete_one(stack: Stack, postgres: PostgresServer | None, wamid: str) -> None:
    """The canary: makes one loss, which the count must then report."""
    statement = f"DELETE FROM messages WHERE wa_message_id = '{wamid}'"
    if postgres is not None:
        postgres.execute(statement)
        return
    connection = sqlite3.connect(stack.sqlite_file(), timeout=30)
    with connection:
        connection.execute(statement)
    connection.close()


class Load:
    """wapi-load in the background: inbound messages at a rate, repeated until answered 200."""

    def __init__(self, stack: Stack, ledger: Path, *, seconds: float, rate: float, seed: int,
                 repeat: bool = True) -> None:
        command = [str(stack.binaries / "wapi-load"), "--port", str(stack.wapi.port),
                   "--seed", str(seed), "--duration", str(seconds), "--rate", str(rate),
                   "--connections", "32", "--contacts", "2000", "--status-percent", "0",
                   "--prepare", "1000", "--timeout-ms", "5000", "--ledger", str(ledger)]
        # The secret goes by the environment: a command line is everybody's to read.
        environment = {**os.environ, "META_APP_SECRET": stack.app_secret}
        self.process = subprocess.Popen(command + (["--repeat"] if repeat else []),
                                        env=environment, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)

    def finish(self) -> dict:
        """Waits for the end and gives the report; errors are part of it, since servers die here."""
        out, errors = self.process.communicate(timeout=LOAD_SECONDS_MAX)
        if not out.strip():
            raise RuntimeError(f"wapi-load ended with {self.process.returncode}: {errors}")
        return json.loads(out.splitlines()[-1])

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
