#!/usr/bin/env python3
"""./x crash vault: the master key is rotated, and the rotation killed, while messages are sent.

Per engine and round: the server is restarted with a new TOKEN_MASTER_KEY and the old one as
TOKEN_MASTER_KEY_PREVIOUS; while clients send without pause, each send reading its token cold,
`wapi vault rotate` is killed at a random moment among its batches, then run to its end. No send may
fail for a secret, every data key must open with the new master key alone (vault_rows.py, which
shares no code with wApi), and every workspace's audit chain must be whole. The same seed (printed)
kills at the same moments. --canary leaves the previous key out: a run that does not report what
fails then is broken.
"""
from __future__ import annotations

import argparse
import contextlib
import http.client
import itertools
import json
import os
import random
import secrets
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(PROJECT / "tests/e2e"), str(PROJECT / "tests/crash"), str(PROJECT / "tools")]
from servers import exit_on_terminate  # noqa: E402
from shop import Shop, wait_for  # noqa: E402
from stack import StackFailed  # noqa: E402
from vault_rows import Rows  # noqa: E402

ROWS = 400
BATCH = 5            # small, so that a rotation has many moments to be killed at
SENDERS = 3
KILL_ATTEMPTS_MAX = 20
ROTATE_SECONDS_MAX = 60
SETTLE_SECONDS_MAX = 90.0
SETTINGS = {"VAULT_CACHE_MS": "0", "SEND_RETRY_MS": "300,600,1200,2400"}
# What the server says, in an answer or its log, when a secret could not be had.
SECRET_FAILURES = ("vault_secret_invalid", "secret_not_found", "vault.secret_invalid",
                   "sender.token_not_read", "secret_store")
SETTLED = ("sent", "delivered", "read")


@dataclass
class Outcome:
    sends: int = 0
    failed: int = 0     # sends that failed for a secret, or were not sent in the end
    rows_left: int = 0  # data keys that the newest master key alone does not open
    kills: int = 0

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.sends + other.sends, self.failed + other.failed,
                       self.rows_left + other.rows_left, self.kills + other.kills)

    @property
    def good(self) -> bool:
        return self.failed == 0 and self.rows_left == 0


class Senders:
    """Clients that send without pause; one that finds no server tries again."""

    def __init__(self, shop: Shop, customers: list) -> None:
        self.shop = shop
        self.answers: list[tuple[int, object]] = []
        self.ended = threading.Event()
        self.numbers = itertools.count(1)
        self.threads = [threading.Thread(target=self._run, args=(customer,), daemon=True)
                        for customer in customers]
        for thread in self.threads:
            thread.start()

    def _run(self, customer) -> None:
        while not self.ended.is_set():
            try:
                self.answers.append(self.shop.send(customer, f"Message {next(self.numbers)}"))
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)  # between two servers

    def stop(self) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def failed(self) -> list:
        """Answers that tell of a secret; others, such as 503 at the start, are the clients'."""
        return [answer for answer in self.answers
                if any(word in json.dumps(answer) for word in SECRET_FAILURES)]


class VaultCrash:
    """All rounds on one engine."""

    def __init__(self, engine: str, options: argparse.Namespace) -> None:
        self.options = options
        self.engine = engine
        self.random = random.Random(f"{options.seed} {engine}")
        self.shop = Shop(engine, environment=SETTINGS)
        self.rows = Rows(self.shop.sql, engine == "postgres")
        self.rotation_seconds = 1.0  # of a whole one; measured by each

    def run(self) -> Outcome:
        with self.shop:
            self.shop.sql("UPDATE workspaces SET plan = 'enterprise'")
            customers = self.shop.new_customers(SENDERS)
            self.rows.add(ROWS, self.master_key)
            self.rows.not_on(self.master_key)  # notes the shop's own data key too
            senders = Senders(self.shop, customers)
            outcome = Outcome()
            try:
                for number in range(1, self.options.rounds + 1):
                    outcome += self.one_round(number)
            finally:
                senders.stop()
            return outcome + self.judge_sends(senders)

    @property
    def master_key(self) -> bytes:
        return bytes.fromhex(self.shop.stack.environment["TOKEN_MASTER_KEY"])

    def one_round(self, number: int) -> Outcome:
        stack, before = self.shop.stack, self.shop.stack.environment["TOKEN_MASTER_KEY"]
        keys = {"TOKEN_MASTER_KEY": secrets.token_hex(32), "TOKEN_MASTER_KEY_PREVIOUS": before}
        if self.options.canary and number == self.options.rounds:
            stack.environment.pop("TOKEN_MASTER_KEY_PREVIOUS", None)
            # With a key that opens nothing the server would refuse to start.
            self.rows.add(1, bytes.fromhex(keys["TOKEN_MASTER_KEY"]), first=ROWS)
            stack.restart({"TOKEN_MASTER_KEY": keys["TOKEN_MASTER_KEY"]})
            time.sleep(1.0)
            return Outcome(rows_left=len(self.rows.not_on(self.master_key)))
        stack.restart(keys)
        killed_after, rotated = self.kill_among_batches()
        begin = time.monotonic()
        code, output = self.rotate()
        self.rotation_seconds = max(0.2, time.monotonic() - begin)
        left = self.rows.not_on(self.master_key)
        print(f"{self.engine} round {number}: killed after {killed_after:.3f} s with {rotated} of "
              f"{ROWS + 1} data keys rotated, then exit {code}, {len(left)} left", flush=True)
        if code != 0:
            raise StackFailed(f"the rotation that was not killed failed: {output}")
        return Outcome(rows_left=len(left), kills=1)

    def kill_among_batches(self) -> tuple[float, int]:
        """Starts a rotation and kills it when some, but not all, is done; else tries again."""
        before = bytes.fromhex(self.shop.stack.environment["TOKEN_MASTER_KEY_PREVIOUS"])
        for _attempt in range(KILL_ATTEMPTS_MAX):
            process = self.start_rotation()
            delay = self.random.uniform(0.0, self.rotation_seconds)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(delay)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            rotated, left = self.rows.count_on(self.master_key), self.rows.count_on(before)
            if process.returncode == -signal.SIGKILL and rotated > 0 and left > 0:
                return delay, rotated
            if process.returncode not in (0, -signal.SIGKILL):
                raise StackFailed(f"a rotation ended with {process.returncode}")
            if left == 0:
                self.rotation_seconds = max(0.2, self.rotation_seconds * 0.8)
                self.put_back()
        raise StackFailed("no rotation could be killed among its batches")

    def put_back(self) -> None:
        """Rotates all back to the previous key, so that there is something to kill again."""
        settings = self.shop.stack.environment
        swapped = {**settings, "TOKEN_MASTER_KEY": settings["TOKEN_MASTER_KEY_PREVIOUS"],
                   "TOKEN_MASTER_KEY_PREVIOUS": settings["TOKEN_MASTER_KEY"]}
        process = self.start_rotation(swapped)
        if process.wait(ROTATE_SECONDS_MAX) != 0:
            raise StackFailed(f"rotating back failed: {process.communicate()[0]}")

    def start_rotation(self, environment: dict[str, str] | None = None) -> subprocess.Popen:
        stack = self.shop.stack
        return subprocess.Popen([str(stack.binaries / "wapi"), "vault", "rotate",
                                 "--batch", str(BATCH)],
                                env=environment or stack.environment, cwd=stack.folder,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def rotate(self) -> tuple[int, str]:
        process = self.start_rotation()
        output = process.communicate(timeout=ROTATE_SECONDS_MAX)[0]
        return process.returncode, output

    def judge_sends(self, senders: Senders) -> Outcome:
        """Everything that was accepted must have left, and nothing tell of a secret."""
        taken = {answer[1]["messageId"] for answer in senders.answers if answer[0] in (200, 202)}
        failed = len(senders.failed())
        log = self.shop.stack.wapi.log.read_text(errors="replace")
        failed += sum(1 for line in log.splitlines()
                      if any(word in line for word in SECRET_FAILURES))
        if failed == 0:
            wait_for("an empty outbox", lambda: self.shop.sql(
                "SELECT COUNT(*) FROM jobs WHERE queue LIKE 'outbox%'")[0][0] in (0, "0"),
                SETTLE_SECONDS_MAX)
            status = {row[0]: row[1] for row in self.shop.outbound("message_id, status")}
            failed += sum(1 for message in taken if status.get(message) not in SETTLED)
            self.check_chains()
        if not taken:
            raise StackFailed("nothing was sent: it proved nothing")
        print(f"{self.engine}: {len(taken)} sends, {failed} failed", flush=True)
        return Outcome(sends=len(taken), failed=failed)

    def check_chains(self) -> None:
        stack = self.shop.stack
        done = subprocess.run([str(stack.binaries / "wapi"), "audit", "verify"],
                              env=stack.environment, cwd=stack.folder, capture_output=True,
                              text=True, check=False)
        if done.returncode != 0:
            raise StackFailed(f"an audit chain is broken: {done.stderr.strip()}")


def parse_options(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20, help="kills per engine")
    parser.add_argument("--engine", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1, 100_000))
    parser.add_argument("--canary", action="store_true",
                        help="no previous key in the last round; must be reported")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("--rounds must be 1 or more")
    return options


def main() -> int:
    exit_on_terminate()
    options = parse_options()
    os.environ.setdefault("WAPI_TEST_PRESET", "release")
    engines = ("sqlite", "postgres") if options.engine == "both" else (options.engine,)
    print(f"seed {options.seed}", flush=True)
    total = Outcome()
    for engine in engines:
        total += VaultCrash(engine, options).run()
    print(f"vault: {total.sends} sends, {total.failed} failed, {total.kills} kills, "
          f"{total.rows_left} data keys left on an older master key (target: none)", flush=True)
    return 0 if total.good else 1


if __name__ == "__main__":
    sys.exit(main())
