"""CPU time and memory of a process and all its children, read from /proc while a benchmark runs."""
from __future__ import annotations

import os
import threading
from pathlib import Path

SAMPLE_SECONDS = 0.25
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def children_of(pid: int) -> list[int]:
    """The process itself and everything below it that is alive now."""
    found, waiting = [], [pid]
    while waiting:
        current = waiting.pop()
        found.append(current)
        for listing in Path(f"/proc/{current}/task").glob("*/children"):
            try:
                waiting += [int(child) for child in listing.read_text().split()]
            except OSError:
                continue
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of the tree, children that have ended included."""
    total = 0
    for member in children_of(pid):
        try:
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        own, ended = sum(map(int, fields[11:13])), sum(map(int, fields[13:15]))
        total += own + ended
    return total / TICKS_PER_SECOND


def memory_bytes(pid: int) -> int:
    """Memory of the tree now; pages that processes share are counted once (Pss)."""
    total = 0
    for member in children_of(pid):
        try:
            text = Path(f"/proc/{member}/smaps_rollup").read_text()
        except OSError:
            continue
        for line in text.splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total


class Usage:
    """Measures processes between `with` and its end: `.cpu_seconds` and `.peak_bytes`."""

    def __init__(self, *pids: int) -> None:
        self.pids = pids
        self.cpu_seconds = 0.0
        self.peak_bytes = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> "Usage":
        self.cpu_seconds = -sum(map(cpu_seconds, self.pids))
        self._thread.start()
        return self

    def __exit__(self, *_error) -> None:
        self.cpu_seconds += sum(map(cpu_seconds, self.pids))
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        while True:
            self.peak_bytes = max(self.peak_bytes, sum(map(memory_bytes, self.pids)))
            if self._over.wait(SAMPLE_SECONDS):
                return
