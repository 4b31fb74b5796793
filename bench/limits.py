#!/usr/bin/env python3
"""./x bench limits: what a rate-limit decision costs, and whether one workspace slows another.

Cost: wapi-bench-limits, nanoseconds. Fairness: one workspace reads its contacts at a steady pace
below its limit, alone and while another asks at 50 times the limit, in turning order; latency is
counted from when a request was due. Targets: docs/ARCHITECTURE.md, "Speed".
"""
from __future__ import annotations

import argparse
import json
import multiprocessing
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field

from figures import PROJECT, no_builds, turned

sys.path.insert(0, str(PROJECT / "tools"))

from servers import exit_on_terminate
from stack import Stack, json_request

P99_RATIO_TARGET = 1.5
COST_TARGET_NS = 2_000
LOUD_FACTOR = 50
LOUD_RATE_MIN = 0.95   # of what the loud one should ask, else the figures mean nothing
QUIET, LOUD = "alone", "beside a loud one"
PASSWORD = "correct horse battery staple"


@dataclass
class Asked:
    """What came of one pace of requests."""

    seconds: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)
    by_status: dict[int, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return sum(self.by_status.values())


class WrongResult(RuntimeError):
    """The server or the load did not do what the figures are about."""


def ask_once(connection: socket.socket, request: bytes) -> int:
    """Sends one request and reads the whole answer; gives its status."""
    connection.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer:
        more = connection.recv(65536)
        if not more:
            raise WrongResult("the server closed the connection")
        answer += more
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return int(head[9:12])


def ask_at_pace(port: int, token: str, per_second: float, until: float) -> Asked:
    """Requests that are due at a constant pace, on one connection, until a monotonic time."""
    request = (f"GET /api/v1/contacts?limit=1 HTTP/1.1\r\nHost: wapi\r\n"
               f"Authorization: Bearer {token}\r\n\r\n").encode()
    asked, begin = Asked(), time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while (due := begin + asked.count / per_second) < until:
            time.sleep(max(0.0, due - time.monotonic()))
            status = ask_once(connection, request)
            asked.latencies_ms.append((time.monotonic() - due) * 1000)
            asked.by_status[status] = asked.by_status.get(status, 0) + 1
    asked.seconds = time.monotonic() - begin
    return asked


def ask_loudly(results, *arguments) -> None:
    results.put(ask_at_pace(*arguments))


def measure(name: str, options, stack: Stack, tokens: list[str]) -> tuple[Asked, Asked | None]:
    """The quiet workspace for some seconds; and what the loud one got, when there was one."""
    results, loud = multiprocessing.Queue(), None
    until = time.monotonic() + options.seconds
    if name == LOUD:
        pace = options.per_minute / 60 * LOUD_FACTOR
        loud = multiprocessing.Process(
            target=ask_loudly, args=(results, stack.wapi.port, tokens[1], pace, until))
        loud.start()
    quiet = ask_at_pace(stack.wapi.port, tokens[0], options.per_minute / 60 * 0.9, until)
    if loud is None:
        return quiet, None
    noise = results.get(timeout=60)
    loud.join()
    return quiet, noise


def check(options, quiet: Asked, noise: Asked | None) -> None:
    if set(quiet.by_status) != {200}:
        raise WrongResult(f"the quiet workspace was answered {quiet.by_status}")
    if noise is None:
        return
    wanted = options.per_minute / 60 * LOUD_FACTOR
    if noise.count / noise.seconds < LOUD_RATE_MIN * wanted:
        raise WrongResult(f"the loud workspace asked {noise.count / noise.seconds:.0f} times a "
                          f"second, not {wanted:.0f}")
    if noise.by_status.get(200, 0) > options.per_minute * (1 + noise.seconds / 60) + 1:
        raise WrongResult(f"the loud workspace got more than its limit: {noise.by_status}")


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def sign_up(stack: Stack, number: int) -> str:
    status, answer = json_request(stack.wapi.port, "POST", "/api/v1/auth/signup", {
        "name": "Olga Owner", "email": f"owner{number}@example.com", "password": PASSWORD,
        "workspaceName": f"Shop {number}"})
    if status != 201:
        raise WrongResult(f"signup answered {status}: {answer}")
    return answer["token"]


def measure_fairness(options) -> float:
    """p99 beside a loud workspace, as a multiple of p99 alone."""
    latencies: dict[str, list[float]] = {QUIET: [], LOUD: []}
    with Stack(own_limits=True) as stack:
        stack.command("limits", "set-plan", "free", str(options.per_minute))
        tokens = [sign_up(stack, number) for number in range(2)]
        time.sleep(options.settle)  # the new limit is in force
        for number in range(options.rounds):
            for name in turned([QUIET, LOUD], number):
                quiet, noise = measure(name, options, stack, tokens)
                check(options, quiet, noise)
                latencies[name] += quiet.latencies_ms
                got = "" if noise is None else (f"; the loud one was answered {noise.by_status} "
                                                f"in {noise.seconds:.0f} s")
                print(f"round {number + 1} of {options.rounds}: {name}: {quiet.count} requests, "
                      f"p99 {percentile(quiet.latencies_ms, 0.99):.2f} ms{got}", flush=True)
    for name, values in latencies.items():
        print(f"{name}: {len(values)} requests, p50 {percentile(values, 0.5):.2f} ms, "
              f"p99 {percentile(values, 0.99):.2f} ms")
    return percentile(latencies[LOUD], 0.99) / percentile(latencies[QUIET], 0.99)


def measure_cost() -> dict[str, int]:
    done = subprocess.run([str(PROJECT / "build/release/wapi-bench-limits")], check=True,
                          capture_output=True, text=True)
    cost = json.loads(done.stdout)
    print("a decision takes, in nanoseconds: "
          + ", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in cost.items()))
    return cost


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=10.0, help="measured part of each phase")
    parser.add_argument("--settle", type=float, default=6.0)
    parser.add_argument("--per-minute", type=int, default=1_000, help="limit of both workspaces")
    return parser.parse_args()


def main() -> int:
    exit_on_terminate()
    options = parse_options()
    subprocess.run([str(PROJECT / "x"), "build", "release", "wapi-bench-limits"], check=True,
                   stdout=subprocess.DEVNULL)
    with no_builds():
        cost = measure_cost()
        ratio = measure_fairness(options)
    print(f"limits: p99 {ratio:.2f}x of {P99_RATIO_TARGET}x beside a workspace at {LOUD_FACTOR} "
          f"times its limit, {cost['whole']:,} ns of {COST_TARGET_NS:,} ns a decision")
    return 0 if ratio <= P99_RATIO_TARGET and cost["whole"] <= COST_TARGET_NS else 1


if __name__ == "__main__":
    sys.exit(main())
