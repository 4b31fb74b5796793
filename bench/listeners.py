"""Many WebSocket listeners in a process of their own, over the library that programs use.

Each knows which contacts its member may see, by tag, and keeps the names it was told. What they are
asked, and their answers, go through a pipe, as totals.
"""
from __future__ import annotations

import asyncio
import json
import multiprocessing
import socket
import time
from collections import Counter
from dataclasses import dataclass, field

import websockets

# Tag and name of the contacts that were made, by the workspace's number.
Sent = dict[int, list[tuple[str, str]]]
AT_ONCE = 50              # handshakes of one process
ANSWER_SECONDS_MAX = 300.0
COMING_SECONDS_MAX = 60.0
ALL, NONE = "all", "none"


@dataclass
class Seat:
    """Who listens: a workspace's number, a token, and the tag that is seen, ALL or NONE."""

    workspace: int
    token: str
    sees: str


@dataclass
class Report:
    """What the listeners of a process were told, beside what they should have been."""

    right: int = 0
    missing: int = 0
    wrong: int = 0           # not theirs to see, or twice
    resyncs: int = 0
    latencies_ms: list[float] = field(default_factory=list)


def contact_name(workspace: int, number: int) -> str:
    """Carries when it was sent; the clock is the machine's, the same in each process."""
    return f"{workspace}/{number}/{time.monotonic_ns()}"


class Listener:
    def __init__(self, port: int, seat: Seat) -> None:
        self.url = f"ws://127.0.0.1:{port}/api/v1/realtime"
        self.seat = seat
        self.told: list[str] = []
        self.latencies_ms: list[float] = []
        self.kinds: Counter[str] = Counter()
        self.ready = asyncio.Event()
        self.pong = asyncio.Event()
        self.socket = None

    async def open(self, gate: asyncio.Semaphore) -> None:
        async with gate:
            self.socket = await websockets.connect(self.url, compression=None, ping_interval=None,
                                                   open_timeout=60, max_queue=None)
            await self.socket.send(json.dumps({"type": "hello", "token": self.seat.token}))
            self.reader = asyncio.create_task(self.read())
            await asyncio.wait_for(self.ready.wait(), 60)

    async def read(self) -> None:
        async for text in self.socket:
            message = json.loads(text)
            kind = message["type"]
            self.kinds[kind] += 1
            if kind == "contact.changed":
                name = message["data"]["contact"]["name"]
                self.told.append(name)
                sent = int(name.rsplit("/", 1)[1])
                self.latencies_ms.append((time.monotonic_ns() - sent) / 1e6)
            elif kind == "ready":
                self.ready.set()
            elif kind == "pong":
                self.pong.set()

    async def settle(self) -> None:
        """A pong follows everything that came before it."""
        self.pong.clear()
        await self.socket.send('{"type":"ping"}')
        await asyncio.wait_for(self.pong.wait(), 60)

    def wanted(self, sent: Sent) -> Counter[str]:
        return Counter(name for tag, name in sent.get(self.seat.workspace, ())
                       if self.seat.sees in (ALL, tag))

    def report(self, sent: Sent, into: Report) -> None:
        wanted, told = self.wanted(sent), Counter(self.told)
        into.right += (wanted & told).total()
        into.missing += (wanted - told).total()
        into.wrong += (told - wanted).total()
        into.resyncs += self.kinds["resync"]
        into.latencies_ms += self.latencies_ms
        self.told, self.latencies_ms = [], []
        self.kinds.clear()


async def all_told(listeners: list[Listener], sent: Sent) -> None:
    """Waits until everybody was told as much as they should be, but not for ever; and whatever was
    on its way to anybody has come."""
    until = time.monotonic() + COMING_SECONDS_MAX
    wanted = [listener.wanted(sent).total() for listener in listeners]
    while time.monotonic() < until and any(
            len(listener.told) < count for listener, count in zip(listeners, wanted)):
        await asyncio.sleep(0.05)
    await asyncio.gather(*(listener.settle() for listener in listeners))


async def serve(port: int, seats: list[Seat], pipe) -> None:
    listeners = [Listener(port, seat) for seat in seats]
    gate = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(listener.open(gate) for listener in listeners))
    pipe.send(len(listeners))
    loop = asyncio.get_running_loop()
    while (sent := await loop.run_in_executor(None, pipe.recv)) is not None:
        await all_told(listeners, sent)
        report = Report()
        for listener in listeners:
            listener.report(sent, report)
        pipe.send(report)


def run(port: int, seats: list[Seat], pipe) -> None:
    try:
        asyncio.run(serve(port, seats, pipe))
    except Exception as failure:  # raised again by whoever asks
        pipe.send(failure)


class Listeners:
    """The processes of all listeners. Use as a context manager; they are connected inside."""

    def __init__(self, port: int, seats: list[Seat], processes: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.pipes, self.processes = [], []
        for number in range(processes):
            own, others = spawn.Pipe()
            self.pipes.append(own)
            self.processes.append(spawn.Process(target=run, daemon=True,
                                                args=(port, seats[number::processes], others)))

    def __enter__(self) -> "Listeners":
        for process in self.processes:
            process.start()
        self.count = sum(self.answers())
        return self

    def __exit__(self, *_error) -> None:
        for process in self.processes:
            process.terminate()
            process.join()

    def answers(self) -> list:
        found = []
        for pipe in self.pipes:
            if not pipe.poll(ANSWER_SECONDS_MAX):
                raise TimeoutError("a process of listeners does not answer")
            found.append(pipe.recv())
            if isinstance(found[-1], Exception):
                raise found[-1]
        return found

    def report(self, sent: Sent) -> Report:
        """What was told since the last report, once everything has come."""
        for pipe in self.pipes:
            pipe.send(sent)
        whole = Report()
        for part in self.answers():
            whole.right += part.right
            whole.missing += part.missing
            whole.wrong += part.wrong
            whole.resyncs += part.resyncs
            whole.latencies_ms += part.latencies_ms
        return whole


class Stalled:
    """A client that says hello, waits for the answer and reads nothing more."""

    def __init__(self, port: int, token: str) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect(("127.0.0.1", port))
        asyncio.run(self.hello(port, token))

    async def hello(self, port: int, token: str) -> None:
        # A copy of the descriptor, which the library closes.
        opened = await websockets.connect(f"ws://127.0.0.1:{port}/api/v1/realtime",
                                          sock=self.socket.dup(), compression=None,
                                          ping_interval=None, max_queue=1, read_limit=1024)
        await opened.send(json.dumps({"type": "hello", "token": token}))
        assert json.loads(await opened.recv())["type"] == "ready"
        opened.transport.abort()

    def close(self) -> None:
        self.socket.close()
