"""A client of live events for tests: a WebSocket in a thread of its own, with plain calls.

It is the library that programs use (python3-websockets). Every wait ends after WAIT_SECONDS_MAX.
"""
from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time

import websockets

WAIT_SECONDS_MAX = 15.0


class Listener:
    """One connection. `messages` is all it was told; `code` is why it was closed."""

    def __init__(self, port: int, token: str | None = None, headers: dict | None = None,
                 **hello) -> None:
        self.messages: list[dict] = []
        self.code: int | None = None
        self.changed = threading.Condition()
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.socket = self.call(self.connect(f"ws://127.0.0.1:{port}/api/v1/realtime", headers))
        asyncio.run_coroutine_threadsafe(self.read(), self.loop)
        if token is not None:
            self.say(type="hello", token=token, **hello)

    @staticmethod
    async def connect(url: str, headers: dict | None):
        return await websockets.connect(url, extra_headers=headers, max_size=2 ** 22,
                                        open_timeout=WAIT_SECONDS_MAX)

    async def read(self) -> None:
        try:
            async for text in self.socket:
                with self.changed:
                    self.messages.append(json.loads(text))
                    self.changed.notify_all()
        except websockets.ConnectionClosed:
            pass
        with self.changed:
            self.code = self.socket.close_code
            self.changed.notify_all()

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(WAIT_SECONDS_MAX)

    def say(self, **message) -> None:
        self.say_raw(json.dumps(message))

    def say_raw(self, text) -> None:
        """Text, bytes, or a list of pieces, which go out as one message in fragments.

        The server may close before it has read all: `code` tells why.
        """
        with contextlib.suppress(websockets.ConnectionClosed):
            self.call(self.socket.send(text))

    def wait(self, is_so) -> None:
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        with self.changed:
            while not is_so():
                left = deadline - time.monotonic()
                if left <= 0 or not self.changed.wait(left):
                    raise AssertionError(f"not within {WAIT_SECONDS_MAX} s; heard {self.messages}")

    def wait_for(self, kind: str, fits=lambda message: True) -> dict:
        """The first message of that type that fits."""
        def found():
            return next((message for message in self.messages
                         if message["type"] == kind and fits(message)), None)
        self.wait(lambda: found() or self.code is not None)
        if found() is None:
            raise AssertionError(f"closed with {self.code} before any {kind}")
        return found()

    def wait_closed(self) -> int:
        self.wait(lambda: self.code is not None)
        return self.code

    def settle(self) -> None:
        """Everything that came before has been sent: a pong follows the events."""
        before = self.count("pong")
        self.say(type="ping")
        self.wait(lambda: self.count("pong") > before)

    def count(self, kind: str) -> int:
        return sum(1 for message in self.messages if message["type"] == kind)

    def bodies(self) -> list[str]:
        return [message["data"]["message"]["body"] for message in self.messages
                if message["type"] == "message.created"]

    def close(self) -> None:
        if self.code is None:
            self.call(self.socket.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(WAIT_SECONDS_MAX)
        self.loop.close()
