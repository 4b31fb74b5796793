#!/usr/bin/env python3
"""./x bench realtime: 10,000 listeners of live events over 100 workspaces hear what is theirs.

A fifth of each workspace's connections is the owner's, of an API key that sees everything, of one
that sees nothing, and of two members restricted to one tag each. Contacts with either tag are made
at a steady pace, alone and beside clients that stopped reading, in turning order. Every listener
must have been told exactly what it may see, once. Targets: docs/ARCHITECTURE.md, "Speed".
"""
from __future__ import annotations

import argparse
import resource
import sys
import time
from dataclasses import dataclass

from figures import PROJECT, no_builds, turned
from listeners import ALL, NONE, Listeners, Report, Seat, Sent, Stalled, contact_name
from usage import memory_bytes

sys.path.insert(0, str(PROJECT / "tools"))

from servers import PostgresServer, exit_on_terminate
from stack import LIFTED_PER_MINUTE, OWNER_PASSWORD, Stack, json_request

TAGS = ("vip", "plain")
HEAVY_TAG = "heavy"      # of contacts so large that who does not read them is in the way
HEAVY_BYTES = 8_000
KINDS_OF_SEATS = 5
P99_RATIO_TARGET = 1.5
MEMORY_TARGET_BYTES = 32 * 1024
QUIET, STALLED = "alone", "beside stalled readers"
DESCRIPTORS_SPARE = 2_500
CUT_SECONDS_MAX = 30.0


class WrongResult(RuntimeError):
    """The server or the load did not do what the figures are about."""


@dataclass
class Workspace:
    number: int
    owner: str           # access tokens
    members: dict[str, str]   # by the tag that they see
    seeing_key: str
    blind_key: str

    def seats(self, each: int) -> list[Seat]:
        people = [(self.owner, ALL), (self.seeing_key, ALL), (self.blind_key, NONE),
                  *((self.members[tag], tag) for tag in TAGS)]
        return [Seat(self.number, token, sees) for token, sees in people for _ in range(each)]


class Api:
    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def ask(self, method: str, path: str, token: str | None, body: dict) -> dict:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        status, answer = json_request(self.stack.wapi.port, method, "/api/v1" + path, body, headers)
        if status not in (200, 201):
            raise WrongResult(f"{method} {path} answered {status}: {answer}")
        return answer

    def make_workspace(self, number: int) -> Workspace:
        owner = self.ask("POST", "/auth/signup", None, {
            "name": "Olga Owner", "email": f"owner{number}@example.com",
            "password": OWNER_PASSWORD, "workspaceName": f"Shop {number}"})["token"]
        members = {tag: self.join(owner, f"{tag}{number}@example.com", tag)
                   for tag in (*TAGS, HEAVY_TAG)}
        return Workspace(number, owner, members, self.make_key(owner, ["viewContacts"]),
                         self.make_key(owner, ["viewTemplates"]))

    def join(self, owner: str, email: str, tag: str) -> str:
        """A manager who sees that tag only: the access token."""
        invite = self.ask("POST", "/admin/team/invite", owner,
                          {"email": email, "role": "manager"})
        self.ask("POST", "/auth/accept-invite", None, {
            "token": invite["link"].split("#token=")[1], "name": "Mia Member",
            "password": OWNER_PASSWORD})
        login = self.ask("POST", "/auth/login", None,
                         {"email": email, "password": OWNER_PASSWORD})
        self.ask("PATCH", f"/admin/team/members/{login['user']['id']}/restrictions", owner,
                 {"assignedTags": [tag], "assignedPhones": []})
        return login["token"]

    def make_key(self, owner: str, permissions: list[str]) -> str:
        return self.ask("POST", "/api-keys", owner,
                        {"name": "Bench", "permissions": permissions})["secret"]

    def make_contact(self, workspace: Workspace, number: int, tag: str, filling: str = "") -> str:
        name = contact_name(workspace.number, number)
        self.ask("POST", "/contacts", workspace.owner, {
            "phone": f"+43660{number:07}", "name": name, "tags": [tag],
            "attributes": {"filling": filling} if filling else {}})
        return name


class Bench:
    def __init__(self, options, stack: Stack) -> None:
        self.options = options
        self.stack = stack
        self.api = Api(stack)
        self.made = 0
        self.latencies: dict[str, list[float]] = {QUIET: [], STALLED: []}

    def set_up(self) -> list[Workspace]:
        begin = time.monotonic()
        workspaces = [self.api.make_workspace(number) for number in range(self.options.workspaces)]
        print(f"{len(workspaces)} workspaces with 4 people and 2 keys each in "
              f"{time.monotonic() - begin:.0f} s", flush=True)
        return workspaces

    def make(self, sent: Sent, workspace: Workspace, tag: str, filling: str = "") -> None:
        self.made += 1
        name = self.api.make_contact(workspace, self.made, tag, filling)
        sent.setdefault(workspace.number, []).append((tag, name))

    def make_at_pace(self, sent: Sent, workspaces: list[Workspace]) -> None:
        begin = time.monotonic()
        for number in range(self.options.events):
            time.sleep(max(0.0, begin + number / self.options.per_second - time.monotonic()))
            self.make(sent, workspaces[number % len(workspaces)], TAGS[self.made % 2])

    def measure(self, name: str, workspaces: list[Workspace], listeners: Listeners) -> Report:
        sent: Sent = {}
        stalled: list[Stalled] = []
        if name == STALLED:
            some = workspaces[:self.options.stalled]
            stalled = [Stalled(self.stack.wapi.port, item.members[HEAVY_TAG]) for item in some]
            self.block(some, listeners)
        self.make_at_pace(sent, workspaces)
        report = listeners.report(sent)
        self.wait_until_cut(listeners.count)
        for client in stalled:
            client.close()
        return report

    def wait_until_cut(self, listeners: int) -> None:
        """The server cuts who does not read; one that it does not cut was in nobody's way."""
        until = time.monotonic() + CUT_SECONDS_MAX
        while self.stack.metric("wapi_realtime_connections") > listeners:
            if time.monotonic() > until:
                raise WrongResult("a client that stopped reading is still connected")
            time.sleep(0.1)

    def block(self, workspaces: list[Workspace], listeners: Listeners) -> None:
        """Makes contacts until the sockets of those who do not read are full."""
        sent: Sent = {}
        for _ in range(self.options.heavy):
            for workspace in workspaces:
                self.make(sent, workspace, HEAVY_TAG, "x" * HEAVY_BYTES)
        check(listeners.report(sent))

    def run(self) -> bool:
        workspaces = self.set_up()
        each = self.options.listeners // self.options.workspaces // KINDS_OF_SEATS
        seats = [seat for workspace in workspaces for seat in workspace.seats(each)]
        before, begin = memory_bytes(self.stack.wapi.pid), time.monotonic()
        with Listeners(self.stack.wapi.port, seats, self.options.processes) as listeners:
            print(f"{listeners.count:,} connected in {time.monotonic() - begin:.0f} s", flush=True)
            each_bytes = (memory_bytes(self.stack.wapi.pid) - before) / listeners.count
            print(f"memory: {before / 1e6:.0f} MB before, {each_bytes / 1024:.1f} KiB for each "
                  f"connection", flush=True)
            for number in range(self.options.rounds):
                for name in turned([QUIET, STALLED], number):
                    self.round(name, workspaces, listeners)
            return self.judge(each_bytes)

    def round(self, name: str, workspaces: list[Workspace], listeners: Listeners) -> None:
        report = self.measure(name, workspaces, listeners)
        check(report)
        self.latencies[name] += report.latencies_ms
        print(f"{name}: {report.right:,} events told, each to whom it may concern; p50 "
              f"{percentile(report.latencies_ms, 0.5):.1f} ms, p99 "
              f"{percentile(report.latencies_ms, 0.99):.1f} ms; server "
              f"{memory_bytes(self.stack.wapi.pid) / 1e6:.0f} MB", flush=True)

    def judge(self, each_bytes: float) -> bool:
        ratio = (percentile(self.latencies[STALLED], 0.99)
                 / percentile(self.latencies[QUIET], 0.99))
        print(f"realtime: {each_bytes / 1024:.1f} KiB of {MEMORY_TARGET_BYTES / 1024:.0f} KiB for "
              f"each connection, p99 {ratio:.2f}x of {P99_RATIO_TARGET}x beside stalled readers")
        return each_bytes <= MEMORY_TARGET_BYTES and ratio <= P99_RATIO_TARGET


def check(report: Report) -> None:
    if report.missing or report.wrong or report.resyncs or not report.right:
        raise WrongResult(f"{report.right} told, {report.missing} missing, {report.wrong} that "
                          f"were not to be seen or came twice, {report.resyncs} resyncs")


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def check_descriptors(listeners: int) -> None:
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if allowed < listeners + listeners // 8 + DESCRIPTORS_SPARE:
        sys.exit(f"{listeners} listeners need more than the {allowed} files that this system lets "
                 "a process open; raise `ulimit -n` or give --listeners")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--postgres", action="store_true", help="instead of SQLite")
    parser.add_argument("--listeners", type=int, default=10_000)
    parser.add_argument("--workspaces", type=int, default=100)
    parser.add_argument("--processes", type=int, default=4, help="of the listeners")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--events", type=int, default=200, help="of a round")
    parser.add_argument("--per-second", type=float, default=20)
    parser.add_argument("--stalled", type=int, default=4, help="clients that stop reading")
    parser.add_argument("--heavy", type=int, default=40, help="large contacts to each of them")
    return parser.parse_args()


def measure(options, database_url: str | None) -> bool:
    with Stack(database_url) as stack:
        stack.command("limits", "set-form", "session", str(LIFTED_PER_MINUTE))
        return Bench(options, stack).run()


def main() -> int:
    exit_on_terminate()
    options = parse_options()
    check_descriptors(options.listeners)
    with no_builds():
        if not options.postgres:
            return 0 if measure(options, None) else 1
        with PostgresServer() as server:
            return 0 if measure(options, server.create_database("realtime")) else 1


if __name__ == "__main__":
    sys.exit(main())
