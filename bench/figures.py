"""Running wapi-load, and printing what came of it as a table."""
from __future__ import annotations

import fcntl
import json
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).resolve().parent.parent
WAPI_LOAD = PROJECT / "build" / "release" / "wapi-load"
IN_MEMORY = ("tmpfs", "ramfs", "devtmpfs")


@contextmanager
def no_builds():
    """Keeps `./x build` waiting: a compiler on the same machine would spoil the figures."""
    folder = PROJECT / "build"
    folder.mkdir(exist_ok=True)
    with open(folder / ".lock", "a", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def file_system_of(folder: Path) -> str:
    """The type of the file system that holds the folder, such as ext4."""
    shown = subprocess.run(["stat", "--file-system", "--format", "%T", str(folder)],
                           capture_output=True, text=True, check=True)
    return shown.stdout.strip()


def check_data_folder() -> str:
    """The file system of the data folders; ends with one sentence when it is none that syncs."""
    folder = Path(tempfile.gettempdir())
    kind = file_system_of(folder)
    if kind in IN_MEMORY:
        sys.exit(f"{folder} is a {kind}: nothing is durable there, so the figures would mean "
                 "nothing. Set TMPDIR to a folder on a disk.")
    return f"data on {kind} ({folder})"


def turned(names: list, number: int) -> list:
    """The order of a round: each begins with another one."""
    first = number % len(names)
    return names[first:] + names[:first]


class LoadFailed(RuntimeError):
    """wapi-load could not send, or the server refused what it must take."""


def run_load(*arguments: str) -> dict:
    """Runs the load generator and gives its result; errors during the run are failures."""
    result = subprocess.run([str(WAPI_LOAD), *arguments], capture_output=True, text=True,
                            check=False)
    if result.returncode != 0:
        raise LoadFailed(result.stderr.strip() or result.stdout.strip())
    report = json.loads(result.stdout)
    if report.get("error_count"):
        raise LoadFailed(f"the server did not take everything: {report['errors']}")
    return report


@dataclass
class Measurement:
    """One measured phase of one stack."""

    rate: float            # events per second
    p50_ms: float | None   # None where nobody waits for an answer
    p99_ms: float | None
    cpu_per_1000: float    # CPU seconds for 1,000 events
    peak_bytes: int


def median_of(rounds: list[Measurement]) -> Measurement:
    """The median of each figure by itself."""
    def middle(name: str):
        values = [getattr(item, name) for item in rounds]
        return None if None in values else median(values)
    return Measurement(middle("rate"), middle("p50_ms"), middle("p99_ms"), middle("cpu_per_1000"),
                       int(middle("peak_bytes")))


def format_optional(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def print_table(rows: list[tuple[str, Measurement, str]], unit: str) -> None:
    """Prints one line for each (name, measurement, ratio)."""
    widest = max(len(name) for name, _measurement, _ratio in rows)
    print(f"{'':<{widest}}  {unit:>9}  {'p50 ms':>8}  {'p99 ms':>8}  {'CPU s/1,000':>11}  "
          f"{'peak MB':>8}  {'ratio':>7}")
    for name, item, ratio in rows:
        print(f"{name:<{widest}}  {item.rate:>9,.0f}  {format_optional(item.p50_ms):>8}  "
              f"{format_optional(item.p99_ms):>8}  {item.cpu_per_1000:>11.4f}  "
              f"{item.peak_bytes / 1e6:>8.0f}  {ratio:>7}", flush=True)
