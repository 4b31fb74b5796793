"""CPU time and memory of a process and all its children, read from /proc while a benchmark runs.

A process that may not be dumped, as wApi is, shows its shared pages only to those who may trace it.
Then its resident memory counts, which is a little more. Memory that nobody may read is an error,
not a zero.
"""
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


class MemoryUnknown(RuntimeError):
    """The memory of no process of a tree could be read."""


def memory_bytes(pid: int) -> int:
    """Memory of the tree now; pages that processes share count once where that can be seen."""
    found = [memory for member in children_of(pid)
             if (memory := own_memory_bytes(Path(f"/proc/{member}"))) is not None]
    if not found:
        raise MemoryUnknown(f"the memory of process {pid} cannot be read")
    return sum(found)


def own_memory_bytes(process: Path) -> int | None:
    """Of one process: its share (Pss), else what is resident (VmRSS); None when it has ended."""
    for file, word in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            text = (process / file).read_text()
        except OSError:
            continue
        for line in text.splitlines():
            if line.startswith(word):
                return int(line.split()[1]) * 1024
    return None


class Usage:
    """Measures processes between `with` and its end: `.cpu_seconds` and `.peak_bytes`."""

    def __init__(self, *pids: int) -> None:
        self.pids = pids
        self.cpu_seconds = 0.0
        self.peak_bytes = 0
        self._failure: MemoryUnknown | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> "Usage":
        self.cpu_seconds = -sum(map(cpu_seconds, self.pids))
        self._thread.start()
        return self

    def __exit__(self, failure, *_error) -> None:
        self.cpu_seconds += sum(map(cpu_seconds, self.pids))
        self._over.set()
        self._thread.join()
        if self._failure is not None and failure is None:
            raise self._failure

    def _sample(self) -> None:
        while True:
            try:
                self.peak_bytes = max(self.peak_bytes, sum(map(memory_bytes, self.pids)))
            except MemoryUnknown as failure:
                self._failure = failure
                return
            if self._over.wait(SAMPLE_SECONDS):
                return
