"""Many senders at once that deliver webhooks as Meta does: again and again until each is taken."""
from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable

SENDERS = 16
REPEAT_SECONDS = 0.02
JOIN_SECONDS_MAX = 10.0


class Senders:
    """Delivers each body until `deliver` says it was taken. Leaving the `with` stops all senders.

    deliver: called from several threads; True when the body was acknowledged."""

    def __init__(self, bodies: list[bytes], deliver: Callable[[bytes], bool],
                 seconds_max: float) -> None:
        self.failures: list[Exception] = []
        self.acknowledged = 0
        self.in_flight = 0
        self._count = len(bodies)
        self._deliver = deliver
        self._seconds_max = seconds_max
        self._end = 0.0
        self._waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        for body in bodies:
            self._waiting.put(body)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(SENDERS)]

    def __enter__(self) -> "Senders":
        self._end = time.monotonic() + self._seconds_max
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(JOIN_SECONDS_MAX)

    def finish(self) -> None:
        """Waits until every body was acknowledged; AssertionError when the time is over."""
        for thread in self._threads:
            thread.join(max(0.0, self._end - time.monotonic()))
        if self.failures:
            raise self.failures[0]
        assert self.acknowledged == self._count, \
            f"{self.acknowledged} of {self._count} acknowledged in {self._seconds_max:.0f} s"

    def _run(self) -> None:
        try:
            while not self._over.is_set():
                self._deliver_until_taken(self._waiting.get_nowait())
        except queue.Empty:
            return
        except Exception as failure:  # shown by finish()
            self.failures.append(failure)

    def _deliver_until_taken(self, body: bytes) -> None:
        while not self._over.is_set() and not self._once(body):
            self._over.wait(REPEAT_SECONDS)

    def _once(self, body: bytes) -> bool:
        with self._lock:
            self.in_flight += 1
        taken = False
        try:
            taken = self._deliver(body)
        finally:
            with self._lock:
                self.in_flight -= 1
                self.acknowledged += taken
        return taken
